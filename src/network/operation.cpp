#include "box/network/operation.hpp"

#include <utility>

#include "box/error.hpp"
#include "network/url.hpp"
#include "network/validation.hpp"
#include "support/ascii.hpp"
#include "support/refuse.hpp"

namespace box::inline v0_1 {

// ------------------------------------------------------------------------------------------------------ ExpectedStatus

ExpectedStatus::ExpectedStatus() noexcept {
  for (int status = 200; status < 300; ++status) statuses_.set(static_cast<std::size_t>(status - first));
}

ExpectedStatus::ExpectedStatus(std::initializer_list<int> statuses) {
  if (statuses.size() == 0) refuseRequest("the list of expected statuses is empty: name a status from 200 to 599");
  for (const int status : statuses) {
    if (status < first || status > last) refuseRequest("an expected status must be from 200 to 599");
    statuses_.set(static_cast<std::size_t>(status - first));
  }
}

bool ExpectedStatus::contains(int status) const noexcept {
  return status >= first && status <= last && statuses_[static_cast<std::size_t>(status - first)];
}

std::string ExpectedStatus::text() const {
  if (*this == ExpectedStatus()) return "2xx";
  std::string text;
  for (int status = first; status <= last; ++status) {
    if (!contains(status)) continue;
    if (!text.empty()) text += " or ";
    text += std::to_string(status);
  }
  return text;
}

// ----------------------------------------------------------------------------------------------------------- Operation

Operation::Operation(std::string operationName, std::string httpMethod, std::string urlPath, ExpectedStatus expected,
                     Idempotency repeatable, bool hasSecrets, bool hasAnswerInBody, std::string_view pathToShow)
    : name(std::move(operationName)),
      method(std::move(httpMethod)),
      path(std::move(urlPath)),
      expectedStatus(expected),
      idempotency(repeatable),
      secret(hasSecrets),
      answerInBody(hasAnswerInBody),
      shownPath(pathToShow.empty() ? path : std::string(pathToShow)) {
  if (!path.empty() && path.front() != '/') refuseRequest("the URL: its path must begin with a slash");
  if (const std::string objection = pathObjection(path); !objection.empty()) refuseRequest("the URL: " + objection);
  if (const std::string_view objection = methodObjection(method); !objection.empty())
    refuseRequest(std::string(objection));
}

Idempotency idempotencyOf(std::string_view method) noexcept {
  for (const std::string_view safe : {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}) {
    if (equalsIgnoreCase(method, safe)) return Idempotency::idempotent;
  }
  return Idempotency::notIdempotent;
}

}  // namespace box::inline v0_1
