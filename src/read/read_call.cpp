#include "read/read_call.hpp"

#include <optional>

#include "network/http_date.hpp"
#include "network/validation.hpp"
#include "read/parse.hpp"

namespace box::inline v0_1 {

ReadManager::ReadManager(const char* name, std::shared_ptr<Authentication> auth, NetworkSession session,
                         std::shared_ptr<NetworkClient> networkClient)
    : target_(makeCallTarget(name, std::move(auth), std::move(session), std::move(networkClient))) {}

std::shared_ptr<const Operation> readOperation(const char* name, std::string path, std::string_view pathToShow) {
  return std::make_shared<const Operation>(name, "GET", std::move(path), ExpectedStatus(200), Idempotency::idempotent,
                                           false, true, pathToShow);
}

NetworkRequest readRequest(const CallTarget& target, ReadRequest read, const CallOptionalsView& optionals) {
  NetworkRequest request = requestFor(target, std::move(read.operation), optionals);
  request.query = std::move(read.query);
  return request;
}

BoxSdkError ReadAnswer::failure(error_code code, const std::string& why) const {
  ErrorDetails details;
  details.operation = operation->name;
  details.context = why;
  details.fate = Fate::accepted;
  details.phase = Phase::response;
  details.call = response.call;
  details.tag = tag;
  details.elapsed = response.elapsed;
  return BoxSdkError(code, std::move(details));
}

namespace {

template <class Value>
Value checked(const ReadAnswer& answer) {
  const FetchResponse& response = answer.response;
  // A NetworkClient of the caller's own may give a response without its body.
  std::optional<Value> value;
  if (response.bodyIntact) value = parseBody<Value>(response.body);
  if (value) return *std::move(value);
  std::string why = "Box answered " + std::to_string(response.statusCode) +
                    ", and the body is not the JSON that Box's documents have for it";
  if (const std::string_view id = response.boxRequestId(); isRequestId(id)) {
    why.append(" (box-request-id ").append(id).append(")");
  }
  throw answer.failure(make_error_code(Errc::unexpectedResponse), why);
}

}  // namespace

template <>
UserFull valueIn<UserFull>(const ReadAnswer& answer) {
  return checked<UserFull>(answer);
}
template <>
Users valueIn<Users>(const ReadAnswer& answer) {
  return checked<Users>(answer);
}
template <>
Groups valueIn<Groups>(const ReadAnswer& answer) {
  return checked<Groups>(answer);
}
template <>
GroupMemberships valueIn<GroupMemberships>(const ReadAnswer& answer) {
  return checked<GroupMemberships>(answer);
}
template <>
Events valueIn<Events>(const ReadAnswer& answer) {
  Events page = checked<Events>(answer);
  page.date = dateIn(answer.response.headers, answer.receivedAt);
  return page;
}

}  // namespace box::inline v0_1
