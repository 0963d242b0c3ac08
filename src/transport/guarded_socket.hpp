#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/system_executor.hpp>

#include "async/context_end.hpp"
#include "async/watchdog.hpp"
#include "box/support/asio.hpp"
#include "system/socket.hpp"
#include "transport/unshared_socket.hpp"

namespace box::inline v0_1 {

/// An open socket that the watchdog guards. When the socket's context is destroyed, the watchdog is closed, the socket
/// too, and the executor is released, because a socket or a strand that is destroyed after its context uses freed
/// memory.
class GuardedSocket final : private ContextEnd::Member {
 public:
  GuardedSocket(UnsharedSocket open, std::shared_ptr<Watchdog> watchdog)
      : executor_(open.socket.get_executor()),
        socket_(std::move(open)),
        guard_(std::move(watchdog), socket_->socket.native_handle()) {
    join(executor_);
  }
  ~GuardedSocket() { leave(); }

  /// After the end of the context it is one that nothing should use.
  const asio::any_io_executor& executor() const noexcept { return executor_; }
  Watchdog::Guard& guard() noexcept { return guard_; }
  /// noSocket: its context was destroyed.
  NativeSocket number() noexcept {
    return socket_ ? static_cast<NativeSocket>(socket_->socket.native_handle()) : noSocket;
  }
  /// Its context must not have been destroyed.
  asio::ip::tcp::socket& socket() noexcept { return socket_->socket; }

 private:
  void contextEnds() noexcept override {
    guard_.contextEnds();
    socket_.reset();
    executor_ = asio::system_executor();  // Asio accepts no empty executor
  }

  asio::any_io_executor executor_;
  std::optional<UnsharedSocket> socket_;  // set as long as its context exists
  Watchdog::Guard guard_;  // destroyed before the socket is closed, because its number may be reused after that
};

}  // namespace box::inline v0_1
