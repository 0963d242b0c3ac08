#pragma once

#include <exception>
#include <new>
#include <optional>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "box/error.hpp"
#include "box/support/asio.hpp"

namespace box {

/// The error for the exception that is being handled: the caller's own code has thrown it. Its text is not shown, because no
/// sanitizer has seen it.
inline BoxSdkError tokenExtensionError() {
  ErrorDetails details;
  details.phase = Phase::token;
  details.context = "the token request: the token storage or the Authentication has thrown";
  details.nested = std::current_exception();
  return BoxSdkError(make_error_code(Errc::extensionFailed), std::move(details));
}

/// A call about tokens that the caller makes directly. Every failure comes as BoxSdkError, as it does from all calls: Asio's
/// exception for a cancellation, and exceptions of the caller's own code. Only std::bad_alloc stays what it is.
template <class T>
asio::awaitable<T> asBoxError(asio::awaitable<T> work) {
  std::optional<BoxSdkError> failure;
  try {
    co_return co_await std::move(work);
  } catch (const BoxSdkError& error) {
    if (error.code()) throw;
    failure = tokenExtensionError();
  } catch (const std::bad_alloc&) {
    throw;  // there is no memory for words either
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) {
      ErrorDetails details;
      details.phase = Phase::token;
      details.context = "the token request";
      failure.emplace(error.code(), std::move(details));
    } else {
      failure = tokenExtensionError();
    }
  } catch (...) {
    failure = tokenExtensionError();
  }
  throw *failure;
}

}  // namespace box
