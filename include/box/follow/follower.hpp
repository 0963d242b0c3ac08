#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "box/client.hpp"
#include "box/follow/following.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box {

/// The members of groups, as targets.
struct FollowMembers {
  std::vector<FollowTarget> targets;  ///< each person once
  std::string incomplete;             ///< why some may be missing, in one line; empty: none is
};

/// Follows terminations in the admin events of the enterprise:
///
///     box::FollowMark mark = co_await follower.mark();    // before the termination; never fails for Box's sake
///     …                                                   // terminate
///     box::FollowSummary seen = co_await follower.follow(targets, mark, 15min);
///
/// The account needs the right to read the enterprise's events (an administrator, or a co-administrator who may run
/// reports; scope `manage_enterprise_properties`), which is another one than that to terminate. *Lifetime*: a call in
/// progress keeps what it needs. *Threads*: any; one follow() or resume() at a time.
class BOX_API Follower {
 public:
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration, naming the option, and where the client acts as another
  /// user (As-User), who has no events of the enterprise.
  explicit Follower(const BoxClient& client, FollowOptions options = FollowOptions());

  /// Where the stream of events stands now. What goes wrong is in the mark, and takes no longer than
  /// FollowOptions::markTimeout. *Errors*: only operation_aborted. *Cancellation*: terminal.
  asio::awaitable<FollowMark> mark() const;

  /// The members of these groups: list them before the termination, since nobody knows when Box does.
  /// *Errors*: those of MembershipsManager::readGroupMemberships(). *Cancellation*: terminal.
  asio::awaitable<FollowMembers> membersOf(std::vector<std::string> groupIds) const;

  /// Reads the events since the mark until `window` (0 or more, box::unlimited: until stop()) is over, and then a last
  /// time. Takes at most FollowOptions::grace longer, and with `backfill` that once more. `listener` may be null.
  /// *Errors*: BoxSdkError with Errc::invalidRequest where a target is not a valid id or login, or where another call
  /// of this Follower is in progress; what the listener throws. What goes wrong with Box is in the summary.
  /// *Cancellation*: terminal; the last state that the listener was given is where resume() continues. *Executor*:
  /// completes on the awaiting coroutine's.
  asio::awaitable<FollowSummary> follow(std::vector<FollowTarget> targets, FollowMark mark,
                                        std::chrono::nanoseconds window,
                                        std::shared_ptr<FollowListener> listener = nullptr) const;
  /// Continues from a state that a listener was given, until the window that began then is over. `targets`: the same,
  /// in the same order. *Errors*: also Errc::invalidRequest where they are others, or `state` is damaged.
  asio::awaitable<FollowSummary> resume(std::vector<FollowTarget> targets, std::string state,
                                        std::shared_ptr<FollowListener> listener = nullptr) const;
  /// The same for a new `window`, which begins now, also where the last one is over: from the place in the stream that
  /// was reached then, so that what was not read then is read now. Nothing is told again.
  asio::awaitable<FollowSummary> resume(std::vector<FollowTarget> targets, std::string state,
                                        std::chrono::nanoseconds window,
                                        std::shared_ptr<FollowListener> listener = nullptr) const;

  /// What a state says that a listener was given, without a request. It has no `failure`. *Errors*: as resume().
  static FollowSummary summaryOf(const std::vector<FollowTarget>& targets, std::string_view state);

  /// Ends follow() with what is known, after the request in progress.
  void stop() const noexcept;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace box
