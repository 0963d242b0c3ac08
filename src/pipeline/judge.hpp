#pragma once

#include <exception>
#include <string_view>

#include "box/error.hpp"
#include "box/network/fetch.hpp"
#include "box/network/operation.hpp"
#include "box/policy/retry.hpp"
#include "pipeline/attempt.hpp"
#include "policy/outcome.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {

/// What a response with a complete header means; the retry policy decides what follows.
struct Verdict : StatusMeaning {
  bool success = false;
};

/// Judges a response. A page in HTML is not an answer of Box, and never a success.
Verdict judgeResponse(const FetchResponse& response, const ExpectedStatus& expected, std::string_view method);

/// The kind of a failed attempt without a response. `reused`: whether its connection was opened for an earlier
/// attempt, of this or another call; `responseBegun`: whether the first byte of the response has arrived.
FailureKind judgeFailure(const error_code& code, bool reused, bool responseBegun);

/// Decides the code, kind, fate, phase and status of an attempt from the results of the stages, without I/O and without
/// a clock. If the operation's answer is in the body, a success whose body was lost counts as no response, unless the
/// caller has cancelled the call.
/// `wasSuccess`: whether the response was a success before interceptors changed it; then it stays one.
void judge(Attempt& attempt, const Operation& operation, bool wasSuccess);

/// Decides the code, kind, cause and phase of an attempt that was ended by an exception of the library, of Asio, or of
/// the caller's own code. Its fate stays. `exception`: the one that `thrown` classifies.
void judgeException(Attempt& attempt, const Thrown& thrown, std::exception_ptr exception);

}  // namespace box::inline v0_1
