#pragma once

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/deferred.hpp>

#include "box/network/options.hpp"
#include "box/support/asio.hpp"
#include "http/response_reader.hpp"
#include "transport/connection.hpp"
#include "transport/failure.hpp"
#include "transport/limits.hpp"

namespace box {

/// One request on one connection: sends `connection.out`, feeds `reader` until a response is there.
///
/// Lives in the caller's frame while run() is awaited. *Cancellation*: terminal at any time; the connection is of no use
/// afterwards. Never throws into the coroutine: what happened stands in `failure`.
class Exchange {
  /// The exchange as one composed operation: a coroutine for each step would cost a frame and a resumption each.
  class Operation {
   public:
    explicit Operation(Exchange& exchange) noexcept : exchange_(exchange) {}

    template <class Self>
    void operator()(Self& self, boost::system::error_code ec = {}, std::size_t bytes = 0) {
      Connection& c = exchange_.connection_;
      switch (step_) {
        case Step::start: step_ = Step::write; break;
        case Step::write:
          exchange_.sent_ += bytes;
          if (ec) {
            exchange_.writeFailed(ec);
            return finish(self);
          }
          if (exchange_.sent_ == c.out.size()) {
            step_ = Step::read;
            exchange_.arm(exchange_.timeouts_.responseHeader, Errc::readTimeout);
          } else {
            exchange_.arm(exchange_.timeouts_.write, Errc::writeTimeout);
          }
          break;
        case Step::read:
          if (ec) {
            exchange_.readFailed(ec);
            return finish(self);
          }
          if (!exchange_.readSome(bytes)) return finish(self);
          break;
      }
      auto handler = asio::bind_allocator(c.memory.allocator(), std::move(self));
      if (step_ == Step::write) {
        exchange_.wrote = true;
        c.stream->async_write_some(asio::buffer(c.out.data() + exchange_.sent_, c.out.size() - exchange_.sent_),
                                   std::move(handler));
      } else {
        c.stream->async_read_some(asio::buffer(c.in.data() + c.received, c.in.size() - c.received), std::move(handler));
      }
    }

   private:
    enum class Step : unsigned char { start, write, read };

    template <class Self>
    void finish(Self& self) {
      if (exchange_.connection_.guard->disarm()) exchange_.reusable = false;
      self.complete();
    }

    Exchange& exchange_;
    Step step_ = Step::start;
  };

 public:
  Exchange(Connection& connection, const TimeLimits& limits, const TimeoutOptions& timeouts,
           const ResponseLimits& responseLimits,
           ResponseReader::Expect expect = ResponseReader::Expect::response) noexcept
      : connection_(connection),
        limits_(limits),
        timeouts_(timeouts),
        responseLimits_(responseLimits),
        expect_(expect) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// What is to be awaited. As it is no coroutine, it costs no frame.
  auto run() {
    begin();
    return asio::async_compose<const asio::deferred_t, void()>(Operation(*this), asio::deferred, *connection_.stream);
  }

  ResponseReader reader;
  Failure failure;     ///< phase: write or read
  bool wrote = false;  ///< at least one byte was handed to TLS
  /// The peer sent more than its response.
  bool leftover() const noexcept { return buffered_ == Connection::Unread::data; }

  bool reusable = false;  ///< the connection may carry another request

 private:
  void begin();
  void arm(std::chrono::nanoseconds limit, Errc code);
  void fail(error_code code, error_code cause, Phase phase);
  bool readSome(std::size_t bytes);
  void writeFailed(const error_code& ec);
  void readFailed(const error_code& ec);

  Connection& connection_;
  TimeLimits limits_;
  const TimeoutOptions& timeouts_;
  const ResponseLimits& responseLimits_;
  const ResponseReader::Expect expect_;
  Connection::Unread buffered_ = Connection::Unread::nothing;
  Errc timeoutCode_ = Errc::writeTimeout;
  std::size_t sent_ = 0;
  error_code writeError_;
};

}  // namespace box
