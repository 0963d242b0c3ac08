#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace box::soak {

/// Detects whether a value grows. It keeps a limited number of evenly spaced samples, however many are added.
class Trend {
 public:
  void add(std::int64_t value) {
    if (skipped_++ % stride_ != 0) return;
    samples_.push_back(value);
    if (samples_.size() < most) return;
    for (std::size_t i = 0; i < most / 2; ++i) samples_[i] = samples_[2 * i];
    samples_.resize(most / 2);
    stride_ *= 2;
  }

  /// The growth from the median of the first tenth to the median of the last tenth, so that ups and downs do not count.
  /// No value: there are not enough samples.
  std::optional<std::int64_t> growth() const {
    const std::size_t tenth = std::max<std::size_t>(3, samples_.size() / 10);
    if (samples_.size() < 2 * tenth) return std::nullopt;
    const auto end = samples_.end();
    return median({end - static_cast<std::ptrdiff_t>(tenth), end}) -
           median({samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(tenth)});
  }

 private:
  static constexpr std::size_t most = 1024;

  static std::int64_t median(std::vector<std::int64_t> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  }

  std::vector<std::int64_t> samples_;
  std::uint64_t stride_ = 1, skipped_ = 0;
};

}  // namespace box::soak
