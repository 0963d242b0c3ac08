#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "box/error.hpp"
#include "box/network/options.hpp"
#include "support/linked_list.hpp"
#include "transport/tls_sessions.hpp"

namespace box::inline v0_1 {

struct TlsFree {
  void operator()(SSL* tls) const noexcept { SSL_free(tls); }
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
/// The TLS object of one connection.
using Tls = std::unique_ptr<SSL, TlsFree>;

/// One immutable TLS configuration: which servers are trusted, and which versions and ciphers are used. It has no state
/// of a connection or a client; sessions are stored by the Dialer of a destination. So all clients of a process whose
/// options are equal share one context; see of().
class TlsContext : public std::enable_shared_from_this<TlsContext>, public ListNode<TlsContext> {
 public:
  /// The context that is in use with these options, if its files have not changed since (see trustedFiles()), or a new
  /// one. It is destroyed with its last user. *Errors*: as for the constructor. *Threads*: any.
  static std::shared_ptr<TlsContext> of(const TlsOptions& options);

  /// Throws BoxSdkError with Errc::invalidConfiguration where no trusted certificate can be loaded, or where OpenSSL's
  /// own configuration (OPENSSL_CONF) provides no cipher.
  explicit TlsContext(const TlsOptions& options);
  ~TlsContext();

  /// Makes a TLS object that accepts `host` as its only peer, and resumes a session if there is one. It refers to
  /// `sessions`. *Errors*: BoxSdkError with Errc::localResource where OpenSSL has no memory.
  Tls makeTls(const std::string& host, bool isIpLiteral, TlsSessions& sessions);

  /// Checks a successful handshake a second time. Returns why its result must not be used; empty: it may be used.
  static std::string objection(SSL* ssl);

  static std::string_view version(const SSL* ssl);
  static bool resumed(const SSL* ssl);

 private:
  static std::shared_ptr<TlsContext> find(const TlsOptions& options, const std::string& files);

  const TlsOptions options_;
  const std::string files_;  // their state before they were read
  const std::unique_ptr<SSL_CTX, TlsFree> context_;
  // The list of contexts that of() may return; protected by processLock().
  static inline constinit LinkedList<TlsContext> known;
};

}  // namespace box::inline v0_1
