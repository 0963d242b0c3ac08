#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include <boost/system/error_code.hpp>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// Boost's own type; its values can be compared with Errc, ErrorCondition and the system's codes
using boost::system::error_code;

/// What became of a request.
enum class Fate : std::uint8_t {
  notSent,  ///< Box cannot have seen it, because no byte of it left this process.
  /// Written, wholly or in part, and no answer says whether Box carried it out: none came, or 502 to 504, 520 to 524,
  /// 529, a 2xx that is not expected, or a 2xx with a page in HTML.
  inDoubt,
  /// Box answered with a status by which it carried out nothing: a redirect, 4xx, 500, 501, 505 or another 5xx that is
  /// not among those of inDoubt.
  rejected,
  /// Box answered with a status that means success. For a termination that is 202: Box's job will run later, so it does
  /// not mean that the sessions have ended.
  accepted,
};

/// The phase that an attempt reached.
enum class Phase : std::uint8_t {
  prepare,    ///< checking the arguments, calling the interceptors
  token,      ///< waiting for an access token
  pool,       ///< waiting for a connection
  resolve,    ///< looking up the host's addresses
  connect,    ///< opening the TCP connection
  proxy,      ///< TLS with an https proxy, and its answer to CONNECT
  handshake,  ///< the TLS handshake
  write,      ///< sending the request
  read,       ///< receiving the response
  response,   ///< the header of a response was complete, and the response was judged
  backoff,    ///< sleeping before the next attempt
};

/// Why an attempt failed, in the classes that retry policies distinguish.
enum class FailureKind : std::uint8_t {
  stale,         ///< a reused connection ended before the first byte of the response
  transport,     ///< a connection broke
  connect,       ///< refused, unreachable or timed out at every address
  dns,           ///< the lookup failed for a temporary reason, or took too long
  hostNotFound,  ///< the name has no address
  local,         ///< this machine is out of descriptors, ports or memory
  tlsFatal,      ///< certificates or TLS versions are not accepted, or the peer sent a fatal alert
  tlsNotTls,     ///< the peer does not speak TLS
  protocol,      ///< the response is not acceptable HTTP, or exceeds a limit
  timeout,       ///< a time limit passed: that of the attempt, or that of proxy, handshake, write or read
  /// Box answered 401 although the token was refreshed once where that is possible, or no token could be obtained
  auth,
  throttle,   ///< 429
  transient,  ///< 408, 425, 500, 502, 503, 504, 520 to 524, 529
  permanent,  ///< any other status, or a proxy that refuses
  proxy,      ///< the proxy refused for a temporary reason
  waiting,    ///< no connection of the pool became free in time, or too many calls already wait
  final,      ///< cancelled, closed, invalid, or the deadline passed; it is never retried, and no policy is called
};

/// The library's own error codes. A code's number never changes; the thousands digit stands for the subject. Each time
/// limit of the library has its own code, except that responseHeader and bodyIdle share readTimeout. In an error,
/// boost::asio::error::operation_aborted means that the caller cancelled; in the event CallEnded it can also have other
/// causes: see event::CallEnded::code.
enum class Errc : int {
  // The caller's side.
  invalidRequest = 1001,        ///< Box would refuse the request, or it must not be sent; this attempt sent nothing
  invalidConfiguration = 1002,  ///< options, URLs, headers or certificates are unusable
  clientClosed = 1003,          ///< BoxClient::close() was called, or the context was destroyed
  /// The caller's own interceptor, policy, data sanitizer, token storage, Authentication or NetworkClient threw; see
  /// BoxSdkError::nested().
  extensionFailed = 1004,

  // Time limits.
  callTimeout = 2001,       ///< the call's deadline passed
  attemptTimeout = 2002,    ///< TimeoutOptions::attempt passed
  poolTimeout = 2003,       ///< TimeoutOptions::pool passed with every connection busy
  resolveTimeout = 2004,    ///< TimeoutOptions::resolve passed
  connectTimeout = 2005,    ///< TimeoutOptions::connect passed at every address
  proxyTimeout = 2006,      ///< TimeoutOptions::proxy passed
  handshakeTimeout = 2007,  ///< TimeoutOptions::handshake passed
  writeTimeout = 2008,      ///< TimeoutOptions::write passed without progress
  readTimeout = 2009,       ///< TimeoutOptions::responseHeader or TimeoutOptions::bodyIdle passed

  // Name lookup, connections and proxies.
  localResource = 3001,  ///< this machine is out of descriptors, ports or memory
  poolExhausted = 3002,  ///< as many calls as PoolOptions::maxWaiters allows already wait
  hostNotFound = 3003,   ///< the name has no address
  resolveFailed = 3004,  ///< the lookup failed for a temporary reason
  /// No address could be connected, and at least one refused or was unreachable; cause() is the error of the last such
  /// address.
  connectFailed = 3005,
  connectionLost = 3006,               ///< the connection ended or broke before the response was complete
  proxyFailed = 3101,                  ///< the proxy failed for a temporary reason (502, 503, 504), or answered no HTTP
  proxyRefused = 3102,                 ///< the proxy refuses to connect to this host
  proxyAuthenticationFailed = 3103,    ///< the proxy refuses the credentials that it got (407), or answered 401
  proxyAuthenticationRequired = 3104,  ///< the proxy requires a user name and a password, and ProxyOptions has none
  /// The proxy requires credentials (407) and does not offer Basic authentication, which is the only one that the
  /// library has.
  proxyAuthenticationUnsupported = 3105,

  // TLS.
  /// The peer's certificate is not trusted, or not for this host; the library's policies do not retry it.
  tlsVerificationFailed = 4001,
  /// No TLS version, cipher or protocol in common, or a fatal alert; the library's policies do not retry it.
  tlsProtocolError = 4002,
  tlsNotTls = 4003,  ///< the peer does not speak TLS (a plain HTTP server, a proxy's page)

  // Responses that are not Box's.
  protocolError = 5001,     ///< the peer's bytes are not an acceptable HTTP response
  responseTooLarge = 5002,  ///< a limit of ResponseLimits was exceeded, where that makes the attempt fail
  /// A redirect, a 2xx status that is not expected, or a 2xx with a page in HTML; with Fate::accepted: a success of a
  /// call that reads, whose body is not as Box documents it, contradicts earlier pages, or does not give the whole list
  unexpectedResponse = 5003,

  // Box's refusals.
  badRequest = 6001,      ///< 400
  unauthorized = 6002,    ///< 401: Box refused the token, also after a refresh where that is possible
  forbidden = 6003,       ///< 403
  notFound = 6004,        ///< 404
  rateLimited = 6005,     ///< 429
  requestRefused = 6006,  ///< any other 4xx
  serverError = 6007,     ///< 5xx

  // Tokens.
  tokenUnavailable =
      7001,  ///< no access token could be obtained, for a reason other than the other codes of this block
  credentialsInvalid = 7002,   ///< the token endpoint refuses the client id, the secret, the key or the subject
  appNotAuthorized = 7003,     ///< the enterprise's administrator has not authorised the app
  refreshTokenExpired = 7004,  ///< the refresh token is used up, revoked or older than 60 days: sign in again
  /// Box refuses the times or the id of the assertion, also after a correction by the server's own time
  clockSkew = 7005,
  stateMismatch = 7006,   ///< the answer to a sign-in page belongs to another sign-in, or somebody forged it
  signInRequired = 7007,  ///< nobody has signed in yet: the token storage of a BoxOAuth has no refresh token
};

/// Groups of codes, to be compared with `error.code() == box::ErrorCondition::timeout`. A code may be in several
/// groups.
enum class ErrorCondition : int {
  timeout = 1,              ///< a time limit of the library passed
  network = 2,              ///< name lookup, TCP, a proxy (not its credentials), a lost connection, local resources
  tls = 3,                  ///< a certificate, a TLS version or a handshake was refused
  response = 4,             ///< the peer answered something that is not an acceptable response
  api = 5,                  ///< Box answered with 4xx or 5xx: the exception is a BoxApiError
  authentication = 6,       ///< there is no token, or Box refused it (401); not a proxy's credentials
  proxy = 7,                ///< the proxy failed, refused, was too slow, or requires other credentials
  proxyAuthentication = 8,  ///< the proxy requires credentials, or other ones; these codes are in `proxy` too
};

/// The category of Errc. Its messages are English sentences.
BOX_API const boost::system::error_category& errorCategory() noexcept;
/// The category of ErrorCondition.
BOX_API const boost::system::error_category& errorConditionCategory() noexcept;
/// Makes `error.code() == box::Errc::rateLimited` possible.
inline error_code make_error_code(Errc e) noexcept { return {static_cast<int>(e), errorCategory()}; }
/// Makes `error.code() == box::ErrorCondition::timeout` possible.
inline boost::system::error_condition make_error_condition(ErrorCondition c) noexcept {
  return {static_cast<int>(c), errorConditionCategory()};
}

/// The enumerator's name, "inDoubt".
BOX_API std::string_view toString(Fate fate) noexcept;
/// The enumerator's name, "handshake".
BOX_API std::string_view toString(Phase phase) noexcept;
/// The enumerator's name, "throttle".
BOX_API std::string_view toString(FailureKind kind) noexcept;
/// The enumerator's name, "connectionLost"; "unknown" for a number that is not a code.
BOX_API std::string_view toString(Errc code) noexcept;

/// The kind of failure that a code stands for if nothing else is known about the failure; `final` if the code is not an
/// Errc.
BOX_API FailureKind kindOf(const error_code& code) noexcept;

}  // namespace box::inline v0_1

namespace boost::system {
template <>
struct is_error_code_enum<box::Errc> : std::true_type {};
template <>
struct is_error_condition_enum<box::ErrorCondition> : std::true_type {};
}  // namespace boost::system
