#include "box/support/clock.hpp"

namespace box::inline v0_1 {
namespace {

class SystemClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const noexcept override { return std::chrono::system_clock::now(); }
};

}  // namespace

std::shared_ptr<const Clock> systemClock() { return std::make_shared<const SystemClock>(); }

}  // namespace box::inline v0_1
