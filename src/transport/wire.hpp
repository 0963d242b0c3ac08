#pragma once

#include <memory>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "async/watchdog.hpp"
#include "box/error.hpp"
#include "box/support/asio.hpp"
#include "transport/unshared_socket.hpp"

namespace box {

/// What TLS to Box runs over: TCP, or TLS to an https proxy. One type for both, so that no one else is a template over
/// it; where there is no such proxy it costs a test of a pointer. The socket is never moved, so that it stays guarded
/// and unshared for as long as its descriptor is open, whatever fails.
class Wire {
 public:
  using Socket = asio::ip::tcp::socket;
  using Tls = asio::ssl::stream<Socket&>;
  using executor_type = Socket::executor_type;
  using lowest_layer_type = Socket::lowest_layer_type;

  Wire(UnsharedSocket socket, std::shared_ptr<Watchdog> watchdog)
      : tcp_(std::make_unique<Guarded>(std::move(socket), std::move(watchdog))) {}

  executor_type get_executor() noexcept { return lowest_layer().get_executor(); }
  lowest_layer_type& lowest_layer() noexcept { return tcp_->socket.lowest_layer(); }
  const lowest_layer_type& lowest_layer() const noexcept { return tcp_->socket.lowest_layer(); }
  /// TLS to the proxy; null: none.
  Tls* proxy() noexcept { return proxy_.get(); }
  Watchdog::Guard& guard() noexcept { return tcp_->guard; }

  /// From now on it leads through TLS, which `wrap` makes on top of the socket.
  template <class Wrap>
  void startTls(Wrap&& wrap) {
    proxy_ = std::forward<Wrap>(wrap)(tcp_->socket);
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (proxy_) return proxy_->async_read_some(buffers, std::forward<Token>(token));
    return tcp_->socket.async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (proxy_) return proxy_->async_write_some(buffers, std::forward<Token>(token));
    return tcp_->socket.async_write_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, error_code& ec) {
    return proxy_ ? proxy_->read_some(buffers, ec) : tcp_->socket.read_some(buffers, ec);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, error_code& ec) {
    return proxy_ ? proxy_->write_some(buffers, ec) : tcp_->socket.write_some(buffers, ec);
  }

 private:
  struct Guarded : UnsharedSocket {
    Guarded(UnsharedSocket open, std::shared_ptr<Watchdog> watchdog)
        : UnsharedSocket(std::move(open)), guard(std::move(watchdog), socket.native_handle()) {}
    Watchdog::Guard guard;  // destroyed before the descriptor, whose number may be reused then
  };

  std::unique_ptr<Guarded> tcp_;
  std::unique_ptr<Tls> proxy_;  // refers to the socket
};

/// TLS to Box.
using TlsStream = asio::ssl::stream<Wire>;

}  // namespace box
