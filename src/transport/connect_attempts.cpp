#include "transport/connect_attempts.hpp"

#include <mutex>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "async/context_end.hpp"
#include "async/signal.hpp"
#include "async/wait.hpp"
#include "async/waiter.hpp"
#include "system/fork.hpp"
#include "system/socket.hpp"

namespace box::inline v0_1 {
namespace {

using asio::ip::tcp;

error_code open(UnsharedSocket& socket, const tcp& protocol) {
  socket.unshared = UnsharedDescriptor::opened([&] { return openSocket(protocol); });
  if (!socket.unshared.isSet()) return lastSocketError();
  const auto opened = static_cast<NativeSocket>(socket.unshared.descriptor());
  const auto giveUp = [&] {
    socket.unshared = UnsharedDescriptor();
    closeSocket(opened);
  };
  error_code ec;
  try {
    socket.socket.assign(protocol, opened, ec);
  } catch (...) {  // there is no memory
    giveUp();
    throw;
  }
  if (ec) giveUp();
  return ec;
}

}  // namespace

/// One coroutine starts and closes the attempts; their ends are recorded here from any thread. The sockets are closed
/// when their context is destroyed, which may happen before the coroutine ends. The operations on the sockets keep this
/// object alive.
class ConnectAttempts::Sockets final : public std::enable_shared_from_this<Sockets>, private ContextEnd::Member {
 public:
  Sockets(const asio::any_io_executor& executor, std::size_t addresses) {
    sockets_.reserve(addresses);
    for (std::size_t i = 0; i < addresses; ++i) sockets_.emplace_back(executor);
    ends_.reserve(addresses);
    join(executor);
  }
  ~Sockets() { leave(); }

  error_code start(std::size_t address, const tcp::endpoint& endpoint) {
    if (const error_code ec = open(sockets_[address], endpoint.protocol())) return ec;
    sockets_[address].socket.async_connect(endpoint, [self = shared_from_this(), address](error_code ec) {
      self->note({address, ec});
    });
    return {};
  }

  void close(std::size_t address) noexcept {
    const std::lock_guard lock(mutex_);
    closeLocked(address);
  }

  void closeAll() noexcept {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < sockets_.size(); ++i) closeLocked(i);
  }

  UnsharedSocket take(std::size_t address) {
    UnsharedSocket connected = std::move(sockets_[address]);
    // Only now, because they would also limit the time in which the connection is opened.
    setSocketOptions(connected.socket.native_handle());
    return connected;
  }

  std::vector<End> ends() {
    const std::lock_guard lock(mutex_);
    ended_.clear();
    std::vector<End> untold(ends_.begin() + static_cast<std::ptrdiff_t>(told_), ends_.end());
    told_ = ends_.size();
    for (const End& end : untold) {
      // Closed at once, so that the descriptor is not in use until the end of the race.
      if (end.ec) closeLocked(end.address);
    }
    return untold;
  }

  /// Set when an attempt ends that ends() has not returned yet.
  std::shared_ptr<Signal> ended() { return {shared_from_this(), &ended_}; }

 private:
  void closeLocked(std::size_t address) noexcept {
    if (address < sockets_.size()) sockets_[address].close();  // there are no sockets after the context was destroyed
  }

  void contextEnds() noexcept override {
    const std::lock_guard lock(mutex_);
    sockets_.clear();
  }

  void note(const End& end) {
    const std::lock_guard lock(mutex_);
    ends_.push_back(end);  // cannot exceed the reserved size, because each address is tried once
    ended_.set();
  }

  std::vector<UnsharedSocket> sockets_;
  Signal ended_;
  // Protects the members after it, and the closing of sockets; locked before the mutex of the signal.
  std::mutex mutex_;
  std::vector<End> ends_;
  std::size_t told_ = 0;
};

ConnectAttempts::ConnectAttempts(const asio::any_io_executor& executor, std::size_t addresses)
    : sockets_(std::make_shared<Sockets>(executor, addresses)) {}

ConnectAttempts::~ConnectAttempts() { sockets_->closeAll(); }

error_code ConnectAttempts::start(std::size_t address, const tcp::endpoint& endpoint) {
  return sockets_->start(address, endpoint);
}

void ConnectAttempts::close(std::size_t address) noexcept { sockets_->close(address); }

UnsharedSocket ConnectAttempts::take(std::size_t address) { return sockets_->take(address); }

std::vector<ConnectAttempts::End> ConnectAttempts::ends() { return sockets_->ends(); }

asio::awaitable<error_code> ConnectAttempts::waitForEnd(std::shared_ptr<Watchdog> watchdog,
                                                        std::chrono::steady_clock::time_point until) {
  Waiter waiter(co_await asio::this_coro::executor, until);
  const Signal::Subscription subscription(sockets_->ended(), waiter);
  co_return co_await waitWhileOpen(waiter, watchdog);
}

}  // namespace box::inline v0_1
