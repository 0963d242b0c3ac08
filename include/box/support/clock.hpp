#pragma once

#include <chrono>
#include <memory>

#include "box/support/export.hpp"

namespace box {

/// Tells the time of day, where the time of day matters: dates in Retry-After, the expiry of tokens.
/// Deadlines and timeouts never ask it; they use std::chrono::steady_clock. *Threads*: called from any thread.
class BOX_API Clock {
 public:
  virtual ~Clock() = default;
  /// The time of day now. It may jump, also back.
  virtual std::chrono::system_clock::time_point now() const noexcept = 0;
};

/// The machine's own clock. Never null.
BOX_API std::shared_ptr<const Clock> systemClock();

}  // namespace box
