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
  unsigned attempt = 1;  ///< how many attempts were counted so far, this one included; `number` counts all attempts
  /// How many attempts of this call ended with the same kind, this one included; a 401 after which the call got another
  /// token is not counted.
  unsigned sameKind = 1;
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
  /// Another attempt, which is counted, after BackoffPolicy's delay or, if that is longer, the response's Retry-After
  /// (at most 300 s), if the budget allows it and at least 1 s is left between that wait and the deadline.
  retry,
  /// Another attempt, without delay and not counted in AttemptOutcome::attempt, on a connection that has not been idle:
  /// a new one, or one that another call gives back. Only once per call; after that it means `retry`.
  retryAtOnce,
};

/// Decides whether a failed attempt is retried. It is not called after a success: a 202 is never retried.
///
/// The policy in the options of a call, or else the session's policy, decides about the requests of the call. The
/// session's policy also decides about the token requests that its calls cause (operation "oauth2/token"; they are
/// idempotent); the call that waits for a token does not retry a token request that failed. *Threads*: the object is
/// shared and const; it is called from any thread, and from several at once. *Errors*: an exception ends the call: if
/// it is a BoxSdkError, with the code of that error, otherwise with Errc::extensionFailed.
class BOX_API RetryPolicy {
 public:
  virtual ~RetryPolicy() = default;
  /// Called after each failed attempt; the budget and the deadline may still refuse a retry. It is not called after:
  /// - an attempt with FailureKind::final;
  /// - the first 401 of a call, if the call gets another token, or if the token source fails, which ends the call; but
  ///   where it fails with Errc::tokenUnavailable, as that of a developer token does, this is called with the 401;
  /// - an attempt that was ended by an exception of the caller's own code, such as an interceptor.
  virtual RetryDecision decide(const AttemptOutcome& outcome) const = 0;
};

/// Whether a request is retried that Box may have carried out. One that Box cannot have carried out, because it was not
/// sent or Box refused it for a temporary reason (429), is retried in any case.
enum class RetryInDoubt : std::uint8_t {
  ifIdempotent,  ///< where it is idempotent: to end sessions twice does no harm, to leave them open does
  never,         ///< not even where it is idempotent
};

/// The policy of the library. It allows 5 attempts, the first included, for temporary failures. A host that is not
/// found, a peer that does not speak TLS, and a response that is not acceptable HTTP or exceeds a limit are retried
/// once. It does not retry certificates, a proxy that refuses, a pool without a free connection, redirects, a success
/// status other than the expected one, 4xx (except 408, 425, 429), or 5xx (except 500, 502 to 504, 520 to 524, 529). A
/// request that is not idempotent is not retried where its fate is in doubt.
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
/// BoxBackoffPolicy. Unlike the SDKs, it does not retry a failure of the kind FailureKind::tlsFatal (certificates), nor
/// a 202 with Retry-After, which is a success, and it does not retry a request that is not idempotent where its fate is
/// in doubt.
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
