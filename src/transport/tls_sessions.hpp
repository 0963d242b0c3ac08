#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include <openssl/ssl.h>

#include "system/fork.hpp"

namespace box::inline v0_1 {

/// TLS sessions of one origin, for resumption. A TLS 1.3 ticket is used once, as RFC 8446 C.4 recommends; a TLS 1.2
/// session as often as the server accepts it. A forked child does not use the sessions of its parent.
class TlsSessions {
 public:
  ~TlsSessions();
  /// Adds a session. The caller's reference to it passes to this object.
  void put(SSL_SESSION* session) noexcept;
  /// Takes out a session; the reference to it passes to the caller. Null: there is no session.
  SSL_SESSION* take() noexcept;

 private:
  void leaveToParent() noexcept;

  // A server sends two for each connection, and the default is eight connections.
  static constexpr std::size_t most = 16;
  std::mutex mutex_;
  std::vector<SSL_SESSION*> sessions_;
  std::uint64_t generation_ = processGeneration();
};

/// Makes OpenSSL pass each new session to the TlsSessions that attachSessions() has set.
void keepSessions(SSL_CTX* context);

/// Makes `ssl` store its sessions in `sessions`, and resume one of them if there is one. `ssl` refers to `sessions`.
void attachSessions(SSL* ssl, TlsSessions& sessions);

}  // namespace box::inline v0_1
