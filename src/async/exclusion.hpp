#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "async/signal.hpp"
#include "async/wait.hpp"
#include "async/waiter.hpp"
#include "box/error.hpp"
#include "box/support/asio.hpp"
#include "box/support/time.hpp"
#include "system/fork.hpp"

namespace box::inline v0_1 {

/// Keeps the steps of several coroutines from overlapping: one after the other has the turn. *Threads*: any.
class Exclusion {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  class Turn;

  /// Waits for the turn until `until`. A turn that has lasted for `longest` of its holder is over even if the holder
  /// has not returned it, because the holder's io_context may have been stopped; so is a turn that was taken before a
  /// fork, in the child. The result is the turn, or an error:
  /// Errc::callTimeout, or operation_aborted where the caller has cancelled.
  static asio::awaitable<Turn> take(std::shared_ptr<Exclusion> self, TimePoint until, std::chrono::nanoseconds longest);

 private:
  struct Holder {
    TimePoint end{};               // set when it takes the turn, as is the next member
    std::uint64_t generation = 0;  // of the process that took it
    Signal returned;
  };

  /// Takes the turn for `mine`, or returns who has it.
  std::shared_ptr<Holder> takeOrFind(const std::shared_ptr<Holder>& mine, std::chrono::nanoseconds longest) {
    const TimePoint now = std::chrono::steady_clock::now();
    const std::uint64_t generation = processGeneration();
    const std::lock_guard lock(mutex_);
    const bool isHeld =
        holder_ && !holder_->returned.isSet() && holder_->generation == generation && holder_->end > now;
    if (isHeld) return holder_;
    mine->end = after(now, longest);
    mine->generation = generation;
    holder_ = mine;
    return nullptr;
  }

  std::mutex mutex_;
  std::shared_ptr<Holder> holder_;  // null: nobody has had the turn
};

/// Returns the turn when it is destroyed.
class Exclusion::Turn {
 public:
  explicit Turn(std::shared_ptr<Holder> holder) noexcept : holder_(std::move(holder)) {}
  explicit Turn(error_code error) noexcept : error_(error) {}
  Turn(Turn&&) noexcept = default;
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    if (holder_) holder_->returned.set();
  }

  error_code error() const noexcept { return error_; }

 private:
  std::shared_ptr<Holder> holder_;
  error_code error_;
};

inline asio::awaitable<Exclusion::Turn> Exclusion::take(std::shared_ptr<Exclusion> self, TimePoint until,
                                                        std::chrono::nanoseconds longest) {
  const auto mine = std::make_shared<Holder>();
  const auto executor = co_await asio::this_coro::executor;
  while (const std::shared_ptr<Holder> before = self->takeOrFind(mine, longest)) {
    Waiter waiter(executor, std::min(until, before->end));
    error_code ended;
    {
      const Signal::Subscription returned(std::shared_ptr<Signal>(before, &before->returned), waiter);
      ended = co_await waitWhileOpen(waiter, nullptr);
    }
    if (!ended && std::chrono::steady_clock::now() >= until) ended = Errc::callTimeout;
    if (ended) co_return Turn(ended);
  }
  co_return Turn(mine);
}

}  // namespace box::inline v0_1
