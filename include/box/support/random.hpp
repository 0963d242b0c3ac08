#pragma once

#include <memory>

#include "box/support/export.hpp"

namespace box {

/// A source of random numbers for jitter; nothing that must be hard to guess is drawn from it.
/// *Threads*: called from any thread, several at once.
class BOX_API Random {
 public:
  virtual ~Random() = default;
  /// A number in [0, 1).
  virtual double uniform() const noexcept = 0;
};

/// Seeded by the system once for each call of this function; without a lock. Never null.
BOX_API std::shared_ptr<const Random> systemRandom();

}  // namespace box
