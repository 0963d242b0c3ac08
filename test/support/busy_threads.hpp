#pragma once

#include <future>
#include <memory>
#include <vector>

#include "async/blocking.hpp"

namespace box::test {

/// Keeps the process's computing threads busy until release(): what is submitted meanwhile has to wait.
class BusyThreads {
 public:
  BusyThreads() {
    constexpr int atLeastAllOfThem = 2;
    const auto wait = [released = release_.get_future().share()] { released.wait(); };
    for (int thread = 0; thread < atLeastAllOfThem; ++thread) {
      tasks_.push_back(std::make_shared<BlockingCall<void>>(wait));
      computingThreads()->submit(tasks_.back());
    }
  }
  void release() { release_.set_value(); }

 private:
  std::vector<std::shared_ptr<BlockingTask>> tasks_;  // a task that nobody else refers to would not be begun
  std::promise<void> release_;                        // whose destructor releases the threads, too
};

}  // namespace box::test
