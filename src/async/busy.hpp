#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "box/error.hpp"
#include "support/operation_error.hpp"

namespace box::inline v0_1 {

/// Marks a call as in progress until this object is destroyed, on an object that can make only one such call at a time.
class Busy {
 public:
  /// *Errors*: BoxSdkError with Errc::invalidRequest if another call is in progress. `operation`, `what`: the operation
  /// and the call, for the text: "a call", "a run".
  Busy(std::atomic<bool>& flag, std::string_view operation, std::string_view what) : flag_(flag) {
    if (!flag_.exchange(true)) return;
    throw operationError(Errc::invalidRequest, operation, std::string(what) + " is in progress");
  }
  ~Busy() { flag_.store(false); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  std::atomic<bool>& flag_;
};

}  // namespace box::inline v0_1
