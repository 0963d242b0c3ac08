#include "network/request.hpp"

#include <algorithm>
#include <utility>

#include "box/error.hpp"
#include "box/network/network_client.hpp"
#include "network/url.hpp"
#include "network/validation.hpp"
#include "support/text_codec.hpp"

namespace box::inline v0_1 {
namespace {

[[noreturn]] void refuse(std::string reason) { throw BoxSdkError(Errc::invalidRequest, std::move(reason)); }

/// The URL without the base URL, if it begins with the base URL.
std::string_view withoutBase(std::string_view url, std::string_view base) {
  if (url.starts_with(base) && url.substr(base.size()).starts_with('/')) return url.substr(base.size());
  // The token must not be sent to another server.
  if (!url.starts_with('/')) refuse("the URL must be a path, or begin with the base URL of the session");
  return url;
}

}  // namespace

// ------------------------------------------------------------------------------------------------------ ExpectedStatus

ExpectedStatus::ExpectedStatus() noexcept {
  for (int status = 200; status < 300; ++status) statuses_.set(static_cast<std::size_t>(status - first));
}

ExpectedStatus::ExpectedStatus(std::initializer_list<int> statuses) {
  for (const int status : statuses) {
    if (status < first || status > last) refuse("an expected status must be from 200 to 599");
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
                     Idempotency repeatable, bool hasSecrets, bool hasAnswerInBody)
    : name(std::move(operationName)),
      method(std::move(httpMethod)),
      path(std::move(urlPath)),
      expectedStatus(expected),
      idempotency(repeatable),
      secret(hasSecrets),
      answerInBody(hasAnswerInBody) {
  if (!path.empty() && path.front() != '/') refuse("the URL: its path must begin with a slash");
  if (const std::string objection = pathObjection(path); !objection.empty()) refuse("the URL: " + objection);
  if (const std::string_view objection = methodObjection(method); !objection.empty()) refuse(std::string(objection));
}

Idempotency idempotencyOf(std::string_view method) noexcept {
  for (const std::string_view safe : {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}) {
    if (equalsIgnoreCase(method, safe)) return Idempotency::idempotent;
  }
  return Idempotency::notIdempotent;
}

// ------------------------------------------------------------------------------------------------------ NetworkRequest

std::string NetworkRequest::url() const {
  std::string url = session.baseUrls().baseUrl + operation->path;
  if (!query.empty()) url.append("?").append(query);
  return url;
}

std::shared_ptr<const Route> NetworkClient::prepare(const NetworkSession&) { return nullptr; }

NetworkRequest makeNetworkRequest(FetchOptions options, NetworkSession session) {
  std::string_view target = withoutBase(options.url, session.baseUrls().baseUrl);
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string query(target.substr(std::min(question + 1, target.size())));
  const Idempotency idempotency = options.idempotency.value_or(idempotencyOf(options.method));
  auto operation = std::make_shared<const Operation>(
      options.operation.empty() ? "makeRequest" : std::move(options.operation), std::move(options.method),
      std::string(target.substr(0, question)), options.expectedStatus, idempotency);
  if (const std::string objection = queryObjection(query); !objection.empty()) refuse("the URL: " + objection);
  for (const auto& [name, value] : options.params) appendParam(query, name, value);
  if (!isFieldValue(options.contentType)) refuse("the content type has characters that no header may have");
  for (const HeaderView header : options.headers) {
    if (std::string objection = headerObjection(header.name, header.value); !objection.empty()) {
      refuse(std::move(objection));
    }
  }
  if (std::string objection = tagObjection(options.tag); !objection.empty()) refuse(std::move(objection));

  NetworkRequest request(std::move(operation), std::move(session));
  request.query = std::move(query);
  request.headers = std::move(options.headers);
  request.body = std::move(options.body);
  request.contentType = std::move(options.contentType);
  request.tag = std::move(options.tag);
  request.deadline = options.deadline;
  request.retryPolicy = std::move(options.retryPolicy);
  return request;
}

}  // namespace box::inline v0_1
