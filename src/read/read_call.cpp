#include "read/read_call.hpp"

#include <optional>

#include "pipeline/retry_after.hpp"
#include "read/parse.hpp"

namespace box {

ReadManager::ReadManager(const char* name, std::shared_ptr<Authentication> auth, NetworkSession session,
                         std::shared_ptr<NetworkClient> networkClient)
    : target_(makeCallTarget(name, std::move(auth), std::move(session), std::move(networkClient))) {}

NetworkRequest readRequest(const CallTarget& target, const char* name, ReadRequest read,
                           const CallOptionalsView& optionals) {
  auto operation = std::make_shared<const Operation>(name, "GET", std::move(read.path), ExpectedStatus(200),
                                                     Idempotency::idempotent, false, true);
  NetworkRequest request(std::move(operation), target.session);
  request.query = std::move(read.query);
  completeRequest(request, target, optionals);
  return request;
}

namespace {

[[noreturn]] void refuseBody(const Operation& operation, const FetchResponse& response) {
  ErrorDetails details;
  details.context = operation.name + ": Box answered " + std::to_string(response.statusCode) +
                    ", and the body is not the JSON that Box's documents have for it";
  if (const std::string_view id = response.boxRequestId(); !id.empty()) {
    details.context.append(" (box-request-id ").append(id).append(")");
  }
  details.fate = Fate::accepted;
  details.phase = Phase::response;
  details.call = response.call;
  details.elapsed = response.elapsed;
  throw BoxSdkError(Errc::unexpectedResponse, std::move(details));
}

template <class Value>
Value checked(const Operation& operation, const FetchResponse& response) {
  // A NetworkClient of the caller's own may give a response without its body.
  std::optional<Value> value;
  if (response.bodyIntact) value = parseBody<Value>(response.body);
  if (!value) refuseBody(operation, response);
  return *std::move(value);
}

}  // namespace

template <>
UserFull valueIn<UserFull>(const Operation& operation, const FetchResponse& response) {
  return checked<UserFull>(operation, response);
}
template <>
Users valueIn<Users>(const Operation& operation, const FetchResponse& response) {
  return checked<Users>(operation, response);
}
template <>
Groups valueIn<Groups>(const Operation& operation, const FetchResponse& response) {
  return checked<Groups>(operation, response);
}
template <>
GroupMemberships valueIn<GroupMemberships>(const Operation& operation, const FetchResponse& response) {
  return checked<GroupMemberships>(operation, response);
}
template <>
Events valueIn<Events>(const Operation& operation, const FetchResponse& response) {
  Events page = checked<Events>(operation, response);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (const auto date = parseHttpDate(response.headers.get("Date").value_or(""), now)) page.date = *date;
  return page;
}

}  // namespace box
