#pragma once

#include <box/emulator/certificates.hpp>
#include <box/emulator/directory.hpp>
#include <box/emulator/emulator_events.hpp>
#include <box/emulator/emulator_export.hpp>
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

/// An HTTP server for tests, in this process, on a loopback address. It answers these calls as Box does: the two that
/// terminate sessions, those that list users, groups, memberships and events, and those of OAuth. It records its
/// requests, and can be made to fail in every way in which a server can fail. It is for tests and trials; it never ends
/// a real session.
namespace box::inline v0_1::emulator {

/// A TLS protocol version.
enum class TlsVersion {
  tls1_1,  ///< TLS 1.1, which no client should accept
  tls1_2,  ///< TLS 1.2
  tls1_3,  ///< TLS 1.3
};

/// Which of Box's two calls requested a termination.
enum class TerminationKind {
  users,   ///< POST /2.0/users/terminate_sessions
  groups,  ///< POST /2.0/groups/terminate_sessions
};

/// A termination that the emulator accepted. Box would have started its jobs for it.
struct AcceptedTermination {
  TerminationKind kind = TerminationKind::users;  ///< which call it was
  std::vector<std::string> userIds;               ///< `user_ids` of the body; empty for groups
  std::vector<std::string> userLogins;            ///< `user_logins` of the body; empty for groups
  std::vector<std::string> groupIds;              ///< `group_ids` of the body; empty for users
  /// Value of the `As-User` header; empty when it was not sent.
  std::string asUser;
  /// The `box-request-id` of the 202 with which Box would answer. If a scripted answer with `processed()` is sent in
  /// place of this 202, the client gets another id or none: see `RequestRecord::boxRequestId`.
  std::string boxRequestId;
  /// First 8 hex digits of the SHA-256 of the access token.
  std::string tokenDigest;
  /// Counts the terminations from 1, without gaps; `clear()` does not reset it.
  std::uint64_t sequence = 0;
  std::uint64_t connection = 0;                ///< the number of its connection, from 1
  std::chrono::system_clock::time_point time;  ///< when its request was read completely, by this machine's clock
};

/// A request as the emulator recorded it.
struct RequestRecord {
  std::string method;  ///< "GET", "POST" and so on
  std::string target;  ///< path and query, as sent
  /// As in `RequestInfo`: of credentials it has only a digest.
  std::vector<Header> headers;
  std::size_t bodySize = 0;  ///< bytes of the decoded body
  /// The status of the answer. It is set when the answer is chosen, before any wait, and stays if the answer is then
  /// cut; 0 until then, and for `Reply::raw`, `hang`, `close` and `endless`.
  int status = 0;
  /// The `box-request-id` that the answer carried.
  std::string boxRequestId;
  /// The `grant_type` of a request to /oauth2/token, at most 100 characters of it; empty for all others, and until
  /// the body has been read. No other field of a body is kept.
  std::string grantType;
  std::uint64_t connection = 0;           ///< the number of its connection, from 1
  std::uint64_t requestOnConnection = 0;  ///< 1 for the first on its connection
  /// When the request was read completely, by this machine's clock; until then the time at which its header was read.
  std::chrono::system_clock::time_point time;
  /// The same on a clock that is never set.
  std::chrono::steady_clock::time_point steadyTime;

  /// The value of the first header of that name; upper and lower case are the same. Empty: no such header.
  [[nodiscard]] BOX_EMULATOR_API std::string header(const std::string& name) const;
};

/// How many requests, handshakes and terminations there were, and how many connections are open.
struct EmulatorCounts {
  std::uint64_t connectionsAccepted = 0;  ///< TCP connections, also those without a request
  std::uint64_t openConnections = 0;      ///< connections that are open now
  std::uint64_t handshakesCompleted = 0;  ///< TLS handshakes that succeeded
  std::uint64_t handshakesFailed = 0;     ///< TLS handshakes that failed
  /// TLS handshakes that resumed a session; `handshakesCompleted` counts them too.
  std::uint64_t sessionsResumed = 0;
  /// Requests whose header was read, including those never answered.
  std::uint64_t requests = 0;
  /// How many of the requests were to /oauth2/token.
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

/// The settings of an emulator. Every default is Box's behaviour where that is public, except that there is no rate
/// limit.
struct EmulatorOptions {
  /// The numeric address to listen on. Default: loopback. An address that is not loopback makes the emulator reachable
  /// from the network.
  std::string address = "127.0.0.1";
  /// The port; 0 (default) takes a free one, which stays the same after `stop()` and `start()`.
  std::uint16_t port = 0;
  /// Number of threads that serve, 1 (default) or more.
  std::size_t threads = 1;

  /// Whether it speaks TLS (default) or plain HTTP.
  bool tls = true;
  /// The certificate chain, as PEM text; to be set together with `privateKeyPem`. Empty (default): the emulator makes
  /// an authority and a certificate for localhost, 127.0.0.1 and \::1, see `Emulator::caPem()`.
  std::string certificateChainPem;
  /// The key of `certificateChainPem`, as PEM text.
  std::string privateKeyPem;
  /// A file with the chain, instead of `certificateChainPem`; to be set together with `privateKeyFile`.
  std::string certificateChainFile;
  /// A file with the key, as PEM.
  std::string privateKeyFile;
  /// Further DNS names of the certificate that the emulator makes.
  std::vector<std::string> extraNames;
  TlsVersion tlsMinimum = TlsVersion::tls1_2;  ///< the oldest version that it speaks
  TlsVersion tlsMaximum = TlsVersion::tls1_3;  ///< the newest version that it speaks
  /// OpenSSL cipher list for TLS 1.2 and below; empty: OpenSSL's default, or all ciphers if
  /// `tlsMinimum` is TLS 1.1.
  std::string tlsCiphers;
  /// How many session tickets are sent after a full TLS 1.3 handshake; 0: no resumption, in any version. Default: 2, as
  /// OpenSSL does.
  std::size_t sessionTickets = 2;
  /// ALPN protocols that the emulator supports, the preferred one first.
  std::vector<std::string> alpn = {"http/1.1"};
  /// Refuses a handshake with an alert if the client offers ALPN and the offer has none of `alpn`. A client that offers
  /// no ALPN is not refused. Default: the handshake continues.
  bool alpnRequired = false;
  /// Selects this protocol for each client that offers ALPN, even if the offer does not contain it. For tests.
  std::string alpnForced;
  /// Asks for a client certificate of this authority (PEM) and refuses clients without one; empty: it does not ask.
  std::string clientCaPem;

  /// Access tokens that are accepted. If this is empty (default) and `clientId` is too, every well-formed bearer token
  /// is accepted.
  std::vector<std::string> accessTokens;
  /// Tokens that have expired or were revoked: they get 401.
  std::vector<std::string> expiredTokens;
  /// Tokens without any scope: a call that needs one (see `missingScopes`) gets 403 with an empty body.
  std::vector<std::string> underprivilegedTokens;
  /// Scopes that no token has, as if the application lacked them: 403 with an empty body for calls that need one of
  /// them. Terminations and events need `manage_enterprise_properties`, lists of users `manage_managed_users`, lists of
  /// groups and of memberships `manage_groups`.
  std::vector<std::string> missingScopes;

  std::vector<std::string> unknownUserIds;     ///< users who do not exist: a termination with one gets 404
  std::vector<std::string> unknownUserLogins;  ///< logins that no user has: a termination with one gets 404
  std::vector<std::string> unknownGroupIds;    ///< groups that do not exist: a termination with one gets 404
  /// Users whom the caller may not manage: a termination with one gets 403 with a ClientError.
  std::vector<std::string> forbiddenUserIds;
  std::vector<std::string>
      forbiddenUserLogins;  ///< logins of such users: a termination with one gets 403 with a ClientError
  /// Groups that the caller may not manage: a termination with one gets 403 with a ClientError.
  std::vector<std::string> forbiddenGroupIds;
  /// The most entries in one call (ids and logins together); a call with more gets 400; 0 (default): no limit. Box's
  /// limit is not public.
  std::size_t maxEntries = 0;
  /// Whether a termination gets 400 if its body has members that Box's documents do not have. Default: true, because a
  /// misspelt name is a defect of the client.
  bool refuseUnknownKeys = true;

  /// How many calls each token may make per window; a further call gets 429; 0 (default): no limit. Calls that get 429,
  /// 401, or 403 for a missing scope do not count.
  std::size_t rateLimitCalls = 0;
  /// The length of the window of `rateLimitCalls`.
  std::chrono::milliseconds rateLimitWindow = std::chrono::minutes{1};
  /// The seconds in the header `retry-after` of a 429 that the rate limit causes. Default: 100, which Box documents.
  int retryAfterSeconds = 100;

  /// The time between a request and its answer. The request takes effect before that time.
  std::chrono::milliseconds latency{0};
  /// How many requests one connection serves; the last answer has `Connection: close`; 0 (default): no limit.
  std::size_t maxRequestsPerConnection = 0;
  /// Closes a connection whose handshake takes this long, or on which no byte of a request comes for this long; 0
  /// (default): never.
  std::chrono::milliseconds idleClose{0};
  /// The largest request body in bytes; a larger one gets 413. Default: 16 MiB.
  std::uint64_t maxBodySize = 16U * 1024U * 1024U;
  /// The largest request header in bytes; a larger one gets 431. Default: 64 KiB.
  std::uint32_t maxHeaderSize = 64U * 1024U;
  /// The most entries that `requests()` and `accepted()` each keep; the oldest is removed first; 0: no limit.
  /// `counts()` is not limited.
  std::size_t maxRecords = 100000;
  /// How far the emulator's clock is ahead of this machine's, for tests of clocks that differ; from -100 to 100 years.
  /// The emulator uses that clock for all times that a client sees: the `Date` header, the times in assertions, the
  /// lifetimes of tokens and codes, and events. Its records have this machine's time. See `Emulator::setClockOffset`.
  std::chrono::seconds clockOffset{0};

  /// The client id of the OAuth application. Empty (default): any id and secret are accepted. If it is set, only this
  /// id and `clientSecret` are accepted, and only tokens that the emulator has issued or that are in `accessTokens`.
  std::string clientId;
  /// The secret that goes with `clientId`.
  std::string clientSecret;
  /// The lifetime of issued access tokens, which is also their `expires_in`. Default: one hour, as for Box.
  std::chrono::seconds tokenLifetime = std::chrono::hours{1};
  /// The lifetime of issued refresh tokens. Default: 60 days, as for Box.
  std::chrono::seconds refreshTokenLifetime = std::chrono::hours{24 * 60};
  /// The lifetime of codes from /api/oauth2/authorize. Default: 30 s, as for Box.
  std::chrono::seconds codeLifetime{30};
  /// Authorization codes that can be exchanged, each once, in addition to those from /api/oauth2/authorize. Empty: any
  /// code is accepted until /api/oauth2/authorize has issued one.
  std::vector<std::string> authorizationCodes;
  /// Refresh tokens that are valid from the start. Each stays valid until the access token for which it was exchanged
  /// is used for the first time.
  std::vector<std::string> refreshTokens;
  /// Subjects (`box_subject_id`, or `sub` of an assertion) whose enterprise has authorised the application. Empty: all
  /// subjects are authorised.
  std::vector<std::string> subjectIds;
  /// The keys with which assertions of the JWT grant may be signed. Empty (default): every assertion is refused.
  std::vector<JwtPublicKey> jwtPublicKeys;
  /// The only addresses to which /api/oauth2/authorize sends a browser back; if there is only one, a request may omit
  /// it. Empty (default): any https address, and http on a loopback host.
  std::vector<std::string> redirectUris;
  /// Whether the person at /api/oauth2/authorize refuses: then the browser is sent back with error=access_denied.
  /// Default: the person consents.
  bool refuseAuthorization = false;
  /// The user who consents at /api/oauth2/authorize, and for whom all tokens act that the emulator did not
  /// issue.
  EmulatorUser adminUser{"11111", "Emulator Admin", "admin@example.com"};
  /// The user for whom tokens of an enterprise act.
  EmulatorUser serviceAccount{"22222", "Emulator Service Account", "AutomationUser_12345_abcdefghij@boxdevedition.com"};
  /// The users, groups and memberships. adminUser is added to its users. serviceAccount is not listed, but
  /// /2.0/users/me, /2.0/users/ID and lists of memberships know it. For any other user who is not in the directory,
  /// /2.0/users/me and lists of memberships invent name and login, /2.0/users/ID answers 404, and a termination is
  /// accepted. See `Emulator::setDirectory`.
  EmulatorDirectory directory;
  /// How events are returned. See `Emulator::addEvent` and `Emulator::setEventSettings`.
  EmulatorEventSettings events;

  /// Called for every accepted termination, on a thread of the emulator. Must not block, throw, or call `stop()`.
  std::function<void(const AcceptedTermination&)> onAccepted;
  /// Called for every request when its answer is chosen, before any wait, on a thread of the emulator. Must not block,
  /// throw, or call `stop()`.
  std::function<void(const RequestRecord&)> onRequest;
};

/// The running server. *Threads*: all functions may be called from any thread. But `start`, `stop` and the
/// destructor must not be called from a callback, and while one of them runs, nobody may call another of them, nor
/// `running`, `port`, `baseUrl`, `oauth2Url` or `closeAllConnections`.
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
  /// "https://localhost:PORT" or "http://localhost:PORT": if the listening address is not 127.0.0.1, the URL has it
  /// instead of localhost.
  [[nodiscard]] std::string baseUrl() const;
  /// `baseUrl()` + "/api/oauth2", in place of Box's https://account.box.com/api/oauth2: the address under which
  /// `/authorize` is found.
  [[nodiscard]] std::string oauth2Url() const;
  /// The certificate of the authority that the emulator makes, PEM; empty without TLS, or if the options have a
  /// certificate.
  [[nodiscard]] std::string caPem() const;
  /// That authority with its key, with which further certificates can be issued; empty as for `caPem()`.
  [[nodiscard]] const CertificateAuthority& authority() const noexcept;

  /// Appends replies to the script: each answers one of the next calls, in the order in which their headers arrive.
  /// Other calls get the reply of the responder, or else the default one. Requests to /oauth2 and /api/oauth2 use no
  /// reply of this script: see `scriptOAuth`.
  void script(std::vector<Reply> replies);
  /// Appends one reply to that script.
  void script(Reply reply);
  /// Appends replies to the script for requests to /oauth2 and /api/oauth2. Other such requests get the reply of the
  /// responder, or else Box's; the default reply is not used for them.
  void scriptOAuth(std::vector<Reply> replies);
  /// Appends one reply to that script.
  void scriptOAuth(Reply reply);
  /// Appends plans to the script of connections: each applies to one of the next connections; others get the default
  /// plan.
  void scriptConnection(std::vector<ConnectionPlan> plans);
  /// Appends one plan to that script.
  void scriptConnection(ConnectionPlan plan);
  /// Answers every call for which neither a script nor the responder has a reply, except OAuth requests, until changed.
  void setDefault(Reply reply);
  /// From now on, a call for which neither a script nor the responder has a reply is answered as Box answers it, as in
  /// a new emulator.
  void setDefault();
  /// Applies this plan to every connection that no script covers, until changed.
  void setDefaultConnection(ConnectionPlan plan);
  /// From now on, a connection that no script covers is an ordinary one, as in a new emulator.
  void setDefaultConnection();
  /// Calls `responder` for each request that no script covers, OAuth included; for std::nullopt the request gets the
  /// default answer. The function is never copied, so it may have a state. Called on the emulator's threads: if
  /// EmulatorOptions::threads is more than 1, by several at once. It must not block or call `stop()`.
  void setResponder(std::function<std::optional<Reply>(const RequestInfo&)> responder);
  /// How many steps of `script`, `scriptOAuth` and `scriptConnection` are not used yet.
  [[nodiscard]] std::size_t pendingSteps() const;

  /// From now on this token is answered with 401.
  void expireToken(const std::string& token);
  /// From now on every token that was issued or seen so far is answered with 401.
  void expireAllTokens();
  /// From now on every refresh token that exists now is refused; those that are issued later are accepted.
  void expireRefreshTokens();
  /// Replaces the directory; the next request sees the new one.
  void setDirectory(EmulatorDirectory directory);
  /// Adds an event, such as a sign-in. *Errors*: it throws an exception if `sourceJson` is not JSON.
  void addEvent(const EmulatorEvent& event);
  /// Replaces the settings for what happens from now on; events that were added before keep their lags and duplicates.
  void setEventSettings(EmulatorEventSettings settings);
  /// Sets the emulator's clock (see `EmulatorOptions::clockOffset`). If it is set ahead, tokens become older by as
  /// much.
  void setClockOffset(std::chrono::seconds offset);
  /// How far its clock is ahead of this machine's now.
  [[nodiscard]] std::chrono::seconds clockOffset() const;
  /// Presents this certificate on new connections from now on; sessions of the old certificate cannot be resumed.
  void setCertificate(const std::string& chainPem, const std::string& privateKeyPem);

  /// The terminations that were accepted since the construction or clear(), in order; at most the last
  /// EmulatorOptions::maxRecords.
  [[nodiscard]] std::vector<AcceptedTermination> accepted() const;
  /// The requests since the construction or clear(), in order; at most the last EmulatorOptions::maxRecords.
  [[nodiscard]] std::vector<RequestRecord> requests() const;
  /// The counts since the construction or clear().
  [[nodiscard]] EmulatorCounts counts() const;
  /// Removes records, counts (but not that of open connections), scripts, defaults and the responder. Tokens stay.
  void clear();

  /// Waits until this many requests have been counted; false if the timeout passes before that.
  bool waitForRequests(std::uint64_t count, std::chrono::milliseconds timeout) const;
  /// Waits until this many terminations have been accepted; false if the timeout passes before that.
  bool waitForAccepted(std::uint64_t count, std::chrono::milliseconds timeout) const;
  /// Waits until this many connections have been accepted; false if the timeout passes before that.
  bool waitForConnections(std::uint64_t count, std::chrono::milliseconds timeout) const;
  /// Waits until at most this many connections are open; false if the timeout passes before that.
  bool waitForOpenConnections(std::size_t atMost, std::chrono::milliseconds timeout) const;

  /// Ends all open connections; the emulator still accepts new ones.
  void closeAllConnections(CloseManner manner = CloseManner::closeNotify);
  /// Stops listening, ends all connections at once, as a killed server does, and joins the threads. Records, scripts
  /// and tokens stay. Does nothing if it is stopped. A `manner` other than `reset` has the effect of `fin` here.
  void stop(CloseManner manner = CloseManner::fin);
  /// Listens again on the same port. Does nothing if it is running. *Errors*: std::system_error if another program uses
  /// the port.
  void start();
  /// Whether it serves requests: after the construction and after start(), until stop().
  [[nodiscard]] bool running() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace box::inline v0_1::emulator
