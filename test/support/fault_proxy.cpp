#include "support/fault_proxy.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <iterator>
#include <list>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/loopback.hpp"

namespace box::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::microseconds;
using std::chrono::milliseconds;

enum Direction : unsigned char { toServer, toClient };

constexpr std::array inHandshake = {
    Fault::closeInHandshake, Fault::resetInHandshake, Fault::stallInHandshake, Fault::corruptInHandshake, Fault::delay,
    Fault::trickle,          Fault::throttle};
constexpr std::array inExchange = {
    Fault::delay,     Fault::closeInRequest, Fault::resetInRequest, Fault::closeInResponse, Fault::resetInResponse,
    Fault::halfClose, Fault::stall,          Fault::corrupt,        Fault::garbage,         Fault::trickle,
    Fault::throttle,  Fault::closeWhileIdle, Fault::resetWhileIdle};

template <class List>
bool contains(const List& list, Fault fault) {
  return std::find(list.begin(), list.end(), fault) != list.end();
}

using Random = std::mt19937_64;

double fraction(Random& random) { return std::uniform_real_distribution<double>(0, 1)(random); }

int upTo(Random& random, int most) { return std::uniform_int_distribution<int>(0, most)(random); }

template <class List>
Fault anyOf(const List& list, Random& random) {
  return list[static_cast<std::size_t>(upTo(random, static_cast<int>(list.size()) - 1))];
}

}  // namespace

std::string_view toString(Fault fault) noexcept {
  switch (fault) {
    case Fault::refuse: return "refuse";
    case Fault::resetAtAccept: return "reset-at-accept";
    case Fault::silence: return "silence";
    case Fault::closeInHandshake: return "close-in-handshake";
    case Fault::resetInHandshake: return "reset-in-handshake";
    case Fault::stallInHandshake: return "stall-in-handshake";
    case Fault::corruptInHandshake: return "corrupt-in-handshake";
    case Fault::delay: return "delay";
    case Fault::closeInRequest: return "close-in-request";
    case Fault::resetInRequest: return "reset-in-request";
    case Fault::closeInResponse: return "close-in-response";
    case Fault::resetInResponse: return "reset-in-response";
    case Fault::halfClose: return "half-close";
    case Fault::stall: return "stall";
    case Fault::corrupt: return "corrupt";
    case Fault::garbage: return "garbage";
    case Fault::trickle: return "trickle";
    case Fault::throttle: return "throttle";
    case Fault::closeWhileIdle: return "close-while-idle";
    case Fault::resetWhileIdle: return "reset-while-idle";
  }
  return "";
}

/// Everything runs on one thread, except for the members that the mutex or an atomic protects.
class FaultProxy::Impl {
 public:
  Impl(std::uint16_t server, double share, std::uint64_t seed)
      : server_(asio::ip::address_v4::loopback(), server), seed_(seed), acceptor_(io_), pause_(io_), share_(share) {
    if (!listen()) throw std::runtime_error("the fault proxy cannot listen");
    asio::co_spawn(io_, acceptLoop(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Impl() {
    asio::post(io_, [this] {
      ended_ = true;
      error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel();
      endAll();
    });
    thread_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::uint16_t port() const noexcept { return port_.number(); }

  std::array<std::uint64_t, faultKinds> faults() const {
    std::array<std::uint64_t, faultKinds> copy{};
    std::transform(faults_.begin(), faults_.end(), copy.begin(), [](const auto& count) { return count.load(); });
    return copy;
  }

  void next(Fault fault, std::size_t times) {
    const std::lock_guard lock(mutex_);
    planned_.insert(planned_.end(), times, fault);
  }

  void heal() {
    share_ = 0;
    {
      const std::lock_guard lock(mutex_);
      planned_.clear();
    }
    std::promise<void> listening;
    const std::future<void> listens = listening.get_future();
    asio::post(io_, [this, &listening] {
      endAll();
      if (acceptor_.is_open()) return listening.set_value();
      healing_ = &listening;
      pause_.cancel();
    });
    listens.wait();
  }

  std::size_t openConnections() const { return open_; }

 private:
  class Link;

  /// Listens on the port. False: the port is in use.
  bool listen() {
    error_code ec;
    acceptor_.open(tcp::v4());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(tcp::endpoint(asio::ip::address_v4::loopback(), port_.number()), ec);
    if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
    if (ec) acceptor_.close();
    return !ec;
  }

  asio::awaitable<void> acceptLoop();

  /// Decides whether a fault happens at this moment, and which; counts it if so.
  template <class List>
  bool draw(const List& list, Random& random, Fault& fault, double portion = 1) {
    {
      const std::lock_guard lock(mutex_);
      if (!planned_.empty()) {
        if (!contains(list, planned_.front())) return false;
        fault = planned_.front();
        planned_.pop_front();
        return true;
      }
    }
    if (fraction(random) >= share_ * portion) return false;
    fault = anyOf(list, random);
    return true;
  }

  void count(Fault fault) noexcept { ++faults_[static_cast<std::size_t>(fault)]; }
  void endAll();

  asio::io_context io_{1};
  const tcp::endpoint server_;
  const std::uint64_t seed_;
  const ReservedPort port_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::atomic<double> share_;
  std::atomic<std::size_t> open_{0};
  std::array<std::atomic<std::uint64_t>, faultKinds> faults_{};
  std::uint64_t accepted_ = 0;
  bool ended_ = false;
  std::promise<void>* healing_ = nullptr;  ///< set while heal() waits until this listens again
  std::list<Link*> links_;
  std::mutex mutex_;  // protects the members below
  std::deque<Fault> planned_;
  std::thread thread_;
};

/// Two sockets and the traffic between them.
class FaultProxy::Impl::Link : public std::enable_shared_from_this<Link> {
 public:
  Link(Impl& proxy, tcp::socket client, std::uint64_t number)
      : proxy_(proxy),
        random_(proxy.seed_ * 0x9e3779b97f4a7c15U + number),
        sockets_{tcp::socket(proxy.io_), std::move(client)} {
    place_ = proxy_.links_.insert(proxy_.links_.end(), this);
    ++proxy_.open_;
  }
  ~Link() {
    proxy_.links_.erase(place_);
    --proxy_.open_;
  }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  static asio::awaitable<void> run(std::shared_ptr<Link> self) {
    Fault fault{};
    const std::array atAccept = {Fault::resetAtAccept, Fault::silence};
    if (self->proxy_.draw(atAccept, self->random_, fault, 2.0 / 3)) {
      self->proxy_.count(fault);
      if (fault == Fault::resetAtAccept) co_return self->end(true);
      self->black_ = true;
    } else {
      error_code ec;
      co_await self->sockets_[toServer].async_connect(self->proxy_.server_,
                                                      asio::redirect_error(asio::use_awaitable, ec));
      if (ec || self->over_) co_return self->end(true);
    }
    for (tcp::socket& socket : self->sockets_) {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
    }
    asio::co_spawn(self->proxy_.io_, pump(self, toServer), asio::detached);
    if (self->sockets_[toServer].is_open()) asio::co_spawn(self->proxy_.io_, pump(self, toClient), asio::detached);
  }

  /// Closes both sides, with RST if `reset` is set.
  void end(bool reset) {
    over_ = true;
    for (tcp::socket& socket : sockets_) {
      error_code ignored;
      if (reset && socket.is_open()) socket.set_option(asio::socket_base::linger(true, 0), ignored);
      socket.close(ignored);
    }
    for (asio::steady_timer& timer : timers_) timer.cancel();
  }

 private:
  /// The fault of an exchange, and its place.
  struct Plan {
    bool any = false, done = false;
    Fault fault{};
    Direction direction = toServer;
    double place = 0;  ///< as a share of the bytes that come first in that direction
  };

  /// Passes on the bytes that arrive at one side to the other.
  static asio::awaitable<void> pump(std::shared_ptr<Link> self, Direction direction) {
    tcp::socket& from = self->sockets_[direction == toServer ? toClient : toServer];
    tcp::socket& to = self->sockets_[direction];
    std::vector<char> buffer(16 * 1024);
    for (;;) {
      error_code ec;
      const std::size_t size =
          co_await from.async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, ec));
      if (self->over_) co_return;
      if (ec && self->black_ && direction == toClient) co_return;  // the client must not notice it
      if (ec && (self->black_ || ec != asio::error::eof)) co_return self->end(ec != asio::error::eof);
      if (self->black_ || self->ended_[direction]) {
        if (ec) co_return;
        continue;
      }
      if (ec) {
        // The other direction may still carry bytes.
        self->finish(direction);
        if (self->ended_[direction == toServer ? toClient : toServer]) self->end(false);
        co_return;
      }
      self->turnTo(direction);
      std::string data(buffer.data(), size);
      co_await carry(self, direction, to, std::move(data));
      if (self->over_) co_return;
    }
  }

  /// Notes which side sends. An exchange begins with bytes from the client that follow bytes from the server.
  void turnTo(Direction direction) {
    if (turn_ == direction) return;
    turn_ = direction;
    if (direction != toServer) return;
    // TLS 1.3: exchange 1 is the client's hello, 2 its finish, which may come with the first request, then requests.
    ++exchange_;
    if (exchange_ == 2 && !plan_.done) return;  // the fault of the handshake has not happened yet
    plan_ = Plan();
    plan_.any =
        exchange_ <= 2 ? proxy_.draw(inHandshake, random_, plan_.fault) : proxy_.draw(inExchange, random_, plan_.fault);
    plan_.direction = toServer;
    plan_.place = fraction(random_);
    switch (plan_.fault) {
      case Fault::closeInResponse:
      case Fault::resetInResponse:
      case Fault::closeWhileIdle:
      case Fault::resetWhileIdle: plan_.direction = toClient; break;
      case Fault::closeInRequest:
      case Fault::resetInRequest:
      case Fault::delay:
      case Fault::trickle:
      case Fault::throttle: break;
      default:
        if (upTo(random_, 1) == 1) plan_.direction = toClient;
    }
  }

  /// Passes `data` on, and makes the planned fault happen on the way.
  static asio::awaitable<void> carry(std::shared_ptr<Link> self, Direction direction, tcp::socket& to,
                                     std::string data) {
    Plan& plan = self->plan_;
    if (!plan.any || plan.done || plan.direction != direction) {
      co_await self->write(direction, to, data);
      co_return;
    }
    plan.done = true;
    self->proxy_.count(plan.fault);
    const Fault fault = plan.fault;
    const auto at = static_cast<std::size_t>(plan.place * static_cast<double>(data.size() + 1));
    Random& random = self->random_;
    switch (fault) {
      case Fault::delay: co_await self->sleep(direction, milliseconds(1 + upTo(random, 150))); break;
      case Fault::trickle:
        self->pieceSize_ = 1;
        self->piecesLeft_ = 300;
        break;
      case Fault::throttle: self->bytesPerSecond_ = 2048 << upTo(random, 5); break;
      case Fault::corrupt:
      case Fault::corruptInHandshake: {
        char& byte = data[std::min(at, data.size() - 1)];
        byte = static_cast<char>(byte ^ (1 << upTo(random, 7)));
        break;
      }
      case Fault::garbage: {
        std::string unasked(static_cast<std::size_t>(1 + upTo(random, 63)), '\0');
        for (char& byte : unasked) byte = static_cast<char>(upTo(random, 255));
        data.insert(at, unasked);
        break;
      }
      case Fault::closeWhileIdle:
      case Fault::resetWhileIdle:
        co_await self->write(direction, to, data);
        co_await self->sleep(direction, microseconds(upTo(random, 20000)));
        if (!self->over_) self->end(fault == Fault::resetWhileIdle);
        co_return;
      default:
        data.resize(std::min(at, data.size()));
        co_await self->write(direction, to, data);
        if (self->over_) co_return;
        if (fault == Fault::stall || fault == Fault::stallInHandshake) {
          self->black_ = true;
        } else if (fault == Fault::halfClose) {
          self->finish(direction);
        } else {
          self->end(fault == Fault::resetInHandshake || fault == Fault::resetInRequest ||
                    fault == Fault::resetInResponse);
        }
        co_return;
    }
    if (!self->over_) co_await self->write(direction, to, data);
  }

  asio::awaitable<void> write(Direction direction, tcp::socket& to, const std::string& data) {
    constexpr std::size_t narrow = 256;
    for (std::size_t at = 0; at < data.size() && !over_ && !black_;) {
      std::size_t size = data.size() - at;
      microseconds rest(0);
      if (piecesLeft_ > 0) {
        --piecesLeft_;
        size = std::min<std::size_t>(size, pieceSize_);
        rest = microseconds(upTo(random_, 1000));
      } else if (bytesPerSecond_ > 0) {
        size = std::min(size, narrow);
        rest = microseconds(1000000 * static_cast<int>(size) / bytesPerSecond_);
      }
      error_code ec;
      co_await asio::async_write(to, asio::buffer(data.data() + at, size),
                                 asio::redirect_error(asio::use_awaitable, ec));
      if (over_) co_return;
      if (ec) co_return end(true);
      at += size;
      if (rest > microseconds(0)) co_await sleep(direction, rest);
    }
  }

  asio::awaitable<void> sleep(Direction direction, microseconds time) {
    error_code ignored;
    timers_[direction].expires_after(time);
    co_await timers_[direction].async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  void finish(Direction direction) {
    error_code ignored;
    ended_[direction] = true;
    sockets_[direction].shutdown(tcp::socket::shutdown_send, ignored);
  }

  Impl& proxy_;
  std::list<Link*>::iterator place_;
  Random random_;
  std::array<tcp::socket, 2> sockets_;  ///< indexed by the direction of the bytes that are written to the socket
  std::array<asio::steady_timer, 2> timers_{asio::steady_timer(proxy_.io_), asio::steady_timer(proxy_.io_)};
  std::array<bool, 2> ended_{};
  bool over_ = false;
  bool black_ = false;  ///< whether all bytes are dropped
  Direction turn_ = toClient;
  unsigned exchange_ = 0;
  Plan plan_{false, true};
  std::size_t pieceSize_ = 0;
  int piecesLeft_ = 0;
  int bytesPerSecond_ = 0;
};

asio::awaitable<void> FaultProxy::Impl::acceptLoop() {
  Random random(seed_);
  while (!ended_) {
    tcp::socket socket(io_);
    error_code ec;
    co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
    if (ended_) co_return;
    Fault fault{};
    if (ec) {
      // Descriptors have run out; others will be closed.
      pause_.expires_after(milliseconds(10));
      co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
      continue;
    }
    if (draw(std::array{Fault::refuse}, random, fault, 1.0 / 3)) {
      count(fault);
      error_code ignored;
      acceptor_.close(ignored);
      socket.set_option(asio::socket_base::linger(true, 0), ignored);
      socket.close(ignored);
      pause_.expires_after(milliseconds(1 + upTo(random, 50)));
      co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
      if (ended_) co_return;
      // The port stays in use for a moment where a forked process has inherited the closed socket.
      while (!listen()) {
        pause_.expires_after(milliseconds(5));
        co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        if (ended_) co_return;
      }
      if (healing_ != nullptr) std::exchange(healing_, nullptr)->set_value();
      continue;
    }
    const auto link = std::make_shared<Link>(*this, std::move(socket), ++accepted_);
    asio::co_spawn(io_, Link::run(link), asio::detached);
  }
}

void FaultProxy::Impl::endAll() {
  for (Link* link : links_) link->end(false);
}

FaultProxy::FaultProxy(std::uint16_t server, double share, std::uint64_t seed)
    : impl_(std::make_unique<Impl>(server, share, seed)) {}

FaultProxy::~FaultProxy() = default;

std::uint16_t FaultProxy::port() const noexcept { return impl_->port(); }
std::array<std::uint64_t, faultKinds> FaultProxy::faults() const { return impl_->faults(); }
void FaultProxy::next(Fault fault, std::size_t times) { impl_->next(fault, times); }
void FaultProxy::heal() { impl_->heal(); }
std::size_t FaultProxy::openConnections() const { return impl_->openConnections(); }

ReservedPort::ReservedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int yes = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket_, generic, size) != 0 || ::getsockname(socket_, generic, &size) != 0) {
    const error_code ec(errno, boost::system::system_category());
    ::close(socket_);
    throw boost::system::system_error(ec, "no port is to be had");
  }
  number_ = ntohs(address.sin_port);
}

ReservedPort::~ReservedPort() { ::close(socket_); }

}  // namespace box::test
