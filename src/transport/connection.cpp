#include "transport/connection.hpp"

#include <cerrno>

#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace box {

Connection::~Connection() {
  // OpenSSL marks the session of a connection that ends without a close_notify as not to be resumed. We never wait for the
  // peer's, and what came in is judged by HTTP's framing, so tell it that the closing was done.
  SSL_set_shutdown(stream->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  guard->detach();
  boost::system::error_code ignored;
  stream->next_layer().close(ignored);
  OPENSSL_cleanse(out.data(), out.size());  // it holds a bearer token
}

bool Connection::silent() noexcept {
  char byte = 0;
  const auto n = ::recv(stream->next_layer().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace box
