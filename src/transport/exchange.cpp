#include "transport/exchange.hpp"

#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include "support/wipe.hpp"
#include "transport/tls_errors.hpp"

namespace box::inline v0_1 {
namespace {

constexpr std::size_t firstRead = 4096;  // Box's answers fit into it; for larger ones the buffer grows

}  // namespace

void Exchange::begin() {
  reader.start(responseLimits_, expect_);
  connection_.received = 0;
  if (connection_.in.size() < firstRead) connection_.in.resize(firstRead);
  // The first deadline may start the watchdog's timer, which needs memory. Here it is still possible to throw an
  // exception.
  arm(timeouts_.write, Errc::writeTimeout);
}

void Exchange::arm(std::chrono::nanoseconds own, Errc code) {
  const PhaseLimit limit = limits_.phase(TimeLimits::Clock::now(), own, code);
  timeoutCode_ = limit.code;
  connection_.guard->arm(limit.at);
}

/// Sends one record. If it returns a code, the record is not sent, because of would_block or an error.
error_code Exchange::writeSome() try {
  error_code ec;
  const Wire& wire = *connection_.wire;
  const std::uint64_t before = wire.sentBytes();
  sent_ += connection_.wire->write(unsent(), ec);
  if (isSent()) {
    arm(timeouts_.responseHeader, Errc::readTimeout);
  } else if (wire.sentBytes() != before) {  // a part of a record is progress too
    arm(timeouts_.write, Errc::writeTimeout);
  }
  return ec;
} catch (const std::bad_alloc&) {
  // If the limits before this one were unlimited, this one has started the watchdog's timer.
  return asio::error::no_memory;
}

Wire::Socket::wait_type Exchange::writeNeeds(error_code ec) const noexcept {
  return ec == asio::error::would_block ? connection_.wire->blockedBy() : Wire::Socket::wait_write;
}

/// Reads what has arrived. A default code means that the exchange has ended. After one record it reads only what TLS
/// has in its buffer, so that other work of the thread is not delayed.
error_code Exchange::readAll() {
  error_code ec;
  std::size_t most = Wire::mostAtOnce;
  const std::uint64_t before = connection_.wire->receivedBytes();
  do {
    const std::size_t bytes = connection_.wire->read(room(), ec, most);
    // A part of a record is progress too. This limit has been set when the body began, so there is memory for it.
    const bool hasProgress = ec == asio::error::would_block && connection_.wire->receivedBytes() != before;
    if (hasProgress && reader.state() == ResponseReader::State::body) arm(timeouts_.bodyIdle, Errc::readTimeout);
    if (ec) return ec;
    if (!readSome(bytes)) return ec;
    most = 0;
  } while (connection_.wire->hasPending());
  return asio::error::would_block;
}

/// Gives the bytes that arrived to the reader. False: the exchange has ended.
bool Exchange::readSome(std::size_t bytes) try {
  connection_.received += bytes;
  const std::size_t used = reader.feed(std::string_view(connection_.in.data(), connection_.received));
  connection_.received -= used;
  if (used != 0 && connection_.received != 0) {
    std::memmove(connection_.in.data(), connection_.in.data() + used, connection_.received);
  }

  switch (reader.state()) {
    case ResponseReader::State::complete:
      // Bytes after a complete response are not the answer to a request, so the next response must not begin with them.
      if (reader.keepAlive() && isSent() && !writeError_) {
        buffered_ = connection_.received != 0 ? Connection::Unread::data : connection_.buffered();
        reusable = buffered_ == Connection::Unread::nothing;
      }
      return false;
    case ResponseReader::State::failed: fail(reader.error(), reader.cause(), Phase::read); return false;
    case ResponseReader::State::body: arm(timeouts_.bodyIdle, Errc::readTimeout); break;
    case ResponseReader::State::header: break;
  }
  if (connection_.received == connection_.in.size()) {
    makeRoom(connection_.in, 2 * connection_.in.size());
    connection_.in.resize(2 * connection_.in.size());
  }
  return true;
} catch (const std::exception&) {  // std::bad_alloc, or std::length_error
  // An exception is not possible here, because no caller of the I/O operation could catch it.
  reusable = false;
  failure.code = Errc::localResource;
  failure.phase = Phase::read;
  failure.context = "no memory";
  return false;
}

/// Ends the operations on the descriptor, those in progress and later ones. Bytes that have arrived can still be read.
void Exchange::shut() noexcept { connection_.wire->shutDown(); }

void Exchange::end() noexcept {
  const bool late = connection_.guard->disarm();
  if (late) reusable = false;
  if (connection_.wire->hasSent() || !reader.begun()) return;
  // Nothing was sent, so what has arrived is not the answer to this request.
  reader.start(responseLimits_, expect_);
  reusable = false;
  if (failure.code == asio::error::operation_aborted) return;
  failure = Failure();
  failure.code = late ? timeoutCode_ : Errc::connectionLost;
  failure.phase = Phase::write;
}

/// A server may answer before it has read the whole request, and then close the connection or stop reading. So its
/// answer is read before the exchange fails. The answer arrived before the write failed, so it is available without a
/// wait; a wait might never end, because not every failure of a write wakes a reader.
void Exchange::writeFailed(const error_code& ec) {
  writeError_ = ec;
  if (ec == asio::error::operation_aborted) return fail(ec, ec, Phase::write);
  error_code end;
  while (!end) {
    const std::size_t bytes = connection_.wire->read(room(), end);
    if (!end && !readSome(bytes)) return;
  }
  readFailed(end == asio::error::would_block ? ec : end);
}

void Exchange::readFailed(const error_code& ec) {
  if (ec == asio::error::operation_aborted || connection_.guard->fired()) return fail(ec, ec, phase());
  reader.finish(ec == asio::error::eof);
  if (reader.state() == ResponseReader::State::complete) return;
  if (reader.begun()) return fail(reader.error(), ec, Phase::read);
  const Errc code = codeOfReadFailure(ec);
  // If a fatal alert has arrived, it is the reason why the write failed.
  const bool alert = code == Errc::tlsProtocolError;
  if (writeError_) return fail(alert ? code : codeOfReadFailure(writeError_), alert ? ec : writeError_, Phase::write);
  fail(code, ec, phase());
}

void Exchange::fail(error_code code, error_code cause, Phase phase) noexcept {
  failure.phase = phase;
  failure.cause = cause;
  if (connection_.guard->fired()) {
    failure.code = timeoutCode_;
    failure.cause = {};
  } else {
    failure.code = code;
  }
  if (*reader.complaint() == '\0') return;
  try {
    failure.context = std::string("the response: ") + reader.complaint();
  } catch (const std::bad_alloc&) {  // the code is enough: no caller of the I/O operation could catch the exception
  }
}

}  // namespace box::inline v0_1
