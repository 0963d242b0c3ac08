#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
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

/// The library's own error codes. Our own time limits are codes of their own; boost::asio::error::operation_aborted
/// always means that the caller cancelled.
enum class Errc : int {
  invalidRequest = 1,    ///< arguments of a call that Box would refuse, or that must not go out; nothing was sent
  invalidConfiguration,  ///< options, URLs, headers, certificates
  clientClosed,          ///< BoxClient::close() was called
  callTimeout,           ///< the call's deadline passed
  attemptTimeout,        ///< TimeoutOptions::attempt passed
  poolTimeout,           ///< TimeoutOptions::pool passed with every connection busy
  resolveTimeout,        ///< TimeoutOptions::resolve passed
  connectTimeout,        ///< TimeoutOptions::connect passed at every address
  proxyTimeout,          ///< TimeoutOptions::proxy passed
  handshakeTimeout,      ///< TimeoutOptions::handshake passed
  writeTimeout,          ///< TimeoutOptions::write passed without progress
  readTimeout,           ///< TimeoutOptions::responseHeader or ::bodyIdle passed
  poolExhausted,         ///< PoolOptions::maxWaiters calls wait already
  hostNotFound,          ///< the name has no address
  resolveFailed,         ///< the lookup failed for a passing reason
  connectFailed,         ///< refused or unreachable at every address; cause() is the last address's error
  proxyFailed,           ///< the proxy could not open the way for a passing reason (502, 503, 504), or answered no HTTP
  proxyRefused,          ///< the proxy does not open the way to this host
  proxyAuthenticationFailed,  ///< the proxy wants other credentials (407)
  localResource,              ///< this machine is out of descriptors, ports or memory
  tlsVerificationFailed,      ///< the peer's certificate or host name is not what it must be; never repeated
  tlsProtocolError,           ///< no common TLS version, cipher or protocol, or a fatal alert; never repeated
  tlsNotTls,                  ///< the peer does not speak TLS (a plain HTTP server, a proxy's page)
  connectionLost,             ///< the connection ended or broke in the middle
  protocolError,              ///< the peer's bytes are no acceptable HTTP response
  responseTooLarge,           ///< a limit of ResponseLimits was passed
  unexpectedResponse,         ///< a redirect, a 2xx other than the documented one, or a page that is not Box's
  badRequest,                 ///< 400
  unauthorized,               ///< 401: the token was refused, also after a refresh where that is possible
  forbidden,                  ///< 403
  notFound,                   ///< 404
  rateLimited,                ///< 429
  requestRefused,             ///< any other 4xx
  serverError,                ///< 5xx
  tokenUnavailable,           ///< no access token is to be had, for a reason that is none of the next four
  credentialsInvalid,         ///< the token endpoint knows no such client id, secret, key or subject
  appNotAuthorized,           ///< the enterprise's administrator has not authorised the app
  refreshTokenExpired,  ///< the refresh token is used up, revoked or older than 60 days: a person must sign in again
  clockSkew,            ///< the assertion's times or id are refused, also with the server's own time
};

/// Groups of codes, to be compared with `error.code() == box::ErrorCondition::timeout`.
enum class ErrorCondition : int {
  timeout = 1,     ///< any of our time limits
  network,         ///< resolving, connecting, a lost connection, local resources
  tls,             ///< certificates, versions, handshakes refused
  response,        ///< the peer answered something that is no acceptable response
  api,             ///< Box answered with an error status: the exception is a BoxApiError
  authentication,  ///< no token is to be had, or Box refused the one that was (401)
};

BOX_API const boost::system::error_category& errorCategory() noexcept;
BOX_API const boost::system::error_category& errorConditionCategory() noexcept;
inline error_code make_error_code(Errc e) noexcept { return {static_cast<int>(e), errorCategory()}; }
inline boost::system::error_condition make_error_condition(ErrorCondition c) noexcept {
  return {static_cast<int>(c), errorConditionCategory()};
}

BOX_API std::string_view toString(Fate fate) noexcept;
BOX_API std::string_view toString(Phase phase) noexcept;

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
  std::chrono::milliseconds waited{};  ///< the wait before this attempt
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
  std::optional<std::chrono::milliseconds>
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
  std::vector<AttemptRecord> attempts;
  std::chrono::nanoseconds elapsed{};
  std::optional<ApiErrorInfo> api;
};

/// Any failure of a call. `code()` is an Errc, or boost::asio::error::operation_aborted where the caller cancelled.
/// what() names status, Box's code and message (without addresses) and request ids; no token, secret, body or login.
class BOX_API BoxSdkError : public boost::system::system_error {
 public:
  BoxSdkError(error_code code, ErrorDetails details);
  BoxSdkError(Errc code, std::string context);
  /// "Success". Nothing throws it: boost::system::result::error() is defined on success too, and needs a value there.
  BoxSdkError() : BoxSdkError(error_code(), ErrorDetails()) {}

  /// What became of the request over all attempts: inDoubt as soon as one of them was and none was accepted, else rejected
  /// as soon as one of them was.
  Fate fate() const noexcept { return details_->fate; }
  /// How far the last attempt came.
  Phase phase() const noexcept { return details_->phase; }
  /// The system's, the resolver's or OpenSSL's own error behind code(); default where there is none.
  const error_code& cause() const noexcept { return details_->cause; }
  /// All attempts, in order; empty where none was begun.
  const std::vector<AttemptRecord>& attempts() const noexcept { return details_->attempts; }
  /// From the start of the call to its end.
  std::chrono::nanoseconds elapsed() const noexcept { return details_->elapsed; }
  /// The response's side of it where a response with an error status is the reason; else null.
  const ApiErrorInfo* api() const noexcept { return details_->api ? &*details_->api : nullptr; }
  const ErrorDetails& details() const noexcept { return *details_; }

  /// Throws this error as its own most derived type: a BoxApiError where api() is not null.
  [[noreturn]] void raise() const;

 protected:
  std::shared_ptr<const ErrorDetails> details_;
};

/// Box (or the authorization server) answered with an error status.
class BOX_API BoxApiError : public BoxSdkError {
 public:
  /// `details.api` must be set.
  BoxApiError(error_code code, ErrorDetails details);
  explicit BoxApiError(const BoxSdkError& error) : BoxSdkError(error) {}

  int statusCode() const noexcept { return details_->api->statusCode; }
  const ClientError& clientError() const noexcept { return details_->api->clientError; }
  const std::string& boxRequestId() const noexcept { return details_->api->boxRequestId; }
  const std::string& wwwAuthenticate() const noexcept { return details_->api->wwwAuthenticate; }
  std::optional<std::chrono::milliseconds> retryAfter() const noexcept { return details_->api->retryAfter; }
};

/// Called by boost::system::result::value() where there is an error.
[[noreturn]] inline void throw_exception_from_error(const BoxSdkError& error, const boost::source_location&) {
  error.raise();
}

/// A value or the error that a call would have thrown.
template <class T>
using CallResult = boost::system::result<T, BoxSdkError>;

/// Awaits a call and gives its result instead of throwing: `auto result = co_await box::tryAwait(client.…(…));`
/// *Errors*: only what is no BoxSdkError is thrown (std::bad_alloc, an exception of the caller's own policy).
template <class T>
asio::awaitable<CallResult<T>> tryAwait(asio::awaitable<T> call) {
  std::optional<BoxSdkError> failure;
  try {
    T value = co_await std::move(call);
    co_return CallResult<T>(std::move(value));
  } catch (const BoxSdkError& error) {
    failure.emplace(error);
  }
  co_return CallResult<T>(*failure);
}

}  // namespace box

namespace boost::system {
template <>
struct is_error_code_enum<box::Errc> : std::true_type {};
template <>
struct is_error_condition_enum<box::ErrorCondition> : std::true_type {};
}  // namespace boost::system
