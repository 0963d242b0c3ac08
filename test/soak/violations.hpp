#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace box::soak {

/// Broken promises. All are counted, and the first ones are described. *Threads*: any.
class Violations {
 public:
  static constexpr std::size_t described = 10;

  void add(std::string description) {
    const std::lock_guard lock(mutex_);
    ++count_;
    if (descriptions_.size() < described) descriptions_.push_back(std::move(description));
  }

  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  std::vector<std::string> descriptions() const {
    const std::lock_guard lock(mutex_);
    return descriptions_;
  }

 private:
  mutable std::mutex mutex_;
  std::size_t count_ = 0;
  std::vector<std::string> descriptions_;
};

}  // namespace box::soak
