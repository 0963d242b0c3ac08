#pragma once

#include <bitset>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

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
  /// Each of these. *Errors*: as for one, and where there is none.
  ExpectedStatus(std::initializer_list<int> statuses);

  /// Whether this status means success.
  bool contains(int status) const noexcept;
  /// As errors show it: "202", "200 or 204", "2xx".
  std::string text() const;

  /// Whether both expect the same statuses.
  bool operator==(const ExpectedStatus&) const noexcept = default;

 private:
  static constexpr int first = 200, last = 599;
  std::bitset<last - first + 1> statuses_;
};

/// A kind of request, described once: everything that is the same for all requests of the kind. The managers have one
/// for each call that they offer; observers, interceptors, retry policies and errors name it. Immutable, so that what
/// was checked when it was made holds for each request.
class BOX_API Operation {
 public:
  /// Sets all members. *Errors*: BoxSdkError with Errc::invalidRequest where a request may not have that method or that
  /// path.
  Operation(std::string operationName, std::string httpMethod, std::string urlPath, ExpectedStatus expected,
            Idempotency repeatable, bool hasSecrets = false, bool hasAnswerInBody = false);

  const std::string name;               ///< by which observers, policies and errors call it: "terminateUsersSessions"
  const std::string method;             ///< of HTTP, as it goes out
  const std::string path;               ///< after the base URL: "/2.0/users/me"; without a query
  const ExpectedStatus expectedStatus;  ///< the statuses that mean success
  const Idempotency idempotency;        ///< whether it is retried where its fate is in doubt
  /// The body has secrets, as that of a token request does: it is wiped afterwards, no interceptor sees it, and the
  /// headers of the session (As-User, …) do not go with it.
  const bool secret;
  /// The answer is in the body, as for calls that read: where the body of a response with an expected status is lost,
  /// the attempt has failed as if its connection had broken, and is retried. False: the status is the answer.
  const bool answerInBody;
};

/// GET, HEAD, OPTIONS, PUT and DELETE are idempotent (RFC 9110 9.2.2), in any case of their letters; POST and others
/// are not.
BOX_API Idempotency idempotencyOf(std::string_view method) noexcept;

}  // namespace box::inline v0_1
