#include "auth/token_failure.hpp"

#include <utility>

#include <boost/asio/error.hpp>

#include "support/temporary.hpp"

namespace box::inline v0_1 {
namespace {

/// The details of the error for a token request that an exception of the caller's own code has ended. The text of the
/// exception is not shown, because it was not sanitized.
ErrorDetails extensionDetails() {
  ErrorDetails details;
  details.phase = Phase::token;
  details.context = "the token request: the token storage or the Authentication has thrown an exception";
  return details;
}

}  // namespace

bool isPassing(const BoxSdkError& failure) noexcept {
  return isTemporary(failure.code(), failure.kind()) || failure.code() == ErrorCondition::proxy;
}

BoxSdkError tokenError(error_code code, std::string context) {
  ErrorDetails details;
  details.phase = Phase::token;
  details.context = std::move(context);
  return BoxSdkError(code, std::move(details));
}

BoxSdkError tokenFailure(const std::exception_ptr& exception) {
  const Thrown thrown(exception, false);
  if (thrown.ours() != nullptr) return *thrown.ours();
  if (thrown.cause() != asio::error::operation_aborted) std::rethrow_exception(exception);
  return thrown.asForeign(extensionDetails());
}

void raiseAfterAnswer(const std::exception_ptr& exception) {
  const Thrown thrown(exception, true);
  ErrorDetails details = thrown.ours() != nullptr ? thrown.ours()->details() : extensionDetails();
  details.fate = Fate::accepted;
  if (thrown.ours() != nullptr) throw BoxSdkError(thrown.ours()->code(), std::move(details));
  if (thrown.isCancellation()) details.context = "the token request";
  thrown.raise(std::move(details));
}

std::optional<ErrorDetails> tokenOperationDetails(const Thrown& thrown) {
  ErrorDetails details = extensionDetails();
  if (thrown.isCancellation()) details.context = "the token request";
  return details;
}

}  // namespace box::inline v0_1
