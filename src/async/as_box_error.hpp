#pragma once

#include <exception>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "box/error.hpp"
#include "box/support/asio.hpp"
#include "support/thrown.hpp"

namespace box {

/// What is known of a request for a token that the caller's own code has ended. The exception's text is not shown, because no
/// sanitizer has seen it.
inline ErrorDetails tokenExtensionDetails() {
  ErrorDetails details;
  details.phase = Phase::token;
  details.context = "the token request: the token storage or the Authentication has thrown";
  return details;
}

[[noreturn]] inline void raiseAsBoxError(std::exception_ptr exception, bool cancelled) {
  const Thrown thrown(std::move(exception), cancelled);
  ErrorDetails details = tokenExtensionDetails();
  if (thrown.isCancellation()) details.context = "the token request";
  thrown.raise(std::move(details));
}

/// A call about tokens that the caller makes directly. Every failure comes as BoxSdkError, as it does from all calls: Asio's
/// exception for a cancellation, and exceptions of the caller's own code. Only std::bad_alloc stays what it is.
template <class T>
asio::awaitable<T> asBoxError(asio::awaitable<T> work) {
  std::exception_ptr thrown;
  try {
    co_return co_await std::move(work);
  } catch (...) {
    thrown = std::current_exception();
  }
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  raiseAsBoxError(thrown, state.cancelled() != asio::cancellation_type::none);
}

}  // namespace box
