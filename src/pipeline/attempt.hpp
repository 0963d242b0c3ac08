#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "box/error.hpp"
#include "box/network/fetch.hpp"
#include "box/policy/retry.hpp"
#include "transport/failure.hpp"

namespace box::inline v0_1 {

/// One attempt of a call, described in one place: each stage adds its results, the judge decides, observers and errors
/// get the AttemptRecord in it, and policies get the AttemptOutcome.
struct Attempt : AttemptOutcome {
  FetchResponse response;  ///< set if `answered`
  /// Whether a final header has arrived whole. judge() makes it false if the result is in the body
  /// (Operation::answerInBody) and the body was lost.
  bool answered = false;
  bool atProxy = false;               ///< whether the step that failed was one with the proxy
  bool responseBegun = false;         ///< the first byte of the response has arrived
  std::string context;                ///< why it failed; safe to show
  std::unique_ptr<ApiErrorInfo> api;  ///< what the response says, if it is not a success
  std::exception_ptr foreign;         ///< an exception of the caller's own code
  /// The kind of the BoxSdkError that ended the call, for example that of a token request. Unset: there was none.
  std::optional<FailureKind> kindOfError;

  bool failed() const noexcept { return code.failed(); }

  /// Records the failure of a stage before the answer or in the middle of it. What has arrived of a response before the
  /// failure is kept.
  void fail(Failure failure) {
    code = failure.code;
    cause = failure.cause;
    phase = failure.phase;
    context = std::move(failure.context);
    atProxy = failure.atProxy;
  }
  void fail(error_code why, Phase where) {
    code = why;
    cause = {};
    phase = where;
    atProxy = false;
    kindOfError.reset();
  }
  /// Records an error that ends the call: one of another call, such as a token request, or of the caller's own code.
  /// The context stays, because its text depends on who records it.
  void fail(const BoxSdkError& error, Phase where) {
    fail(error.code(), where);
    cause = error.cause();
    atProxy = error.atProxy();
    foreign = error.nested();
    kind = FailureKind::final;
    kindOfError = error.kind();
  }
  /// Adds a reason after those in the context.
  void addContext(const std::string& reason) {
    if (!context.empty()) context += "; ";
    context += reason;
  }
};

}  // namespace box::inline v0_1
