#pragma once

#include <memory>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// A source of random numbers for jitter; it is not used for numbers that must be hard to guess. *Threads*: the object
/// is called from any thread, and from several at once.
class BOX_API Random {
 public:
  virtual ~Random() = default;
  /// A number in [0, 1).
  virtual double uniform() const noexcept = 0;
};

/// A new source of random numbers, with a seed from the system's random source. It takes no lock. Never null.
BOX_API std::shared_ptr<const Random> systemRandom();

}  // namespace box::inline v0_1
