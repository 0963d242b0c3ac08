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

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box {

using boost::system::error_code;

/// What became of a request.
enum class Fate : std::uint8_t {
  notSent,   ///< Box cannot have seen it: no byte of it left this process.
  inDoubt,   ///< Written, wholly or in part, and no answer that settles it (none at all, or a 502, 503, 504).
  rejected,  ///< Box answered and refused it.
  accepted,  ///< Box answered 202: its job will run. Never "the sessions have ended".
};

/// How far an attempt came.
enum class Phase : std::uint8_t {
  prepare,    ///< the arguments, the interceptors
  token,      ///< waiting for an access token
  pool,       ///< waiting for a connection
  resolve,    ///< looking up the host's addresses
  connect,    ///< TCP
  proxy,      ///< the proxy's CONNECT
  handshake,  ///< TLS
  write,      ///< sending the request
  read,       ///< receiving the response
  response,   ///< a complete response, judged
  backoff,    ///< sleeping before the next attempt
};

/// Why an attempt failed, as far as a retry is concerned.
enum class FailureKind : std::uint8_t {
  stale,         ///< a reused connection ended before one byte of the response
  transport,     ///< a connection broke
  connect,       ///< refused, unreachable or timed out at every address
  dns,           ///< the lookup failed for a passing reason, or took too long
  hostNotFound,  ///< the name has no address
  local,         ///< out of descriptors, ports, memory
  tlsFatal,      ///< certificates, versions, fatal alerts
  tlsNotTls,     ///< the peer does not speak TLS
  protocol,      ///< no acceptable HTTP response, or one beyond a limit
  timeout,       ///< a time limit of the attempt, or of a phase after TCP connected
  auth,          ///< 401 after the one refresh that is due, or no token
  throttle,      ///< 429
  transient,     ///< 408, 425, 500, 502, 503, 504, 520 to 524, 529
  permanent,     ///< any other status; a proxy that refuses
  proxy,         ///< the proxy refused for a passing reason
  waiting,       ///< the pool: no connection came free in time, too many wait
  final,         ///< cancelled, closed, invalid, deadline passed: never retried, no policy is asked
};

/// The library's own error codes. A number stays what it is for ever; its thousands tell what the code is about. Each of our
/// own time limits has its code; boost::asio::error::operation_aborted always means that the caller cancelled.
enum class Errc : int {
  // The caller's side.
  invalidRequest = 1001,  ///< arguments of a call that Box would refuse, or that must not go out; nothing was sent
  invalidConfiguration = 1002,  ///< options, URLs, headers, certificates
  clientClosed = 1003,          ///< BoxClient::close() was called
  extensionFailed = 1004,  ///< the caller's own interceptor, policy, data sanitizer, token storage, Authentication or
                           ///< NetworkClient threw; see nested()

  // Time limits.
  callTimeout = 2001,       ///< the call's deadline passed
  attemptTimeout = 2002,    ///< TimeoutOptions::attempt passed
  poolTimeout = 2003,       ///< TimeoutOptions::pool passed with every connection busy
  resolveTimeout = 2004,    ///< TimeoutOptions::resolve passed
  connectTimeout = 2005,    ///< TimeoutOptions::connect passed at every address
  proxyTimeout = 2006,      ///< TimeoutOptions::proxy passed
  handshakeTimeout = 2007,  ///< TimeoutOptions::handshake passed
  writeTimeout = 2008,      ///< TimeoutOptions::write passed without progress
  readTimeout = 2009,       ///< TimeoutOptions::responseHeader or ::bodyIdle passed

  // The way to Box.
  localResource = 3001,              ///< this machine is out of descriptors, ports or memory
  poolExhausted = 3002,              ///< PoolOptions::maxWaiters calls wait already
  hostNotFound = 3003,               ///< the name has no address
  resolveFailed = 3004,              ///< the lookup failed for a passing reason
  connectFailed = 3005,              ///< refused or unreachable at every address; cause() is the last address's error
  connectionLost = 3006,             ///< the connection ended or broke in the middle
  proxyFailed = 3101,                ///< the proxy failed for a passing reason (502, 503, 504), or answered no HTTP
  proxyRefused = 3102,               ///< the proxy does not open the way to this host
  proxyAuthenticationFailed = 3103,  ///< the proxy wants other credentials (407)

  // TLS.
  tlsVerificationFailed = 4001,  ///< the peer's certificate or host name is not what it must be; never retried
  tlsProtocolError = 4002,       ///< no common TLS version, cipher or protocol, or a fatal alert; never retried
  tlsNotTls = 4003,              ///< the peer does not speak TLS (a plain HTTP server, a proxy's page)

  // Responses that are not Box's.
  protocolError = 5001,       ///< the peer's bytes are not an acceptable HTTP response
  responseTooLarge = 5002,    ///< a limit of ResponseLimits was passed
  unexpectedResponse = 5003,  ///< a redirect, a 2xx other than the documented one, or a page that is not Box's

  // Box's refusals.
  badRequest = 6001,      ///< 400
  unauthorized = 6002,    ///< 401: the token was refused, also after a refresh where that is possible
  forbidden = 6003,       ///< 403
  notFound = 6004,        ///< 404
  rateLimited = 6005,     ///< 429
  requestRefused = 6006,  ///< any other 4xx
  serverError = 6007,     ///< 5xx

  // Tokens.
  tokenUnavailable = 7001,     ///< no access token, for another reason than the next four codes
  credentialsInvalid = 7002,   ///< the token endpoint knows no such client id, secret, key or subject
  appNotAuthorized = 7003,     ///< the enterprise's administrator has not authorised the app
  refreshTokenExpired = 7004,  ///< the refresh token is used up, revoked or older than 60 days: sign in again
  clockSkew = 7005,            ///< the assertion's times or id are refused, also with the server's own time
  stateMismatch = 7006,        ///< the answer to a sign-in page belongs to another sign-in, or somebody forged it
};

/// Groups of codes, to be compared with `error.code() == box::ErrorCondition::timeout`. A code may be in several.
enum class ErrorCondition : int {
  timeout = 1,   ///< each of our own time limits
  network = 2,   ///< the way to Box: lookup and TCP (too slow as well), a proxy, a lost connection, local resources
  tls = 3,       ///< certificates, versions, handshakes refused
  response = 4,  ///< the peer answered something that is not an acceptable response
  api = 5,       ///< Box answered with an error status: the exception is a BoxApiError
  authentication = 6,  ///< there is no token, or Box refused it (401); not a proxy's credentials
  proxy = 7,           ///< the proxy failed, refused, was too slow, or wants other credentials
};

BOX_API const boost::system::error_category& errorCategory() noexcept;
BOX_API const boost::system::error_category& errorConditionCategory() noexcept;
inline error_code make_error_code(Errc e) noexcept { return {static_cast<int>(e), errorCategory()}; }
inline boost::system::error_condition make_error_condition(ErrorCondition c) noexcept {
  return {static_cast<int>(c), errorConditionCategory()};
}

BOX_API std::string_view toString(Fate fate) noexcept;
BOX_API std::string_view toString(Phase phase) noexcept;
BOX_API std::string_view toString(FailureKind kind) noexcept;
/// The enumerator's name, "connectionLost"; "unknown" for a number that is not a code.
BOX_API std::string_view toString(Errc code) noexcept;

/// The kind of failure that a code stands for where no more is known of it: `final` where it is not an Errc.
BOX_API FailureKind kindOf(const error_code& code) noexcept;

/// One attempt of a call, for the record in an error.
struct AttemptRecord {
  unsigned number = 0;           ///< from 1; an uncounted repeat after a stale connection has the next number too
  error_code code{};             ///< default: it succeeded
  error_code cause{};            ///< the system's or OpenSSL's own code, where there is one
  Phase phase = Phase::prepare;  ///< how far it came
  Fate fate = Fate::notSent;
  int statusCode = 0;  ///< 0: no response
  bool reusedConnection = false;
  std::chrono::nanoseconds elapsed{};  ///< without the wait before the next one
  std::chrono::nanoseconds waited{};   ///< the wait before this attempt
};

/// Box's own description of an error, as its OpenAPI document has it. No field is required; `code` is an open set.
struct ClientError {
  std::optional<std::string> type;
  std::optional<int> status;
  std::optional<std::string> code;
  std::optional<std::string> message;
  std::optional<std::string> contextInfo;  ///< the object as JSON text
  std::optional<std::string> helpUrl;
  std::optional<std::string> requestId;  ///< not the same as the header box-request-id; support asks for both
};

/// What a response with an error status said. Texts are the server's: escape them before you show them.
struct ApiErrorInfo {
  int statusCode = 0;
  ClientError clientError;      ///< empty where the body was none
  std::string boxRequestId;     ///< header box-request-id; empty: none
  std::string wwwAuthenticate;  ///< header WWW-Authenticate; empty: none
  std::optional<std::chrono::nanoseconds>
      retryAfter;           ///< header Retry-After, from the moment of the response; not capped
  std::string contentType;  ///< header Content-Type; empty: none
  std::optional<std::chrono::system_clock::time_point> date;  ///< header Date
};

/// Everything known of a failed call. Shared between the copies of an error.
struct ErrorDetails {
  std::string context;  ///< what what() says beyond the code; safe to log
  Fate fate = Fate::notSent;
  Phase phase = Phase::prepare;
  error_code cause{};
  std::optional<FailureKind> kind{};  ///< unset: kindOf() the code
  std::vector<AttemptRecord> attempts;
  std::chrono::nanoseconds elapsed{};
  std::uint64_t call = 0;  ///< 0: it was not begun
  std::string tag;
  std::optional<ApiErrorInfo> api;
  std::exception_ptr nested{};  ///< an exception of the caller's own code that ended the call
};

/// Any failure of a call. `code()` is an Errc, or boost::asio::error::operation_aborted where the caller cancelled.
/// what() names status, Box's code and message (without addresses) and request ids; no token, secret, body or login.
class BOX_API BoxSdkError : public boost::system::system_error {
 public:
  BoxSdkError(error_code code, ErrorDetails details);
  BoxSdkError(Errc code, std::string context);
  /// What became of the request over all attempts: inDoubt as soon as one of them was and none was accepted, else rejected
  /// as soon as one of them was.
  Fate fate() const noexcept { return details_->fate; }
  /// Why the last attempt failed, in the terms of retry policies; `final` where the call ended for another reason.
  FailureKind kind() const noexcept { return *details_->kind; }
  /// How far the last attempt came.
  Phase phase() const noexcept { return details_->phase; }
  /// The system's, the resolver's or OpenSSL's own error behind code(); default where there is none.
  const error_code& cause() const noexcept { return details_->cause; }
  /// All attempts, in order; empty where none was begun.
  const std::vector<AttemptRecord>& attempts() const noexcept { return details_->attempts; }
  /// From the start of the call to its end.
  std::chrono::nanoseconds elapsed() const noexcept { return details_->elapsed; }
  /// The call's number, as events have it; 0 where it was not begun.
  std::uint64_t call() const noexcept { return details_->call; }
  /// The caller's own text for the call, from its options; empty: none. It is not a part of what().
  const std::string& tag() const noexcept { return details_->tag; }
  /// The response's side of it where a response with an error status is the reason; else null.
  const ApiErrorInfo* api() const noexcept { return details_->api ? &*details_->api : nullptr; }
  /// What the caller's own code threw where that ended the call with Errc::extensionFailed; else null.
  const std::exception_ptr& nested() const noexcept { return details_->nested; }
  const ErrorDetails& details() const noexcept { return *details_; }

  /// Throws this error as its own most derived type: a BoxApiError where api() is not null.
  [[noreturn]] void raise() const;

 protected:
  std::shared_ptr<const ErrorDetails> details_;

 private:
  /// "Success", only for boost::system::result: its error() is defined on success too, and needs a value there.
  BoxSdkError() : BoxSdkError(error_code(), ErrorDetails()) {}
  template <class T, class E>
  friend class boost::system::result;
};

/// Box (or the authorization server) answered with an error status.
class BOX_API BoxApiError : public BoxSdkError {
 public:
  /// Without `details.api`: as of an empty response, with status 0.
  BoxApiError(error_code code, ErrorDetails details);
  explicit BoxApiError(const BoxSdkError& error);

  int statusCode() const noexcept { return details_->api->statusCode; }
  const ClientError& clientError() const noexcept { return details_->api->clientError; }
  const std::string& boxRequestId() const noexcept { return details_->api->boxRequestId; }
  const std::string& wwwAuthenticate() const noexcept { return details_->api->wwwAuthenticate; }
  std::optional<std::chrono::nanoseconds> retryAfter() const noexcept { return details_->api->retryAfter; }
};

/// Called by boost::system::result::value() where there is an error.
[[noreturn]] inline void throw_exception_from_error(const BoxSdkError& error, const boost::source_location&) {
  error.raise();
}

/// A value or the error that a call would have thrown.
template <class T>
using CallResult = boost::system::result<T, BoxSdkError>;

/// Awaits a call and gives its result instead of throwing: `auto result = co_await box::tryAwait(client.…(…));`
/// For every awaitable, `awaitable<void>` too.
///
/// *Errors*: only what is not a BoxSdkError is thrown, for example std::bad_alloc. *Cancellation*: a call that is cancelled
/// gives a result with operation_aborted and its fate. A coroutine that is cancelled already gets Asio's own
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

}  // namespace box

namespace boost::system {
template <>
struct is_error_code_enum<box::Errc> : std::true_type {};
template <>
struct is_error_condition_enum<box::ErrorCondition> : std::true_type {};
}  // namespace boost::system
