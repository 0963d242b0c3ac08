#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "async/watchdog.hpp"
#include "box/error.hpp"
#include "box/support/asio.hpp"
#include "support/fork.hpp"

namespace box {

/// What TLS to Box runs over: TCP, or TLS to an https proxy. One type for both, so that no one else is a template over
/// it; where there is no such proxy it costs a test of a pointer. It is guarded as long as its descriptor is open.
class Wire {
 public:
  using Socket = asio::ip::tcp::socket;
  using Tls = asio::ssl::stream<Socket>;
  using executor_type = Socket::executor_type;
  using lowest_layer_type = Socket::lowest_layer_type;

  Wire(Socket socket, std::shared_ptr<Watchdog> watchdog)
      : socket_(std::move(socket)),
        guard_(std::make_unique<Watchdog::Guard>(std::move(watchdog))),
        unshared_(socket_->native_handle()) {
    guard_->attach(socket_->native_handle());
  }

  executor_type get_executor() noexcept { return lowest_layer().get_executor(); }
  lowest_layer_type& lowest_layer() noexcept { return proxy_ ? proxy_->lowest_layer() : socket_->lowest_layer(); }
  const lowest_layer_type& lowest_layer() const noexcept {
    return proxy_ ? proxy_->lowest_layer() : socket_->lowest_layer();
  }
  /// TLS to the proxy; null: none.
  Tls* proxy() noexcept { return proxy_.get(); }
  Watchdog::Guard& guard() noexcept { return *guard_; }

  /// From now on it leads through TLS, which `wrap` makes of the socket. The guard has to be armed anew.
  template <class Wrap>
  void startTls(Wrap&& wrap) {
    guard_->detach();
    proxy_ = std::forward<Wrap>(wrap)(std::move(*socket_));
    socket_.reset();
    guard_->attach(lowest_layer().native_handle());
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (proxy_) return proxy_->async_read_some(buffers, std::forward<Token>(token));
    return socket_->async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (proxy_) return proxy_->async_write_some(buffers, std::forward<Token>(token));
    return socket_->async_write_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, error_code& ec) {
    return proxy_ ? proxy_->read_some(buffers, ec) : socket_->read_some(buffers, ec);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, error_code& ec) {
    return proxy_ ? proxy_->write_some(buffers, ec) : socket_->write_some(buffers, ec);
  }

 private:
  std::optional<Socket> socket_;
  std::unique_ptr<Tls> proxy_;
  // These go before the descriptor does, whose number could be another's then.
  std::unique_ptr<Watchdog::Guard> guard_;
  UnsharedDescriptor unshared_;
};

/// TLS to Box.
using TlsStream = asio::ssl::stream<Wire>;

}  // namespace box
