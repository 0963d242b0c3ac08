#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "box/error.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {

/// The error of a function of the library which is not a call, such as "findGroup"; nothing was sent.
inline BoxSdkError operationError(error_code code, std::string_view operation, std::string context) {
  ErrorDetails details;
  details.operation = operation;
  details.context = std::move(context);
  return BoxSdkError(code, std::move(details));
}

/// The error where Box answered, and its answer cannot be used.
inline BoxSdkError answerError(std::string_view operation, std::string context) {
  ErrorDetails details;
  details.operation = operation;
  details.context = std::move(context);
  details.fate = Fate::accepted;
  details.phase = Phase::response;
  return BoxSdkError(Errc::unexpectedResponse, std::move(details));
}

/// For asBoxError(): what the error says if the caller's cancellation has arrived between two steps of a function of
/// the library. Unset for every other exception, which is thrown unchanged.
inline std::optional<ErrorDetails> cancellationDetails(const Thrown& thrown, std::string_view operation,
                                                       std::string_view tag = "") {
  if (!thrown.isCancellation()) return std::nullopt;
  ErrorDetails details;
  details.operation = operation;
  details.context = "cancelled";
  details.tag = tag;
  return details;
}

/// The part of what() before the code's message: operation and context.
inline std::string textBeforeCode(const ErrorDetails& details) {
  if (details.operation.empty()) return details.context;
  return details.context.empty() ? details.operation : details.operation + ": " + details.context;
}

/// The text of an error that becomes a part of another error's text.
inline std::string nestedText(const BoxSdkError& error) { return textBeforeCode(error.details()); }

}  // namespace box::inline v0_1
