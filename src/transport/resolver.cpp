#include "transport/resolver.hpp"

#include <new>
#include <system_error>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "async/wait.hpp"
#include "async/waiter.hpp"
#include "system/fork.hpp"
#include "system/name_lookup.hpp"

namespace box::inline v0_1 {
namespace {

constexpr unsigned mostThreads = 4;

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
    if (const std::optional<LookupFailure> failure = lookUpName(host_, port_, endpoints)) {
      error = failure->code;
      cause = failure->cause;
    } else {
      foundAt = Clock::now();
    }
  } catch (const std::bad_alloc&) {
    error = Errc::localResource;
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

  if (ended == asio::error::operation_aborted) {
    failure.code = ended;
  } else if (lookup->ended()) {
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
