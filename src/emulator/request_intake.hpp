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

namespace box::emulator {

/// A request as it was read, and what is known of its reply by then.
struct ReceivedRequest {
  /// For the test: without credentials.
  RequestInfo info;
  /// For Box.
  BoxRequest request;
  std::shared_ptr<RequestRecord> record;
  /// A step of the script, or the refusal of what is not proper HTTP, or too large.
  std::optional<Reply> reply;
  bool keepAlive = true;
  bool toHttp10 = false;
};

/// Reads the requests of one connection, and begins their records.
class RequestIntake {
 public:
  RequestIntake(EmulatorState& state, Channel& channel, std::uint64_t connection)
      : state_(state), channel_(channel), connection_(connection) {}

  /// The next request; without its body where the reply is to come before that, or is a refusal. Nothing when the
  /// connection is to end.
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

}  // namespace box::emulator
