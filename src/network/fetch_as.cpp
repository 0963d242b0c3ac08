#include "network/fetch_as.hpp"

#include <string>

#include "network/validation.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {

std::shared_ptr<const CallTarget> makeCallTarget(std::string_view owner, std::shared_ptr<Authentication> auth,
                                                 NetworkSession session, std::shared_ptr<NetworkClient> client) {
  const auto require = [owner](bool given, const char* what) {
    if (!given) {
      throw BoxSdkError(Errc::invalidConfiguration, std::string(owner) + ": the " + what + " must not be null");
    }
  };
  require(auth != nullptr, "authentication");
  require(client != nullptr, "network client");
  std::shared_ptr<const Route> route = client->prepare(session);
  return std::make_shared<const CallTarget>(
      CallTarget{std::move(auth), std::move(session), std::move(client), std::move(route)});
}

FetchResponse wholeResponse(FetchResponse&& response) { return std::move(response); }

void requireExpected(const Operation& operation, int statusCode, const std::string& tag) {
  if (operation.expectedStatus.contains(statusCode)) return;
  ErrorDetails details;
  details.operation = operation.name;
  details.context = "the network client answered " + std::to_string(statusCode) + " where " +
                    operation.expectedStatus.text() + " was expected";
  details.fate = Fate::inDoubt;
  details.phase = Phase::response;
  details.tag = tag;
  throw BoxSdkError(Errc::unexpectedResponse, std::move(details));
}

void raiseFetchFailure(const Operation& operation, std::exception_ptr exception, bool cancelled,
                       const std::string& tag) {
  const Thrown thrown(exception, cancelled || endedACall(exception));
  ErrorDetails details;
  details.operation = operation.name;
  if (thrown.isForeign()) details.context = "the network client has thrown an exception";
  details.fate = Fate::inDoubt;
  details.phase = Phase::read;
  details.tag = tag;
  thrown.raise(std::move(details));
}

BoxSdkError argumentError(const BoxSdkError& error, std::string_view operation, std::string_view tag) {
  ErrorDetails details = error.details();
  details.operation = operation;
  if (tagObjection(tag).empty()) details.tag = tag;
  return BoxSdkError(error.code(), std::move(details));
}

NetworkRequest requestFor(const CallTarget& target, std::shared_ptr<const Operation> operation,
                          const CallOptionalsView& options) {
  NetworkRequest request(std::move(operation), target.session);
  options.headers.extraHeaders.forEach([&](HeaderView header) {
    checkHeader(header);
    request.headers.set(header.name, header.value);
  });
  if (!options.tag.empty()) {
    if (std::string reason = tagObjection(options.tag); !reason.empty()) {
      throw BoxSdkError(Errc::invalidRequest, std::move(reason));
    }
    request.tag = options.tag;
  }
  request.auth = target.auth;
  request.route = target.route;
  request.deadline = options.deadline;
  request.retryPolicy = options.retryPolicy.share();
  return request;
}

}  // namespace box::inline v0_1
