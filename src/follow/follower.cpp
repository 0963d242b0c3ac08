#include "box/follow/follower.hpp"

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include "async/blocking.hpp"
#include "async/busy.hpp"
#include "async/signal.hpp"
#include "async/wait.hpp"
#include "async/waiter.hpp"
#include "box/entry.hpp"
#include "box/policy/retry.hpp"
#include "follow/follow_core.hpp"
#include "follow/people.hpp"
#include "read/group_members.hpp"
#include "read/stream_cursor.hpp"
#include "support/as_box_error.hpp"
#include "support/operation_error.hpp"
#include "support/refusal.hpp"

namespace box::inline v0_1 {

using Steady = std::chrono::steady_clock;

struct Follower::Shared {
  Shared(BoxClient c, FollowOptions o) : client(std::move(c)), options(std::move(o)) {}

  static asio::awaitable<FollowMark> mark(std::shared_ptr<Shared> shared);
  static asio::awaitable<FollowMembers> membersOf(std::shared_ptr<Shared> shared, std::vector<std::string> groupIds);
  static asio::awaitable<FollowSummary> resume(const std::shared_ptr<Shared>& shared, std::vector<FollowTarget> targets,
                                               std::string state, std::optional<std::chrono::nanoseconds> window,
                                               std::shared_ptr<FollowListener> listener);
  /// `stopsBefore`: the value of `stops` when the public function was called. `make` makes the core. It runs on a
  /// helper thread, because it takes long if there are many people.
  static asio::awaitable<FollowSummary> perform(std::shared_ptr<Shared> shared,
                                                std::function<std::shared_ptr<FollowCore>()> make,
                                                std::shared_ptr<FollowListener> listener, unsigned stopsBefore);
  static asio::awaitable<void> findOwnAccount(std::shared_ptr<Shared> shared, FollowCore& core);
  static asio::awaitable<void> sleep(std::shared_ptr<Shared> shared, Steady::time_point until);
  asio::awaitable<Events> ask(const FollowCore::Ask& ask) const;
  asio::awaitable<Events> askForNow() const;
  asio::awaitable<UserFull> askForMe() const;
  CallOptionalsView optionals() const;
  FollowCore::Now now() const { return {Steady::now(), client.networkSession().clock()->now()}; }

  const BoxClient client;
  const FollowOptions options;
  const std::shared_ptr<const RetryPolicy> oneAttempt = std::make_shared<DefaultRetryPolicy>(1);
  Signal stopped;
  std::atomic<unsigned> stops{0};  // how often stop() was called
  std::atomic<bool> busy{false};
};

namespace {

/// Considers all events of a page, in pieces, so that other work of the executor can run in between. A cancellation has
/// its effect only after the last piece, so that the reported findings and the saved state are about the same events.
/// True: the caller has cancelled in the meantime.
asio::awaitable<bool> consider(FollowCore& core, const Events& page, const Matcher::Tell& tell) {
  constexpr std::size_t mostEvents = 64, mostBytes = std::size_t{128} * 1024;  // of a piece
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  bool cancelled = false;
  std::exception_ptr thrown;  // the exception of the listener
  try {
    for (std::size_t events = 0, bytes = 0; const BoxEvent& event : page.entries) {
      bytes += event.rawJson.size();
      if (++events == mostEvents || bytes > mostBytes) {
        const asio::cancellation_type heard = co_await letOthersRun();
        cancelled = cancelled || heard != asio::cancellation_type::none;
        events = bytes = 0;
      }
      core.consider(event, tell);
    }
  } catch (...) {
    thrown = std::current_exception();
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  if (thrown) std::rethrow_exception(thrown);
  co_return cancelled;
}

BoxSdkError cancellation() { return operationError(asio::error::operation_aborted, "Follower", "cancelled"); }

/// Exceptions of the listener are thrown unchanged.
std::optional<ErrorDetails> cancelledBetweenSteps(const Thrown& thrown) {
  return cancellationDetails(thrown, "Follower");
}

}  // namespace

FollowOptions::FollowOptions()
    : evidenceTypes{"REMOVE_LOGIN_ACTIVITY_DEVICE", "OAUTH2_ACCESS_TOKEN_REVOKE", "OAUTH2_REFRESH_TOKEN_REVOKE"},
      signInTypes{"LOGIN", "ADMIN_LOGIN", "ADD_LOGIN_ACTIVITY_DEVICE", "USER_AUTHENTICATE_OAUTH2_ACCESS_TOKEN_CREATE"} {
  rate.start = 1;
  rate.cap = 2;
}

std::string_view toString(FollowKind kind) noexcept {
  switch (kind) {
    case FollowKind::evidence: return "evidence";
    case FollowKind::signIn: return "signIn";
    case FollowKind::other: return "other";
  }
  return "unknown";
}

std::string_view toString(FollowOutcome outcome) noexcept {
  switch (outcome) {
    case FollowOutcome::evidence: return "evidence";
    case FollowOutcome::signedInAgain: return "signedInAgain";
    case FollowOutcome::nothingSeen: return "nothingSeen";
    case FollowOutcome::couldNotLook: return "couldNotLook";
  }
  return "unknown";
}

std::string_view toString(FollowEnd end) noexcept {
  switch (end) {
    case FollowEnd::window: return "window";
    case FollowEnd::stopped: return "stopped";
    case FollowEnd::rights: return "rights";
    case FollowEnd::failed: return "failed";
  }
  return "unknown";
}

/// Allows one attempt only, and a second one after a 401. The core retries, because retries of the call itself would
/// bypass the rate limiter.
CallOptionalsView Follower::Shared::optionals() const {
  CallOptionalsView view;
  view.deadline = options.callTimeout;
  view.retryPolicy = oneAttempt;
  return view;
}

asio::awaitable<Events> Follower::Shared::ask(const FollowCore::Ask& ask) const {
  GetEventsQueryParams params;
  params.streamType = ask.history ? "admin_logs" : "admin_logs_streaming";
  params.streamPosition = ask.position;
  params.limit = ask.limit;
  params.createdAfter = ask.createdAfter;
  return client.events.getEvents(params, optionals());
}

asio::awaitable<Events> Follower::Shared::askForNow() const {
  GetEventsQueryParams params;
  params.streamType = "admin_logs_streaming";
  params.streamPosition = "now";
  CallOptionalsView view;
  view.deadline = options.markTimeout;
  return client.events.getEvents(params, view);
}

asio::awaitable<UserFull> Follower::Shared::askForMe() const {
  GetUserMeQueryParams params;
  params.fields = {"id", "login", "name"};
  CallOptionalsView view;
  view.deadline = options.callTimeout;
  return client.users.getUserMe(params, view);
}

asio::awaitable<FollowMark> Follower::Shared::mark(std::shared_ptr<Shared> shared) {
  FollowMark mark;
  mark.time = shared->now().wall;
  CallResult<Events> page = co_await tryAwait(shared->askForNow());
  if (!page) {
    if (isCancellation(page.error())) page.error().raise();
    mark.reason = page.error().reason();
  } else if (!isGivenPosition(page->nextStreamPosition)) {
    mark.reason = "Box gave no position in the stream of events";
  } else {
    mark.position = page->nextStreamPosition;
    mark.time = page->date.value_or(mark.time);
  }
  co_return mark;
}

asio::awaitable<FollowMembers> Follower::Shared::membersOf(std::shared_ptr<Shared> shared,
                                                           std::vector<std::string> groupIds) {
  FollowMembers members;
  const auto miss = [&members](const std::string& why) {
    if (!members.incomplete.empty()) members.incomplete += "; ";
    members.incomplete += why;
  };
  GroupMembers read;
  for (const std::string& groupId : groupIds) {
    const ListEnd end = co_await read.add(shared->client.memberships, groupId);
    if (end != ListEnd::complete) miss(incompleteGroup(groupId, end));
  }
  std::vector<UserMini> people = read.takePeople();
  members.targets.reserve(people.size());
  constexpr std::size_t atOnce = 1'000;  // before other work of the executor runs
  std::size_t considered = 0, withoutId = 0;
  for (UserMini& user : people) {
    if (++considered % atOnce == 0) {
      const asio::cancellation_type heard = co_await letOthersRun();
      if (heard != asio::cancellation_type::none) throw Cancellation();
    }
    if (!isBoxId(user.id)) {
      ++withoutId;
      continue;
    }
    // A text that is too long for a login must not keep the other members from being followed.
    if (user.login.size() > longestLogin) user.login.clear();
    members.targets.push_back({std::move(user.id), std::move(user.login)});
  }
  if (withoutId != 0) miss("members whom Box lists without an id: " + std::to_string(withoutId));
  co_return members;
}

asio::awaitable<void> Follower::Shared::findOwnAccount(std::shared_ptr<Shared> shared, FollowCore& core) {
  CallResult<UserFull> me = co_await tryAwait(shared->askForMe());
  if (me) {
    core.setOwnAccount(*me);
  } else if (isCancellation(me.error())) {
    me.error().raise();
  } else {
    core.note("the account of the client is not known, so its events cannot be distinguished: " +
              std::string(me.error().reason()));
  }
}

/// Sleeps until `until`, or until stop() is called.
asio::awaitable<void> Follower::Shared::sleep(std::shared_ptr<Shared> shared, Steady::time_point until) {
  Waiter waiter(co_await asio::this_coro::executor, until);
  const std::shared_ptr<Signal> stopped(shared, &shared->stopped);
  const Signal::Subscription subscription(stopped, waiter);
  if (co_await waitWhileOpen(waiter, nullptr)) throw cancellation();
}

asio::awaitable<FollowSummary> Follower::Shared::perform(std::shared_ptr<Shared> shared,
                                                         std::function<std::shared_ptr<FollowCore>()> make,
                                                         std::shared_ptr<FollowListener> listener,
                                                         unsigned stopsBefore) {
  const Busy busy(shared->busy, "Follower", "a call");
  shared->stopped.clear();
  if (shared->stops != stopsBefore) shared->stopped.set();  // before this coroutine began
  std::shared_ptr<FollowCore> core = co_await compute<std::shared_ptr<FollowCore>>(std::move(make));
  const std::shared_ptr<const Random> random = shared->client.networkSession().random();
  Matcher::Tell tell;
  if (listener) tell = [&](const FollowFinding& finding) { listener->onFinding(finding); };
  const FollowState state = [&] { return core->save(); };
  co_await findOwnAccount(shared, *core);
  for (;;) {
    if (shared->stopped.isSet()) core->stop();
    const FollowCore::Step step = core->next(shared->now());
    if (step.action == FollowCore::Action::done) break;
    if (step.action == FollowCore::Action::wait) {
      co_await sleep(shared, step.until);
      continue;
    }
    CallResult<Events> page = co_await tryAwait(shared->ask(step.ask));
    if (page) {
      const bool cancelled = co_await consider(*core, *page, tell);
      core->take(*page, shared->now());
      if (listener) listener->onPage(core->progress(), state);
      if (cancelled) throw cancellation();
    } else if (isCancellation(page.error())) {
      page.error().raise();
    } else {
      core->fail(page.error(), random->uniform(), shared->now());
      if (listener) listener->onFailure(page.error());
    }
  }
  // It may have come while the events of the last page were considered.
  const asio::cancellation_state cancelled = co_await asio::this_coro::cancellation_state;
  if (cancelled.cancelled() != asio::cancellation_type::none) throw cancellation();
  if (listener) listener->onEnd(state);
  // The function owns the core, so that the helper thread frees it, because that also takes long if there are many
  // people.
  std::function<FollowSummary()> summarize = [last = std::move(core)] { return last->summary(); };
  co_return co_await compute<FollowSummary>(std::move(summarize));
}

Follower::Follower(const BoxClient& client, FollowOptions options) {
  if (client.networkSession().extraHeaders().contains("As-User")) {
    throw operationError(Errc::invalidConfiguration, "Follower",
                         "the client acts as another user (As-User), who cannot read the events of the enterprise");
  }
  shared_ = std::make_shared<Shared>(client, std::move(options));
  // Reports invalid options here, not when mark() or follow() is awaited.
  FollowCore(shared_->options, {}, FollowMark(), std::chrono::nanoseconds(0), shared_->now());
}

asio::awaitable<FollowMark> Follower::mark() const { return Shared::mark(shared_); }

asio::awaitable<FollowMembers> Follower::membersOf(std::vector<std::string> groupIds) const {
  return asBoxError(Shared::membersOf(shared_, std::move(groupIds)), cancelledBetweenSteps);
}

asio::awaitable<FollowSummary> Follower::follow(std::vector<FollowTarget> targets, FollowMark mark,
                                                std::chrono::nanoseconds window,
                                                std::shared_ptr<FollowListener> listener) const {
  // The helper thread that calls it must not own the client or an object of the caller: it could be the last owner.
  auto make = [options = shared_->options, targets = std::move(targets), mark = std::move(mark), window,
               now = shared_->now()] { return std::make_shared<FollowCore>(options, targets, mark, window, now); };
  return asBoxError(Shared::perform(shared_, std::move(make), std::move(listener), shared_->stops),
                    cancelledBetweenSteps);
}

asio::awaitable<FollowSummary> Follower::Shared::resume(const std::shared_ptr<Shared>& shared,
                                                        std::vector<FollowTarget> targets, std::string state,
                                                        std::optional<std::chrono::nanoseconds> window,
                                                        std::shared_ptr<FollowListener> listener) {
  auto make = [options = shared->options, targets = std::move(targets), state = std::move(state), window,
               now = shared->now()] {
    auto core = std::make_shared<FollowCore>(FollowCore::restore(options, targets, state, now, window));
    core->reopen(now);
    return core;
  };
  return perform(shared, std::move(make), std::move(listener), shared->stops);
}

asio::awaitable<FollowSummary> Follower::resume(std::vector<FollowTarget> targets, std::string state,
                                                std::shared_ptr<FollowListener> listener) const {
  return asBoxError(Shared::resume(shared_, std::move(targets), std::move(state), std::nullopt, std::move(listener)),
                    cancelledBetweenSteps);
}

asio::awaitable<FollowSummary> Follower::resume(std::vector<FollowTarget> targets, std::string state,
                                                std::chrono::nanoseconds window,
                                                std::shared_ptr<FollowListener> listener) const {
  return asBoxError(Shared::resume(shared_, std::move(targets), std::move(state), window, std::move(listener)),
                    cancelledBetweenSteps);
}

FollowSummary Follower::summaryOf(const std::vector<FollowTarget>& targets, std::string_view state) {
  return FollowCore::restore(FollowOptions(), targets, state, FollowCore::Now()).summary();
}

void Follower::stop() const noexcept {
  ++shared_->stops;
  shared_->stopped.set();
}

}  // namespace box::inline v0_1
