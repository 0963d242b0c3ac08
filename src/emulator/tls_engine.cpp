#include "tls_engine.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <new>
#include <utility>

namespace box::inline v0_1::emulator {

TlsEngine::TlsEngine(std::shared_ptr<const ServerTlsContext> context) : context_(std::move(context)) {
  std::unique_ptr<SSL, void (*)(SSL*)> owner(SSL_new(context_->native()), &SSL_free);
  in_ = BIO_new(BIO_s_mem());
  out_ = BIO_new(BIO_s_mem());
  if (!owner || in_ == nullptr || out_ == nullptr) {
    BIO_free(in_);
    BIO_free(out_);
    throw std::bad_alloc();
  }
  // An empty BIO means that no bytes have come yet, and never the end of the stream; Channel handles the end.
  BIO_set_mem_eof_return(in_, -1);
  BIO_set_mem_eof_return(out_, -1);
  SSL_set_bio(owner.get(), in_, out_);
  SSL_set_accept_state(owner.get());
  ssl_ = owner.release();
}

TlsEngine::~TlsEngine() { SSL_free(ssl_); }

void TlsEngine::feed(const char* data, std::size_t size) {
  while (size > 0) {
    const int written = BIO_write(in_, data, static_cast<int>(size));
    if (written <= 0) return;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
}

std::string TlsEngine::take() {
  std::string bytes(BIO_ctrl_pending(out_), '\0');
  if (!bytes.empty()) {
    const int got = BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  }
  return bytes;
}

TlsEngine::Result TlsEngine::resultOf(int result) {
  const int error = SSL_get_error(ssl_, result);
  ERR_clear_error();
  switch (error) {
    case SSL_ERROR_NONE: return Result::done;
    case SSL_ERROR_WANT_READ: return Result::wantRead;
    case SSL_ERROR_ZERO_RETURN: return Result::closed;
    default: return Result::failed;
  }
}

TlsEngine::Result TlsEngine::handshake(std::string_view greeting) {
  ERR_clear_error();
  if (!greeting.empty() && !greeted_) {
    const Result early = greetEarly(greeting);
    if (early != Result::done) return early;
  }
  const Result result = resultOf(SSL_do_handshake(ssl_));
  if (result != Result::done || greeting.empty() || greeted_) return result;
  greeted_ = true;  // in TLS 1.2 it goes out with Finished
  return write(greeting);
}

/// Sends the greeting in TLS 1.3, where a server may send after its own Finished. Done: it was sent, or this is TLS
/// 1.2.
TlsEngine::Result TlsEngine::greetEarly(std::string_view greeting) {
  char none = 0;
  std::size_t size = 0;
  const int read = SSL_read_early_data(ssl_, &none, sizeof none, &size);
  if (read == SSL_READ_EARLY_DATA_ERROR) return resultOf(-1);
  if (SSL_version(ssl_) < TLS1_3_VERSION) return Result::done;
  greeted_ = SSL_write_early_data(ssl_, greeting.data(), greeting.size(), &size) == 1;
  return greeted_ ? Result::done : resultOf(-1);
}

void TlsEngine::sendTicket() {
  ERR_clear_error();
  if (SSL_new_session_ticket(ssl_) == 1) static_cast<void>(SSL_do_handshake(ssl_));
  ERR_clear_error();
}

void TlsEngine::updateKeys() {
  ERR_clear_error();
  if (SSL_key_update(ssl_, SSL_KEY_UPDATE_REQUESTED) == 1) static_cast<void>(SSL_do_handshake(ssl_));
  ERR_clear_error();
}

TlsEngine::Result TlsEngine::read(std::string& out) {
  std::array<char, 16384> buffer;
  bool any = false;
  for (;;) {
    ERR_clear_error();
    const int got = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
    if (got > 0) {
      out.append(buffer.data(), static_cast<std::size_t>(got));
      any = true;
      continue;
    }
    const Result result = resultOf(got);
    return any ? Result::done : result;
  }
}

TlsEngine::Result TlsEngine::write(std::string_view plaintext) {
  if (plaintext.empty()) return Result::done;
  ERR_clear_error();
  return resultOf(SSL_write(ssl_, plaintext.data(), static_cast<int>(plaintext.size())));
}

void TlsEngine::closeNotify() {
  ERR_clear_error();
  static_cast<void>(SSL_shutdown(ssl_));
  ERR_clear_error();
}

void TlsEngine::renegotiate() {
  ERR_clear_error();
  if (SSL_version(ssl_) < TLS1_3_VERSION && SSL_renegotiate(ssl_) == 1) static_cast<void>(SSL_do_handshake(ssl_));
  ERR_clear_error();
}

bool TlsEngine::sessionReused() const { return SSL_session_reused(ssl_) == 1; }

}  // namespace box::inline v0_1::emulator
