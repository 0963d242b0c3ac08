#include "transport/connector.hpp"

#include <cerrno>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/context_end.hpp"
#include "async/signal.hpp"
#include "async/waiter.hpp"
#include "box/support/time.hpp"
#include "support/fork.hpp"
#include "transport/address_race.hpp"

namespace box {
namespace {

using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

bool isLocalShortage(const error_code& ec) {
  if (ec.category() != boost::system::system_category()) return false;
  switch (ec.value()) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL: return true;
    default: return false;
  }
}

void setOption(int fd, int level, int name, int value) noexcept {
  // Each is an improvement, none is needed: an old kernel may refuse.
  static_cast<void>(::setsockopt(fd, level, name, &value, sizeof value));
}

/// A socket that no child process inherits, set up against peers that vanish without a word.
error_code openSocket(tcp::socket& socket, const tcp& protocol) {
  const int fd = ::socket(protocol.family(), SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) return error_code(errno, boost::system::system_category());
  setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  setOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, 15);
  setOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, 15);
  setOption(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
  setOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 30000);  // milliseconds
  error_code ec;
  try {
    socket.assign(protocol, fd, ec);
  } catch (...) {  // out of memory
    ::close(fd);
    throw;
  }
  if (ec) ::close(fd);
  return ec;
}

/// The attempts in progress. One coroutine starts and closes them; their ends are noted here from any thread. The sockets end
/// with their context, which the coroutine may outlive.
class ConnectAttempts final : public std::enable_shared_from_this<ConnectAttempts>, private ContextEnd::Member {
 public:
  struct End {
    std::size_t address;
    error_code ec;
  };

  ConnectAttempts(const asio::any_io_executor& executor, std::size_t addresses) {
    sockets_.reserve(addresses);
    for (std::size_t i = 0; i < addresses; ++i) sockets_.emplace_back(executor);
    unshared_.resize(addresses);
    ends_.reserve(addresses);
    join(executor);
  }
  ~ConnectAttempts() { leave(); }

  /// An error at once, or an End some time.
  error_code start(std::size_t address, const tcp::endpoint& endpoint) {
    tcp::socket& socket = sockets_[address];
    if (const error_code ec = openSocket(socket, endpoint.protocol())) return ec;
    unshared_[address] = UnsharedDescriptor(socket.native_handle());
    socket.async_connect(endpoint, [self = shared_from_this(), address](error_code ec) { self->note({address, ec}); });
    return {};
  }

  void close(std::size_t address) noexcept {
    const std::lock_guard lock(mutex_);
    if (address >= sockets_.size()) return;  // the context has ended
    unshared_[address] = UnsharedDescriptor();
    error_code ignored;
    sockets_[address].close(ignored);
  }

  tcp::socket take(std::size_t address) {
    unshared_[address] = UnsharedDescriptor();
    return std::move(sockets_[address]);
  }

  /// Those that have ended since this was called last.
  std::vector<End> ends() {
    const std::lock_guard lock(mutex_);
    ended_.clear();
    std::vector<End> untold(ends_.begin() + static_cast<std::ptrdiff_t>(told_), ends_.end());
    told_ = ends_.size();
    return untold;
  }

  /// Is set when an attempt ends that ends() has not told yet.
  std::shared_ptr<Signal> ended() { return {shared_from_this(), &ended_}; }

 private:
  void contextEnds() noexcept override {
    const std::lock_guard lock(mutex_);
    unshared_.clear();
    sockets_.clear();
  }

  void note(const End& end) {
    const std::lock_guard lock(mutex_);
    ends_.push_back(end);  // within what is reserved: each address is tried once
    ended_.set();
  }

  std::vector<tcp::socket> sockets_;
  std::vector<UnsharedDescriptor> unshared_;  // of the sockets that are open
  Signal ended_;
  std::mutex mutex_;  // guards what follows, and the closing of sockets; taken before the signal's
  std::vector<End> ends_;
  std::size_t told_ = 0;
};

/// Ends all attempts, also where the coroutine is destroyed or throws: their operations keep them alive.
class Finish {
 public:
  Finish(ConnectAttempts& attempts, std::size_t addresses) noexcept : attempts_(attempts), addresses_(addresses) {}
  ~Finish() {
    for (std::size_t i = 0; i < addresses_; ++i) attempts_.close(i);
  }
  Finish(const Finish&) = delete;
  Finish& operator=(const Finish&) = delete;

 private:
  ConnectAttempts& attempts_;
  std::size_t addresses_;
};

}  // namespace

asio::awaitable<tcp::socket> connectToAny(asio::any_io_executor executor, std::shared_ptr<Watchdog> watchdog,
                                          Resolver::Endpoints addresses, TimeLimits limits, TimeoutOptions timeouts,
                                          Failure& failure) {
  failure = Failure();
  failure.phase = Phase::connect;
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  // Nothing is made on an executor whose context has ended: a socket to return where this fails belongs to the call's own.
  tcp::socket none(here);
  if (watchdog->closed()) {
    failure.code = Errc::clientClosed;
    co_return std::move(none);
  }
  const PhaseLimit limit = limits.phase(Clock::now(), saturatingCast<std::chrono::nanoseconds>(2.0 * timeouts.connect),
                                        Errc::connectTimeout);
  addresses = interleaved(addresses);
  AddressRace race(addresses.size(), timeouts.connect);
  const auto attempts = std::make_shared<ConnectAttempts>(std::exchange(executor, {}), addresses.size());
  const Finish finish(*attempts, addresses.size());

  // Of several reasons that which there is most to be done about: a shortage, then an address's answer, then none.
  const auto note = [&](const error_code& ec) {
    if (isLocalShortage(ec)) {
      race.tryNoMore();
      failure.code = Errc::localResource;
      failure.cause = ec;
    } else if (failure.code != Errc::localResource) {
      failure.code = Errc::connectFailed;
      failure.cause = ec;
    }
  };

  for (;;) {
    const Clock::time_point now = Clock::now();
    for (const ConnectAttempts::End& end : attempts->ends()) {
      if (!race.running(end.address)) continue;  // its time was up, so it has been closed
      if (!end.ec) {
        failure = Failure();
        co_return attempts->take(end.address);
      }
      race.failed(end.address);
      note(end.ec);
    }
    while (const auto late = race.expired(now)) attempts->close(*late);
    if (now >= limit.at) {
      failure.code = limit.code;
      failure.cause = {};
      break;
    }
    while (const auto address = race.next(now)) {
      if (const error_code ec = attempts->start(*address, addresses[*address])) {
        race.failed(*address);
        note(ec);
      }
    }
    if (race.over()) {
      if (!failure) failure.code = Errc::connectTimeout;
      break;
    }

    Waiter waiter(here, std::min(race.wakeAt(), limit.at));
    error_code ec;
    {
      const Signal::Subscription subscription(attempts->ended(), waiter);
      const Watchdog::CloseSubscription attendance(watchdog, waiter);
      co_await waiter.asyncWait(asio::redirect_error(asio::use_awaitable, ec));
    }
    if (watchdog->closed()) {
      failure.code = Errc::clientClosed;
      failure.cause = {};
      break;
    }
    if (ec && !waiter.woken()) {
      failure.code = asio::error::operation_aborted;
      failure.cause = {};
      break;
    }
  }
  co_return std::move(none);
}

}  // namespace box
