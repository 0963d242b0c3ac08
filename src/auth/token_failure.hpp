#pragma once

#include <exception>
#include <optional>
#include <string>

#include "box/error.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {

/// Whether a token that is still valid stays in use after this failure of its renewal: after a temporary failure, and
/// where a proxy has refused the request, because Box has not refused the credentials then.
bool isPassing(const BoxSdkError& failure) noexcept;

/// The error for a failed wait for a token. `context`: what the call was doing.
BoxSdkError tokenError(error_code code, std::string context);

/// The error for a token request that failed without a cancellation. Exceptions of the caller's own code are rethrown,
/// so that the call can show their text. The only one that is not rethrown is operation_aborted, which must mean that
/// the waiting call was cancelled.
BoxSdkError tokenFailure(const std::exception_ptr& exception);

/// Throws what a token request failed with after Box had answered it with a success: its error says that Box has
/// carried the request out, so that a code, for example, is used up.
[[noreturn]] void raiseAfterAnswer(const std::exception_ptr& exception);

/// What the error says for an exception that has ended a token operation which the caller has called directly: for
/// asBoxError().
std::optional<ErrorDetails> tokenOperationDetails(const Thrown& thrown);

}  // namespace box::inline v0_1
