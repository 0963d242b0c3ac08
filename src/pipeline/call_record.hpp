#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "box/error.hpp"
#include "box/network/fetch.hpp"
#include "box/network/request.hpp"
#include "box/observe/observer.hpp"
#include "box/policy/retry_simulation.hpp"
#include "observe/notify.hpp"
#include "pipeline/attempt.hpp"

namespace box::inline v0_1 {

/// The fate of a call from the fate of its earlier attempts and of the last one. If an earlier attempt is in doubt,
/// only an acceptance changes that; if an earlier attempt was refused, the request is no longer `notSent`, because Box
/// has seen it.
constexpr Fate fateOfBoth(Fate before, Fate last) noexcept {
  if (last == Fate::accepted || before == Fate::notSent) return last;
  return last == Fate::notSent || before == Fate::inDoubt ? before : last;
}

/// The record of one call: its attempts, their results, and the events for the observer. No I/O.
class CallRecord {
 public:
  using Clock = std::chrono::steady_clock;

  /// `id`: the number of the call. The request must live as long as this object.
  CallRecord(Observer* observer, std::uint64_t id, const NetworkRequest& request, Clock::time_point now);
  /// Reports the end of the attempt and of the call even if the coroutine is destroyed in the middle of the call, or
  /// there is no memory.
  ~CallRecord();
  CallRecord(const CallRecord&) = delete;
  CallRecord& operator=(const CallRecord&) = delete;

  std::uint64_t id() const noexcept { return id_; }
  Clock::time_point deadline() const noexcept { return deadline_; }
  unsigned attempts() const noexcept { return attempts_; }
  bool ended() const noexcept { return ended_; }

  /// Begins a new attempt, after a wait of `waited`. The attempt must live until end(), or as long as this object.
  void begin(Attempt& attempt, std::chrono::nanoseconds waited, Clock::time_point now);
  /// Ends the attempt; its code, phase and fate are final.
  void end(Attempt& attempt, Clock::time_point now);
  template <class E>
  void tell(const E& event) const noexcept {
    if (isObserved()) notify(observer_, event);
  }
  /// Whether there is an observer. Check it before an event is made that is expensive to make.
  bool isObserved() const noexcept { return observer_ != nullptr; }
  std::string_view tag() const noexcept { return request_.tag; }

  /// Ends the call, and sets the response's call number, attempts and elapsed time.
  void succeed(FetchResponse& response, Clock::time_point now);
  /// Ends the call: throws an error that has the whole record. `attempt`: the last attempt.
  [[noreturn]] void fail(Attempt& attempt, Clock::time_point now, RetryEnding ending = RetryEnding::none);

 private:
  void close(Attempt& attempt, Clock::time_point now) noexcept;
  void endRunning(Clock::time_point now) noexcept;
  void tellEnd(error_code code, Fate fate, std::chrono::nanoseconds elapsed);

  Observer* const observer_;
  const NetworkRequest& request_;
  const std::uint64_t id_;
  const Clock::time_point started_, deadline_;
  Clock::time_point attemptStarted_;
  unsigned attempts_ = 0;
  int lastStatus_ = 0;
  Attempt* running_ = nullptr;  // the attempt that has begun and has not ended
  bool ended_ = false;
  Fate fate_ = Fate::notSent;
  // Allocated at the first failure, because the frame of a call has no room for it.
  std::unique_ptr<std::vector<AttemptRecord>> failures_;
};

}  // namespace box::inline v0_1
