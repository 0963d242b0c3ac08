#include "transport/wire.hpp"

#include <algorithm>
#include <climits>
#include <cstring>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "transport/tls_errors.hpp"

namespace box::inline v0_1 {
namespace {

/// Whether TLS has unread bytes. SSL_has_pending() does not count a record of which only the header has arrived.
bool holdsBytes(const SSL* tls) noexcept {
  return SSL_has_pending(tls) != 0 || std::strcmp(SSL_rstate_string(tls), "RB") == 0;
}

}  // namespace

/// The BIO by which OpenSSL uses the socket of a Wire. OpenSSL's own BIO for sockets would raise SIGPIPE.
struct WireBio {
  static Wire& wireOf(BIO* bio) noexcept { return *static_cast<Wire*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* room, int size) {
    Wire& wire = wireOf(bio);
    BIO_clear_retry_flags(bio);
    const int n = wire.receive(room, static_cast<std::size_t>(size));
    if (n < 0 && wire.blocked_) BIO_set_retry_read(bio);
    return n;
  }
  static int write(BIO* bio, const char* bytes, int size) {
    Wire& wire = wireOf(bio);
    BIO_clear_retry_flags(bio);
    const int n = wire.send(bytes, static_cast<std::size_t>(size));
    if (n < 0 && wire.blocked_) BIO_set_retry_write(bio);
    return n;
  }
  static long control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      BIO_METHOD* const m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "box::Wire");
      if (m == nullptr) throwTlsOutOfMemory();  // the next call tries again
      BIO_meth_set_read(m, &read);
      BIO_meth_set_write(m, &write);
      BIO_meth_set_ctrl(m, &control);
      return m;
    }();
    return made;
  }

  static BIO* over(Wire& wire) {
    BIO* const bio = BIO_new(method());
    if (bio == nullptr) throwTlsOutOfMemory();
    BIO_set_data(bio, &wire);
    BIO_set_init(bio, 1);
    return bio;
  }
  static BIO* over(SSL* tls) {
    BIO* const bio = BIO_new(BIO_f_ssl());
    if (bio == nullptr) throwTlsOutOfMemory();
    BIO_set_ssl(bio, tls, BIO_NOCLOSE);
    return bio;
  }
};

Wire::Wire(UnsharedSocket open, std::shared_ptr<Watchdog> watchdog) : socket_(std::move(open), std::move(watchdog)) {}

Wire::~Wire() {
  // OpenSSL marks the session of a connection as not resumable if the connection ends without a close_notify. The
  // library never waits for the close_notify of the peer, and the framing of HTTP shows whether a response is complete,
  // so OpenSSL is told that both were exchanged.
  for (SSL* tls : {tls_.get(), proxy_.get()}) {
    if (tls != nullptr) SSL_set_shutdown(tls, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }
}

void Wire::startTls(Tls tls) {
  BIO* const bio = tls_ ? WireBio::over(tls_.get()) : WireBio::over(*this);
  SSL_set_bio(tls.get(), bio, bio);
  proxy_ = std::exchange(tls_, std::move(tls));
}

int Wire::receive(char* room, std::size_t size) noexcept {
  mayHaveBuffers_ = true;  // TLS has made them to read
  size = std::min(size, allowance_);
  error_code ec = asio::error::would_block;
  const int n = size == 0 ? -1 : receiveNow(socket_.number(), room, size, ec);
  blocked_ = n < 0 && ec == asio::error::would_block;
  if (blocked_) {
    blockedBy_ = Socket::wait_read;
  } else if (n == 0) {
    receiving_ = asio::error::eof;
  } else if (n < 0) {
    receiving_ = ec;
  } else {
    allowance_ -= static_cast<std::size_t>(n);
    received_ += static_cast<std::uint64_t>(n);
  }
  return n;
}

int Wire::send(const char* bytes, std::size_t size) noexcept {
  error_code ec;
  const int n = sendNow(socket_.number(), bytes, size, ec);
  blocked_ = n < 0 && ec == asio::error::would_block;
  if (blocked_) {
    blockedBy_ = Socket::wait_write;
  } else if (n < 0) {
    sending_ = ec;
  } else {
    sent_ += static_cast<std::uint64_t>(n);
  }
  return n;
}

/// Calls a function of OpenSSL or of this class that returns a number of bytes, and sets `ec` to its result. The
/// thread's list of errors must be empty before, so that errors in it are those of the function; checking whether it is
/// empty costs much less than clearing it each time.
template <class Function>
std::size_t Wire::perform(Function function, error_code& ec, std::size_t most) noexcept {
  if (ERR_peek_error() != 0) ERR_clear_error();
  allowance_ = most;
  blocked_ = false;
  blockedBy_ = Socket::wait_read;
  receiving_ = sending_ = error_code();
  const int n = function();
  if (n <= 0) {
    ec = whyNot();
    return 0;
  }
  // An alert that TLS could not send is not a reason to wait until the socket is writable.
  blockedBy_ = Socket::wait_read;
  ec = error_code();
  return static_cast<std::size_t>(n);
}

error_code Wire::whyNot() noexcept {
  const unsigned long reason = ERR_peek_error();
  if (reason != 0) ERR_clear_error();
  const bool ended = tls_ && (SSL_get_shutdown(tls_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  if (receiving_ == asio::error::eof && tls_ && !ended) return asio::ssl::error::stream_truncated;
  if (receiving_) return receiving_;
  // An error of sending is not the reason if there is an error of TLS: then only the reply to the peer's last message
  // could not be sent. OpenSSL 3.2 and later also list the system's error of sending.
  if (reason != 0 && ERR_GET_LIB(reason) != ERR_LIB_SYS)
    return error_code(static_cast<int>(reason), asio::error::get_ssl_category());
  if (sending_) return sending_;
  if (blocked_) return asio::error::would_block;
  if (ended) return asio::error::eof;
  if (proxy_ && (SSL_get_shutdown(proxy_.get()) & SSL_RECEIVED_SHUTDOWN) != 0) {
    // The proxy has closed its TLS properly, but in the middle of the TLS with Box.
    return asio::ssl::error::stream_truncated;
  }
  return asio::ssl::error::unexpected_result;
}

error_code Wire::handshake() noexcept {
  error_code ec;
  perform([this] { return SSL_do_handshake(tls_.get()); }, ec);
  return ec;
}

std::size_t Wire::read(asio::mutable_buffer room, error_code& ec, std::size_t most) noexcept {
  char* const to = static_cast<char*>(room.data());
  const std::size_t size = std::min<std::size_t>(room.size(), INT_MAX);
  if (!tls_) return perform([&] { return receive(to, size); }, ec, most);
  return perform([&] { return SSL_read(tls_.get(), to, static_cast<int>(size)); }, ec, most);
}

std::size_t Wire::write(asio::const_buffer bytes, error_code& ec) noexcept {
  const char* const from = static_cast<const char*>(bytes.data());
  const std::size_t size = std::min<std::size_t>(bytes.size(), INT_MAX);
  if (!tls_) return perform([&] { return send(from, size); }, ec);
  return perform([&] { return SSL_write(tls_.get(), from, static_cast<int>(size)); }, ec);
}

bool Wire::hasPending() const noexcept { return holdsBytes(tls_.get()) || (proxy_ && holdsBytes(proxy_.get())); }

Wire::Unread Wire::look(std::size_t most, error_code& cause) noexcept {
  char byte = 0;
  const std::size_t found = perform([&] { return SSL_peek(tls_.get(), &byte, 1); }, cause, most);
  if (found != 0) return Unread::data;
  if (cause != asio::error::would_block) return Unread::end;
  // A part of a record also means that the peer sends something without a request, and so does input of `most` bytes.
  return hasPending() || (allowance_ == 0 && most != 0) ? Unread::data : Unread::nothing;
}

bool Wire::isSilent(error_code& cause) noexcept { return box::isSilent(socket_.number(), cause); }

void Wire::shutDown() noexcept {
  if (const NativeSocket socket = socket_.number(); socket != noSocket) box::shutDown(socket);
}

void Wire::releaseBuffers() noexcept {
  // OpenSSL 3.2 and later wipe the buffer for reading also if it was released and not made again, and crash.
  if (!std::exchange(mayHaveBuffers_, false)) return;
  for (SSL* tls : {tls_.get(), proxy_.get()}) {
    if (tls != nullptr) SSL_free_buffers(tls);
  }
}

}  // namespace box::inline v0_1
