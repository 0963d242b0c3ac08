#include "channel.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <utility>

namespace box::inline v0_1::emulator {
namespace {

/// How long an orderly close waits for what the peer still sends. If the socket were closed at once, the kernel would
/// answer such bytes with a RST, which may overtake the answer.
constexpr std::chrono::seconds lingerTime{2};

}  // namespace

Channel::Channel(tcp::socket socket)
    : socket_(std::move(socket)), sleepTimer_(socket_.get_executor()), idleTimer_(socket_.get_executor()) {
  boost::system::error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
}

void Channel::interrupt(CloseManner manner) {
  interrupted_ = true;
  exitManner_ = manner;
  lingering_ = false;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  sleepTimer_.cancel();
}

void Channel::closeHard(CloseManner manner) {
  boost::system::error_code ignored;
  if (manner == CloseManner::reset) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  closeSocket();
}

void Channel::closeSocket() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

asio::awaitable<bool> Channel::handshake(std::shared_ptr<const ServerTlsContext> context, std::string greeting) {
  tls_ = std::make_unique<TlsEngine>(std::move(context));
  for (;;) {
    const TlsEngine::Result result = tls_->handshake(greeting);
    const bool flushed = co_await flush();
    if (result == TlsEngine::Result::done && flushed) {
      handshaken_ = true;
      co_return true;
    }
    const bool heard = result == TlsEngine::Result::wantRead && flushed && co_await rawRead();
    if (!heard) co_return false;
    tls_->feed(rawBuffer_.data(), rawSize_);
  }
}

asio::awaitable<void> Channel::stallHandshake(std::shared_ptr<const ServerTlsContext> context, std::size_t keepBytes) {
  tls_ = std::make_unique<TlsEngine>(std::move(context));
  std::string flight;
  while (flight.empty()) {
    const bool ok = co_await rawRead();
    if (!ok) co_return;
    tls_->feed(rawBuffer_.data(), rawSize_);
    if (tls_->handshake() == TlsEngine::Result::failed) co_return;
    flight = tls_->take();
  }
  flight.resize(std::min(flight.size(), keepBytes));
  co_await rawWrite(flight);
  co_await drain();
}

asio::awaitable<bool> Channel::rawRead() {
  if (interrupted_ || dead_) co_return false;
  if (!early_.empty()) {
    rawSize_ = early_.copy(rawBuffer_.data(), rawBuffer_.size());
    early_.erase(0, rawSize_);
    co_return true;
  }
  boost::system::error_code ec;
  const std::size_t got =
      co_await socket_.async_read_some(asio::buffer(rawBuffer_), asio::redirect_error(asio::use_awaitable, ec));
  if (ec || interrupted_) {
    if (!interrupted_) noteEnd(ec);
    co_return false;
  }
  rawSize_ = got;
  co_return true;
}

asio::awaitable<bool> Channel::rawWrite(const std::string& bytes) {
  if (bytes.empty()) co_return true;
  if (interrupted_ || dead_) co_return false;
  boost::system::error_code ec;
  co_await asio::async_write(socket_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ec));
  if (ec && !interrupted_) noteEnd(ec);
  co_return !ec && !interrupted_;
}

// No operation is begun on a dead socket. Asio 1.26 takes a failed write for a full buffer: it does not try the next
// write on the socket but waits for an event that never comes after a reset.
// (EmulatorFaults.NeverEndsUntilTheConnectionDoes hangs without this when the machine is busy.)
void Channel::noteEnd(boost::system::error_code ec) {
  peerGone_ = true;
  if (ec != asio::error::eof) dead_ = true;
}

asio::awaitable<bool> Channel::flush() {
  const std::string bytes = tls_->take();
  const bool ok = co_await rawWrite(bytes);
  co_return ok;
}

asio::awaitable<bool> Channel::readSome() {
  if (!tls_) {
    const bool ok = co_await rawRead();
    if (ok) in_.append(rawBuffer_.data(), rawSize_);
    co_return ok;
  }
  for (;;) {
    const TlsEngine::Result result = tls_->read(in_);
    const bool flushed = co_await flush();
    if (!flushed) co_return false;
    if (result == TlsEngine::Result::done) co_return true;
    if (result != TlsEngine::Result::wantRead) co_return false;
    const bool ok = co_await rawRead();
    if (!ok) co_return false;
    tls_->feed(rawBuffer_.data(), rawSize_);
  }
}

asio::awaitable<bool> Channel::write(const std::string& bytes) {
  if (!tls_) {
    const bool ok = co_await rawWrite(bytes);
    co_return ok;
  }
  for (;;) {
    const TlsEngine::Result result = tls_->write(bytes);
    const bool flushed = co_await flush();
    if (!flushed || result == TlsEngine::Result::closed || result == TlsEngine::Result::failed) co_return false;
    if (result == TlsEngine::Result::done) co_return true;
    // During a renegotiation TLS must read from the peer before it can write.
    const bool ok = co_await rawRead();
    if (!ok) co_return false;
    tls_->feed(rawBuffer_.data(), rawSize_);
  }
}

asio::awaitable<bool> Channel::writePieces(const std::string& bytes, std::size_t pieceSize,
                                           std::chrono::milliseconds pause) {
  if (pieceSize == 0) {
    const bool ok = co_await write(bytes);
    co_return ok;
  }
  for (std::size_t at = 0; at < bytes.size(); at += pieceSize) {
    const std::string piece = bytes.substr(at, pieceSize);
    const bool ok = co_await write(piece);
    if (!ok) co_return false;
    const bool slept = co_await sleep(pause);
    if (!slept) co_return false;
  }
  co_return true;
}

asio::awaitable<bool> Channel::sleep(std::chrono::milliseconds time) {
  if (interrupted_) co_return false;
  if (time.count() <= 0) co_return true;
  armSleep(time);
  for (;;) {
    boost::system::error_code ec;
    const std::size_t got =
        co_await socket_.async_read_some(asio::buffer(rawBuffer_), asio::redirect_error(asio::use_awaitable, ec));
    early_.append(rawBuffer_.data(), got);
    if (interrupted_) co_return false;
    if (sleepOver_) co_return true;
    if (ec) {
      ++sleepGeneration_;
      sleepTimer_.cancel();
      noteEnd(ec);
      co_return false;
    }
  }
}

void Channel::armSleep(std::chrono::milliseconds time) {
  sleepOver_ = false;
  sleepTimer_.expires_after(time);
  const std::uint64_t generation = ++sleepGeneration_;
  sleepTimer_.async_wait([self = shared_from_this(), generation](boost::system::error_code ec) {
    if (ec || generation != self->sleepGeneration_) return;
    self->sleepOver_ = true;
    boost::system::error_code ignored;
    self->socket_.cancel(ignored);
  });
}

asio::awaitable<void> Channel::ignore() {
  if (interrupted_) co_return;
  sleepTimer_.expires_at(asio::steady_timer::time_point::max());
  boost::system::error_code ec;
  co_await sleepTimer_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
}

asio::awaitable<void> Channel::drain() {
  for (;;) {
    const bool ok = co_await rawRead();
    if (!ok) co_return;
  }
}

void Channel::armIdle(std::chrono::milliseconds time) {
  idleTimer_.expires_after(time);
  const std::uint64_t generation = ++idleGeneration_;
  idleTimer_.async_wait([self = shared_from_this(), generation](boost::system::error_code ec) {
    // disarmIdle() cannot recall a wait that has expired already, so its generation is compared.
    if (!ec && generation == self->idleGeneration_) self->interrupt(CloseManner::closeNotify);
  });
}

void Channel::disarmIdle() {
  ++idleGeneration_;
  idleTimer_.cancel();
}

asio::awaitable<void> Channel::finish() {
  disarmIdle();
  interrupted_ = false;
  boost::system::error_code ignored;
  if (exitManner_ == CloseManner::reset) {
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    co_return;
  }
  const bool notify = exitManner_ == CloseManner::closeNotify || exitManner_ == CloseManner::closeNotifyOnly;
  if (notify && tls_ && handshaken_) {
    tls_->closeNotify();
    // The time is limited, because a peer that does not read leaves no room for close_notify.
    armIdle(lingerTime);
    const bool flushed = co_await flush();
    disarmIdle();
    if (!flushed) co_return;
  }
  if (peerGone_) co_return;
  if (exitManner_ == CloseManner::closeNotifyOnly) {
    co_await drain();
    co_return;
  }
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  if (exitManner_ == CloseManner::halfClose) {
    co_await drain();
    co_return;
  }
  if (lingering_) {
    armIdle(lingerTime);
    co_await drain();
    disarmIdle();
    co_return;
  }
  // Unread bytes are read first: with them in its buffer, the kernel would send a RST after the FIN.
  socket_.non_blocking(true, ignored);
  boost::system::error_code ec;
  while (!ec) {
    if (socket_.read_some(asio::buffer(rawBuffer_), ec) == 0) break;
  }
}

void Channel::exitWith(CloseManner manner, bool lingering) {
  if (interrupted_) return;
  exitManner_ = manner;
  lingering_ = lingering;
}

}  // namespace box::inline v0_1::emulator
