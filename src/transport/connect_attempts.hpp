#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "async/watchdog.hpp"
#include "box/error.hpp"
#include "box/support/asio.hpp"
#include "transport/unshared_socket.hpp"

namespace box::inline v0_1 {

/// The sockets of a race of addresses. A socket that is not taken out is closed with this object, also where its
/// coroutine is destroyed.
class ConnectAttempts {
 public:
  /// An attempt that has ended, with or without a connection.
  struct End {
    std::size_t address;
    error_code ec;
  };

  /// The sockets belong to `executor`.
  ConnectAttempts(const asio::any_io_executor& executor, std::size_t addresses);
  ~ConnectAttempts();
  ConnectAttempts(const ConnectAttempts&) = delete;
  ConnectAttempts& operator=(const ConnectAttempts&) = delete;

  /// Starts a connect. Returns an error at once, or ends() reports its end later. Each address is tried once.
  error_code start(std::size_t address, const asio::ip::tcp::endpoint& endpoint);
  void close(std::size_t address) noexcept;
  UnsharedSocket take(std::size_t address);

  /// Waits until an attempt ends that ends() has not returned yet, the time has come, the client closes, or the caller
  /// cancels.
  asio::awaitable<void> waitForEnd(std::shared_ptr<Watchdog> watchdog, std::chrono::steady_clock::time_point until);

  /// The attempts that have ended since the last call.
  std::vector<End> ends();

 private:
  class Sockets;
  const std::shared_ptr<Sockets> sockets_;
};

}  // namespace box::inline v0_1
