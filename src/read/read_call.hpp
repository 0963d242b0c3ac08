#pragma once

#include <string>
#include <utility>

#include "box/error.hpp"
#include "box/network/call_options.hpp"
#include "box/read/manager.hpp"
#include "box/read/values.hpp"
#include "network/fetch_as.hpp"

namespace box {

/// What a call asks for, in its arguments' bytes.
struct ReadRequest {
  std::string path;
  std::string query;
};

/// The request of a call. *Errors*: BoxSdkError with Errc::invalidRequest.
NetworkRequest readRequest(const CallTarget& target, const char* name, ReadRequest read,
                           const CallOptionalsView& optionals);

/// What the body says. *Errors*: BoxSdkError with Errc::unexpectedResponse.
template <class Value>
Value valueIn(const Operation& operation, FetchResponse&& response);
template <>
UserFull valueIn<UserFull>(const Operation& operation, FetchResponse&& response);
template <>
Users valueIn<Users>(const Operation& operation, FetchResponse&& response);
template <>
Groups valueIn<Groups>(const Operation& operation, FetchResponse&& response);
template <>
GroupMemberships valueIn<GroupMemberships>(const Operation& operation, FetchResponse&& response);
template <>
Events valueIn<Events>(const Operation& operation, FetchResponse&& response);

/// `encode`: gives the ReadRequest, or throws what is wrong with the arguments.
template <class Value, class Encode>
asio::awaitable<Value> readCall(const CallTarget& target, const char* name, const CallOptionalsView& optionals,
                                Encode encode) {
  try {
    return fetchAs<Value>(target.client, readRequest(target, name, encode(), optionals), &valueIn<Value>);
  } catch (const BoxSdkError& error) {
    return refuseCall<Value>(argumentError(error, name, optionals.tag));
  }
}

/// One page of a reader, whose requests differ in their query only.
template <class Page>
asio::awaitable<Page> fetchPage(const CallTarget& target, const NetworkRequest& prototype, std::string query) {
  NetworkRequest request = prototype;
  request.query = std::move(query);
  return fetchAs<Page>(target.client, std::move(request), &valueIn<Page>);
}

}  // namespace box
