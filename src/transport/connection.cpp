#include "transport/connection.hpp"

#include <array>
#include <cerrno>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "support/wipe.hpp"

namespace box {
namespace {

using Unread = Connection::Unread;

Unread bufferedIn(SSL* ssl, error_code& cause) noexcept {
  if (BIO_pending(SSL_get_rbio(ssl)) <= 0 && SSL_has_pending(ssl) == 0) return Unread::nothing;
  char byte = 0;
  ERR_clear_error();
  const int n = SSL_peek(ssl, &byte, 1);
  const int error = SSL_get_error(ssl, n);
  const unsigned long reason = ERR_peek_error();
  ERR_clear_error();
  if (n > 0) return Unread::data;
  // A part of a record is the beginning of unrequested data, too.
  if (error == SSL_ERROR_WANT_READ) return SSL_has_pending(ssl) == 0 ? Unread::nothing : Unread::data;
  cause = asio::error::eof;
  if (error == SSL_ERROR_SSL && reason != 0) {
    cause = error_code(static_cast<int>(reason), asio::error::get_ssl_category());
  }
  return Unread::end;
}

/// Makes TLS read these bytes as if they had come through its own BIO, which is empty and has room for them. Returns
/// the result of `look`.
template <class Look>
Unread taken(SSL* ssl, const char* bytes, std::size_t size, const Look& look) noexcept {
  BIO* const usual = SSL_get_rbio(ssl);
  BIO* const these = BIO_new_mem_buf(bytes, static_cast<int>(size));
  if (these == nullptr) return Unread::end;  // out of memory: the connection is given up
  BIO_set_mem_eof_return(these, -1);         // the end of these bytes is not that of the stream
  BIO_up_ref(usual);
  SSL_set0_rbio(ssl, these);
  const Unread found = look();
  SSL_set0_rbio(ssl, usual);
  return found;
}

}  // namespace

Connection::~Connection() {
  // OpenSSL marks the session of a connection that ends without a close_notify as not to be resumed. We never wait for
  // the peer's close_notify, and HTTP's framing shows whether a response is complete, so tell OpenSSL that both sides
  // have closed.
  SSL_set_shutdown(stream->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  if (Wire::Tls* proxy = stream->next_layer().proxy()) {
    SSL_set_shutdown(proxy->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }
  wipe();  // it holds a bearer token
}

void Connection::wipe() noexcept {
  box::wipe(out);
  box::wipe(in);
}

void Connection::releaseBuffers() noexcept {
  SSL_free_buffers(stream->native_handle());  // OpenSSL refuses this while the buffers have data
  if (Wire::Tls* proxy = stream->next_layer().proxy()) SSL_free_buffers(proxy->native_handle());
}

Unread Connection::buffered() noexcept {
  error_code ignored;
  return buffered(ignored);
}

Unread Connection::buffered(error_code& cause) noexcept {
  const Unread inner = bufferedIn(stream->native_handle(), cause);
  Wire::Tls* proxy = stream->next_layer().proxy();
  return inner != Unread::nothing || proxy == nullptr ? inner : bufferedIn(proxy->native_handle(), cause);
}

Unread Connection::unread() noexcept {
  error_code ignored;
  return unread(ignored);
}

Unread Connection::unread(error_code& cause) noexcept {
  // More than tickets need. Longer data was not requested, and its decryption would delay the event loop.
  std::array<char, 4096> bytes;
  if (const Unread found = buffered(cause); found != Unread::nothing) return found;
  for (std::size_t size = 0;;) {
    const auto n = ::recv(stream->lowest_layer().native_handle(), bytes.data(), bytes.size() - size, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Unread::nothing;
    if (n <= 0) {
      cause = n == 0 ? make_error_code(asio::error::eof) : error_code(errno, boost::system::system_category());
      return Unread::end;
    }
    size += static_cast<std::size_t>(n);
    if (size == bytes.size()) return Unread::data;
    const Unread found = take(bytes.data(), static_cast<std::size_t>(n), cause);
    if (found != Unread::nothing) return found;
  }
}

/// What bytes from the kernel mean for the TLS with Box: they pass through the TLS with the proxy, where there is one.
Unread Connection::take(const char* bytes, std::size_t size, error_code& cause) noexcept {
  SSL* const origin = stream->native_handle();
  const auto lookAtOrigin = [&] { return bufferedIn(origin, cause); };
  Wire::Tls* proxy = stream->next_layer().proxy();
  if (proxy == nullptr) return taken(origin, bytes, size, lookAtOrigin);
  SSL* const outer = proxy->native_handle();
  return taken(outer, bytes, size, [&] {
    std::array<char, 4096> inner;  // room for all: decrypted data is shorter than its records
    Unread found = bufferedIn(outer, cause);
    while (found == Unread::data && SSL_pending(outer) > 0) {
      const int n = SSL_read(outer, inner.data(), static_cast<int>(inner.size()));
      if (n <= 0) return Unread::end;
      found = taken(origin, inner.data(), static_cast<std::size_t>(n), lookAtOrigin);
      if (found == Unread::nothing) found = bufferedIn(outer, cause);
    }
    return found;
  });
}

}  // namespace box
