#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include "box/error_codes.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// One attempt of a call, for the record in an error.
struct AttemptRecord {
  unsigned number = 0;  ///< from 1; the retry after a stale connection, which is not counted, has its own number too
  error_code code{};    ///< why it failed; default: it succeeded
  error_code cause{};   ///< the system's or OpenSSL's own code, where there is one
  Phase phase = Phase::prepare;        ///< how far it came
  Fate fate = Fate::notSent;           ///< what became of the request in this attempt
  int statusCode = 0;                  ///< the status of HTTP; 0: no response
  bool reusedConnection = false;       ///< whether the connection had served another request before
  std::chrono::nanoseconds elapsed{};  ///< how long it took, without the wait before the next one
  std::chrono::nanoseconds waited{};   ///< the wait before this attempt
};

/// Box's own description of an error, as its OpenAPI document has it. No field is required; `code` is an open set.
struct ClientError {
  std::optional<std::string> type;         ///< "error"
  std::optional<int> status;               ///< the HTTP status once more
  std::optional<std::string> code;         ///< Box's code for the error: "not_found"
  std::optional<std::string> message;      ///< a sentence for people, in English
  std::optional<std::string> contextInfo;  ///< which fields of the request are wrong: the object as JSON text
  std::optional<std::string> helpUrl;      ///< a page of Box's on the code
  std::optional<std::string> requestId;    ///< not the same as the header box-request-id; support asks for both
};

/// What a response with an error status said. Texts are the server's: escape them before you show them.
struct ApiErrorInfo {
  int statusCode = 0;           ///< of HTTP
  ClientError clientError;      ///< Box's own description; empty where the body had none
  std::string boxRequestId;     ///< header box-request-id; empty: none
  std::string wwwAuthenticate;  ///< header WWW-Authenticate; empty: none
  /// Header Retry-After, from the moment of the response; not capped.
  std::optional<std::chrono::nanoseconds> retryAfter;
  std::string contentType;                                    ///< header Content-Type; empty: none
  std::optional<std::chrono::system_clock::time_point> date;  ///< header Date; unset: none
};

/// Everything known of a failed call. Shared between the copies of an error.
struct ErrorDetails {
  std::string context;                  ///< the part of what() after the code's message; safe to log
  Fate fate = Fate::notSent;            ///< BoxSdkError::fate()
  Phase phase = Phase::prepare;         ///< BoxSdkError::phase()
  error_code cause{};                   ///< BoxSdkError::cause()
  std::optional<FailureKind> kind{};    ///< BoxSdkError::kind(); unset: kindOf() the code
  std::vector<AttemptRecord> attempts;  ///< BoxSdkError::attempts()
  std::chrono::nanoseconds elapsed{};   ///< BoxSdkError::elapsed()
  std::uint64_t call = 0;               ///< BoxSdkError::call(); 0: it was not begun
  std::string tag;                      ///< BoxSdkError::tag()
  std::optional<ApiErrorInfo> api;      ///< BoxSdkError::api(); unset: no response with an error status
  std::exception_ptr nested{};          ///< an exception of the caller's own code that ended the call
};

/// Any failure of a call. `code()` is an Errc, or boost::asio::error::operation_aborted where the caller cancelled.
/// what() names status, Box's code and message (without addresses) and request ids; no token, secret, body or login.
class BOX_API BoxSdkError : public boost::system::system_error {
 public:
  /// For a NetworkClient, an Authentication or a test of yours that reports failures as the library does.
  BoxSdkError(error_code code, ErrorDetails details);
  /// The same where nothing more is known: nothing was sent. `context` is shown by what(), so nothing secret.
  BoxSdkError(Errc code, std::string context);
  /// What became of the request over all attempts: accepted if one attempt was accepted; else inDoubt if one was in
  /// doubt; else rejected if one was rejected; else notSent.
  Fate fate() const noexcept { return details_->fate; }
  /// Why the last attempt failed, in the terms of retry policies; `final` where the call ended for another reason.
  FailureKind kind() const noexcept { return *details_->kind; }
  /// How far the last attempt came.
  Phase phase() const noexcept { return details_->phase; }
  /// The system's, the resolver's or OpenSSL's own error, which code() sums up; a default error_code where the failure
  /// has no such error.
  const error_code& cause() const noexcept { return details_->cause; }
  /// All attempts, in order; empty where none was begun.
  const std::vector<AttemptRecord>& attempts() const noexcept { return details_->attempts; }
  /// From the start of the call to its end.
  std::chrono::nanoseconds elapsed() const noexcept { return details_->elapsed; }
  /// The call's number, as events have it; 0 where it was not begun.
  std::uint64_t call() const noexcept { return details_->call; }
  /// The caller's own text for the call, from its options; empty: none. It is not a part of what().
  const std::string& tag() const noexcept { return details_->tag; }
  /// What the response said, where a response with an error status is the reason; else null.
  const ApiErrorInfo* api() const noexcept { return details_->api ? &*details_->api : nullptr; }
  /// What the caller's own code threw where that ended the call with Errc::extensionFailed; else null.
  const std::exception_ptr& nested() const noexcept { return details_->nested; }
  /// All of these fields as one object.
  const ErrorDetails& details() const noexcept { return *details_; }

  /// Throws this error as its own most derived type: a BoxApiError where api() is not null.
  [[noreturn]] void raise() const;

 private:
  friend class BoxApiError;
  /// "Success", only for boost::system::result: its error() is defined on success too, and needs a value there.
  BoxSdkError() : BoxSdkError(error_code(), ErrorDetails()) {}
  template <class T, class E>
  friend class boost::system::result;

  std::shared_ptr<const ErrorDetails> details_;
};

/// Box (or the authorization server) answered with an error status.
class BOX_API BoxApiError : public BoxSdkError {
 public:
  /// Without `details.api`: as of an empty response, with status 0.
  BoxApiError(error_code code, ErrorDetails details);
  /// The same failure as an error of this type: what BoxSdkError::raise() throws where api() is not null.
  explicit BoxApiError(const BoxSdkError& error);

  /// The status of HTTP.
  int statusCode() const noexcept { return details_->api->statusCode; }
  /// Box's own description, as far as the body had one.
  const ClientError& clientError() const noexcept { return details_->api->clientError; }
  /// Header box-request-id, by which Box's support finds the request; empty: none.
  const std::string& boxRequestId() const noexcept { return details_->api->boxRequestId; }
  /// Header WWW-Authenticate, with the reason of a 401 or 403 whose body is empty; empty: none.
  const std::string& wwwAuthenticate() const noexcept { return details_->api->wwwAuthenticate; }
  /// Header Retry-After, from the moment of the response; not capped. Unset: none.
  std::optional<std::chrono::nanoseconds> retryAfter() const noexcept { return details_->api->retryAfter; }
};

/// Called by boost::system::result::value() where there is an error.
[[noreturn]] inline void throw_exception_from_error(const BoxSdkError& error, const boost::source_location&) {
  error.raise();
}

/// A value or the error that a call would have thrown.
template <class T>
using CallResult = boost::system::result<T, BoxSdkError>;

/// Awaits a call and gives its result instead of throwing: `auto result = co_await box::tryAwait(std::move(call))`.
///
/// For every awaitable, `awaitable<void>` too.
///
/// *Errors*: only what is not a BoxSdkError is thrown, for example std::bad_alloc. *Cancellation*: a call that is
/// cancelled gives a result with operation_aborted and its fate. A coroutine that is cancelled already gets Asio's own
/// boost::system::system_error with operation_aborted from its `co_await`: then the call was not begun.
template <class T, class Executor>
asio::awaitable<CallResult<T>, Executor> tryAwait(asio::awaitable<T, Executor> call) {
  std::optional<BoxSdkError> failure;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(call);
      co_return CallResult<T>();
    } else {
      T value = co_await std::move(call);
      co_return CallResult<T>(boost::system::in_place_value, std::move(value));
    }
  } catch (const BoxSdkError& error) {
    failure.emplace(error);
  }
  co_return CallResult<T>(boost::system::in_place_error, *failure);
}

}  // namespace box::inline v0_1
