#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include <openssl/ssl.h>

#include "support/fork.hpp"

namespace box::inline v0_1 {

/// TLS sessions of one origin, for resumption. A TLS 1.3 ticket is given out once, as RFC 8446 C.4 advises; a TLS 1.2
/// session as often as the server takes it. A forked process leaves them to its parent.
class TlsSessions {
 public:
  ~TlsSessions();
  /// Takes over one reference.
  void put(SSL_SESSION* session) noexcept;
  /// Gives one reference, or null.
  SSL_SESSION* take() noexcept;

 private:
  void leaveToParent() noexcept;

  static constexpr std::size_t most = 16;  // a server sends two for each connection; eight connections is the default
  std::mutex mutex_;
  std::vector<SSL_SESSION*> sessions_;
  std::uint64_t generation_ = processGeneration();
};

/// Has new sessions of a stream kept in what attachSessions() gave it.
void keepSessions(SSL_CTX* context);

/// The stream's sessions go there, and it resumes one of them if there is one. It refers to `sessions`.
void attachSessions(SSL* ssl, TlsSessions& sessions);

}  // namespace box::inline v0_1
