#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "async/blocking.hpp"
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
Value valueIn(const Operation& operation, const FetchResponse& response);
template <>
UserFull valueIn<UserFull>(const Operation& operation, const FetchResponse& response);
template <>
Users valueIn<Users>(const Operation& operation, const FetchResponse& response);
template <>
Groups valueIn<Groups>(const Operation& operation, const FetchResponse& response);
template <>
GroupMemberships valueIn<GroupMemberships>(const Operation& operation, const FetchResponse& response);
template <>
Events valueIn<Events>(const Operation& operation, const FetchResponse& response);

/// Bytes from which on a body is parsed on a helper thread.
inline constexpr std::size_t largeBody = std::size_t{32} * 1024;

template <class Value>
asio::awaitable<Value> fetchValue(std::shared_ptr<NetworkClient> client, NetworkRequest request) {
  const std::shared_ptr<const Operation> operation = request.operation;
  asio::awaitable<FetchResponse> fetched = fetchAs<FetchResponse>(std::move(client), std::move(request), wholeResponse);
  FetchResponse received = co_await std::move(fetched);
  if (received.body.size() < largeBody) co_return valueIn<Value>(*operation, received);
  const auto response = std::make_shared<const FetchResponse>(std::move(received));
  const auto parse = [operation, response] { return valueIn<Value>(*operation, *response); };
  co_return co_await compute<Value>(parse);
}

/// Of a reader that gives a page's entries one by one, and needs not wait for that: now and then the executor's other
/// work gets its turn. `given`: so many of them.
inline bool isTimeForOthers(std::size_t given) noexcept { return given % 64 == 63; }

/// `encode`: gives the ReadRequest, or throws what is wrong with the arguments.
template <class Value, class Encode>
asio::awaitable<Value> readCall(const CallTarget& target, const char* name, const CallOptionalsView& optionals,
                                Encode encode) {
  try {
    return fetchValue<Value>(target.client, readRequest(target, name, encode(), optionals));
  } catch (const BoxSdkError& error) {
    return refuseCall<Value>(argumentError(error, name, optionals.tag));
  }
}

/// One page of a reader, whose requests differ in their query only.
template <class Page>
asio::awaitable<Page> fetchPage(const CallTarget& target, const NetworkRequest& prototype, std::string query) {
  NetworkRequest request = prototype;
  request.query = std::move(query);
  return fetchValue<Page>(target.client, std::move(request));
}

}  // namespace box
