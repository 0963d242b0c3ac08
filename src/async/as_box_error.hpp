#pragma once

#include <optional>
#include <utility>

#include <boost/system/system_error.hpp>

#include "box/error.hpp"
#include "box/support/asio.hpp"

namespace box {

/// A call about tokens that the caller makes directly: a cancellation, for which Asio has an exception of its own kind, comes as
/// BoxSdkError, as it does from all calls.
template <class T>
asio::awaitable<T> asBoxError(asio::awaitable<T> work) {
  std::optional<BoxSdkError> failure;
  try {
    co_return co_await std::move(work);
  } catch (const BoxSdkError&) {
    throw;
  } catch (const boost::system::system_error& error) {
    ErrorDetails details;
    details.phase = Phase::token;
    details.context = "the token request";
    failure.emplace(error.code(), std::move(details));
  }
  throw *failure;
}

}  // namespace box
