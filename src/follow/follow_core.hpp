#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/rate_limiter.hpp"
#include "box/error.hpp"
#include "box/follow/following.hpp"
#include "follow/matcher.hpp"
#include "read/stream_cursor.hpp"

namespace box::inline v0_1 {

/// Decides what a Follower does next, and what it has found out. It has no I/O; the time is an argument.
///
/// It reads admin_logs_streaming from the mark to the end, continues to read at intervals of
/// FollowOptions::pollInterval until the window is over, then reads once more, and, with `backfill`, reads the same
/// period from admin_logs. A part that it could not read is a gap. If there is a gap, it cannot be concluded from
/// missing events that there were none. If admin_logs were read from the mark to their end, they fill a gap that ended
/// FollowOptions::historyLag before, or earlier. They do not show the stream's newest events, because they lag more.
class FollowCore {
 public:
  struct Now {
    std::chrono::steady_clock::time_point steady;
    std::chrono::system_clock::time_point wall;
  };
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Box keeps the stream for two weeks; one hour less is used here to be safe.
  static constexpr std::chrono::hours streamKept{24 * 14 - 1};

  /// *Errors*: BoxSdkError with Errc::invalidRequest where a target has neither an id nor a login, an id that is not 1
  /// to 20 digits, or a login that is too long; with Errc::invalidConfiguration where an option is out of range.
  FollowCore(const FollowOptions& options, const std::vector<FollowTarget>& targets, const FollowMark& mark,
             std::chrono::nanoseconds window, Now now);
  /// Continues from the text of a save(), in the window of that text or in a new window. In a new window, the events
  /// that were left unread at the end of the last one are read too. *Errors*: as for the constructor; also BoxSdkError
  /// with Errc::invalidRequest where `state` is not such a text, or has other targets.
  static FollowCore restore(const FollowOptions& options, const std::vector<FollowTarget>& targets,
                            std::string_view state, Now now,
                            std::optional<std::chrono::nanoseconds> window = std::nullopt);

  /// Continues if following ended before its window was over: because it was stopped, or for a failure. Box may answer
  /// now.
  void reopen(Now now);

  enum class Action { ask, wait, done };
  struct Ask {
    bool history = false;  ///< whether to request admin_logs instead of the stream
    std::string position;  ///< empty: from the oldest event
    std::int64_t limit = 0;
    std::optional<std::chrono::system_clock::time_point> createdAfter;
  };
  struct Step {
    Action action = Action::done;
    Ask ask;
    TimePoint until{};  ///< for Action::wait
  };

  void setOwnAccount(const UserMini& own) { matcher_.setOwnAccount(own); }
  /// Adds a text to the summary's gaps. It changes no outcome.
  void note(std::string text);

  Step next(Now now);
  /// Considers one event of a page. To be called for all events of the page in order, and before take().
  void consider(const BoxEvent& event, const Matcher::Tell& tell) {
    matcher_.consider(event, tell, mode_ == Mode::history);
  }
  /// The requested page has arrived, and its events were considered.
  void take(const Events& page, Now now);
  /// The request has failed. `random`: a random number in [0, 1).
  void fail(const BoxSdkError& error, double random, Now now);
  /// Ends following now. No request may be in progress.
  void stop();

  FollowProgress progress() const;
  FollowSummary summary() const;
  std::string save() const;

 private:
  enum class Mode : std::uint8_t { streaming, history, done };

  FollowCore(const FollowOptions& options, const std::vector<FollowTarget>& targets, const FollowMark& mark,
             std::optional<std::chrono::system_clock::time_point> end, Now now);

  static std::optional<std::chrono::system_clock::time_point> endOf(std::chrono::nanoseconds window, Now now);
  Step askAt(TimePoint at, Now now);
  /// Notes a gap where Box no longer keeps all events since the end of the stream was last reached.
  void checkAge(Now now);
  Step ask(Now now);
  /// Whether this object has sent a request. Before its first request no limit of time ends the reading, because what
  /// came before, such as finding the own account, may have taken longer.
  bool hasAsked() const noexcept { return sentAt_ != TimePoint{}; }
  Step nextOfStream(Now now);
  Step nextOfHistory(Now now);
  void endStream(Now now);
  void end(FollowEnd end, const BoxSdkError& error);
  void retry(const BoxSdkError& error, double random, Now now);
  /// Records that a part of the stream can no longer be read. Only admin_logs may show its events.
  void gap(std::string why);
  /// Records that events may be unread which the stream can still show later.
  void leaveUnread(std::string why);
  void beginAgain();
  std::chrono::system_clock::time_point firstThatCounts() const noexcept;
  /// Whether admin_logs have all events of the gap in the stream, because their reading began late enough.
  bool historyHasTheGap() const noexcept;
  bool isSilenceKnown() const noexcept { return unread_.empty() && (unknown_.empty() || historyRead_); }
  static std::string_view nameOf(Mode mode) noexcept;
  static std::optional<Mode> modeIn(std::string_view word) noexcept;
  bool takeLine(std::string_view line);

  const FollowOptions options_;
  const FollowMark mark_;
  const std::optional<std::chrono::system_clock::time_point> wallEnd_;  // unset: the window has no end
  const TimePoint end_, overdue_;
  Matcher matcher_;
  RateLimiter limiter_;
  Mode mode_ = Mode::streaming;
  StreamCursor stream_, history_{""};
  std::int64_t limit_;

  bool asked_ = false;
  TimePoint sentAt_{};  // when the last request was sent; the epoch: this object has sent none
  std::chrono::system_clock::time_point sentWall_{};
  std::optional<std::chrono::system_clock::time_point> boxTime_;  // that of the last page; unset: no page had it
  /// From when on the stream shows what happened, in seconds since 1970. Set only where a target was terminated before,
  /// and the time until then was not read in admin_logs.
  std::optional<std::int64_t> shownSince_;
  /// When the last gap in the stream ended. Unset: the stream has no gap, or no page was read after the gap.
  std::optional<std::chrono::system_clock::time_point> gapEnd_;
  bool behind_ = true;              // the stream may have more events that can be read now
  std::optional<TimePoint> endAt_;  // when the request that reached the stream's end was sent
  TimePoint pollAt_, retryAt_, historyEnd_{};
  unsigned failures_ = 0;  // how many in a row
  std::string lastFailure_;
  bool positionRefused_ = false;  // Box has refused a position, and accepted none since
  bool outOfDate_ = false;        // the gap of a stream that was read too long ago is noted, until its end is reached

  // When the first page of admin_logs was requested. Unset: none was, since the window began.
  std::optional<std::chrono::system_clock::time_point> historyBegan_;
  // Whether admin_logs were read to their end, from firstThatCounts() on, and late enough to fill the gap.
  bool historyRead_ = false;
  bool historyCut_ = false;  // admin_logs are not kept back to firstThatCounts()
  std::string unknown_;      // why a part of the stream is lost; empty: no part is lost
  std::string unread_;       // why the stream was not read to its end
  std::vector<std::string> gaps_;
  FollowEnd reason_ = FollowEnd::window;
  std::optional<BoxSdkError> failure_;
  FollowProgress progress_;
};

}  // namespace box::inline v0_1
