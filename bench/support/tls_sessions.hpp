#pragma once

#include <openssl/ssl.h>

#include "support/load.hpp"

namespace box::bench {

/// The last TLS session of the connections to a peer, which the next connection resumes if the benchmark asks for it.
/// It keeps one session and gives it once, because TLS 1.3's tickets are for single use.
class TlsSessions {
 public:
  TlsSessions(SSL_CTX* context, Arguments::Connections mode) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    if (mode != Arguments::Connections::resumed) return;
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, remember);
  }
  ~TlsSessions() { forget(); }
  TlsSessions(const TlsSessions&) = delete;
  TlsSessions& operator=(const TlsSessions&) = delete;

  void offer(SSL* ssl) {
    if (last_ == nullptr) return;
    SSL_set_session(ssl, last_);
    forget();
  }

  /// Marks a connection as closed without sending close_notify, so that its session can be resumed.
  static void finish(SSL* ssl) { SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); }

 private:
  static int remember(SSL*, SSL_SESSION* session) {
    forget();
    last_ = session;
    return 1;
  }
  static void forget() {
    if (last_ != nullptr) SSL_SESSION_free(last_);
    last_ = nullptr;
  }

  static inline SSL_SESSION* last_ = nullptr;
};

}  // namespace box::bench
