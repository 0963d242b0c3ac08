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

/// The sockets of an AddressRace. A socket that take() has not returned is closed when this object is destroyed, also
/// if that happens because the coroutine is destroyed.
class ConnectAttempts {
 public:
  /// An attempt that has ended, with or without a connection.
  struct End {
    std::size_t address;
    error_code ec;
  };

  /// `executor`: the executor of the sockets.
  ConnectAttempts(const asio::any_io_executor& executor, std::size_t addresses);
  ~ConnectAttempts();
  ConnectAttempts(const ConnectAttempts&) = delete;
  ConnectAttempts& operator=(const ConnectAttempts&) = delete;

  /// Starts to connect. Either it returns an error, or ends() reports the end later. Each address may be started once.
  error_code start(std::size_t address, const asio::ip::tcp::endpoint& endpoint);
  void close(std::size_t address) noexcept;
  UnsharedSocket take(std::size_t address);

  /// Waits until an attempt ends that ends() has not returned yet, `until` is reached, the client is closed, or the
  /// caller cancels.
  asio::awaitable<error_code> waitForEnd(std::shared_ptr<Watchdog> watchdog,
                                         std::chrono::steady_clock::time_point until);

  /// The attempts that have ended since the last call.
  std::vector<End> ends();

 private:
  class Sockets;
  const std::shared_ptr<Sockets> sockets_;
};

}  // namespace box::inline v0_1
