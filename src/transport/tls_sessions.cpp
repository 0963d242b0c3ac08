#include "transport/tls_sessions.hpp"

namespace box::inline v0_1 {
namespace {

/// The index at which an SSL object stores the pointer to its TlsSessions.
int sessionsIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int storeSession(SSL* ssl, SSL_SESSION* session) {
  auto* sessions = static_cast<TlsSessions*>(SSL_get_ex_data(ssl, sessionsIndex()));
  if (sessions == nullptr) return 0;
  sessions->put(session);
  return 1;
}

}  // namespace

TlsSessions::~TlsSessions() {
  for (SSL_SESSION* session : sessions_) SSL_SESSION_free(session);
}

/// Drops the sessions in a forked child: if two processes used one ticket, an eavesdropper could see that they belong
/// together.
void TlsSessions::leaveToParent() noexcept {
  const std::uint64_t now = processGeneration();
  if (now == generation_) return;
  generation_ = now;
  for (SSL_SESSION* session : sessions_) SSL_SESSION_free(session);
  sessions_.clear();
}

void TlsSessions::put(SSL_SESSION* session) noexcept {
  const std::lock_guard lock(mutex_);
  leaveToParent();
  try {
    if (sessions_.size() == most) {
      SSL_SESSION_free(sessions_.front());
      sessions_.erase(sessions_.begin());
    }
    sessions_.push_back(session);
  } catch (...) {
    SSL_SESSION_free(session);  // the next connection makes a full handshake
  }
}

SSL_SESSION* TlsSessions::take() noexcept {
  const std::lock_guard lock(mutex_);
  leaveToParent();
  while (!sessions_.empty()) {
    SSL_SESSION* session = sessions_.back();
    if (SSL_SESSION_is_resumable(session) == 0) {
      sessions_.pop_back();
      SSL_SESSION_free(session);
      continue;
    }
    if (SSL_SESSION_get_protocol_version(session) >= TLS1_3_VERSION) {
      sessions_.pop_back();
    } else {
      SSL_SESSION_up_ref(session);
    }
    return session;
  }
  return nullptr;
}

void keepSessions(SSL_CTX* context) {
  sessionsIndex();
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &storeSession);
}

void attachSessions(SSL* ssl, TlsSessions& sessions) {
  SSL_set_ex_data(ssl, sessionsIndex(), &sessions);
  if (SSL_SESSION* session = sessions.take()) {
    SSL_set_session(ssl, session);
    SSL_SESSION_free(session);
  }
}

}  // namespace box::inline v0_1
