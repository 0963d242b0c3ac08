#include "transport/tunnel.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/handler_memory.hpp"
#include "http/response_reader.hpp"
#include "support/wipe.hpp"
#include "transport/connect_answer.hpp"
#include "transport/terminal_cancellation.hpp"

namespace box {

asio::awaitable<void> openTunnel(Wire& wire, std::string request, Failure& failure) {
  const WipeGuard guard(request);  // it holds the proxy's credentials
  const bool authorized = request.find("\r\nProxy-Authorization: ") != std::string::npos;
  HandlerMemory memory;
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  const auto broken = [&](const error_code& ec) {
    failure.code = ec == asio::error::operation_aborted ? ec : make_error_code(Errc::proxyFailed);
    failure.cause = ec;
    failure.context = "the connection broke before its answer to CONNECT";
  };
  error_code ec;
  for (std::size_t sent = 0; sent < request.size();) {
    TerminalCancellation cancellation(state.slot());
    const std::size_t bytes = co_await wire.async_write_some(
        asio::buffer(request.data() + sent, request.size() - sent),
        asio::bind_allocator(
            memory.allocator(),
            asio::bind_cancellation_slot(cancellation.slot(), asio::redirect_error(asio::use_awaitable, ec))));
    if (ec) {
      broken(ec);
      co_return;
    }
    sent += bytes;
  }

  static const ResponseLimits limits;
  ResponseReader reader;
  reader.start(limits, ResponseReader::Expect::tunnel);
  std::string in(1024, '\0');
  std::size_t received = 0;
  while (reader.state() == ResponseReader::State::header) {
    if (received == in.size()) in.resize(2 * in.size());  // ends at ResponseLimits::headerBytes
    TerminalCancellation cancellation(state.slot());
    const std::size_t bytes = co_await wire.async_read_some(
        asio::buffer(in.data() + received, in.size() - received),
        asio::bind_allocator(
            memory.allocator(),
            asio::bind_cancellation_slot(cancellation.slot(), asio::redirect_error(asio::use_awaitable, ec))));
    if (ec) {
      broken(ec);
      co_return;
    }
    received += bytes;
    const std::size_t used = reader.feed(std::string_view(in.data(), received));
    in.erase(0, used);
    in.resize(in.size() + used);
    received -= used;
  }
  judgeConnectAnswer(reader, received != 0, authorized, failure);
}

}  // namespace box
