#include "network/make_request.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "box/error.hpp"
#include "network/validation.hpp"
#include "support/refuse.hpp"
#include "support/text_codec.hpp"

namespace box::inline v0_1 {
namespace {

/// The URL without the base URL, if it begins with the base URL.
std::string_view withoutBase(std::string_view url, std::string_view base) {
  if (url.starts_with(base) && url.substr(base.size()).starts_with('/')) return url.substr(base.size());
  // The token must not be sent to another server.
  if (!url.starts_with('/')) refuseRequest("the URL must be a path, or begin with the base URL of the session");
  return url;
}

}  // namespace

NetworkRequest makeNetworkRequest(FetchOptions options, NetworkSession session) {
  std::string_view target = withoutBase(options.url, session.baseUrls().baseUrl);
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string query(target.substr(std::min(question + 1, target.size())));
  const Idempotency idempotency = options.idempotency.value_or(idempotencyOf(options.method));
  auto operation = std::make_shared<const Operation>(
      options.operation.empty() ? "makeRequest" : std::move(options.operation), std::move(options.method),
      std::string(target.substr(0, question)), options.expectedStatus, idempotency);
  checkDetails(query, options.contentType, options.headers);
  for (const auto& [name, value] : options.params) appendParam(query, name, value);
  if (std::string objection = tagObjection(options.tag); !objection.empty()) refuseRequest(std::move(objection));

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
