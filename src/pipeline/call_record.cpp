#include "pipeline/call_record.hpp"

#include <utility>

#include <boost/asio/error.hpp>

#include "box/policy/retry_budget.hpp"

namespace box::inline v0_1 {
namespace {

/// Why there is no further attempt, for what().
std::string_view reasonOf(RetryEnding ending) {
  switch (ending) {
    case RetryEnding::budget: return ": the retry budget is used up";
    case RetryEnding::deadline: return ": the deadline leaves no time for another";
    case RetryEnding::exhausted:
    case RetryEnding::none:
    case RetryEnding::permanent: break;
  }
  return {};
}

bool tellsAttempts(RetryEnding ending) { return ending != RetryEnding::none && ending != RetryEnding::permanent; }

}  // namespace

CallRecord::CallRecord(Observer* observer, std::uint64_t id, const NetworkRequest& request, Clock::time_point now)
    : observer_(observer),
      request_(request),
      id_(id),
      started_(now),
      deadline_(request.deadline.resolve(started_, Deadline(request.session.timeouts().call))) {
  if (!isObserved()) return;
  // The URL is shown without the ids of a manager's call and without the query, which may name a user: events are
  // stored outside of Box.
  const std::string url = request.session.baseUrls().baseUrl + request.operation->shownPath;
  tell(event::CallStarted{id_, request.operation->name, request.operation->method, url, tag()});
}

CallRecord::~CallRecord() {
  if (ended_) return;
  const Clock::time_point now = Clock::now();
  if (running_ != nullptr) endRunning(now);
  tellEnd(asio::error::operation_aborted, fate_, now - started_);
}

/// Ends an attempt that was left in the middle. It needs no memory.
void CallRecord::endRunning(Clock::time_point now) noexcept {
  Attempt& attempt = *running_;
  // The fate is set before the exchange, the phase after it.
  const bool brokeOffInExchange = attempt.fate != Fate::notSent && attempt.phase == Phase::prepare;
  if (!attempt.failed()) attempt.fail(asio::error::operation_aborted, brokeOffInExchange ? Phase::read : attempt.phase);
  close(attempt, now);
}

void CallRecord::begin(Attempt& attempt, std::chrono::nanoseconds waited, Clock::time_point now) {
  attempt.operation = request_.operation->name;
  attempt.method = request_.operation->method;
  attempt.idempotency = request_.operation->idempotency;
  attempt.number = ++attempts_;
  attempt.waited = waited;
  attempt.response.call = id_;
  attempt.response.attempts = attempts_;
  attemptStarted_ = now;
  running_ = &attempt;
  tell(event::AttemptStarted{id_, attempts_, tag()});
}

void CallRecord::close(Attempt& attempt, Clock::time_point now) noexcept {
  attempt.elapsed = now - attemptStarted_;
  lastStatus_ = attempt.statusCode;
  fate_ = fateOfBoth(fate_, attempt.fate);
  running_ = nullptr;
  if (isObserved()) tell(event::AttemptEnded{id_, attempt, tag()});
}

void CallRecord::end(Attempt& attempt, Clock::time_point now) {
  close(attempt, now);
  if (!attempt.failed()) return;
  if (!failures_) failures_ = std::make_unique<std::vector<AttemptRecord>>();
  failures_->push_back(attempt);
}

void CallRecord::succeed(FetchResponse& response, Clock::time_point now) {
  if (const auto& budget = request_.session.retryBudget()) budget->deposit();
  response.call = id_;  // again, because an interceptor may have changed it
  response.attempts = attempts_;
  response.elapsed = now - started_;
  tellEnd(error_code(), Fate::accepted, response.elapsed);
}

void CallRecord::fail(Attempt& attempt, Clock::time_point now, RetryEnding ending) {
  if (running_ != nullptr) end(attempt, now);
  ErrorDetails details;
  details.fate = fate_;
  details.phase = attempt.phase;
  details.cause = attempt.cause;
  details.kind = attempt.kind != FailureKind::final ? attempt.kind : attempt.kindOfError;
  details.nested = attempt.foreign;
  details.elapsed = now - started_;
  details.call = id_;
  details.tag = tag();
  details.operation = request_.operation->name;
  details.context = attempt.context;
  details.atProxy = attempt.atProxy;
  if (tellsAttempts(ending)) {
    if (!details.context.empty()) details.context += "; ";
    details.context += "after " + std::to_string(attempts_) + (attempts_ == 1 ? " attempt" : " attempts");
    details.context += reasonOf(ending);
  }
  if (failures_) details.attempts = std::move(*failures_);
  tellEnd(attempt.code, details.fate, details.elapsed);
  if (!attempt.api) throw BoxSdkError(attempt.code, std::move(details));
  details.api = std::move(*attempt.api);
  throw BoxApiError(attempt.code, std::move(details));
}

void CallRecord::tellEnd(error_code code, Fate fate, std::chrono::nanoseconds elapsed) {
  ended_ = true;
  if (isObserved()) tell(event::CallEnded{id_, code, fate, lastStatus_, attempts_, elapsed, tag()});
}

}  // namespace box::inline v0_1
