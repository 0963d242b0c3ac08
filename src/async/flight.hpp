#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/context_end.hpp"
#include "async/signal.hpp"
#include "async/waiter.hpp"
#include "box/support/asio.hpp"
#include "system/fork.hpp"

namespace box::inline v0_1 {

/// Work that continues by itself and that any number of coroutines wait for, on any threads and executors.
///
/// It is cancelled by cancel(), and when the last coroutine stops waiting. It runs on a separate strand, because a
/// cancellation may be emitted only on the executor of the work that it ends, and the waiting coroutines have other
/// executors. (Awaiting `co_spawn` is not enough: Boost 1.81 frees memory to which a cancellation from another executor
/// still refers, see the notes on Asio 1.28.2.)
///
/// *Lifetime*: if the io_context is destroyed before the work has ended, the flight ends without a result: completed()
/// is true and take() throws operation_aborted.
template <class T>
class Flight : public std::enable_shared_from_this<Flight<T>> {
 public:
  class Participant;

  using TimePoint = std::chrono::steady_clock::time_point;

  /// Starts `work`, which must own everything that it uses. The work begins when the executor runs it, never inside
  /// this call. `until`: when it should have ended.
  static std::shared_ptr<Flight> launch(const asio::any_io_executor& executor, asio::awaitable<T> work,
                                        TimePoint until = TimePoint::max()) {
    const auto flight = std::make_shared<Flight>();
    flight->until_ = until;
    const asio::any_io_executor strand = asio::make_strand(executor);
    flight->strand_ = strand;
    flight->end_ = ContextEnd::of(executor);
    asio::co_spawn(strand, later(std::move(work)),
                   asio::bind_cancellation_slot(flight->signal_.slot(), Completion(flight)));
    return flight;
  }

  /// Whether a coroutine may begin to wait for it. False after it has ended or was cancelled, and if it may never end:
  /// after `until`, because its io_context may have been stopped, and in a forked child, where nothing runs it.
  bool joinable() const {
    if (process_ != processGeneration() || std::chrono::steady_clock::now() >= until_) return false;
    const std::lock_guard lock(mutex_);
    return !completed() && !abandoned_;
  }

  bool completed() const noexcept { return completed_.isSet(); }

  /// Cancels the work, from any thread. The coroutines that wait get its result, which may be the error of the
  /// cancellation.
  void cancel() noexcept {
    const std::lock_guard lock(mutex_);
    if (!completed()) abandon();
  }

  /// Whether it has ended without a result of the work, because it was cancelled, or was destroyed with its io_context.
  bool cancelled() const {
    const std::lock_guard lock(mutex_);
    return completed() && !result_ && (abandoned_ || !failure_);
  }

  /// Whether it has ended by an exception of the work, or because it was cancelled before the work began.
  bool failed() const {
    const std::lock_guard lock(mutex_);
    return failure_ != nullptr;
  }

  /// Returns a copy of the result, or throws the exception with which the work ended. It must be called after the end.
  T take() const {
    const std::lock_guard lock(mutex_);
    if (failure_) std::rethrow_exception(failure_);
    if (!result_) throw boost::system::system_error(asio::error::operation_aborted);
    return *result_;
  }

 private:
  /// Delays the work, because co_spawn begins it at once if it is called on the executor (Asio before 1.36), and the
  /// caller of launch() may hold a mutex.
  static asio::awaitable<T> later(asio::awaitable<T> work) {
    co_await asio::post(asio::use_awaitable);
    co_return co_await std::move(work);
  }

  /// Handles the end of the work: by a result, by an exception, or by the destruction of the coroutine.
  class Completion {
   public:
    explicit Completion(std::shared_ptr<Flight> flight) noexcept : flight_(std::move(flight)) {}
    ~Completion() {
      if (flight_) flight_->complete(nullptr, std::nullopt);
    }
    Completion(Completion&&) noexcept = default;
    Completion& operator=(Completion&&) = delete;

    void operator()(std::exception_ptr failure, T result) {
      const std::shared_ptr<Flight> flight = std::move(flight_);
      flight->complete(failure, failure ? std::nullopt : std::optional<T>(std::move(result)));
    }

   private:
    std::shared_ptr<Flight> flight_;
  };

  void complete(std::exception_ptr failure, std::optional<T> result) {
    // A strand must not live longer than its io_context, but this flight may. The handler that co_spawn has put into
    // the signal's slot contains another copy of the strand.
    asio::any_io_executor released;
    signal_.slot().clear();
    const std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
    result_ = std::move(result);
    std::swap(released, strand_);
    completed_.set();
  }

  void join() {
    const std::lock_guard lock(mutex_);
    ++participants_;
  }

  void leave() noexcept {
    const std::lock_guard lock(mutex_);
    if (--participants_ == 0 && !completed()) abandon();
  }

  /// Must be called with the mutex held.
  void abandon() noexcept {
    abandoned_ = true;
    try {
      // Another thread may destroy the context of the work at the same time.
      end_->before([this] {
        asio::post(strand_, [self = this->shared_from_this()] {
          if (!self->completed()) self->signal_.emit(asio::cancellation_type::terminal);
        });
      });
    } catch (...) {
      // There is no memory: the work continues to its own deadline.
    }
  }

  const std::uint64_t process_ = processGeneration();
  TimePoint until_;                  // set at the launch, as the next one
  std::shared_ptr<ContextEnd> end_;  // of the context of the work
  mutable std::mutex mutex_;         // protects the members after it; locked before the mutex of the signal
  std::size_t participants_ = 0;
  std::exception_ptr failure_;
  std::optional<T> result_;
  asio::any_io_executor strand_;
  bool abandoned_ = false;
  Signal completed_;                  // set with the mutex held, so that a coroutine that leaves sees it
  asio::cancellation_signal signal_;  // used on the strand only
};

/// Wakes `waiter` when the flight ends, as long as this object lives.
template <class T>
class Flight<T>::Participant {
 public:
  Participant(std::shared_ptr<Flight> flight, Waiter& waiter)
      : flight_(std::move(flight)), completion_(std::shared_ptr<Signal>(flight_, &flight_->completed_), waiter) {
    flight_->join();
  }
  ~Participant() { flight_->leave(); }
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;

 private:
  std::shared_ptr<Flight> flight_;
  Signal::Subscription completion_;
};

}  // namespace box::inline v0_1
