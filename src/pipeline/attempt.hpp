#pragma once

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "box/error.hpp"
#include "box/network/fetch.hpp"
#include "box/policy/retry.hpp"
#include "transport/failure.hpp"

namespace box::inline v0_1 {

/// One attempt of a call. This is its only description: each stage adds what it finds out, the judge decides, observers
/// and errors get the AttemptRecord in it, and policies get the AttemptOutcome.
struct Attempt : AttemptOutcome {
  FetchResponse response;             ///< set where `answered`
  bool answered = false;              ///< a whole final header came
  bool begun = false;                 ///< the first byte of the response has arrived
  std::string context;                ///< why it failed; safe to show
  std::unique_ptr<ApiErrorInfo> api;  ///< what a response with an error status says
  std::exception_ptr foreign;         ///< thrown by the caller's own code

  bool failed() const noexcept { return code.failed(); }

  /// Notes that a stage before the answer, or in the middle of it, has failed. What a response said before that is
  /// kept.
  void fail(Failure failure) {
    code = failure.code;
    cause = failure.cause;
    phase = failure.phase;
    context = std::move(failure.context);
  }
  void fail(error_code why, Phase where) {
    code = why;
    phase = where;
  }
};

}  // namespace box::inline v0_1
