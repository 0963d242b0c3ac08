#pragma once

#include <bitset>
#include <initializer_list>
#include <string>
#include <string_view>

#include "box/policy/retry.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// The statuses of a response that mean success: any from 200 to 299, one (`= 202`), or a set (`= {200, 204}`).
class BOX_API ExpectedStatus {
 public:
  /// Any status from 200 to 299.
  ExpectedStatus() noexcept;
  /// This status only. *Errors*: BoxSdkError with Errc::invalidRequest for one that is not from 200 to 599.
  ExpectedStatus(int status) : ExpectedStatus({status}) {}
  /// Each of these. *Errors*: as for one status, and where the list is empty.
  ExpectedStatus(std::initializer_list<int> statuses);

  /// Whether this status means success.
  bool contains(int status) const noexcept;
  /// The statuses as errors show them: "202", "200 or 204", "2xx".
  std::string text() const;

  /// Whether both expect the same statuses.
  bool operator==(const ExpectedStatus&) const noexcept = default;

 private:
  static constexpr int first = 200, last = 599;
  std::bitset<last - first + 1> statuses_;
};

/// A kind of request: everything that is the same for all requests of the kind. Each manager has one for each call that
/// it offers; observers, interceptors, retry policies and errors refer to it by its name. It is immutable, so it is
/// checked once, when it is made.
class BOX_API Operation {
 public:
  /// Sets all members. *Errors*: BoxSdkError with Errc::invalidRequest where a request may not have that method or that
  /// path.
  Operation(std::string operationName, std::string httpMethod, std::string urlPath, ExpectedStatus expected,
            Idempotency repeatable, bool hasSecrets = false, bool hasAnswerInBody = false,
            std::string_view pathToShow = "");

  const std::string name;               ///< the name that observers, policies and errors get: "terminateUsersSessions"
  const std::string method;             ///< the HTTP method, as it is sent
  const std::string path;               ///< the path after the base URL: "/2.0/users/me"; without a query
  const ExpectedStatus expectedStatus;  ///< the statuses that mean success
  const Idempotency idempotency;        ///< whether it is retried where its fate is in doubt
  /// Whether the body has secrets, as that of a token request does: it is wiped afterwards, no interceptor sees it, and
  /// the headers of the session (As-User, …) are not sent with it.
  const bool secret;
  /// Whether the body has the result, as for calls that read. If so, a response with an expected status whose body is
  /// lost counts as no response: the attempt fails with the reason (Errc::connectionLost, a time limit,
  /// Errc::responseTooLarge, or Errc::protocolError for a coding that was not asked for), and the retry policy decides.
  /// False: the status is the result.
  const bool answerInBody;
  /// The path as events show it, with names in place of ids: "/2.0/users/{user_id}". If the constructor gets an empty
  /// `pathToShow`, this is `path`.
  const std::string shownPath;
};

/// GET, HEAD, OPTIONS, PUT and DELETE are idempotent (RFC 9110 9.2.2), in upper and lower case; POST and other methods
/// are not.
BOX_API Idempotency idempotencyOf(std::string_view method) noexcept;

}  // namespace box::inline v0_1
