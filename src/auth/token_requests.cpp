#include "auth/token_requests.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include "async/wait.hpp"
#include "auth/bearer_token.hpp"
#include "auth/token_binding.hpp"
#include "auth/token_context.hpp"
#include "auth/token_failure.hpp"
#include "box/error.hpp"
#include "box/support/time.hpp"
#include "support/as_box_error.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {
namespace {

using Steady = std::chrono::steady_clock;
using Token = TokenRequests::Token;

bool isUsable(const AccessToken* token, AccessToken::TimePoint now) {
  return token != nullptr && !isExpired(*token, now);
}

}  // namespace

/// What a call does next: it uses the current token, or waits for a flight.
struct TokenRequests::Choice {
  Token token;
  std::shared_ptr<TokenFlight> flight;
  bool mine = false;  ///< whether this call has begun the flight
  /// Whether the flight was begun to replace the token that Box refused to this call; also true if Box refused none.
  bool answers = false;
  Token fallback;  ///< the token to use if the flight fails for a temporary reason, or takes too long
};

Token TokenRequests::fallback(const AccessToken*, TimePoint) const noexcept { return nullptr; }
void TokenRequests::postpone(TimePoint) noexcept {}

std::shared_ptr<TokenRequests::TokenFlight> TokenRequests::flight() const {
  const std::lock_guard lock(mutex_);
  return flight_;
}

bool TokenRequests::inProgress() const {
  const std::shared_ptr<TokenFlight> last = flight();
  return last && last->joinable();
}

asio::awaitable<Exclusion::Turn> TokenRequests::takeTurn(std::shared_ptr<TokenRequests> self, Deadline deadline,
                                                         std::chrono::nanoseconds longest) {
  const auto now = Steady::now();
  const auto until = deadline.resolve(now, Deadline());
  // An operation with a later deadline has the turn until then; without a deadline the session's limit has to do.
  if (until != Steady::time_point::max()) longest = std::max(longest, std::chrono::nanoseconds(between(now, until)));
  Exclusion::Turn turn = co_await Exclusion::take(self->turns_, until, longest);
  if (turn.error() == asio::error::operation_aborted) throw Cancellation();
  if (turn.error()) throw tokenError(turn.error(), "waiting for another token operation of this Authentication");
  co_return turn;
}

/// Owns the Authentication, because the call that began the request may release it before the request ends.
asio::awaitable<Token> TokenRequests::ask(std::shared_ptr<Authentication> auth, Token refused, TokenContext context) {
  const std::shared_ptr<const Clock> clock = context.session.clock();
  const std::chrono::nanoseconds limit = context.session.timeouts().call;
  const Token before = auth->currentToken(clock->now());
  const Exclusion::Turn turn = co_await takeTurn(auth->requests_, Deadline(limit), limit);
  // The operation that had the turn before may have brought a token.
  Token current = auth->currentToken(clock->now());
  const bool isNew = current && !isSameToken(current.get(), before.get());
  if (isNew && !isSameToken(current.get(), refused.get())) co_return current;
  co_return co_await auth->requestToken(std::move(refused), std::move(context));
}

TokenRequests::Choice TokenRequests::take(const std::shared_ptr<Authentication>& auth, const Token& refused,
                                          const TokenContext& context, const asio::any_io_executor& executor) {
  const TimePoint now = context.session.clock()->now();
  for (;;) {
    const std::shared_ptr<TokenFlight> last = flight();
    const bool wasJoinable = last && last->joinable();
    Choice choice;
    choice.token = auth->currentToken(now);
    requireForBaseUrlOf(context.session, choice.token);
    if (choice.token && !(refused && isSameToken(choice.token.get(), refused.get()))) return choice;
    choice.token = nullptr;
    choice.fallback = fallback(refused.get(), now);
    requireForBaseUrlOf(context.session, choice.fallback);

    const std::lock_guard lock(mutex_);
    const bool joinable = flight_ && flight_->joinable();
    // Since the current token was read, a flight has completed, so the current token may have changed.
    if (!joinable && (wasJoinable || flight_ != last)) continue;
    if (joinable && choice.fallback) {
      choice.token = std::move(choice.fallback);
      return choice;
    }
    if (!joinable) {
      choice.mine = true;
      // Calls join the flight only for as long as the session of the first call allows a call to take, because the
      // io_context of that call may have been stopped.
      const Steady::time_point until = Deadline(context.session.timeouts().call).resolve(Steady::now(), Deadline());
      flight_ = TokenFlight::launch(executor, ask(auth, refused, context), until);
      refusedBefore_ = refused;
    }
    choice.answers = !refused || isSameToken(refused.get(), refusedBefore_.get());
    choice.flight = flight_;
    return choice;
  }
}

asio::awaitable<Token> TokenRequests::obtain(std::shared_ptr<Authentication> auth, Token refused, TokenContext context,
                                             std::shared_ptr<Watchdog> watchdog) {
  const std::shared_ptr<TokenRequests> self = auth->requests_;
  const std::shared_ptr<const Clock> clock = context.session.clock();
  const auto executor = co_await asio::this_coro::executor;
  fixDeadline(context);
  const Steady::time_point deadline = context.deadline.resolve(Steady::now(), Deadline());
  // All waiting calls share the flight, so the deadline of a single call does not apply to it. Its limit is
  // TimeoutOptions::call, counted from its start.
  context.deadline = Deadline();
  bool askedAgain = false;

  for (;;) {
    const Choice choice = self->take(auth, refused, context, executor);
    if (choice.token) co_return choice.token;

    Steady::time_point until = deadline;
    if (choice.fallback) {
      // The call keeps at least half of its time for the request itself.
      const Steady::time_point now = Steady::now();
      until = now + std::min<Steady::duration>(patience, (deadline - now) / 2);
    }
    Waiter waiter(executor, until);
    error_code ended;
    {
      const TokenFlight::Participant participant(choice.flight, waiter);
      ended = co_await waitWhileOpen(waiter, watchdog);
    }
    if (ended == asio::error::operation_aborted) throw Cancellation();
    if (choice.flight->completed()) {
      // The flight ended with its io_context, or was cancelled just when this call joined it. Then this call has no
      // answer yet.
      if (choice.flight->cancelled()) continue;
      std::exception_ptr thrown;
      Token token;
      try {
        token = choice.flight->take();
      } catch (...) {
        thrown = std::current_exception();
      }
      if (!thrown) {
        if (!token) throw tokenError(make_error_code(Errc::tokenUnavailable), "the Authentication gave no token");
        // The request may have been begun by a client with another base URL.
        requireForBaseUrlOf(context.session, token);
        // The result of the flight may be the refused token itself, if the call that began the flight did not know of
        // the refusal.
        const bool again = !choice.answers && isSameToken(token.get(), refused.get());
        if (again && !std::exchange(askedAgain, true)) continue;
        co_return token;
      }
      const BoxSdkError failure = tokenFailure(thrown);
      if (isPassing(failure) && isUsable(choice.fallback.get(), clock->now())) co_return choice.fallback;
      // The flight was begun by a call of another client, which has been closed.
      if (!choice.mine && failure.code() == Errc::clientClosed) continue;
      failure.raise();
    }
    if (ended) throw tokenError(ended, "waiting for an access token");
    if (isUsable(choice.fallback.get(), clock->now())) {
      self->postpone(clock->now());
      co_return choice.fallback;
    }
    if (choice.fallback) continue;  // it has expired in the meantime, so the call waits for the new token
    throw tokenError(make_error_code(Errc::callTimeout), "waiting for an access token");
  }
}

Authentication::Authentication() : Authentication(std::make_shared<TokenRequests>()) {}
Authentication::Authentication(std::shared_ptr<TokenRequests> requests) noexcept : requests_(std::move(requests)) {}
Authentication::~Authentication() = default;

asio::awaitable<Token> Authentication::retrieveToken(TokenContext context) {
  return obtain(nullptr, std::move(context));
}

asio::awaitable<Token> Authentication::refreshToken(Token refused, TokenContext context) {
  return obtain(std::move(refused), std::move(context));
}

asio::awaitable<Token> Authentication::obtain(Token refused, TokenContext context) {
  std::shared_ptr<Authentication> self = weak_from_this().lock();
  // If the Authentication is not owned by a shared_ptr, it must live until the call has ended.
  if (!self) self = std::shared_ptr<Authentication>(std::shared_ptr<void>(), this);
  return asBoxError(TokenRequests::obtain(std::move(self), std::move(refused), std::move(context), nullptr),
                    tokenOperationDetails);
}

}  // namespace box::inline v0_1
