#include "pipeline/call.hpp"

#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include "async/wait.hpp"
#include "async/waiter.hpp"
#include "async/watchdog.hpp"
#include "auth/token_binding.hpp"
#include "box/observe/interceptor.hpp"
#include "box/observe/observer.hpp"
#include "network/validation.hpp"
#include "pipeline/explain.hpp"
#include "pipeline/judge.hpp"
#include "pipeline/token_stage.hpp"
#include "support/operation_error.hpp"
#include "support/thrown.hpp"
#include "support/wipe.hpp"

namespace box::inline v0_1 {

namespace {

RetryRules rulesOf(const NetworkRequest& request) {
  const NetworkSession& session = request.session;
  const auto& policy = request.retryPolicy ? request.retryPolicy : session.retryPolicy();
  return RetryRules{policy, session.backoffPolicy(), session.retryBudget(), session.random()};
}

/// Shows the response to the interceptors. A success stays a success, even if an interceptor changes the status or
/// throws an exception.
void showInterceptors(const NetworkRequest& request, FetchResponse& response, bool success) {
  const int status = response.statusCode;
  const auto& interceptors = request.session.interceptors();
  for (auto i = interceptors.rbegin(); i != interceptors.rend(); ++i) {
    try {
      (*i)->afterRequest(response);
    } catch (...) {
      if (!success) throw;
    }
  }
  if (success) response.statusCode = status;
}

}  // namespace

Call::Call(BoxNetworkClient& client, NetworkRequest& request)
    : client_(client),
      request_(request),
      record_(client_.services()->observer.get(), client_.nextCallId(), request_, now_) {}

Call::~Call() {
  if (!isSecret()) return;
  wipe(request_.body);
  wipe(attempt_.response.body);
}

/// Whether the request may contain secrets: its operation says so, or it has no Authentication (token requests never
/// have one). Then it is wiped, no interceptor sees it, and no header of the session is sent with it.
bool Call::isSecret() const noexcept { return request_.operation->secret || !request_.auth; }

/// Whether interceptors see the request and its response.
bool Call::isIntercepted() const noexcept { return !isSecret() && !request_.session.interceptors().empty(); }

void Call::prepare() {
  if (!request_.route) request_.route = client_.routes().find(request_.session);
  // A NetworkClient of the caller's own may have made the request, or have changed one of the library's. What
  // interceptors have changed is checked in each attempt instead.
  if (!isIntercepted()) checkDetails(request_.query, request_.contentType, request_.headers);
}

void Call::beginAttempt() {
  if (record_.attempts() != 0) {
    if (isSecret()) wipe(attempt_.response.body);
    attempt_ = Attempt();
  }
  record_.begin(attempt_, delay_, now_);
  if (record_.deadline() <= now_) attempt_.fail(Errc::callTimeout, Phase::prepare);
}

bool Call::takeToken() {
  if (attempt_.failed() || !request_.auth || std::exchange(tokenIsNew_, false)) return true;
  token_ = request_.auth->currentToken(request_.session.clock()->now());
  // A token of another base URL is treated as none, so that obtainToken() is called, which reports it as an error.
  if (token_ && !isForBaseUrlOf(request_.session, *token_)) token_ = nullptr;
  return token_ != nullptr;
}

asio::awaitable<CallResult<Authentication::Token>> Call::askForToken(Authentication::Token refused) {
  record_.tell(event::TokenRequested{record_.id(), refused != nullptr, record_.tag()});
  TokenContext context(client_.shared_from_this(), request_.session, Deadline(record_.deadline()), request_.route);
  return obtainToken(request_.auth, std::move(refused), std::move(context), client_.services()->watchdog);
}

asio::awaitable<void> Call::acquireToken() {
  attempt_.phase = Phase::token;
  CallResult<Authentication::Token> token = co_await askForToken(nullptr);
  now_ = Clock::now();
  if (token) {
    token_ = *std::move(token);
    attempt_.phase = Phase::prepare;
  } else {
    failForToken(token.error());
  }
}

/// The attempt fails because no token could be obtained. The error has the code of the token's failure. Its api() is
/// the token endpoint's answer; if there was none, it is the response with the 401 that had refused the last token,
/// because Box's support asks for its request id and its WWW-Authenticate. The error's text has both reasons.
void Call::failForToken(const BoxSdkError& error) {
  attempt_.fail(error, Phase::token);
  attempt_.addContext(nestedText(error));
  if (error.details().api) {
    attempt_.api = std::make_unique<ApiErrorInfo>(*error.details().api);
  } else if (isCancelledOrClosed(error.code()) || error.code() == Errc::callTimeout ||
             error.code() == Errc::extensionFailed) {
    // Then an earlier 401 is not the reason.
    attempt_.api.reset();
  }
}

bool Call::settle() {
  const Operation& operation = *request_.operation;
  judge(attempt_, operation, false);
  // This is done before an interceptor or the caller sees the response.
  if (attempt_.answered && token_) redactAnswer(attempt_.response, token_->value());
  if (attempt_.answered && isIntercepted()) {
    // The fate is known by now. It does not change if an interceptor throws.
    const bool success = attempt_.fate == Fate::accepted;
    showInterceptors(request_, attempt_.response, success);
    judge(attempt_, operation, success);
    now_ = Clock::now();
  }
  if (attempt_.failed()) explain(attempt_, request_, secret());
  record_.end(attempt_, now_);
  if (attempt_.fate != Fate::accepted) return false;
  if (attempt_.failed()) record_.fail(attempt_, now_);  // the caller has cancelled the call
  record_.succeed(attempt_.response, now_);
  return true;
}

bool Call::refusedToken() const noexcept { return attempt_.kind == FailureKind::auth && token_ && !refreshed_; }

asio::awaitable<bool> Call::refreshToken() {
  refreshed_ = true;
  // Box has refused this token: if another call already has a newer one, that one is used.
  CallResult<Authentication::Token> token = co_await askForToken(std::exchange(token_, nullptr));
  now_ = Clock::now();
  if (token) {
    token_ = *std::move(token);
    tokenIsNew_ = true;
    delay_ = std::chrono::nanoseconds::zero();
    fresh_ = false;
    co_return true;
  }
  if (token.error().code() != Errc::tokenUnavailable) {
    // This reason is specific, so it is the error to report, because it can be corrected.
    failForToken(token.error());
    record_.fail(attempt_, now_);  // throws
  }
  // Otherwise the refusal stays the error, with its response. Its text has both reasons.
  attempt_.addContext(nestedText(token.error()));
  co_return false;
}

void Call::planRetry() {
  if (!retry_) retry_ = std::make_unique<RetryState>(rulesOf(request_), record_.deadline());
  const RetryStep step = retry_->next(attempt_, now_);
  if (step.ending != RetryEnding::none) record_.fail(attempt_, now_, step.ending);  // throws
  delay_ = step.delay;
  fresh_ = step.fresh;
  record_.tell(event::RetryScheduled{record_.id(), record_.attempts() + 1, attempt_.kind, delay_, record_.tag()});
}

asio::awaitable<void> Call::pause() {
  const std::shared_ptr<Watchdog>& watchdog = client_.services()->watchdog;
  Waiter waiter(co_await asio::this_coro::executor, now_ + delay_);
  const error_code ended = co_await waitWhileOpen(waiter, watchdog);
  now_ = Clock::now();
  if (!ended) co_return;
  attempt_.fail(ended, Phase::backoff);
  attempt_.kind = FailureKind::final;
  attempt_.api.reset();
  record_.fail(attempt_, now_);
}

void Call::catchException(std::exception_ptr exception) noexcept { attempt_.foreign = std::move(exception); }

void Call::endByException(bool cancelled) {
  const std::exception_ptr exception = std::exchange(attempt_.foreign, nullptr);
  if (record_.ended()) std::rethrow_exception(exception);
  attempt_.api.reset();  // it belongs to a response that is not the reason
  const Thrown thrown(exception, cancelled);
  judgeException(attempt_, thrown, exception);
  explainException(attempt_, thrown, *request_.session.dataSanitizer());
  now_ = Clock::now();
  record_.fail(attempt_, now_);
}

}  // namespace box::inline v0_1
