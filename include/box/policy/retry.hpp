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
  idempotent,  ///< sending it twice has the same effect as sending it once: GET, HEAD, PUT, DELETE, and ending sessions
  notIdempotent,  ///< each sending has another effect: a POST that creates something
};

/// How one attempt ended, by which a policy decides. Its fate is that of this attempt alone.
struct BOX_API AttemptOutcome : AttemptRecord {
  std::string_view operation{};                       ///< the name of the operation: "terminateUsersSessions"
  std::string_view method{};                          ///< the HTTP method: "POST"
  Idempotency idempotency = Idempotency::idempotent;  ///< whether the request may be sent again without harm
  unsigned attempt = 1;   ///< how many attempts were counted so far, this one included; `number` counts all attempts
  unsigned sameKind = 1;  ///< how many attempts of this call ended with the same kind, this one included
  FailureKind kind = FailureKind::transport;             ///< why it failed
  std::optional<std::chrono::nanoseconds> retryAfter{};  ///< the wait that the response asks for, not capped

  /// Whether another attempt is harmless: Box has not carried out the request, or the request is idempotent. The
  /// policies of the library retry in no other case, and policies of your own should not either.
  bool isSafeToRetry() const noexcept { return idempotency == Idempotency::idempotent || fate != Fate::inDoubt; }

  /// For tests of policies: the outcome of an attempt whose response has this status, which is not an expected one.
  /// Code, kind, fate and phase are the same as in a call.
  static AttemptOutcome ofStatus(int statusCode,
                                 std::optional<std::chrono::nanoseconds> retryAfter = std::nullopt) noexcept;
  /// For tests of policies: the outcome of an attempt that failed without a response. The kind is kindOf(code); for an
  /// idle connection that has ended, set it to FailureKind::stale.
  static AttemptOutcome ofFailure(Errc code, Fate fate) noexcept;
};

/// What a policy decides about a failed attempt.
enum class RetryDecision : std::uint8_t {
  stop,  ///< the call ends with this failure
  /// Another attempt, which is counted, after BackoffPolicy's delay, if the budget allows it and at least 1 s is left
  /// between that delay and the deadline.
  retry,
  /// Another attempt, without delay and not counted, on a connection that has not been idle: a new one, or one that
  /// another call gives back. Only once per call; after that it means `retry`.
  retryAtOnce,
};

/// Decides whether a failed attempt is retried. It is not called after a success: a 202 is never retried.
///
/// The policy in the options of a call, or else the session's policy, decides about the requests of the call. The
/// session's policy also decides about the token requests that its calls cause (operation "oauth2/token"; they are
/// idempotent); the call that waits for a token does not retry a token request that failed.
/// *Threads*: the object is shared and const; it is called from any thread, and from several at once. *Errors*: an
/// exception ends the call: a BoxSdkError with its own code, another exception with Errc::extensionFailed.
class BOX_API RetryPolicy {
 public:
  virtual ~RetryPolicy() = default;
  /// Called after each failed attempt, with these exceptions: the kind is FailureKind::final; the attempt is the first
  /// of its call that Box has refused with 401, and there is another token, with which the request is sent again, or
  /// the request for that token ends the call; an exception of the caller's own code, such as an interceptor, has ended
  /// the attempt. The budget and the deadline may still refuse a retry.
  virtual RetryDecision decide(const AttemptOutcome& outcome) const = 0;
};

/// Whether a request is retried that Box may have carried out. One that Box cannot have carried out, because it was not
/// sent or Box refused it for a temporary reason (429), is retried in any case.
enum class RetryInDoubt : std::uint8_t {
  ifIdempotent,  ///< where it is idempotent: ending sessions twice is harmless, not ending them is not
  never,         ///< not even where it is idempotent
};

/// The policy of the library. It allows 5 attempts, the first included, for temporary failures; 2 for a host that is
/// not found, or a peer that does not speak TLS or HTTP; and no retry for certificates, 4xx (except 408, 425, 429),
/// 501, 505, redirects, and a success status other than the expected one. A request that is not idempotent is not
/// retried where its fate is in doubt.
class BOX_API DefaultRetryPolicy : public RetryPolicy {
 public:
  /// `maxAttempts`: 1 or more, the first included; 1: no retry. The default is the maximum that Box's guide allows.
  explicit DefaultRetryPolicy(unsigned maxAttempts = 5, RetryInDoubt inDoubt = RetryInDoubt::ifIdempotent);
  RetryDecision decide(const AttemptOutcome& outcome) const override;

 private:
  unsigned maxAttempts_;
  RetryInDoubt inDoubt_;
};

/// The policy of Box's official SDKs: 5 attempts for any 5xx and 429, 3 if there was no response. Use it with
/// BoxBackoffPolicy. Unlike the SDKs, it does not retry a 202 with Retry-After, which is a success, and it does not
/// retry a request that is not idempotent where its fate is in doubt.
class BOX_API BoxRetryPolicy : public RetryPolicy {
 public:
  /// `maxAttempts`: 1 or more, the first included. `maxRetriesOnException`: how many retries there may be if there was
  /// no response, 0 or more.
  explicit BoxRetryPolicy(unsigned maxAttempts = 5, unsigned maxRetriesOnException = 2);
  RetryDecision decide(const AttemptOutcome& outcome) const override;

 private:
  unsigned maxAttempts_;
  unsigned maxRetriesOnException_;
};

/// A policy for one call as an argument. It refers to the caller's shared_ptr, which is copied before the function
/// returns.
class RetryPolicyView {
 public:
  /// Unset: the session's policy applies.
  constexpr RetryPolicyView() noexcept = default;
  /// Refers to a pointer to any policy; the pointer must live until the full expression ends.
  template <class P>
  requires std::convertible_to<std::shared_ptr<P>, std::shared_ptr<const RetryPolicy>>
  constexpr RetryPolicyView(const std::shared_ptr<P>& policy) noexcept
      : pointer_(&policy), share_([](const void* p) -> std::shared_ptr<const RetryPolicy> {
          return *static_cast<const std::shared_ptr<P>*>(p);
        }) {}

  /// A copy of the pointer, which the library keeps. Null: the session's policy applies.
  std::shared_ptr<const RetryPolicy> share() const { return share_ ? share_(pointer_) : nullptr; }

 private:
  const void* pointer_ = nullptr;
  std::shared_ptr<const RetryPolicy> (*share_)(const void*) = nullptr;
};

}  // namespace box::inline v0_1
