#include "transport/tunnel.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/handler_memory.hpp"
#include "http/response_reader.hpp"
#include "network/validation.hpp"
#include "support/wipe.hpp"
#include "transport/termination.hpp"

namespace box {
namespace {

bool offersBasic(const HttpHeaders& headers) {
  for (const HeaderView header : headers) {
    if (equalsIgnoreCase(header.name, "Proxy-Authenticate") &&
        startsWithIgnoreCase(trimBlanks(header.value), "Basic")) {
      return true;
    }
  }
  return false;
}

void judge(const ResponseReader& reader, bool leftover, Failure& failure) {
  const int status = reader.statusCode();
  if (reader.state() != ResponseReader::State::complete) {
    failure.code = Errc::proxyFailed;
    failure.cause = reader.cause();
    failure.context = std::string("its answer to CONNECT: ") + reader.complaint();
  } else if (status / 100 == 2) {
    if (!leftover) return;
    // They would be taken for the beginning of TLS with Box.
    failure.code = Errc::proxyFailed;
    failure.context = "it sent bytes behind its answer to CONNECT";
  } else {
    const bool passing = status == 502 || status == 503 || status == 504;
    const bool credentials = status == 407 || status == 401;
    failure.code = passing ? Errc::proxyFailed : credentials ? Errc::proxyAuthenticationFailed : Errc::proxyRefused;
    failure.context = "it answered " + std::to_string(status) + " to CONNECT";
    if (status == 407 && !offersBasic(reader.headers())) {
      failure.context += "; it does not offer Basic authentication, the only one known here";
    }
  }
}

}  // namespace

asio::awaitable<void> openTunnel(Wire& wire, std::string request, Failure& failure) {
  const WipeGuard guard(request);  // it holds the proxy's credentials
  HandlerMemory memory;
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  const auto broken = [&](const error_code& ec) {
    failure.code = ec == asio::error::operation_aborted ? ec : make_error_code(Errc::proxyFailed);
    failure.cause = ec;
    failure.context = "the connection broke before its answer to CONNECT";
  };
  error_code ec;
  for (std::size_t sent = 0; sent < request.size();) {
    Termination termination(state.slot());
    const std::size_t bytes = co_await wire.async_write_some(
        asio::buffer(request.data() + sent, request.size() - sent),
        asio::bind_allocator(
            memory.allocator(),
            asio::bind_cancellation_slot(termination.slot(), asio::redirect_error(asio::use_awaitable, ec))));
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
    Termination termination(state.slot());
    const std::size_t bytes = co_await wire.async_read_some(
        asio::buffer(in.data() + received, in.size() - received),
        asio::bind_allocator(
            memory.allocator(),
            asio::bind_cancellation_slot(termination.slot(), asio::redirect_error(asio::use_awaitable, ec))));
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
  judge(reader, received != 0, failure);
}

}  // namespace box
