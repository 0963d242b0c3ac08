#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "box/network/fetch.hpp"
#include "box/observe/interceptor.hpp"
#include "box/policy/backoff.hpp"
#include "box/policy/retry.hpp"

namespace box::test {

/// A backoff that is always the same.
class FixedBackoff : public BackoffPolicy {
 public:
  explicit FixedBackoff(std::chrono::nanoseconds delay) : delay_(delay) {}
  std::chrono::nanoseconds delay(const BackoffContext&) const override { return delay_; }

 private:
  std::chrono::nanoseconds delay_;
};

/// A retry policy that calls a function.
class RetryBy : public RetryPolicy {
 public:
  explicit RetryBy(std::function<RetryDecision(const AttemptOutcome&)> judge) : judge_(std::move(judge)) {}
  RetryDecision decide(const AttemptOutcome& outcome) const override { return judge_(outcome); }

 private:
  std::function<RetryDecision(const AttemptOutcome&)> judge_;
};

class BackoffBy : public BackoffPolicy {
 public:
  explicit BackoffBy(std::function<std::chrono::milliseconds(const BackoffContext&)> delay)
      : delay_(std::move(delay)) {}
  std::chrono::nanoseconds delay(const BackoffContext& context) const override { return delay_(context); }

 private:
  std::function<std::chrono::milliseconds(const BackoffContext&)> delay_;
};

/// An interceptor that calls two functions, either of which may be empty.
class InterceptBy : public Interceptor {
 public:
  InterceptBy(std::function<void(InterceptedRequest&)> before, std::function<void(FetchResponse&)> after)
      : before_(std::move(before)), after_(std::move(after)) {}
  void beforeRequest(InterceptedRequest& request) override {
    if (before_) before_(request);
  }
  void afterRequest(FetchResponse& response) override {
    if (after_) after_(response);
  }

 private:
  std::function<void(InterceptedRequest&)> before_;
  std::function<void(FetchResponse&)> after_;
};

}  // namespace box::test
