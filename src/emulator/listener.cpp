#include "listener.hpp"

#include "channel.hpp"
#include "server_connection.hpp"
#include "system/listening_port.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace box::inline v0_1::emulator {

Listener::Listener(std::shared_ptr<EmulatorState> state, const tcp::endpoint& endpoint)
    : state_(std::move(state)), acceptor_(asio::make_strand(io_)) {
  try {
    acceptor_.open(endpoint.protocol());
    claimPort(acceptor_);
    acceptor_.bind(endpoint);
    acceptor_.listen();
  } catch (const boost::system::system_error& error) {
    throw std::system_error(error.code(), "cannot listen");
  }
  asio::co_spawn(acceptor_.get_executor(), acceptLoop(), asio::detached);
}

void Listener::run(std::size_t threads) {
  for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) {
    threads_.emplace_back([this] { io_.run(); });
  }
}

void Listener::stop(CloseManner manner) {
  io_.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  for (const std::shared_ptr<Channel>& channel : state_->openChannels()) channel->closeHard(manner);
  // A connection whose coroutine never began has not counted itself as closed.
  state_->allConnectionsClosed();
}

asio::awaitable<void> Listener::acceptLoop() {
  asio::steady_timer pause(acceptor_.get_executor());
  for (;;) {
    tcp::socket socket(asio::make_strand(io_));
    boost::system::error_code ec;
    co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
    if (ec) {
      // Descriptors have run out. Without a pause this loop would spin until some are free again.
      pause.expires_after(std::chrono::milliseconds(10));
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
      continue;
    }
    admit(std::move(socket));
  }
}

void Listener::admit(tcp::socket socket) {
  const auto channel = std::make_shared<Channel>(std::move(socket));
  const std::uint64_t number = state_->connectionOpened(channel);
  asio::co_spawn(channel->executor(), serveConnection(state_, channel, number), asio::detached);
}

}  // namespace box::inline v0_1::emulator
