#include "follow/follow_core.hpp"

#include <algorithm>
#include <utility>

#include "box/policy/backoff.hpp"
#include "box/support/time.hpp"
#include "box/support/unlimited.hpp"
#include "follow/people.hpp"
#include "read/paging.hpp"
#include "support/refusal.hpp"
#include "support/temporary.hpp"
#include "support/text_encoding.hpp"

namespace box::inline v0_1 {
namespace {

using std::chrono::system_clock;

constexpr std::size_t mostGaps = 16;
/// Box keeps admin_logs for a year, and refuses a `created_after` before that.
constexpr std::chrono::hours historyKept{24 * 364};
/// The waits before a request is retried.
constexpr ExponentialBackoffPolicy::Curve retryWaits{std::chrono::seconds(1), std::chrono::seconds(60),
                                                     std::chrono::milliseconds(500)};

const FollowOptions& checked(const FollowOptions& options) {
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw BoxSdkError(Errc::invalidConfiguration, std::string("FollowOptions::") + what);
  };
  constexpr std::chrono::nanoseconds none{0};
  require(options.pollInterval > none, "pollInterval must be more than 0");
  require(options.callTimeout > none, "callTimeout must be more than 0");
  require(options.markTimeout > none, "markTimeout must be more than 0");
  require(options.grace > none, "grace must be more than 0");
  require(options.clockSkew >= none, "clockSkew must be 0 or more");
  require(options.historyLag >= none, "historyLag must be 0 or more");
  require(options.pageSize >= 1 && options.pageSize <= 500, "pageSize must be from 1 to 500");
  require(options.remembered >= 1'000, "remembered must be 1,000 or more");
  return options;
}

FollowCore::TimePoint steadyEnd(std::optional<system_clock::time_point> end, FollowCore::Now now) {
  if (!end) return FollowCore::TimePoint::max();
  return after(now.steady, between(now.wall, *end));
}

std::string oneLine(std::string text) {
  constexpr std::size_t longest = 500;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  text.resize(beginningOf(text, longest).size());
  return text;
}

bool mayPass(const BoxSdkError& error) noexcept { return isTemporary(error.code(), error.kind()); }

constexpr const char* terminatedBefore =
    "Box accepted the termination before the mark, and the stream is read from the mark on only";
constexpr const char* readTooSoon =
    "admin_logs were read so soon that they may not have all events yet: read them again later";

}  // namespace

FollowCore::FollowCore(const FollowOptions& options, const std::vector<FollowTarget>& targets, const FollowMark& mark,
                       std::chrono::nanoseconds window, Now now)
    : FollowCore(options, targets, mark, endOf(window, now), now) {
  if (mark_.position.empty()) {
    gap("the position in the stream of events before the termination is not known: " +
        (mark_.reason.empty() ? std::string("there is no mark") : mark_.reason));
  } else if (between(mark_.time, now.wall) > streamKept) {
    gap("the mark is older than the 14 days for which Box keeps the stream of events");
    gapEnd_ = after(now.wall, -streamKept);
    outOfDate_ = true;
  } else if (const std::int64_t shown = secondsOf(after(mark_.time, -options_.clockSkew));
             matcher_.earliestSince() < shown) {
    shownSince_ = shown;
    gapEnd_ = mark_.time;
    note(terminatedBefore);
  }
}

FollowCore::FollowCore(const FollowOptions& options, const std::vector<FollowTarget>& targets, const FollowMark& mark,
                       std::optional<system_clock::time_point> end, Now now)
    : options_(checked(options)),
      mark_(mark),
      wallEnd_(end),
      end_(steadyEnd(end, now)),
      overdue_(after(std::max(end_, now.steady), options.grace)),
      matcher_(options, targets, mark.time),
      limiter_(options.rate, now.steady),
      stream_(mark.position.empty() ? std::string_view("now") : std::string_view(mark.position)),
      limit_(static_cast<std::int64_t>(options.pageSize)),
      pollAt_(now.steady),
      retryAt_(now.steady) {}

std::optional<system_clock::time_point> FollowCore::endOf(std::chrono::nanoseconds window, Now now) {
  if (window == unlimited) return std::nullopt;
  return after(now.wall, std::max(window, std::chrono::nanoseconds(0)));
}

void FollowCore::note(std::string text) {
  if (gaps_.size() < mostGaps) gaps_.push_back(oneLine(std::move(text)));
}

void FollowCore::gap(std::string why) {
  unknown_ = oneLine(std::move(why));
  note(unknown_);
}

void FollowCore::leaveUnread(std::string why) {
  unread_ = oneLine(std::move(why));
  note(unread_);
}

FollowCore::Step FollowCore::next(Now now) {
  Step step;
  if (asked_) {
    step.action = Action::wait;
    step.until = TimePoint::max();
    return step;
  }
  if (mode_ == Mode::streaming) step = nextOfStream(now);
  if (mode_ == Mode::history) step = nextOfHistory(now);
  if (mode_ == Mode::done) return Step();
  return step;
}

FollowCore::Step FollowCore::nextOfStream(Now now) {
  if (endAt_ && *endAt_ >= end_) {
    endStream(now);
    return Step();
  }
  // The last read takes place at the end of the window.
  TimePoint at = behind_ ? now.steady : std::min(pollAt_, std::max(end_, now.steady));
  at = std::max({at, retryAt_, limiter_.next(now.steady)});
  if (hasAsked() && std::max(at, now.steady) > overdue_) {
    leaveUnread("the stream of events was not read to its end by the end of the time" +
                (lastFailure_.empty() ? std::string(": there were too many events") : ": " + lastFailure_));
    endStream(now);
    return Step();
  }
  return askAt(at, now);
}

FollowCore::Step FollowCore::nextOfHistory(Now now) {
  const TimePoint at = std::max(retryAt_, limiter_.next(now.steady));
  if (hasAsked() && std::max(at, now.steady) > historyEnd_) {
    note("admin_logs were not read to their end by the end of the time" +
         (lastFailure_.empty() ? std::string() : ": " + lastFailure_));
    mode_ = Mode::done;
    return Step();
  }
  return askAt(at, now);
}

FollowCore::Step FollowCore::askAt(TimePoint at, Now now) {
  if (at <= now.steady) return ask(now);
  Step step;
  step.action = Action::wait;
  step.until = at;
  return step;
}

// A process may have been suspended for weeks, or Box may not have answered for so long.
void FollowCore::checkAge(Now now) {
  if (outOfDate_ || stream_.position() == "now") return;
  if (between(progress_.lookedUntil.value_or(mark_.time), now.wall) <= streamKept) return;
  outOfDate_ = true;
  gap("the stream of events was read too long ago: Box keeps it for 14 days");
  gapEnd_ = after(now.wall, -streamKept);
}

FollowCore::Step FollowCore::ask(Now now) {
  if (mode_ == Mode::streaming) checkAge(now);
  limiter_.sent(now.steady);
  asked_ = true;
  sentAt_ = now.steady;
  sentWall_ = now.wall;
  ++progress_.requests;
  Step step;
  step.action = Action::ask;
  step.ask.history = mode_ == Mode::history;
  step.ask.position = step.ask.history ? history_.position() : stream_.position();
  step.ask.limit = limit_;
  if (step.ask.history) {
    if (step.ask.position.empty()) historyBegan_ = now.wall;
    const system_clock::time_point wanted = after(firstThatCounts(), -options_.clockSkew);
    const system_clock::time_point kept = after(now.wall, -historyKept);
    if (kept > wanted) historyCut_ = true;
    step.ask.createdAfter = std::max(wanted, kept);
  }
  return step;
}

/// Only what happened since the terminations counts.
system_clock::time_point FollowCore::firstThatCounts() const noexcept {
  const std::int64_t earliest = matcher_.earliestSince();
  const system_clock::time_point first = earliest == secondsOf(mark_.time) ? mark_.time : clockTimeOf(earliest);
  // It may be by a clock that is ahead of Box's, and Box refuses a time in the future.
  return boxTime_ ? std::min(first, *boxTime_) : first;
}

void FollowCore::take(const Events& page, Now now) {
  asked_ = false;
  if (page.date) boxTime_ = page.date;
  limiter_.replied(now.steady);
  failures_ = 0;
  lastFailure_.clear();
  ++progress_.pages;
  progress_.events += page.entries.size();
  const bool ofHistory = mode_ == Mode::history;
  const bool fromNow = stream_.position() == "now";
  const StreamCursor::Next then = (ofHistory ? history_ : stream_).take(page);
  if (then == StreamCursor::Next::lost) {  // not the end of the stream: the page is requested again
    lastFailure_ = "Box gives no position after a page";
    retryAt_ = after(now.steady, options_.pollInterval);
    return;
  }
  if (ofHistory) {
    if (then != StreamCursor::Next::wait) return;
    historyRead_ = !historyCut_ && historyHasTheGap();
    if (historyCut_) note("the termination or the mark is older than the 364 days for which admin_logs can be read");
    if (!historyHasTheGap()) note(readTooSoon);
    mode_ = Mode::done;
    return;
  }
  if (fromNow) gapEnd_ = now.wall;
  // Box accepts positions again. If it refuses one weeks later, that is another gap, and following continues.
  if (!fromNow) positionRefused_ = false;
  behind_ = then != StreamCursor::Next::wait;
  if (behind_) return;
  outOfDate_ = false;
  pollAt_ = after(now.steady, options_.pollInterval);
  endAt_ = sentAt_;
  progress_.lookedUntil = sentWall_;
}

bool FollowCore::historyHasTheGap() const noexcept {
  return !gapEnd_ || (historyBegan_ && between(*gapEnd_, *historyBegan_) >= options_.historyLag);
}

void FollowCore::fail(const BoxSdkError& error, double random, Now now) {
  asked_ = false;
  if (error.code() == Errc::rateLimited) {
    const auto retryAfter = error.api() != nullptr ? error.api()->retryAfter : std::nullopt;
    limiter_.throttled(sentAt_, retryAfter, random, now.steady);
    lastFailure_ = oneLine(std::string(error.reason()));
    return;
  }
  limiter_.replied(now.steady);
  if (error.code() == Errc::responseTooLarge && halvePages(limit_)) {
    behind_ = true;  // so large a page has events
  } else if (mode_ == Mode::history && !mayPass(error)) {
    note("admin_logs could not be read: " + std::string(error.reason()));
    mode_ = Mode::done;
  } else if (isRefusal(error, Errc::forbidden)) {
    end(FollowEnd::rights, error);
  } else if (isRefusal(error, Errc::badRequest) && !positionRefused_) {
    positionRefused_ = true;
    gap("Box refused the position in the stream of events, and the events before now are missing");
    stream_ = StreamCursor("now");
    behind_ = true;
  } else if (mayPass(error)) {
    if (error.api() != nullptr && error.api()->retryAfter) limiter_.pause(*error.api()->retryAfter, random, now.steady);
    retry(error, random, now);
  } else {
    end(FollowEnd::failed, error);
  }
}

void FollowCore::retry(const BoxSdkError& error, double random, Now now) {
  lastFailure_ = oneLine(std::string(error.reason()));
  BackoffContext context;
  context.retry = ++failures_;
  context.kind = error.kind();
  context.random = random;
  retryAt_ = after(now.steady, ExponentialBackoffPolicy(retryWaits, retryWaits).delay(context));
}

void FollowCore::end(FollowEnd end, const BoxSdkError& error) {
  leaveUnread(std::string(error.reason()));
  reason_ = end;
  failure_ = error;
  mode_ = Mode::done;
}

void FollowCore::endStream(Now now) {
  mode_ = options_.backfill ? Mode::history : Mode::done;
  lastFailure_.clear();
  failures_ = 0;
  retryAt_ = now.steady;
  historyEnd_ = after(now.steady, options_.grace);
}

void FollowCore::stop() {
  if (mode_ == Mode::done) return;
  reason_ = FollowEnd::stopped;
  if (mode_ == Mode::streaming && (behind_ || !endAt_ || !lastFailure_.empty())) {
    leaveUnread("following was stopped before the end of the stream of events was reached" +
                (lastFailure_.empty() ? std::string() : ": " + lastFailure_));
  } else if (mode_ == Mode::streaming && wallEnd_ && *endAt_ < end_) {
    leaveUnread("following was stopped before the window was over");
  }
  mode_ = Mode::done;
}

FollowProgress FollowCore::progress() const {
  FollowProgress progress = progress_;
  progress.duplicates = matcher_.duplicates();
  progress.evidence = matcher_.evidence();
  progress.signIns = matcher_.signIns();
  return progress;
}

FollowSummary FollowCore::summary() const {
  FollowSummary summary;
  static_cast<FollowProgress&>(summary) = progress();
  summary.end = reason_;
  summary.failure = failure_;
  summary.gaps = gaps_;
  summary.unmatched = matcher_.unmatched().all();
  summary.others = matcher_.others().all();
  const bool known = mode_ == Mode::done && isSilenceKnown();
  const auto isBeforeStream = [&](std::size_t target) {
    return shownSince_ && !historyRead_ && matcher_.sinceOf(target) < *shownSince_;
  };
  summary.results.reserve(matcher_.targets());
  for (std::size_t target = 0; target < matcher_.targets(); ++target) {
    FollowResult& result = summary.results.emplace_back(matcher_.resultOf(target));
    if (result.outcome != FollowOutcome::nothingSeen) continue;
    if (known && !isBeforeStream(target)) continue;
    result.outcome = FollowOutcome::couldNotLook;
    result.reason = !unread_.empty()    ? unread_
                    : !unknown_.empty() ? unknown_
                    : known             ? terminatedBefore
                                        : "following has not ended";
  }
  return summary;
}

/// Begins a new window. A part of the stream that was lost stays lost, unless it was found in admin_logs.
void FollowCore::beginAgain() {
  // The stream is still to be read from "now" where no page has given a position.
  if (historyRead_ && stream_.position() != "now") unknown_.clear();
  if (historyRead_) shownSince_.reset();
  if (unknown_.empty() && !shownSince_) gapEnd_.reset();
  mode_ = Mode::streaming;
  positionRefused_ = false;  // Box may refuse the position again if much time has passed since the last window
  reason_ = FollowEnd::window;
  history_ = StreamCursor("");
  historyBegan_.reset();
  historyRead_ = historyCut_ = false;
  unread_.clear();
  gaps_.clear();
  if (!unknown_.empty()) note(unknown_);
  if (shownSince_) note(terminatedBefore);
}

void FollowCore::reopen(Now now) {
  const bool hasNothingToReopen =
      mode_ != Mode::done || reason_ == FollowEnd::window || (wallEnd_ && now.wall >= *wallEnd_);
  if (!hasNothingToReopen) beginAgain();
}

}  // namespace box::inline v0_1
