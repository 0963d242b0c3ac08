#pragma once

#include <box/emulator/emulator.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace box::emulator {

/// First 8 hex digits of the SHA-256: enough to tell tokens apart in a record, and no secret.
[[nodiscard]] std::string digestOf(std::string_view secret);
/// The header's value with a credential replaced by its digest; other headers as they are.
[[nodiscard]] std::string withoutCredential(std::string_view name, const std::string& value);
[[nodiscard]] bool equalNoCase(std::string_view left, std::string_view right) noexcept;
[[nodiscard]] std::string findHeader(const std::vector<Header>& headers, std::string_view name);
/// The token of an `Authorization: Bearer` value; nothing when it is malformed (RFC 6750 2.1).
[[nodiscard]] std::optional<std::string> bearerToken(std::string_view authorization);
/// The code that Box uses with this status in a ClientError.
[[nodiscard]] std::string_view usualCode(int status);
[[nodiscard]] std::string_view reasonPhrase(int status);
/// Fields of an application/x-www-form-urlencoded body; nothing when an escape is malformed. The last of equal
/// names wins.
[[nodiscard]] std::optional<std::map<std::string, std::string>> parseForm(std::string_view body);

/// A request as the decision needs it.
struct BoxRequest {
  std::string method;
  std::string target;
  std::vector<Header> headers;
  std::string body;
};

/// The decision.
struct BoxAnswer {
  int status = 0;
  /// Without Content-Length, Connection and Date, which belong to the transport.
  std::vector<Header> headers;
  std::string body;
  std::string boxRequestId;
  /// Set for an accepted termination; sequence, connection and time are the caller's.
  std::optional<AcceptedTermination> accepted;
};

/// Decides what Box answers. No I/O and no clock of its own; not thread-safe.
class BoxBehaviour {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit BoxBehaviour(const EmulatorOptions& options);

  [[nodiscard]] BoxAnswer answer(const BoxRequest& request, TimePoint now);
  /// A ClientError of this status; empty code and message: the usual ones.
  [[nodiscard]] BoxAnswer clientError(int status, std::string_view code = {}, std::string_view message = {});
  /// Box's 202.
  [[nodiscard]] BoxAnswer acceptedAnswer();
  /// No body, only the headers that every answer has.
  [[nodiscard]] BoxAnswer bare(int status);
  /// Box's 401: an empty body, the reason in WWW-Authenticate.
  [[nodiscard]] BoxAnswer unauthorized();
  /// An error of the OAuth endpoints.
  [[nodiscard]] BoxAnswer oauthError(int status, std::string_view error, std::string_view description);

  void expireToken(const std::string& token);
  void expireAllTokens();

 private:
  struct IssuedToken {
    TimePoint expires{};
    /// The refresh token that dies when this access token is first used.
    std::string replacesRefreshToken;
  };
  using Form = std::map<std::string, std::string>;
  using Grant = BoxAnswer (BoxBehaviour::*)(const Form&, TimePoint);

  [[nodiscard]] BoxAnswer badField(std::string_view field, std::string_view message);
  [[nodiscard]] BoxAnswer errorAnswer(int status, std::string_view code, std::string_view message,
                                      std::string_view reason, std::string_view field);
  [[nodiscard]] BoxAnswer methodAnswer(const BoxRequest& request, std::string_view allowed);
  [[nodiscard]] BoxAnswer terminate(const BoxRequest& request, TerminationKind kind, TimePoint now);
  /// Nothing when the caller may go on; its token's text goes to `token`.
  [[nodiscard]] std::optional<BoxAnswer> refuseCaller(const BoxRequest& request, TimePoint now, std::string& token);
  [[nodiscard]] std::optional<BoxAnswer> refuseRate(const std::string& token, TimePoint now);
  [[nodiscard]] bool tokenIsGood(const std::string& token, TimePoint now);

  [[nodiscard]] BoxAnswer token(const BoxRequest& request, TimePoint now);
  [[nodiscard]] BoxAnswer revoke(const BoxRequest& request);
  [[nodiscard]] bool clientIsGood(const Form& form) const;
  [[nodiscard]] BoxAnswer grantClientCredentials(const Form& form, TimePoint now);
  [[nodiscard]] BoxAnswer grantAuthorizationCode(const Form& form, TimePoint now);
  [[nodiscard]] BoxAnswer grantRefreshToken(const Form& form, TimePoint now);
  [[nodiscard]] BoxAnswer issueToken(TimePoint now, bool withRefreshToken, const std::string& replaces);
  [[nodiscard]] std::string freshId(std::size_t hexDigits);

  EmulatorOptions options_;
  /// Grants by grant_type: a new one is a function and a line here.
  std::map<std::string, Grant, std::less<>> grants_;
  std::mt19937_64 random_;
  std::set<std::string> deadTokens_;
  std::set<std::string> seenTokens_;
  std::map<std::string, IssuedToken> issuedTokens_;
  std::set<std::string> refreshTokens_;
  std::set<std::string> usedCodes_;
  std::map<std::string, std::deque<TimePoint>> callTimes_;
};

}  // namespace box::emulator
