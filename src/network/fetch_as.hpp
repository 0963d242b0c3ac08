#pragma once

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "box/error.hpp"
#include "box/network/call_options.hpp"
#include "box/network/fetch.hpp"
#include "box/network/network_client.hpp"
#include "box/network/request.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// The objects that all calls of a client, or of a manager that a caller makes, share.
struct CallTarget {
  std::shared_ptr<Authentication> auth;
  NetworkSession session;
  std::shared_ptr<NetworkClient> client;
  std::shared_ptr<const Route> route;
};

/// Makes a CallTarget. `owner`: the name of the client or the manager, for errors. Throws BoxSdkError with
/// Errc::invalidConfiguration if a pointer is null, and the exceptions of NetworkClient::prepare().
std::shared_ptr<const CallTarget> makeCallTarget(std::string_view owner, std::shared_ptr<Authentication> auth,
                                                 NetworkSession session, std::shared_ptr<NetworkClient> client);

/// Makes a call's result from a response with an expected status. It may throw BoxSdkError.
template <class T>
using AnswerReader = T (*)(FetchResponse&& response);

/// The whole response, for a call that returns it unchanged.
FetchResponse wholeResponse(FetchResponse&& response);

/// Throws BoxSdkError with Errc::unexpectedResponse if a NetworkClient has given a response with an unexpected status,
/// which only a caller's own client does.
void requireExpected(const Operation& operation, int statusCode, const std::string& tag);

/// Throws the exception with which a NetworkClient has ended a request, as a BoxSdkError. A caller's own client may
/// throw any exception; then the fate of the request is in doubt. `cancelled`: whether the caller has cancelled.
/// Rethrows std::bad_alloc.
[[noreturn]] void raiseFetchFailure(const Operation& operation, std::exception_ptr exception, bool cancelled,
                                    const std::string& tag);

/// Sends a request and returns the result that `read` makes from the response. The library sends all requests with this
/// function, so that every failure is thrown as BoxSdkError, whichever NetworkClient sends the request. It keeps the
/// NetworkClient until the request has ended.
///
/// Its frame is kept small: Asio keeps frames of up to 1 KiB for the next call.
template <class T>
asio::awaitable<T> fetchAs(std::shared_ptr<NetworkClient> client, NetworkRequest request, AnswerReader<T> read) {
  const std::shared_ptr<const Operation> operation = request.operation;
  const std::string tag = request.tag;
  std::exception_ptr thrown;
  try {
    // This is not awaited in the same expression, because the argument would then stay in this frame until the end, in
    // addition to the parameter.
    asio::awaitable<FetchResponse> fetched = client->fetch(std::move(request));
    FetchResponse response = co_await std::move(fetched);
    requireExpected(*operation, response.statusCode, tag);
    co_return read(std::move(response));
  } catch (...) {
    thrown = std::current_exception();
  }
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  raiseFetchFailure(*operation, thrown, state.cancelled() != asio::cancellation_type::none, tag);
}

/// The error of a call whose arguments are not valid, with the name and the tag of the call.
BoxSdkError argumentError(const BoxSdkError& error, std::string_view operation, std::string_view tag);

/// Makes an object, such as a reader, from the arguments of a function. The error for invalid arguments has the name
/// and the tag that the caller has given.
template <class Make>
auto withCallName(std::string_view name, std::string_view tag, Make make) {
  try {
    return make();
  } catch (const BoxSdkError& error) {
    throw argumentError(error, name, tag);
  }
}

/// A call with invalid arguments. It throws the error when it is awaited.
template <class T>
asio::awaitable<T> refuseCall(BoxSdkError error) {
  throw error;
  co_return T();
}

/// Begins a call. `make` returns the call from the arguments; if they are invalid, it throws BoxSdkError, which is then
/// thrown when the call is awaited. This is an ordinary function, which reads the arguments before it returns: a
/// coroutine would keep references to temporaries that no longer exist when it first runs.
template <class T, class Make>
asio::awaitable<T> startCall(std::string_view name, std::string_view tag, Make make) {
  try {
    return make();
  } catch (const BoxSdkError& error) {
    return refuseCall<T>(argumentError(error, name, tag));
  }
}

/// Adds the settings of the call's target and options to the request. Throws BoxSdkError with Errc::invalidRequest.
void completeRequest(NetworkRequest& request, const CallTarget& target, const CallOptionalsView& options);

/// Makes a call of a manager. `describe(NetworkRequest&)` puts the arguments into the request.
template <class T, class Describe>
asio::awaitable<T> callAs(const CallTarget& target, const std::shared_ptr<const Operation>& operation,
                          const CallOptionalsView& options, AnswerReader<T> read, Describe describe) {
  return startCall<T>(operation->name, options.tag, [&] {
    NetworkRequest request(operation, target.session);
    describe(request);
    completeRequest(request, target, options);
    return fetchAs<T>(target.client, std::move(request), read);
  });
}

}  // namespace box::inline v0_1
