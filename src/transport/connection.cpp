#include "transport/connection.hpp"

#include <cerrno>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace box {
namespace {

using Behind = Connection::Behind;

Behind behindOf(SSL* ssl) noexcept {
  if (BIO_pending(SSL_get_rbio(ssl)) <= 0 && SSL_has_pending(ssl) == 0) return Behind::nothing;
  char byte = 0;
  ERR_clear_error();
  const int n = SSL_peek(ssl, &byte, 1);
  const int error = SSL_get_error(ssl, n);
  ERR_clear_error();
  if (n > 0) return Behind::data;
  // A part of a record is the beginning of something that nobody asked for, too.
  if (error == SSL_ERROR_WANT_READ) return SSL_has_pending(ssl) == 0 ? Behind::nothing : Behind::data;
  return Behind::end;
}

}  // namespace

Connection::~Connection() {
  // OpenSSL marks the session of a connection that ends without a close_notify as not to be resumed. We never wait for the
  // peer's, and what came in is judged by HTTP's framing, so tell it that the closing was done.
  SSL_set_shutdown(stream->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  if (Wire::Tls* proxy = stream->next_layer().proxy()) {
    SSL_set_shutdown(proxy->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }
  wipe();  // it holds a bearer token
}

void Connection::wipe() noexcept {
  OPENSSL_cleanse(out.data(), out.size());
  OPENSSL_cleanse(in.data(), in.size());
}

void Connection::rest() noexcept {
  SSL_free_buffers(stream->native_handle());  // which it refuses while something is in them
  if (Wire::Tls* proxy = stream->next_layer().proxy()) SSL_free_buffers(proxy->native_handle());
}

Connection::Behind Connection::behind() noexcept {
  const Behind behind = behindOf(stream->native_handle());
  Wire::Tls* proxy = stream->next_layer().proxy();
  return behind != Behind::nothing || proxy == nullptr ? behind : behindOf(proxy->native_handle());
}

bool Connection::silent() noexcept {
  char byte = 0;
  const auto n = ::recv(stream->lowest_layer().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace box
