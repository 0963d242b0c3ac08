#include "request_intake.hpp"

#include "http_text.hpp"
#include "reply_plan.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace box::inline v0_1::emulator {
namespace http = boost::beast::http;
namespace {

void refuse(ReceivedRequest& received, int status) {
  received.keepAlive = false;
  received.reply = Reply::status(status);
}

/// Prepares the answer to a request that is not valid HTTP, or is too large.
void refuse(ReceivedRequest& received, boost::system::error_code ec) {
  int status = 400;
  if (ec == http::error::header_limit) status = 431;
  if (ec == http::error::body_limit) status = 413;
  refuse(received, status);
}

bool expectsContinue(const ReceivedRequest& received) {
  return equalNoCase(findHeader(received.info.headers, "Expect"), "100-continue");
}

}  // namespace

asio::awaitable<std::unique_ptr<ReceivedRequest>> RequestIntake::next() {
  Parser parser;
  parser.header_limit(state_.options().maxHeaderSize);
  parser.body_limit(state_.options().maxBodySize);
  boost::system::error_code ec;
  const bool headed = co_await readHeader(parser, ec);
  if (!headed) co_return nullptr;

  std::unique_ptr<ReceivedRequest> received = describe(parser);
  if (ec) {
    refuse(*received, ec);
    co_return received;
  }
  received->keepAlive = parser.keep_alive();
  received->toHttp10 = parser.get().version() < 11;
  received->reply = state_.takeReply(received->request.target);
  if (received->reply && received->reply->plan().beforeBody) {
    received->keepAlive = false;
    co_return received;
  }
  if (!findHeader(received->info.headers, "Expect").empty() && !expectsContinue(*received)) {
    refuse(*received, 417);
    co_return received;
  }
  const bool invited = co_await inviteBody(*received, parser);
  if (!invited) co_return nullptr;
  const bool whole = co_await readBody(parser, ec);
  if (!whole) co_return nullptr;
  if (ec) {
    refuse(*received, ec);
    co_return received;
  }
  received->request.body = std::move(parser.get().body());
  received->info.body = received->request.body;
  state_.bodyRead(*received->record, received->request.body);
  co_return received;
}

void RequestIntake::armIdle() {
  if (state_.options().idleClose.count() > 0) channel_.armIdle(state_.options().idleClose);
}

/// Gives the parser bytes of the input. True: it needs no more bytes for now, or has failed.
bool RequestIntake::feed(Parser& parser, boost::system::error_code& ec) {
  std::string& input = channel_.input();
  while (!input.empty()) {
    const bool headerBefore = parser.is_header_done();
    const std::size_t used = parser.put(asio::buffer(input), ec);
    input.erase(0, used);
    if (ec == http::error::need_more) {
      ec = {};
      return false;
    }
    if (ec || parser.is_done()) return true;
    if (!headerBefore && parser.is_header_done()) return true;
    if (used == 0) return false;
  }
  return false;
}

Channel::Bool RequestIntake::readHeader(Parser& parser, boost::system::error_code& ec) {
  for (;;) {
    // RFC 9112 2.2: a server ignores empty lines before a request.
    std::string& input = channel_.input();
    input.erase(0, std::min(input.find_first_not_of("\r\n"), input.size()));
    if (feed(parser, ec)) break;
    armIdle();
    const bool more = co_await channel_.readSome();
    if (!more) co_return false;
  }
  channel_.disarmIdle();
  co_return true;
}

/// Sends "100 Continue" to a client that waits for it before it sends the body.
Channel::Bool RequestIntake::inviteBody(const ReceivedRequest& received, const Parser& parser) {
  const bool waits = expectsContinue(received) && !received.toHttp10 && !parser.is_done() && channel_.input().empty();
  if (!waits) co_return true;
  const std::string text = "HTTP/1.1 100 Continue\r\n\r\n";
  const bool written = co_await channel_.write(text);
  co_return written;
}

Channel::Bool RequestIntake::readBody(Parser& parser, boost::system::error_code& ec) {
  parser.eager(true);
  while (!parser.is_done()) {
    feed(parser, ec);
    if (ec || parser.is_done()) break;
    armIdle();
    const bool more = co_await channel_.readSome();
    if (!more) co_return false;
  }
  channel_.disarmIdle();
  co_return true;
}

/// Describes the request as far as its header was read.
std::unique_ptr<ReceivedRequest> RequestIntake::describe(const Parser& parser) {
  auto received = std::make_unique<ReceivedRequest>();
  const auto& message = parser.get();
  BoxRequest& request = received->request;
  RequestInfo& info = received->info;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message) {
    const std::string name(field.name_string());
    const std::string value(field.value());
    info.headers.emplace_back(name, withoutCredential(name, value));
    request.headers.emplace_back(name, value);
  }
  info.method = request.method;
  info.target = request.target;
  info.connection = connection_;
  info.requestOnConnection = ++requests_;
  received->record = state_.requestBegun(info);
  return received;
}

}  // namespace box::inline v0_1::emulator
