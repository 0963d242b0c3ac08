#pragma once

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
 public:
  Exchange(Connection& connection, const TimeLimits& limits, const TimeoutOptions& timeouts,
           const ResponseLimits& responseLimits) noexcept
      : connection_(connection), limits_(limits), timeouts_(timeouts), responseLimits_(responseLimits) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  asio::awaitable<void> run();

  ResponseReader reader;
  Failure failure;       ///< phase: write or read
  bool wrote = false;    ///< at least one byte was handed to TLS
  /// The peer sent more than its response.
  bool leftover() const noexcept { return behind_ == Connection::Behind::data; }

  bool reusable = false; ///< the connection may carry another request

 private:
  class Operation;

  void arm(std::chrono::nanoseconds limit, Errc code);
  void fail(error_code code, error_code cause, Phase phase);
  bool readSome(std::size_t bytes);
  void writeFailed(const error_code& ec);
  void readFailed(const error_code& ec);

  Connection& connection_;
  TimeLimits limits_;
  const TimeoutOptions& timeouts_;
  const ResponseLimits& responseLimits_;
  Connection::Behind behind_ = Connection::Behind::nothing;
  Errc timeoutCode_ = Errc::writeTimeout;
  std::size_t sent_ = 0;
  error_code writeError_;
};

}  // namespace box
