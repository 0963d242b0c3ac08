#include "transport/resolver.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/waiter.hpp"

namespace box {
namespace {

/// Without descriptors getaddrinfo says "host not found", which would be taken for the truth.
bool outOfDescriptors() noexcept {
  const int probe = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (probe < 0) return errno == EMFILE || errno == ENFILE;
  ::close(probe);
  return false;
}

}  // namespace

/// Shared by the caller, who may leave, and the worker, who cannot.
struct Resolver::Lookup {
  std::string host;
  std::uint16_t port = 0;

  std::mutex mutex;  // guards what follows
  Waiter* waiter = nullptr;
  bool done = false;
  Endpoints endpoints;
  error_code error, cause;

  void run() noexcept;
};

void Resolver::Lookup::run() noexcept {
  Endpoints found;
  error_code failed, reason;
  try {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    int result = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    if (result != 0 && result != EAI_AGAIN && result != EAI_SYSTEM) {
      hints.ai_flags = AI_NUMERICSERV;  // loopback is no address in the sense of AI_ADDRCONFIG
      result = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    }
    if (result == 0) {
      for (const addrinfo* a = list; a != nullptr; a = a->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (a->ai_addrlen > endpoint.capacity()) continue;
        endpoint.resize(a->ai_addrlen);
        std::memcpy(endpoint.data(), a->ai_addr, a->ai_addrlen);
        endpoint.port(port);
        found.push_back(endpoint);
      }
      ::freeaddrinfo(list);
      if (found.empty()) failed = Errc::hostNotFound;
    } else {
      reason = result == EAI_SYSTEM ? error_code(errno, boost::system::system_category())
                                    : error_code(result, asio::error::get_addrinfo_category());
      if (result == EAI_NONAME) reason = asio::error::host_not_found;
      if (result == EAI_AGAIN) reason = asio::error::host_not_found_try_again;
      const bool lasting = result == EAI_NONAME || result == EAI_FAIL;
      failed = result == EAI_MEMORY || outOfDescriptors() ? Errc::localResource
               : lasting                                  ? Errc::hostNotFound
                                                          : Errc::resolveFailed;
    }
  } catch (const std::bad_alloc&) {
    failed = Errc::localResource;
  }
  const std::lock_guard lock(mutex);
  endpoints = std::move(found);
  error = failed;
  cause = reason;
  done = true;
  if (waiter != nullptr) waiter->wake();
}

struct Resolver::Workers : std::enable_shared_from_this<Workers> {
  static constexpr unsigned most = 4;

  std::mutex mutex;
  std::deque<std::shared_ptr<Lookup>> queue;
  unsigned running = 0;

  /// Throws std::system_error where no thread can be had and none is running.
  void submit(std::shared_ptr<Lookup> lookup) {
    const std::lock_guard lock(mutex);
    queue.push_back(std::move(lookup));
    if (running == most) return;
    try {
      // The caller's signals are not these threads' business: they are started with all of them blocked.
      sigset_t all, before;
      sigfillset(&all);
      pthread_sigmask(SIG_SETMASK, &all, &before);
      try {
        std::thread([self = shared_from_this()] { self->work(); }).detach();
      } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
      }
      pthread_sigmask(SIG_SETMASK, &before, nullptr);
      ++running;
    } catch (const std::system_error&) {
      if (running != 0) return;  // another one gets to it
      queue.pop_back();
      throw;
    }
  }

  void work() noexcept {
    for (;;) {
      std::shared_ptr<Lookup> lookup;
      {
        const std::lock_guard lock(mutex);
        if (queue.empty()) {
          --running;
          return;
        }
        lookup = std::move(queue.front());
        queue.pop_front();
      }
      // Nobody waits any more for one that has only this reference.
      if (lookup.use_count() > 1) lookup->run();
    }
  }
};

Resolver::Resolver(std::shared_ptr<Watchdog> watchdog)
    : workers_(std::make_shared<Workers>()), watchdog_(std::move(watchdog)) {}

namespace {

/// Takes the waiter back from the lookup, also when the coroutine is destroyed while it waits.
template <class Lookup>
class Registration {
 public:
  Registration(Lookup& lookup, Waiter& waiter) : lookup_(lookup) {
    const std::lock_guard lock(lookup_.mutex);
    lookup_.waiter = &waiter;
  }
  ~Registration() {
    const std::lock_guard lock(lookup_.mutex);
    lookup_.waiter = nullptr;
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

 private:
  Lookup& lookup_;
};

}  // namespace

asio::awaitable<Resolver::Endpoints> Resolver::resolve(std::string host, std::uint16_t port,
                                                       std::chrono::steady_clock::time_point until, error_code& error,
                                                       error_code& cause) const {
  error_code ignored;
  const auto address = asio::ip::make_address(host, ignored);
  if (!ignored) {
    Endpoints single(1, asio::ip::tcp::endpoint(address, port));
    co_return single;
  }

  const auto lookup = std::make_shared<Lookup>();
  lookup->host = std::move(host);
  lookup->port = port;
  Waiter waiter(co_await asio::this_coro::executor, until);
  const Registration<Lookup> registration(*lookup, waiter);
  const Watchdog::Attendance attendance(watchdog_, waiter);
  try {
    workers_->submit(lookup);
  } catch (const std::system_error& failure) {
    error = Errc::localResource;
    cause = error_code(failure.code().value(), boost::system::system_category());
    co_return Endpoints();
  }
  error_code waited;
  co_await waiter.asyncWait(asio::redirect_error(asio::use_awaitable, waited));

  const std::lock_guard lock(lookup->mutex);
  if (lookup->done) {
    error = lookup->error;
    cause = lookup->cause;
    co_return std::move(lookup->endpoints);
  }
  if (watchdog_->closed()) {
    error = Errc::clientClosed;
  } else if (waited) {
    error = asio::error::operation_aborted;
  } else {
    error = Errc::resolveTimeout;
  }
  co_return Endpoints();
}

}  // namespace box
