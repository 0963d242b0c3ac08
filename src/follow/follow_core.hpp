#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bulk/rate_limiter.hpp"
#include "box/error.hpp"
#include "box/follow/following.hpp"
#include "follow/matcher.hpp"
#include "read/stream_cursor.hpp"

namespace box::inline v0_1 {

/// Decides what a Follower does next, and what it has found out. No I/O; time is an argument.
///
/// It reads admin_logs_streaming from the mark to its end, reads on at FollowOptions::pollInterval until the window is
/// over, reads a last time then, and, with `backfill`, reads the same period from admin_logs. A part that it could not
/// read is a gap: then nothing can be concluded from silence, unless admin_logs could be read to its end.
class FollowCore {
 public:
  struct Now {
    std::chrono::steady_clock::time_point steady;
    std::chrono::system_clock::time_point wall;
  };
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Box keeps the stream for two weeks; an hour less is safe.
  static constexpr std::chrono::hours streamKept{24 * 14 - 1};

  /// *Errors*: BoxSdkError with Errc::invalidRequest where a target is not a person, with Errc::invalidConfiguration
  /// where an option is out of range.
  FollowCore(const FollowOptions& options, const std::vector<FollowTarget>& targets, const FollowMark& mark,
             std::chrono::nanoseconds window, Now now);
  /// Continues from the text that save() gave, in its window or in a new one; a new one also reads what was left unread
  /// at the end of the last one. *Errors*: as above; Errc::invalidRequest where `state` is not such a text, or has
  /// other targets.
  static FollowCore restore(const FollowOptions& options, const std::vector<FollowTarget>& targets,
                            std::string_view state, Now now,
                            std::optional<std::chrono::nanoseconds> window = std::nullopt);

  enum class Action { ask, wait, done };
  struct Ask {
    bool history = false;  ///< ask admin_logs, not the stream
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
  /// Considers one event of a page that came. Call it for all events of the page, in order, and then take().
  void consider(const BoxEvent& event, const Matcher::Tell& tell) { matcher_.consider(event, tell); }
  /// The requested page came, and its events have been considered.
  void take(const Events& page, Now now);
  /// The request failed. `random`: in [0, 1).
  void fail(const BoxSdkError& error, double random, Now now);
  /// Ends following now. No request may be in progress.
  void stop();

  FollowProgress progress() const;
  FollowSummary summary() const;
  std::string save() const;

 private:
  enum class Phase : std::uint8_t { streaming, history, done };

  FollowCore(const FollowOptions& options, const std::vector<FollowTarget>& targets, const FollowMark& mark,
             std::optional<std::chrono::system_clock::time_point> end, Now now);

  static std::optional<std::chrono::system_clock::time_point> endOf(std::chrono::nanoseconds window, Now now);
  Step askAt(TimePoint at, Now now);
  /// Notes a gap where Box no longer keeps all events since the end of the stream was last reached.
  void checkAge(Now now);
  Step ask(Now now);
  Step nextOfStream(Now now);
  Step nextOfHistory(Now now);
  void endStream(Now now);
  void end(FollowEnd end, const BoxSdkError& error);
  void retry(const BoxSdkError& error, double random, Now now);
  /// Events that Box no longer has.
  void gap(std::string why);
  /// Events that Box still has, and that were not read.
  void leaveUnread(std::string why);
  void beginAgain();
  bool isSilenceKnown() const noexcept { return (unknown_.empty() && unread_.empty()) || historyRead_; }
  bool takeLine(std::string_view line);

  const FollowOptions options_;
  const FollowMark mark_;
  const std::optional<std::chrono::system_clock::time_point> wallEnd_;  // unset: the window has no end
  const TimePoint end_, overdue_;
  Matcher matcher_;
  RateLimiter limiter_;
  Phase phase_ = Phase::streaming;
  StreamCursor stream_, history_{""};
  std::int64_t limit_;

  bool asked_ = false;
  TimePoint sentAt_{};
  std::chrono::system_clock::time_point sentWall_{};
  bool behind_ = true;              // the stream has more, as far as is known
  std::optional<TimePoint> endAt_;  // when the request that reached the stream's end was sent
  TimePoint pollAt_, retryAt_, historyEnd_{};
  unsigned failures_ = 0;  // in a row
  std::string lastFailure_;
  bool positionRefused_ = false;  // Box has refused a position, and accepted none since
  bool outOfDate_ = false;        // the gap is noted that checkAge() has found

  bool historyRead_ = false;
  std::string unknown_;  // why a part of the stream is lost; empty: none is
  std::string unread_;   // why the stream was not read to its end
  std::vector<std::string> gaps_;
  FollowEnd reason_ = FollowEnd::window;
  std::optional<BoxSdkError> failure_;
  FollowProgress progress_;
};

}  // namespace box::inline v0_1
