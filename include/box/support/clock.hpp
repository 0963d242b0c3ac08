#pragma once

#include <chrono>
#include <memory>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// Gives the time of day, where the time of day matters: dates in Retry-After, the expiry of tokens, the times in JWT
/// assertions and journals, and the times of followed events. Deadlines and timeouts never use it; they use
/// std::chrono::steady_clock. *Threads*: the object is called from any thread, and from several at once.
class BOX_API Clock {
 public:
  virtual ~Clock() = default;
  /// The time of day now. It may jump, forwards or back.
  virtual std::chrono::system_clock::time_point now() const noexcept = 0;
};

/// The machine's own clock. Never null.
BOX_API std::shared_ptr<const Clock> systemClock();

}  // namespace box::inline v0_1
