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

namespace box::inline v0_1 {

/// The members of groups, as targets.
struct FollowMembers {
  std::vector<FollowTarget> targets;  ///< each person once
  std::string incomplete;             ///< why members are or may be missing, in one line; empty: the list is complete
};

/// Follows terminations in the admin events of the enterprise:
///
///     box::FollowMark mark = co_await follower.mark();    // before the termination; a failure of Box is in the mark
///     …                                                   // terminate
///     box::FollowSummary seen = co_await follower.follow(targets, mark, 15min);
///
/// The account needs the right to read the enterprise's events (an administrator, or a co-administrator who may run
/// reports; scope `manage_enterprise_properties`), which is not the right to end sessions. *Lifetime*: a call in
/// progress keeps what it needs. *Threads*: any; one follow() or resume() at a time.
class BOX_API Follower {
 public:
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration, naming the option, and where the client acts as another
  /// user (As-User), who has no events of the enterprise.
  explicit Follower(const BoxClient& client, FollowOptions options = FollowOptions());

  /// The current position in the stream of events. A failure is in the mark, not thrown; the call takes no longer than
  /// FollowOptions::markTimeout. *Errors*: only operation_aborted. *Cancellation*: terminal.
  asio::awaitable<FollowMark> mark() const;

  /// The members of these groups: list them before the termination, because it is not known when Box looks up the
  /// members.
  /// *Errors*: those of MembershipsManager::readGroupMemberships(). *Cancellation*: terminal.
  asio::awaitable<FollowMembers> membersOf(std::vector<std::string> groupIds) const;

  /// Reads the events since the mark until `window` is over, and then a last time. `window`: 0 or more; box::unlimited:
  /// until stop(). Takes at most FollowOptions::grace longer, and with `backfill` at most twice that. `listener` may be
  /// null. *Errors*: BoxSdkError with Errc::invalidRequest where a target is not a valid id or login, or where another
  /// call of this Follower is in progress; what the listener throws. Failures of Box are in the summary.
  /// *Cancellation*: terminal; the last state that the listener was given is where resume() continues. *Executor*:
  /// completes on the awaiting coroutine's.
  asio::awaitable<FollowSummary> follow(std::vector<FollowTarget> targets, FollowMark mark,
                                        std::chrono::nanoseconds window,
                                        std::shared_ptr<FollowListener> listener = nullptr) const;
  /// Continues from a state that a listener was given, until the window that began with that follow() is over.
  /// `targets`: the same, in the same order. *Errors*: also Errc::invalidRequest where the targets differ, or `state`
  /// is damaged.
  asio::awaitable<FollowSummary> resume(std::vector<FollowTarget> targets, std::string state,
                                        std::shared_ptr<FollowListener> listener = nullptr) const;
  /// The same for a new `window`, which begins now, also where the last one is over: from the place in the stream that
  /// was reached then, so that events that were not read then are read now. No finding is reported again.
  asio::awaitable<FollowSummary> resume(std::vector<FollowTarget> targets, std::string state,
                                        std::chrono::nanoseconds window,
                                        std::shared_ptr<FollowListener> listener = nullptr) const;

  /// The summary in a state that a listener was given; no request is made. It has no `failure`. *Errors*: as resume().
  static FollowSummary summaryOf(const std::vector<FollowTarget>& targets, std::string_view state);

  /// Ends follow() after the request in progress, with what was found until then.
  void stop() const noexcept;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace box::inline v0_1
