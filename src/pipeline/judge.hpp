#pragma once

#include "box/error.hpp"
#include "box/network/fetch.hpp"
#include "box/network/operation.hpp"
#include "box/policy/retry.hpp"
#include "pipeline/attempt.hpp"
#include "policy/outcome.hpp"

namespace box {

/// What a complete response means, apart from what may be done about it.
struct Verdict : StatusMeaning {
  bool success = false;
};

/// A page in HTML is not an answer of Box's, whatever its status says.
Verdict judgeResponse(const FetchResponse& response, const ExpectedStatus& expected);

/// How a failed attempt without a response counts. `reused`: its connection had carried a request before; `begun`: a
/// byte of a response came.
FailureKind judgeFailure(const error_code& code, bool reused, bool begun);

/// Decides what the attempt means, from what the stages have found out: its code, kind, fate, phase and status. No I/O,
/// no clock. A response that lacks the body in which its operation's answer is counts as one that never came.
/// `wasSuccess`: its response was a success before interceptors had it, which they cannot unmake.
void judge(Attempt& attempt, const Operation& operation, bool wasSuccess);

}  // namespace box
