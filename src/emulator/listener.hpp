#pragma once

#include "emulator_state.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace box::inline v0_1::emulator {
namespace asio = boost::asio;
using asio::ip::tcp;

/// What the server needs between start and stop: the context, its threads, the listening socket.
class Listener {
 public:
  /// Errors: std::system_error where the address cannot be bound.
  Listener(std::shared_ptr<EmulatorState> state, const tcp::endpoint& endpoint);
  ~Listener() { stop(CloseManner::fin); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void run(std::size_t threads);
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// Ends all connections at once, as a killed server does.
  void stop(CloseManner manner);

 private:
  asio::awaitable<void> acceptLoop();
  void admit(tcp::socket socket);

  std::shared_ptr<EmulatorState> state_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::vector<std::thread> threads_;
};

}  // namespace box::inline v0_1::emulator
