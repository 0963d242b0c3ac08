#pragma once

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "box/error.hpp"
#include "box/support/asio.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {

/// Throws the exception as a BoxSdkError; see asBoxError().
template <class Describe>
[[noreturn]] void raiseAsBoxError(const std::exception_ptr& exception, bool cancelled, const Describe& describe) {
  const Thrown thrown(exception, cancelled || endedACall(exception) || endedATokenOperation(exception));
  std::optional<ErrorDetails> details = describe(thrown);
  if (!details) std::rethrow_exception(exception);
  thrown.raise(*std::move(details));
}

/// Performs an operation of several steps that the caller has called directly. Its failures are thrown as BoxSdkError,
/// as in all calls: also Asio's exception for a cancellation that arrives between two steps, and exceptions of the
/// caller's own code. `describe(const Thrown&)` returns the details of the error that replaces such an exception;
/// unset: the exception is thrown unchanged. std::bad_alloc is always thrown unchanged.
template <class T, class Describe>
asio::awaitable<T> asBoxError(asio::awaitable<T> work, Describe describe) {
  std::exception_ptr thrown;
  try {
    co_return co_await std::move(work);
  } catch (...) {
    thrown = std::current_exception();
  }
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  raiseAsBoxError(thrown, state.cancelled() != asio::cancellation_type::none, describe);
}

}  // namespace box::inline v0_1
