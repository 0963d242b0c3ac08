#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "box/error.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// Whether a request may be sent again without harm.
enum class Idempotency : std::uint8_t {
  idempotent,     ///< twice has the effect of once: GET, HEAD, PUT, DELETE, and ending sessions
  notIdempotent,  ///< each one counts: a POST that creates something
};

/// How one attempt ended: what a policy judges. Its fate is that of this attempt alone.
struct BOX_API AttemptOutcome : AttemptRecord {
  std::string_view operation{};                       ///< which operation it was: "terminateUsersSessions"
  std::string_view method{};                          ///< of HTTP: "POST"
  Idempotency idempotency = Idempotency::idempotent;  ///< whether the request may be sent again without harm
  unsigned attempt = 1;   ///< counted attempts so far, this one included; `number` counts the others too
  unsigned sameKind = 1;  ///< attempts of this call that ended with the same kind, this one included
  FailureKind kind = FailureKind::transport;             ///< why it failed
  std::optional<std::chrono::nanoseconds> retryAfter{};  ///< as the response asked for, not capped

  /// Whether another attempt is harmless: Box has not carried the request out, or it is idempotent. Each policy of the
  /// library keeps to this, and each of yours should.
  bool isSafeToRetry() const noexcept { return idempotency == Idempotency::idempotent || fate != Fate::inDoubt; }

  /// For tests of policies: the attempt had a response with this status, which is not an expected one. Code, kind, fate
  /// and phase are as a call has them then.
  static AttemptOutcome ofStatus(int statusCode,
                                 std::optional<std::chrono::nanoseconds> retryAfter = std::nullopt) noexcept;
  /// For tests of policies: the attempt failed without a response. The kind is kindOf() the code; for an idle
  /// connection that has ended set it to FailureKind::stale.
  static AttemptOutcome ofFailure(Errc code, Fate fate) noexcept;
};

/// What a policy decides about a failed attempt.
enum class RetryDecision : std::uint8_t {
  stop,         ///< the call ends with this failure
  retry,        ///< counted, after BackoffPolicy's delay, if the budget allows and the deadline leaves room
  retryAtOnce,  ///< on a fresh connection, without delay, not counted; honoured once a call, then it is `retry`
};

/// Judges whether a failed attempt is retried. It is never asked about success: a 202 is never retried.
///
/// The session's policy, or that of the call's own options, decides about the requests of calls. The session's policy
/// also decides about the token requests that its calls cause (operation "oauth2/token"; they are idempotent); the call
/// that waits for a token does not retry a token request that failed.
/// *Threads*: shared and const; called from any thread, several at once. *Errors*: what it throws ends the call.
class BOX_API RetryPolicy {
 public:
  virtual ~RetryPolicy() = default;
  /// Called after each failed attempt, except where the kind is FailureKind::final. The budget and the deadline may
  /// still refuse a retry.
  virtual RetryDecision judge(const AttemptOutcome& outcome) const = 0;
};

/// What may be retried.
enum class Repeat : std::uint8_t {
  idempotent,  ///< an idempotent request also in doubt: ending sessions twice is harmless, not ending them is not
  strict,      ///< any request only where it was not sent, or where Box refused it for a temporary reason (429)
};

/// The library's policy. 5 attempts, the first included, for temporary failures; 2 for a host that is not found, or a
/// peer that does not speak TLS or HTTP; no retry for certificates, 4xx (except 408, 425, 429), 501, 505, redirects,
/// and a success status other than the expected one. A request that is not idempotent is not retried in doubt.
class BOX_API DefaultRetryPolicy : public RetryPolicy {
 public:
  /// `maxAttempts`: 1 or more, the first included; 1 never retries. 5 is what Box's guide allows at most.
  explicit DefaultRetryPolicy(unsigned maxAttempts = 5, Repeat repeat = Repeat::idempotent);
  RetryDecision judge(const AttemptOutcome& outcome) const override;

 private:
  unsigned maxAttempts_;
  Repeat repeat_;
};

/// The figures of Box's official SDKs: 5 attempts for any 5xx and 429, 3 where there was no response. Use it with
/// BoxBackoffPolicy. A 202 with Retry-After, which they retry, is success here too; and a request that is not
/// idempotent is not retried in doubt.
class BOX_API BoxRetryPolicy : public RetryPolicy {
 public:
  /// `maxAttempts`: 1 or more, the first included. `maxRetriesOnException`: retries where there was no response, 0 or
  /// more.
  explicit BoxRetryPolicy(unsigned maxAttempts = 5, unsigned maxRetriesOnException = 2);
  RetryDecision judge(const AttemptOutcome& outcome) const override;

 private:
  unsigned maxAttempts_;
  unsigned maxRetriesOnException_;
};

/// A call's own policy in an argument list: refers to the caller's shared_ptr and is copied from before the call
/// returns.
class RetryPolicyView {
 public:
  /// Unset: the session's policy.
  constexpr RetryPolicyView() noexcept = default;
  /// From a pointer to any policy, which must live until the full expression ends.
  template <class P>
  requires std::convertible_to<std::shared_ptr<P>, std::shared_ptr<const RetryPolicy>>
  constexpr RetryPolicyView(const std::shared_ptr<P>& policy) noexcept
      : pointer_(&policy), share_([](const void* p) -> std::shared_ptr<const RetryPolicy> {
          return *static_cast<const std::shared_ptr<P>*>(p);
        }) {}

  /// A copy of the pointer: what the library keeps. Null: the session's policy.
  std::shared_ptr<const RetryPolicy> share() const { return share_ ? share_(pointer_) : nullptr; }

 private:
  const void* pointer_ = nullptr;
  std::shared_ptr<const RetryPolicy> (*share_)(const void*) = nullptr;
};

}  // namespace box::inline v0_1
