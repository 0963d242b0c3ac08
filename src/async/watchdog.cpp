#include "async/watchdog.hpp"

#include <utility>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/post.hpp>

namespace box::inline v0_1 {

Watchdog::Watchdog(const asio::any_io_executor& executor) : timer_(executor) { join(executor); }

void Watchdog::close() noexcept {
  closed_.set();  // set first, so that a guard that is made from now on ends its operations itself
  const std::lock_guard lock(mutex_);
  for (Guard& guard : guards_) guard.shutDown();
}

void Watchdog::contextEnds() noexcept {
  close();
  const std::lock_guard lock(mutex_);
  timer_.reset();
}

void Watchdog::start() {
  const std::lock_guard lock(mutex_);
  if (!timer_ || ticking_.load(std::memory_order_relaxed)) return;
  if (!memory_) memory_ = std::make_shared<HandlerMemory>();
  ticking_.store(true);
  schedule();
}

void Watchdog::schedule() {
  try {
    timer_->expires_after(period);
    auto handler = [weak = weak_from_this(), memory = memory_](boost::system::error_code ec) {
      if (ec) return;
      if (const auto self = weak.lock()) self->tick();
    };
    timer_->async_wait(asio::bind_allocator(memory_->allocator(), std::move(handler)));
  } catch (...) {
    ticking_.store(false);  // there is no memory: the next deadline starts the tick again
    throw;
  }
}

/// Stops the tick, if there is no deadline. True: the tick was stopped. May be called only while there is a tick: a
/// deadline that is set between the two looks relies on it.
bool Watchdog::stop(Clock::time_point now) noexcept {
  if (look(now)) return false;
  // Between the check and this store, another thread may have set a deadline and relied on the tick, so the deadlines
  // are checked again.
  ticking_.store(false);
  if (!look(Clock::now())) return true;
  ticking_.store(true);
  return false;
}

void Watchdog::tick() {
  const std::lock_guard lock(mutex_);
  if (!stop(Clock::now())) schedule();
}

void Watchdog::rest() noexcept {
  if (!ticking_.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(mutex_);
  if (!timer_ || resting_) return;
  try {
    asio::post(timer_->get_executor(), [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->stopAtRest();
    });
    resting_ = true;
  } catch (...) {  // there is no memory: the next tick stops
  }
}

void Watchdog::stopAtRest() noexcept {
  const std::lock_guard lock(mutex_);
  resting_ = false;
  // The tick may have stopped since the check was posted.
  if (timer_ && ticking_.load() && stop(Clock::now())) timer_->cancel();
}

bool Watchdog::look(Clock::time_point now) noexcept {
  bool armed = false;
  for (Guard& guard : guards_) {
    Guard::Ticks deadline = guard.deadline_.load();
    if (deadline == Guard::none || deadline == Guard::firedMark) continue;
    // If the exchange fails, the owner has disarmed the guard or has set a new deadline.
    if (deadline <= now.time_since_epoch().count() &&
        guard.deadline_.compare_exchange_strong(deadline, Guard::firedMark)) {
      guard.shutDown();
    } else {
      armed = true;
    }
  }
  return armed;
}

Watchdog::Guard::Guard(std::shared_ptr<Watchdog> watchdog, NativeSocket socket)
    : watchdog_(std::move(watchdog)), socket_(socket) {
  const std::lock_guard lock(watchdog_->mutex_);
  watchdog_->guards_.pushFront(*this);
  if (watchdog_->closed()) shutDown();
}

void Watchdog::Guard::contextEnds() noexcept {
  watchdog_->close();
  leave();
}

void Watchdog::Guard::leave() noexcept {
  const std::lock_guard lock(watchdog_->mutex_);
  if (isListed()) watchdog_->guards_.remove(*this);
}

void Watchdog::Guard::arm(Clock::time_point at) {
  Ticks current = deadline_.load(std::memory_order_relaxed);
  do {
    if (current == firedMark) return;
  } while (!deadline_.compare_exchange_weak(current, at.time_since_epoch().count()));
  if (!watchdog_->ticking_.load() && at != Clock::time_point::max()) watchdog_->start();
}

bool Watchdog::Guard::disarm() noexcept {
  Ticks current = deadline_.load(std::memory_order_relaxed);
  do {
    if (current == firedMark) return true;
  } while (!deadline_.compare_exchange_weak(current, none));
  return false;
}

void Watchdog::Guard::shutDown() noexcept {
  deadline_.store(firedMark);
  if (socket_ != noSocket) box::shutDown(socket_);
}

}  // namespace box::inline v0_1
