#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>

#include "box/error.hpp"
#include "box/support/export.hpp"

namespace box {

/// How one attempt ended: what a policy judges.
struct AttemptOutcome {
  unsigned attempt = 1;   ///< counted attempts so far, this one included
  unsigned sameKind = 1;  ///< attempts of this call that ended with the same kind, this one included
  FailureKind kind = FailureKind::transport;
  Fate fate = Fate::notSent;
  Phase phase = Phase::prepare;
  int statusCode = 0;  ///< 0: no response
  error_code code{};
  std::optional<std::chrono::milliseconds> retryAfter{};  ///< as the response asked for, not capped
};

enum class RetryDecision : std::uint8_t {
  stop,
  retry,        ///< counted, after BackoffPolicy's delay, if the budget allows and the deadline leaves room
  retryAtOnce,  ///< on a fresh connection, without delay, not counted; honoured once a call, then it is `retry`
};

/// Judges whether a failed attempt is repeated. Never asked about success: a 202 is never repeated.
/// *Threads*: shared and const; called from any thread, several at once. *Errors*: what it throws ends the call.
class BOX_API RetryPolicy {
 public:
  virtual ~RetryPolicy() = default;
  virtual RetryDecision judge(const AttemptOutcome& outcome) const = 0;
};

/// What may be repeated.
enum class Repeat : std::uint8_t {
  assumeIdempotent,  ///< what was not sent and what is in doubt: ending sessions twice is harmless, not ending them is not
  strict,            ///< only what was not sent or what Box refused for a passing reason (429)
};

/// The library's policy. 5 attempts, the first included, for what may pass; 2 for a host that is not found, a peer that is
/// no TLS or no HTTP server; none for certificates, 4xx (but 408, 425, 429), 501, 505, redirects.
class BOX_API DefaultRetryPolicy : public RetryPolicy {
 public:
  /// `maxAttempts`: 1 or more, the first included; 1 never repeats. 5 is what Box's guide allows at most.
  explicit DefaultRetryPolicy(unsigned maxAttempts = 5, Repeat repeat = Repeat::assumeIdempotent);
  RetryDecision judge(const AttemptOutcome& outcome) const override;

 private:
  unsigned maxAttempts_;
  Repeat repeat_;
};

/// The figures of Box's official SDKs: 5 attempts for any 5xx and 429, 3 where there was no response. Use it with
/// BoxBackoffPolicy. A 202 with Retry-After, which they repeat, is success here too.
class BOX_API BoxRetryPolicy : public RetryPolicy {
 public:
  explicit BoxRetryPolicy(unsigned maxAttempts = 5, unsigned maxRetriesOnException = 2);
  RetryDecision judge(const AttemptOutcome& outcome) const override;

 private:
  unsigned maxAttempts_;
  unsigned maxRetriesOnException_;
};

/// A call's own policy in an argument list: refers to the caller's shared_ptr and is copied from before the call returns.
class RetryPolicyView {
 public:
  constexpr RetryPolicyView() noexcept = default;
  template <class P>
  requires std::convertible_to<std::shared_ptr<P>, std::shared_ptr<const RetryPolicy>>
  constexpr RetryPolicyView(const std::shared_ptr<P>& policy) noexcept
      : pointer_(&policy), share_([](const void* p) -> std::shared_ptr<const RetryPolicy> {
          return *static_cast<const std::shared_ptr<P>*>(p);
        }) {}

  std::shared_ptr<const RetryPolicy> share() const { return share_ ? share_(pointer_) : nullptr; }

 private:
  const void* pointer_ = nullptr;
  std::shared_ptr<const RetryPolicy> (*share_)(const void*) = nullptr;
};

}  // namespace box
