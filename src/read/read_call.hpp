#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include "async/blocking.hpp"
#include "box/error.hpp"
#include "box/network/call_options.hpp"
#include "box/read/manager.hpp"
#include "box/read/values.hpp"
#include "network/fetch_as.hpp"
#include "support/json.hpp"

namespace box::inline v0_1 {

/// The Operation of a call that reads. A call whose path has no argument in it keeps one for all its requests.
std::shared_ptr<const Operation> readOperation(const char* name, std::string path, std::string_view pathToShow = "");

/// The operation and the query of a call, made from its arguments.
struct ReadRequest {
  std::shared_ptr<const Operation> operation;
  std::string query;
};

/// Makes the request of a call. *Errors*: BoxSdkError with Errc::invalidRequest.
NetworkRequest readRequest(const CallTarget& target, ReadRequest read, const CallOptionalsView& optionals);

/// A response with the data of its call that are needed for the value and for errors.
struct ReadAnswer {
  std::shared_ptr<const Operation> operation;
  std::string tag;
  std::chrono::system_clock::time_point receivedAt{};  // by the clock of the session
  FetchResponse response;

  /// Makes the error for a request that Box has carried out, if the caller cannot get the result. Its fate is
  /// `accepted`, and it has no attempts: event::CallEnded has told a success, because it is the end of the request, not
  /// of the parsing. `why`: the error's context.
  BoxSdkError failure(error_code code, const std::string& why) const;
};

/// The value in the body. *Errors*: BoxSdkError with Errc::unexpectedResponse.
template <class Value>
Value valueIn(const ReadAnswer& answer);
template <>
UserFull valueIn<UserFull>(const ReadAnswer& answer);
template <>
Users valueIn<Users>(const ReadAnswer& answer);
template <>
Groups valueIn<Groups>(const ReadAnswer& answer);
template <>
GroupMemberships valueIn<GroupMemberships>(const ReadAnswer& answer);
template <>
Events valueIn<Events>(const ReadAnswer& answer);

/// Sends a request, and returns the value in the response's body. `answer` gets the response, for errors about the
/// value that the caller finds.
template <class Value>
asio::awaitable<Value> fetchValue(std::shared_ptr<NetworkClient> client, NetworkRequest request,
                                  std::shared_ptr<ReadAnswer> answer = std::make_shared<ReadAnswer>()) {
  answer->operation = request.operation;
  answer->tag = request.tag;
  const std::shared_ptr<const Clock> clock = request.session.clock();
  asio::awaitable<FetchResponse> fetched = fetchAs<FetchResponse>(std::move(client), std::move(request), wholeResponse);
  answer->response = co_await std::move(fetched);
  answer->receivedAt = clock->now();  // here, because a helper thread must not use an object of the caller
  if (answer->response.body.size() <= longestParsedAtOnce) co_return valueIn<Value>(*answer);
  // Only a terminal cancellation ends a call whose answer has arrived.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  const bool cancelled = (state.cancelled() & asio::cancellation_type::terminal) != asio::cancellation_type::none;
  std::optional<Value> value;
  std::exception_ptr failure;
  if (!cancelled) {
    try {
      const auto parse = [answer] { return valueIn<Value>(*answer); };
      value = co_await compute<Value>(parse, asio::cancellation_type::terminal);
    } catch (const BoxSdkError&) {
      failure = std::current_exception();
    } catch (const boost::system::system_error&) {  // Asio's exception for a cancellation
    } catch (...) {
      failure = std::current_exception();
    }
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  if (failure) std::rethrow_exception(failure);
  if (!value) throw answer->failure(asio::error::operation_aborted, "cancelled after the answer");
  co_return *std::move(value);
}

/// Makes a call that reads one value. *Errors*: it throws BoxSdkError with Errc::invalidRequest at once.
template <class Value>
asio::awaitable<Value> readCall(const CallTarget& target, ReadRequest read, const CallOptionalsView& optionals) {
  return fetchValue<Value>(target.client, readRequest(target, std::move(read), optionals));
}

}  // namespace box::inline v0_1
