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

/// Makes a call's request from what every call has. Throws BoxSdkError with Errc::invalidRequest if an option must not
/// be sent.
NetworkRequest requestFor(const CallTarget& target, std::shared_ptr<const Operation> operation,
                          const CallOptionalsView& options);

/// The error of a call whose arguments are not valid, with the name and the tag of the call.
BoxSdkError argumentError(const BoxSdkError& error, std::string_view operation, std::string_view tag);

/// A call that throws the error when it is awaited.
template <class T>
asio::awaitable<T> failedCall(BoxSdkError error) {
  throw error;
  co_return T();
}

/// A call whose arguments are not valid. Every public call is an ordinary function, which reads its arguments before it
/// returns: a coroutine would keep references to temporaries that no longer exist when it first runs. Its errors are
/// thrown when the call is awaited, as those of a coroutine are.
template <class T>
asio::awaitable<T> refuseCall(const BoxSdkError& error, std::string_view operation, std::string_view tag) {
  return failedCall<T>(argumentError(error, operation, tag));
}

}  // namespace box::inline v0_1
