#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "box/support/export.hpp"
#include "box/support/secret.hpp"
#include "box/support/unlimited.hpp"

namespace box::inline v0_1 {

/// Time limits. A phase ends at the earliest of three limits: the phase's, the attempt's and the call's; the error
/// code says which. All must be more than 0; box::unlimited means no limit. The defaults are longer than a call to Box
/// usually needs; `call` is long enough for one wait of `retry-after: 100`, which is what Box documents. Even where a
/// limit here is longer, the system ends a connection, with Errc::connectionLost, if for 30 s the peer does not
/// acknowledge what was sent, or takes nothing more.
struct TimeoutOptions {
  std::chrono::nanoseconds call = std::chrono::seconds(120);  ///< the whole call, with all attempts and waits
  /// One attempt, to the last byte of its response. Opening a connection is included; the waits for a token and for a
  /// connection of the pool are not.
  std::chrono::nanoseconds attempt = std::chrono::seconds(45);
  std::chrono::nanoseconds pool = unlimited;                   ///< the wait for a connection while all are busy
  std::chrono::nanoseconds resolve = std::chrono::seconds(5);  ///< the name lookup
  /// TCP, for each address; twice as long for all addresses together
  std::chrono::nanoseconds connect = std::chrono::seconds(5);
  std::chrono::nanoseconds proxy = std::chrono::seconds(10);  ///< TLS with an https proxy, and its answer to CONNECT
  std::chrono::nanoseconds handshake = std::chrono::seconds(10);  ///< the TLS handshake
  std::chrono::nanoseconds write = std::chrono::seconds(10);  ///< the time without progress while the request is sent
  /// From the last byte sent to the complete header.
  std::chrono::nanoseconds responseHeader = std::chrono::seconds(30);
  std::chrono::nanoseconds bodyIdle = std::chrono::seconds(10);  ///< the time between two pieces of the body
};

/// Limits of the connections of one client, together with its with…() copies, for each origin and proxy; another client
/// has its own connections, and its own limits. Counts must be at least 1 and durations more than 0, unless said
/// otherwise. The options cannot be changed on a client that exists.
struct PoolOptions {
  std::size_t maxConnections = 8;  ///< connections that are idle, in use and being opened, together; at most 65,535
  std::size_t maxIdle = 8;         ///< idle connections that are kept for reuse; 0: none
  /// How many calls may wait for a connection; a further call fails with Errc::poolExhausted; 0: no call may wait.
  std::size_t maxWaiters = 1024;
  std::size_t maxRequests = 1000;  ///< requests that one connection serves
  /// A connection that was idle for longer than this is not used again. The default is less than what servers and load
  /// balancers allow (nginx 75 s, ALB 60 s); a response's `Keep-Alive: timeout=N` lowers it to N - 2 s.
  std::chrono::nanoseconds idleTimeout = std::chrono::seconds(50);
  /// The lifetime of a connection, ±10 %, so that changes in DNS have their effect.
  std::chrono::nanoseconds maxAge = std::chrono::minutes(10);
  /// How long the addresses that a lookup found are used for further connections; they are forgotten at once where a
  /// connection cannot be opened. Connections that are opened at the same time share one lookup. 0: each connection
  /// makes its own lookup. Must not be negative.
  std::chrono::nanoseconds lookupAge = std::chrono::seconds(5);
  /// Whether a timer closes expired idle connections; otherwise the next calls do. That timer keeps io_context::run()
  /// from returning while a connection is idle; leave it off in programs that end by running out of work.
  bool sweepIdle = false;

  /// Whether all members are equal.
  bool operator==(const PoolOptions&) const = default;
};

/// Which servers are trusted. The options cannot be changed on a client that exists. The verification of certificate
/// and host name cannot be switched off.
///
/// The system's store is OpenSSL's file and folder of certificates, on Windows the store of Windows; the environment
/// variables SSL_CERT_FILE and SSL_CERT_DIR can name others; with caFile or caPem they have no effect. Each certificate
/// in caFile and caPem is trusted as it is: an issuing CA without its root, or a server's own certificate, is enough.
///
/// Certificates are read when a client is made, shared by all clients of the process whose options are equal, and freed
/// with the last of them. After a file or the system's folder has changed (by device, inode, size or time), a client
/// that is made then reads them again; existing clients keep what they have read (a file of the folder is read when a
/// certificate in it is first needed). *Errors*: an empty caFile or caPem is not the same as an unset one, but fails
/// with Errc::invalidConfiguration.
class BOX_API TlsOptions {
 public:
  /// The oldest version of TLS that is accepted.
  enum class MinVersion : std::uint8_t {
    tls12,  ///< TLS 1.2
    tls13,  ///< TLS 1.3
  };

  TlsOptions() {}

  std::optional<std::string> caFile;  ///< PEM file of trusted certificates; without it and caPem: the system's
  std::optional<std::string> caPem;   ///< PEM text of trusted certificates; without it and caFile: the system's
  /// Whether the system's certificates are trusted; ignored (off) where caFile or caPem is given.
  bool systemStore = true;
  MinVersion minVersion = MinVersion::tls12;  ///< older ones are refused in the handshake
  bool sessionResumption = true;              ///< whether later connections resume the TLS session of an earlier one

  /// Whether all members are equal; files are compared by their names.
  bool operator==(const TlsOptions&) const = default;
};

/// An HTTP proxy for every connection, token requests included. The proxy is asked for a tunnel (CONNECT), in which TLS
/// to Box is verified in the same way as without a proxy: the proxy sees only the name of Box's host.
class BOX_API ProxyOptions {
 public:
  ProxyOptions() {}

  /// Reads `http://[user[:password]@]host[:port]` or https://…; percent-encoding in the credentials is decoded.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration; its text names the place and never repeats the URL.
  static ProxyOptions fromUrl(std::string_view url);
  /// Reads the environment variables HTTPS_PROXY and NO_PROXY; where one is not set, https_proxy or no_proxy. If
  /// neither HTTPS_PROXY nor https_proxy is set, the result has an empty `url`: no proxy is used. A value without a
  /// scheme (proxy:3128) is read as http://. *Errors*: otherwise as for fromUrl(); the text names the variable.
  /// *Threads*: no thread may change the environment during the call.
  static ProxyOptions fromEnvironment();

  std::string url;  ///< http://host[:port] or https://host[:port] (ports 80, 443), without credentials; empty: no proxy
  std::string username;  ///< the user's name for Basic authentication; empty: none
  Secret password;       ///< the password that belongs to `username`
  /// Hosts that are reached without the proxy, with commas between: `box.example` (and all below it), `.box.example` or
  /// `*.box.example` (only those below), an address, a network (`10.0.0.0/8`), each with `:port` if it is meant for
  /// that port only; `*`: all.
  std::string noProxy;
  /// The certificates that an https proxy is verified with. Unset: the session's TlsOptions.
  std::optional<TlsOptions> tls;
};

/// Limits of a response. The connection of a response that exceeds one is closed. An attempt whose response exceeds one
/// before its header is complete fails with Errc::responseTooLarge. After the header, the body is dropped and the
/// status decides: a success stays a success (FetchResponse::bodyIntact is false), except that the attempt fails with
/// Errc::responseTooLarge where the body is the result, as in calls that read (Operation::answerInBody); an error
/// status keeps its own code. Each limit must be at least 1, except `interimResponses`: 0 allows none.
struct ResponseLimits {
  std::size_t headerBytes = 16 * 1024;  ///< the status line and all fields, with those of the 1xx responses before it
  std::size_t headerFields = 100;       ///< the number of fields in the header, and of trailers
  std::size_t interimResponses = 8;     ///< the number of 1xx responses before the final one
  std::size_t bodyBytes = 1024 * 1024;  ///< the body without the framing of its chunks
  std::size_t wireBytes = 2 * 1024 * 1024;  ///< all bytes of a response, with the framing of its chunks
};

/// The addresses of Box. All are https, without user, query or fragment; a path prefix is allowed.
class BOX_API BaseUrls {
 public:
  BaseUrls() {}
  /// Sets the base URL of calls and token requests; `oauth2Url` keeps its default.
  explicit BaseUrls(std::string base) : baseUrl(std::move(base)) {}

  std::string baseUrl = "https://api.box.com";  ///< the URL with which calls and the token endpoint begin
  /// The URL of the pages on which a person authorises an app.
  std::string oauth2Url = "https://account.box.com/api/oauth2";
};

}  // namespace box::inline v0_1
