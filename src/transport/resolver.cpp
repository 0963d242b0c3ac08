#include "transport/resolver.hpp"

#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include "async/wait.hpp"
#include "async/waiter.hpp"
#include "support/fork.hpp"

namespace box::inline v0_1 {
namespace {

constexpr unsigned mostThreads = 4;

/// One of Asio's error codes for a result of getaddrinfo.
error_code causeOf(int result) noexcept {
  switch (result) {
    case EAI_SYSTEM: return {errno, boost::system::system_category()};
    case EAI_NONAME: return asio::error::host_not_found;
    case EAI_AGAIN: return asio::error::host_not_found_try_again;
    case EAI_NODATA:
    case EAI_ADDRFAMILY: return asio::error::no_data;
    default: return {result, asio::error::get_addrinfo_category()};
  }
}

/// If descriptors are missing, getaddrinfo reports "host not found", which would hide the real cause.
bool outOfDescriptors() noexcept {
  const int probe = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (probe < 0) return errno == EMFILE || errno == ENFILE;
  ::close(probe);
  return false;
}

}  // namespace

class Resolver::Lookup final : public BlockingTask {
 public:
  Lookup(std::string host, std::uint16_t port) : host_(std::move(host)), port_(port) {}

  bool succeeded() const noexcept { return !error; }

  Endpoints endpoints;
  Clock::time_point foundAt;
  error_code error, cause;  // the codes of the Failure that resolve() returns

 private:
  void run() noexcept override;

  const std::string host_;
  const std::uint16_t port_;
};

void Resolver::Lookup::run() noexcept {
  try {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    int result = ::getaddrinfo(host_.c_str(), nullptr, &hints, &list);
    if (result != 0 && result != EAI_AGAIN && result != EAI_SYSTEM) {
      hints.ai_flags = AI_NUMERICSERV;  // AI_ADDRCONFIG does not count loopback as an address
      result = ::getaddrinfo(host_.c_str(), nullptr, &hints, &list);
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(result == 0 ? list : nullptr, &::freeaddrinfo);
    if (result == 0) {
      for (const addrinfo* a = list; a != nullptr; a = a->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (a->ai_addrlen > endpoint.capacity()) continue;
        endpoint.resize(a->ai_addrlen);
        std::memcpy(endpoint.data(), a->ai_addr, a->ai_addrlen);
        endpoint.port(port_);
        endpoints.push_back(endpoint);
      }
      if (endpoints.empty()) error = Errc::hostNotFound;
      foundAt = Clock::now();
    } else {
      cause = causeOf(result);
      error = outOfDescriptors() ? Errc::localResource : lookupError(result);
    }
  } catch (const std::bad_alloc&) {
    error = Errc::localResource;
  }
}

Errc Resolver::lookupError(int result) noexcept {
  switch (result) {
    case EAI_MEMORY: return Errc::localResource;
    case EAI_NONAME:
    case EAI_NODATA:      // the name exists but has no address
    case EAI_ADDRFAMILY:  // or no address of a requested family
    case EAI_FAIL: return Errc::hostNotFound;
    default: return Errc::resolveFailed;
  }
}

Resolver::Resolver(std::shared_ptr<Watchdog> watchdog, std::chrono::nanoseconds age)
    : watchdog_(std::move(watchdog)), memory_(age) {}

/// Returns a lookup that has ended or is in progress. If no thread can be started, the lookup is not remembered, so
/// that no call waits for it.
std::shared_ptr<Resolver::Lookup> Resolver::lookUp(const std::string& host, std::uint16_t port) {
  const std::lock_guard lock(mutex_);
  if (const std::uint64_t process = processGeneration(); process != generation_) {
    generation_ = process;
    memory_.abandon();
  }
  const Clock::time_point now = Clock::now();
  if (auto found = memory_.find(now)) return found;
  const auto lookup = std::make_shared<Lookup>(host, port);
  if (!threads_) threads_ = std::make_shared<BlockingThreads>(mostThreads);
  threads_->submit(lookup);
  memory_.begun(lookup, now);
  return lookup;
}

void Resolver::forget() noexcept {
  const std::lock_guard lock(mutex_);
  memory_.forget();
}

asio::awaitable<StepResult<Resolver::Endpoints>> Resolver::resolve(std::string host, std::uint16_t port,
                                                                   Clock::time_point until) {
  Failure failure;
  failure.phase = Phase::resolve;
  std::shared_ptr<Lookup> lookup;
  try {
    lookup = lookUp(host, port);
  } catch (const std::system_error& refused) {
    failure.code = Errc::localResource;
    failure.cause = error_code(refused.code().value(), boost::system::system_category());
    co_return failure;
  }
  error_code ended;
  if (!lookup->ended()) {
    Waiter waiter(co_await asio::this_coro::executor, until);
    const BlockingTask::EndSubscription subscription(lookup, waiter);
    ended = co_await waitWhileOpen(waiter, watchdog_);
  }

  if (lookup->ended()) {
    if (!lookup->error) {
      const std::lock_guard lock(mutex_);
      memory_.found(lookup);
      co_return lookup->endpoints;
    }
    failure.code = lookup->error;
    failure.cause = lookup->cause;
  } else {
    failure.code = ended ? ended : make_error_code(Errc::resolveTimeout);
  }
  co_return failure;
}

}  // namespace box::inline v0_1
