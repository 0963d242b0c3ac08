#pragma once

#include "box/error.hpp"
#include "box/network/fetch.hpp"
#include "box/network/operation.hpp"
#include "box/policy/retry.hpp"
#include "pipeline/attempt.hpp"
#include "policy/outcome.hpp"

namespace box::inline v0_1 {

/// What a complete response means; the retry policy decides what follows.
struct Verdict : StatusMeaning {
  bool success = false;
};

/// A page in HTML is not an answer of Box, whatever its status is.
Verdict judgeResponse(const FetchResponse& response, const ExpectedStatus& expected);

/// How a failed attempt without a response counts. `reused`: its connection had carried a request before; `begun`: the
/// first byte of the response has arrived.
FailureKind judgeFailure(const error_code& code, bool reused, bool begun);

/// Decides what the attempt means, from what the stages have found out: its code, kind, fate, phase and status. No I/O,
/// no clock. Where the operation's answer is in the body, a response without its body counts as no response.
/// `wasSuccess`: the response was a success before interceptors changed it; they cannot turn a success into a failure.
void judge(Attempt& attempt, const Operation& operation, bool wasSuccess);

}  // namespace box::inline v0_1
