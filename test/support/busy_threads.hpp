#pragma once

#include <future>
#include <memory>

#include "async/blocking.hpp"

namespace box::test {

/// Keeps the process's computing threads busy until release(): what is submitted meanwhile has to wait.
class BusyThreads {
 public:
  BusyThreads() {
    constexpr int atLeastAllOfThem = 2;
    const auto wait = [released = release_.get_future().share()] { released.wait(); };
    for (int thread = 0; thread < atLeastAllOfThem; ++thread) {
      computingThreads()->submit(std::make_shared<BlockingCall<void>>(wait));
    }
  }
  void release() { release_.set_value(); }

 private:
  std::promise<void> release_;  // whose destructor releases them, too
};

}  // namespace box::test
