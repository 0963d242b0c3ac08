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
  /// The attempt's number, from 1. The retries after a stale connection and after a 401 have numbers too, although
  /// policies do not count them.
  unsigned number = 0;
  error_code code{};                   ///< why it failed; a default error_code: it succeeded
  error_code cause{};                  ///< the error code of the system or of OpenSSL, if there is one
  Phase phase = Phase::prepare;        ///< the phase that it reached
  Fate fate = Fate::notSent;           ///< what became of the request in this attempt
  int statusCode = 0;                  ///< the HTTP status; 0: no response
  bool reusedConnection = false;       ///< whether it was opened for an earlier attempt, of this or another call
  std::chrono::nanoseconds elapsed{};  ///< how long it took, without the wait before the next one
  std::chrono::nanoseconds waited{};   ///< the wait before this attempt
};

/// Box's own description of an error, as its OpenAPI document defines it. No field is required; `code` may have values
/// that are not documented.
struct ClientError {
  std::optional<std::string> type;         ///< "error"
  std::optional<int> status;               ///< the HTTP status, as the body repeats it
  std::optional<std::string> code;         ///< Box's code for the error: "not_found"
  std::optional<std::string> message;      ///< a sentence for people, in English
  std::optional<std::string> contextInfo;  ///< which fields of the request are wrong: the object as JSON text
  std::optional<std::string> helpUrl;      ///< the address of Box's page about the code
  /// A second id of the request, which differs from that in the header box-request-id; Box's support asks for both.
  std::optional<std::string> requestId;
};

/// The contents of the response that made a call fail. Texts are the server's: escape them before you show them.
struct ApiErrorInfo {
  int statusCode = 0;           ///< the HTTP status
  ClientError clientError;      ///< Box's own description; empty if the body had none, was lost, or has over 32 KiB
  std::string boxRequestId;     ///< header box-request-id; empty: none
  std::string wwwAuthenticate;  ///< header WWW-Authenticate; empty: none
  /// Header Retry-After, as a duration that begins when the response arrived; it is not capped.
  std::optional<std::chrono::nanoseconds> retryAfter;
  std::string contentType;                                    ///< header Content-Type; empty: none
  std::optional<std::chrono::system_clock::time_point> date;  ///< header Date; unset: none
};

/// Everything that is known of a failed call. The copies of an error share one object.
struct ErrorDetails {
  std::string operation;                ///< BoxSdkError::operation()
  std::string context;                  ///< the part of what() between the operation and the code's message
  Fate fate = Fate::notSent;            ///< BoxSdkError::fate()
  Phase phase = Phase::prepare;         ///< BoxSdkError::phase()
  error_code cause{};                   ///< BoxSdkError::cause()
  std::optional<FailureKind> kind{};    ///< BoxSdkError::kind(); unset: kindOf(code)
  bool atProxy = false;                 ///< BoxSdkError::atProxy()
  std::vector<AttemptRecord> attempts;  ///< BoxSdkError::attempts()
  std::chrono::nanoseconds elapsed{};   ///< BoxSdkError::elapsed()
  std::uint64_t call = 0;               ///< BoxSdkError::call(); 0: the call was not begun
  std::string tag;                      ///< BoxSdkError::tag()
  std::optional<ApiErrorInfo> api;      ///< BoxSdkError::api(); unset: the call did not fail because of a response
  std::exception_ptr nested{};          ///< an exception of the caller's own code that ended the call
};

/// Any failure of a call. `code()` is an Errc, or boost::asio::error::operation_aborted where the caller cancelled the
/// call. what() names the status, Box's code and message (without addresses) and request ids; it contains no token,
/// secret, body or login.
class BOX_API BoxSdkError : public boost::system::system_error {
 public:
  /// Makes an error. For a NetworkClient, an Authentication or a test of yours that reports failures as the library
  /// does.
  BoxSdkError(error_code code, ErrorDetails details);
  /// Makes an error that has a code and a text, and no other details; its fate is notSent. what() shows `context`, so
  /// it must contain nothing secret.
  BoxSdkError(Errc code, std::string context);
  /// The name of the call or of the library's function that failed, with which what() begins: "terminateUsersSessions",
  /// "oauth2/token", "findGroup"; empty: none.
  const std::string& operation() const noexcept { return details_->operation; }
  /// what() without the operation at its start, for readers who do not know the library's functions.
  /// *Lifetime*: as that of what().
  std::string_view reason() const noexcept;
  /// Whether a step with the proxy failed: looking up its address, connecting to it, TLS with it, or its answer.
  bool atProxy() const noexcept { return details_->atProxy; }
  /// What became of the request over all attempts: accepted if one attempt was accepted; else inDoubt if one was in
  /// doubt; else rejected if one was rejected; else notSent. An error has `accepted` where the call was cancelled after
  /// the header of a success; where a call that reads cannot use the body of a success (Errc::unexpectedResponse); and
  /// where a token operation that you call failed after Box's success, for example because the storage failed. In the
  /// second and third case event::CallEnded reports success: it comes before the failure.
  Fate fate() const noexcept { return details_->fate; }
  /// Why the last attempt failed, as retry policies classify it; `final` where the call ended for another reason.
  FailureKind kind() const noexcept { return *details_->kind; }
  /// The phase that the last attempt reached.
  Phase phase() const noexcept { return details_->phase; }
  /// The system's, the resolver's or OpenSSL's own error, which code() classifies; a default error_code where the
  /// failure has no such error.
  const error_code& cause() const noexcept { return details_->cause; }
  /// All attempts, in order; empty where none was begun, and where the request has succeeded and its answer cannot be
  /// used.
  const std::vector<AttemptRecord>& attempts() const noexcept { return details_->attempts; }
  /// The time from the start of the call to its end.
  std::chrono::nanoseconds elapsed() const noexcept { return details_->elapsed; }
  /// The call's number, the same as in its events; 0 where the call was not begun.
  std::uint64_t call() const noexcept { return details_->call; }
  /// The caller's own text for the call, from its options; empty: none. It is not a part of what().
  const std::string& tag() const noexcept { return details_->tag; }
  /// What the response said, if the call failed because of a response that it cannot accept, and whose header was
  /// complete; else null. If no new token could be got after a 401, it is the answer of the token endpoint, or the
  /// response with the 401 if the code is Errc::unauthorized or the endpoint did not answer; null after callTimeout,
  /// clientClosed, extensionFailed or a cancellation.
  const ApiErrorInfo* api() const noexcept { return details_->api ? &*details_->api : nullptr; }
  /// The exception of the caller's own code, if it ended the call with Errc::extensionFailed; else null.
  const std::exception_ptr& nested() const noexcept { return details_->nested; }
  /// All of these fields as one object.
  const ErrorDetails& details() const noexcept { return *details_; }

  /// Throws this error as its own most derived type: a BoxApiError where api() is not null.
  [[noreturn]] void raise() const;

 private:
  friend class BoxApiError;
  /// The value "Success", only for boost::system::result: its error() is defined on success too, and needs a value
  /// then.
  BoxSdkError() : BoxSdkError(error_code(), ErrorDetails()) {}
  template <class T, class E>
  friend class boost::system::result;

  std::shared_ptr<const ErrorDetails> details_;
};

/// Box (or the authorization server) answered, but with an error status, a redirect or another unexpected response. The
/// code may be that of a failure without a response, such as Errc::connectFailed: Box answered 401, and then no new
/// token could be got, without an answer of the authorization server.
class BOX_API BoxApiError : public BoxSdkError {
 public:
  /// If `details.api` is unset, the error describes an empty response with status 0.
  BoxApiError(error_code code, ErrorDetails details);
  /// The same failure as a BoxApiError. BoxSdkError::raise() throws it if api() is not null.
  explicit BoxApiError(const BoxSdkError& error);

  /// The HTTP status.
  int statusCode() const noexcept { return details_->api->statusCode; }
  /// Box's own description, as far as the body had one.
  const ClientError& clientError() const noexcept { return details_->api->clientError; }
  /// Header box-request-id, by which Box's support finds the request; empty: the response had none.
  const std::string& boxRequestId() const noexcept { return details_->api->boxRequestId; }
  /// Header WWW-Authenticate, which has the reason of a 401 or 403 whose body is empty; empty: the response had none.
  const std::string& wwwAuthenticate() const noexcept { return details_->api->wwwAuthenticate; }
  /// Header Retry-After, as a duration that begins when the response arrived; it is not capped. Unset: the response had
  /// none.
  std::optional<std::chrono::nanoseconds> retryAfter() const noexcept { return details_->api->retryAfter; }
};

/// Throws the error. boost::system::result::value() calls it if the result is an error.
[[noreturn]] inline void throw_exception_from_error(const BoxSdkError& error, const boost::source_location&) {
  error.raise();
}

/// A value, or the error that a call would have thrown.
template <class T>
using CallResult = boost::system::result<T, BoxSdkError>;

/// Awaits a call and gives its result instead of throwing: `auto result = co_await box::tryAwait(std::move(call))`.
///
/// It accepts every awaitable, `awaitable<void>` too.
///
/// *Errors*: an exception that is not a BoxSdkError is thrown, for example std::bad_alloc. *Cancellation*: a call that
/// is cancelled gives a result with operation_aborted and its fate. A coroutine that was cancelled before its
/// `co_await` gets Asio's own boost::system::system_error with operation_aborted, and the call is not begun.
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
