#pragma once

#include <box/emulator/certificates.hpp>
#include <box/emulator/directory.hpp>
#include <box/emulator/events.hpp>
#include <box/emulator/export.hpp>
#include <box/emulator/reply.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A Box for tests, in the process: an HTTP server on a loopback address that answers Box's two session
/// termination calls, its calls that list users, groups, memberships and events, and its OAuth calls as Box does,
/// records its requests, and can be made to fail in every way in which a server can fail. For tests and trials; no
/// session is ever really ended.
namespace box::inline v0_1::emulator {

/// A TLS protocol version.
enum class TlsVersion {
  tls1_1,  ///< TLS 1.1, which no client should take
  tls1_2,  ///< TLS 1.2
  tls1_3,  ///< TLS 1.3
};

/// The one of Box's two calls by which a termination came.
enum class TerminationKind {
  users,   ///< POST /2.0/users/terminate_sessions
  groups,  ///< POST /2.0/groups/terminate_sessions
};

/// A termination that the emulator accepted, that is, one for which Box would have started its jobs.
struct AcceptedTermination {
  TerminationKind kind = TerminationKind::users;  ///< which call it was
  std::vector<std::string> userIds;               ///< `user_ids` of the body; empty for groups
  std::vector<std::string> userLogins;            ///< `user_logins` of the body; empty for groups
  std::vector<std::string> groupIds;              ///< `group_ids` of the body; empty for users
  /// Value of the `As-User` header; empty when it was not sent.
  std::string asUser;
  /// The `box-request-id` of the answer.
  std::string boxRequestId;
  /// First 8 hex digits of the SHA-256 of the access token.
  std::string tokenDigest;
  /// 1 for the first one, without gaps; `clear()` does not start it again.
  std::uint64_t sequence = 0;
  std::uint64_t connection = 0;                ///< the number of its connection, from 1
  std::chrono::system_clock::time_point time;  ///< when its request had been read, by this machine's clock
};

/// A request as it was recorded.
struct RequestRecord {
  std::string method;  ///< "GET", "POST" and so on
  std::string target;  ///< path and query, as sent
  /// As in `RequestInfo`: of credentials only a digest.
  std::vector<Header> headers;
  std::size_t bodySize = 0;  ///< bytes of the decoded body
  /// The status of the answer; 0 before the answer, where none was sent, and for `Reply::raw`.
  int status = 0;
  /// The `box-request-id` that the answer carried.
  std::string boxRequestId;
  /// The `grant_type` of a request to /oauth2/token, at most 100 characters of it; empty for all others, and until
  /// the body has been read. No other field of a body is kept.
  std::string grantType;
  std::uint64_t connection = 0;                ///< the number of its connection, from 1
  std::uint64_t requestOnConnection = 0;       ///< 1 for the first on its connection
  std::chrono::system_clock::time_point time;  ///< when it had been read, by this machine's clock
  /// When the request had been read, on a clock that is never set.
  std::chrono::steady_clock::time_point steadyTime;

  /// The first value of a header, compared without case; empty when it is not there.
  [[nodiscard]] BOX_EMULATOR_API std::string header(const std::string& name) const;
};

/// How many requests, handshakes and terminations there were, and how many connections are open.
struct EmulatorCounts {
  std::uint64_t connectionsAccepted = 0;  ///< TCP connections, also those without a request
  std::uint64_t openConnections = 0;      ///< connections that are open now
  std::uint64_t handshakesCompleted = 0;  ///< TLS handshakes that succeeded
  std::uint64_t handshakesFailed = 0;     ///< TLS handshakes that failed
  /// Handshakes that resumed a TLS session; they are completed ones, too.
  std::uint64_t sessionsResumed = 0;
  /// Requests whose header was read, including those never answered.
  std::uint64_t requests = 0;
  /// Those of the requests that were to /oauth2/token.
  std::uint64_t tokenRequests = 0;
  /// The requests to /oauth2/token by their `grant_type`, answered or not yet.
  std::map<std::string, std::uint64_t> tokenRequestsByGrant;
  /// Requests for which Box would have started its jobs.
  std::uint64_t acceptedTerminations = 0;

  /// How many requests to /oauth2/token had this `grant_type`; 0 where no request had it.
  [[nodiscard]] BOX_EMULATOR_API std::uint64_t tokenRequestsOf(const std::string& grantType) const;
};

/// A public key of the application, as it is registered in Box's developer console.
struct JwtPublicKey {
  /// The id that assertions have as `kid`.
  std::string keyId;
  /// RSA of at least 2048 bits, PEM ("BEGIN PUBLIC KEY").
  std::string publicKeyPem;
};

/// How an emulator is set up. Every default is Box's behaviour where that is public.
struct EmulatorOptions {
  /// Numeric address to listen on. Default: loopback. Anything else exposes the emulator to the network.
  std::string address = "127.0.0.1";
  /// Port; 0 (default) takes a free one, which is kept after `stop()` and `start()`.
  std::uint16_t port = 0;
  /// Number of threads that serve, 1 (default) or more.
  std::size_t threads = 1;

  /// TLS (default) or plain HTTP.
  bool tls = true;
  /// Certificate chain, as PEM text; with `privateKeyPem`. Empty (default): the emulator makes an authority and a
  /// certificate for localhost, 127.0.0.1 and \::1, see `Emulator::caPem()`.
  std::string certificateChainPem;
  /// The key of `certificateChainPem`, as PEM text.
  std::string privateKeyPem;
  /// A file with the chain, in place of `certificateChainPem`; with `privateKeyFile`.
  std::string certificateChainFile;
  /// A file with the key.
  std::string privateKeyFile;
  /// Further DNS names of the self-made certificate.
  std::vector<std::string> extraNames;
  TlsVersion tlsMinimum = TlsVersion::tls1_2;  ///< the oldest version that it speaks
  TlsVersion tlsMaximum = TlsVersion::tls1_3;  ///< the newest version that it speaks
  /// OpenSSL cipher list for TLS 1.2 and below; empty: OpenSSL's default.
  std::string tlsCiphers;
  /// Session tickets sent after a full TLS 1.3 handshake; 0: no resumption, in any version. Default 2, as OpenSSL.
  std::size_t sessionTickets = 2;
  /// ALPN protocols that the emulator supports, the preferred one first.
  std::vector<std::string> alpn = {"http/1.1"};
  /// Refuses a handshake whose ALPN offer has none of `alpn` (or none at all) with an alert. Default: continues.
  bool alpnRequired = false;
  /// Selects this protocol whenever the client offers ALPN, even if the offer does not have it. For tests.
  std::string alpnForced;
  /// Asks for a client certificate of this authority (PEM) and refuses clients without one; empty: does not ask.
  std::string clientCaPem;

  /// Access tokens that are accepted. Empty (default), and no `clientId` set: every well-formed bearer token is
  /// accepted.
  std::vector<std::string> accessTokens;
  /// Tokens that have expired or were revoked: 401.
  std::vector<std::string> expiredTokens;
  /// Tokens that lack `manage_enterprise_properties`: 403 with an empty body.
  std::vector<std::string> underprivilegedTokens;
  /// Scopes that no token has, as if the application lacked them: 403 with an empty body for calls that need one of
  /// them. Terminations and events need `manage_enterprise_properties`, lists of users `manage_managed_users`, lists of
  /// groups and of memberships `manage_groups`.
  std::vector<std::string> missingScopes;

  std::vector<std::string> unknownUserIds;       ///< users who do not exist: 404
  std::vector<std::string> unknownUserLogins;    ///< logins that nobody has: 404
  std::vector<std::string> unknownGroupIds;      ///< groups that do not exist: 404
  std::vector<std::string> forbiddenUserIds;     ///< users whom the caller may not touch: 403 with a ClientError
  std::vector<std::string> forbiddenUserLogins;  ///< logins of such users: 403 with a ClientError
  std::vector<std::string> forbiddenGroupIds;    ///< groups that the caller may not touch: 403 with a ClientError
  /// Most entries in one call (ids and logins together); a call with more gets 400; 0 (default): no limit. Box's is not
  /// public.
  std::size_t maxEntries = 0;
  /// Refuses keys that Box's document does not name. Default true: a misspelt key is a bug of the client.
  bool refuseUnknownKeys = true;

  /// Calls per window and token; a further one gets 429; 0 (default): no limit. Refused calls do not count.
  std::size_t rateLimitCalls = 0;
  /// The length of such a window.
  std::chrono::milliseconds rateLimitWindow = std::chrono::minutes{1};
  /// The `retry-after` of a 429 by the rate limit, seconds. Default 100, Box's documented figure.
  int retryAfterSeconds = 100;

  /// Time between a request and its answer. The request takes effect before it.
  std::chrono::milliseconds latency{0};
  /// Requests served on one connection, the last with `Connection: close`; 0 (default): no limit.
  std::size_t maxRequestsPerConnection = 0;
  /// Closes a connection whose handshake takes this long, or on which no byte of a request comes for this long; 0
  /// (default): never.
  std::chrono::milliseconds idleClose{0};
  /// Largest request body in bytes; a larger one gets 413. Default 16 MiB.
  std::uint64_t maxBodySize = 16U * 1024U * 1024U;
  /// Largest request header in bytes; a larger one gets 431. Default 64 KiB.
  std::uint32_t maxHeaderSize = 64U * 1024U;
  /// Most entries that `requests()` and `accepted()` each keep; the oldest is removed first; 0: no limit. `counts()`
  /// counts all.
  std::size_t maxRecords = 100000;
  /// How far the emulator's clock is ahead of this machine's, for tests of clocks that differ; within 100 years.
  /// The emulator uses that clock for everything that is a time of day: the `Date` header, the `exp` of assertions, and
  /// the lifetimes of tokens and codes. See `Emulator::setClockOffset`.
  std::chrono::seconds clockOffset{0};

  /// The OAuth application. Empty (default): any id and secret are accepted. Set: only these are, and only tokens that
  /// the emulator has issued or that are in `accessTokens`.
  std::string clientId;
  /// The secret that goes with `clientId`.
  std::string clientSecret;
  /// Lifetime of issued access tokens, observed, and returned as `expires_in`. Default one hour, as Box.
  std::chrono::seconds tokenLifetime = std::chrono::hours{1};
  /// Lifetime of issued refresh tokens. Default 60 days, as Box.
  std::chrono::seconds refreshTokenLifetime = std::chrono::hours{24 * 60};
  /// Lifetime of codes from /api/oauth2/authorize. Default 30 s, as Box.
  std::chrono::seconds codeLifetime{30};
  /// Authorization codes that can be exchanged, each once, besides those from /api/oauth2/authorize. Empty: any code,
  /// until /api/oauth2/authorize has issued one.
  std::vector<std::string> authorizationCodes;
  /// Refresh tokens that are valid from the start, each until the access token that it was exchanged for is first used.
  std::vector<std::string> refreshTokens;
  /// Subjects (`box_subject_id`, or `sub` of an assertion) whose enterprise has authorised the application. Empty: any.
  std::vector<std::string> subjectIds;
  /// The keys that assertions of the JWT grant may be signed with. Empty (default): every assertion is refused.
  std::vector<JwtPublicKey> jwtPublicKeys;
  /// The only addresses to which /api/oauth2/authorize sends a browser back; if there is one only, a request may leave
  /// it out. Empty (default): any https address, and http on a loopback host.
  std::vector<std::string> redirectUris;
  /// The person at /api/oauth2/authorize refuses: the browser is sent back with error=access_denied. Default: consents.
  bool refuseAuthorization = false;
  /// The user who consents at /api/oauth2/authorize, and for whom the tokens in these options act.
  EmulatorUser adminUser{"11111", "Emulator Admin", "admin@example.com"};
  /// The user for whom tokens of an enterprise act.
  EmulatorUser serviceAccount{"22222", "Emulator Service Account", "AutomationUser_12345_abcdefghij@boxdevedition.com"};
  /// The users, groups and memberships, in addition to those two users. /2.0/users/me makes up name and login of a user
  /// who is not in it; the other calls answer 404. See `Emulator::setDirectory`.
  EmulatorDirectory directory;
  /// How events are returned. See `Emulator::addEvent` and `Emulator::setEventSettings`.
  EmulatorEventSettings events;

  /// Called for every accepted termination, on a thread of the emulator. Must not block, throw, or call `stop()`.
  std::function<void(const AcceptedTermination&)> onAccepted;
  /// Called for every request when its answer is being sent. The same restrictions.
  std::function<void(const RequestRecord&)> onRequest;
};

/// The running server. *Threads*: all functions may be called from any thread, except `start`, `stop` and the
/// destructor, which the caller must not call at the same time, nor from a callback.
class BOX_EMULATOR_API Emulator {
 public:
  /// Binds and serves. *Errors*: std::system_error when the address cannot be bound; std::runtime_error for options
  /// that contradict each other, or a certificate or key that cannot be read.
  explicit Emulator(EmulatorOptions options = {});
  /// Stops.
  ~Emulator();
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  /// The port on which it listens; the same while it is stopped.
  [[nodiscard]] std::uint16_t port() const noexcept;
  /// "https://localhost:PORT" or "http://localhost:PORT": with the listening address in place of localhost when
  /// that is not 127.0.0.1.
  [[nodiscard]] std::string baseUrl() const;
  /// `baseUrl()` + "/api/oauth2": where `/authorize` is, in place of Box's https://account.box.com/api/oauth2.
  [[nodiscard]] std::string oauth2Url() const;
  /// The certificate of the self-made authority, PEM; empty without TLS or where the options have a certificate.
  [[nodiscard]] std::string caPem() const;
  /// The self-made authority with its key, to issue more from; empty as above.
  [[nodiscard]] const CertificateAuthority& authority() const noexcept;

  /// Answers the next calls with these replies, one each, in the order in which their headers arrive; then as Box
  /// again.
  /// Calls to /oauth2 and /api/oauth2 are not counted: `scriptOAuth` is for those.
  void script(std::vector<Reply> replies);
  /// Appends one step to the same script.
  void script(Reply reply);
  /// Answers the next requests to /oauth2 and /api/oauth2 with these replies, one each; then as Box again.
  void scriptOAuth(std::vector<Reply> replies);
  /// Appends one step to the same script.
  void scriptOAuth(Reply reply);
  /// Applies these plans to the next accepted connections, one each; then connections are ordinary again.
  void scriptConnection(std::vector<ConnectionPlan> plans);
  /// Appends one step to the same script.
  void scriptConnection(ConnectionPlan plan);
  /// Answers every call that no script covers with this reply, until changed.
  void setDefault(Reply reply);
  /// Answers every call that no script covers as Box does: what a new emulator does.
  void setDefault();
  /// Applies this plan to every connection that no script covers, until changed.
  void setDefaultConnection(ConnectionPlan plan);
  /// Every connection that no script covers is an ordinary one: what a new emulator does.
  void setDefaultConnection();
  /// Calls `responder` for each request that no script covers, OAuth included; std::nullopt leaves the answer to the
  /// default. It is never copied, so it may have a state. Called on the emulator's threads: if EmulatorOptions::threads
  /// is more than 1, by several at once. Must not block, nor call `stop()`.
  void setResponder(std::function<std::optional<Reply>(const RequestInfo&)> responder);
  /// How many steps of `script`, `scriptOAuth` and `scriptConnection` are not used yet.
  [[nodiscard]] std::size_t pendingSteps() const;

  /// From now on this token is answered with 401.
  void expireToken(const std::string& token);
  /// From now on every token issued so far, and every one seen so far, is answered with 401.
  void expireAllTokens();
  /// From now on every refresh token that exists now is refused; those that are issued later are accepted.
  void expireRefreshTokens();
  /// Replaces the directory, from the next request on.
  void setDirectory(EmulatorDirectory directory);
  /// Adds an event, such as a sign-in. *Errors*: an exception for a `sourceJson` that is not JSON.
  void addEvent(const EmulatorEvent& event);
  /// Replaces the settings, from now on; lags and duplicates of events that were added before stay.
  void setEventSettings(EmulatorEventSettings settings);
  /// Sets the emulator's clock (see `EmulatorOptions::clockOffset`): set ahead, it makes tokens older by as much.
  void setClockOffset(std::chrono::seconds offset);
  /// How far its clock is ahead of this machine's now.
  [[nodiscard]] std::chrono::seconds clockOffset() const;
  /// From now on new connections are given this certificate; sessions of the old one cannot be resumed.
  void setCertificate(const std::string& chainPem, const std::string& privateKeyPem);

  /// The terminations that were accepted since the start or clear(), in order; the last EmulatorOptions::maxRecords of
  /// them.
  [[nodiscard]] std::vector<AcceptedTermination> accepted() const;
  /// The requests since the start or clear(), in order; the last EmulatorOptions::maxRecords of them.
  [[nodiscard]] std::vector<RequestRecord> requests() const;
  /// The counts since the start or clear().
  [[nodiscard]] EmulatorCounts counts() const;
  /// Forgets records, counts (but not open connections), scripts, defaults and the responder. Tokens stay.
  void clear();

  /// Waits until this many requests were counted; false if the time is up before.
  bool waitForRequests(std::uint64_t count, std::chrono::milliseconds timeout) const;
  /// Waits until this many terminations were accepted; false if the time is up before.
  bool waitForAccepted(std::uint64_t count, std::chrono::milliseconds timeout) const;
  /// Waits until this many connections were accepted; false if the time is up before.
  bool waitForConnections(std::uint64_t count, std::chrono::milliseconds timeout) const;
  /// Waits until at most this many connections are open; false if the time is up before.
  bool waitForOpenConnections(std::size_t atMost, std::chrono::milliseconds timeout) const;

  /// Ends all open connections; the emulator still accepts new ones.
  void closeAllConnections(CloseManner manner = CloseManner::closeNotify);
  /// Stops listening, ends all connections at once, as a killed server does, and joins the threads. Records, scripts
  /// and tokens stay. Does nothing when stopped. `manner` other than `reset` means `fin` here.
  void stop(CloseManner manner = CloseManner::fin);
  /// Serves again on the same port. Does nothing when running. *Errors*: std::system_error when the port was taken.
  void start();
  /// Whether it serves: from its construction, until stop() and after start().
  [[nodiscard]] bool running() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace box::inline v0_1::emulator
