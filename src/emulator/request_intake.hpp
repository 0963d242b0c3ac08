#pragma once

#include "box_behaviour.hpp"
#include "channel.hpp"
#include "emulator_state.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace box::inline v0_1::emulator {

/// A request that was read, and the reply if it is known already.
struct ReceivedRequest {
  /// For the test, without credentials.
  RequestInfo info;
  /// For Box's behaviour.
  BoxRequest request;
  std::shared_ptr<RequestRecord> record;
  /// A step of the script, or the refusal of a request that is invalid or too large.
  std::optional<Reply> reply;
  bool keepAlive = true;
  bool toHttp10 = false;
};

/// Reads the requests of one connection, and begins their records.
class RequestIntake {
 public:
  RequestIntake(EmulatorState& state, Channel& channel, std::uint64_t connection)
      : state_(state), channel_(channel), connection_(connection) {}

  /// Reads the next request. Its body is not read where the reply comes before the body or refuses the request. Null:
  /// the connection has to end.
  [[nodiscard]] asio::awaitable<std::unique_ptr<ReceivedRequest>> next();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void armIdle();
  bool feed(Parser& parser, boost::system::error_code& ec);
  Channel::Bool readHeader(Parser& parser, boost::system::error_code& ec);
  Channel::Bool readBody(Parser& parser, boost::system::error_code& ec);
  Channel::Bool inviteBody(const ReceivedRequest& received, const Parser& parser);
  [[nodiscard]] std::unique_ptr<ReceivedRequest> describe(const Parser& parser);

  EmulatorState& state_;
  Channel& channel_;
  const std::uint64_t connection_;
  std::uint64_t requests_ = 0;
};

}  // namespace box::inline v0_1::emulator
