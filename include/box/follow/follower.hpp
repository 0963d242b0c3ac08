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

/// The members of groups, as targets of a Follower.
struct FollowMembers {
  std::vector<FollowTarget> targets;  ///< each person once
  std::string incomplete;  ///< why members are missing or may be missing, in one line; empty: the list is complete
};

/// Looks for the effects of terminations in the admin events of the enterprise:
///
///     box::FollowMark mark = co_await follower.mark();    // before the termination; a failure of Box is in the mark
///     …                                                   // terminate
///     box::FollowSummary seen = co_await follower.follow(targets, mark, 15min);
///
/// The account needs the right to read the enterprise's events (an administrator, or a co-administrator who may run
/// reports; scope `manage_enterprise_properties`), which is not the right to end sessions. *Lifetime*: a call in
/// progress keeps what it needs. *Threads*: any; only one follow() or resume() at a time may be in progress.
class BOX_API Follower {
 public:
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration. Its text names the option, or says that the client acts as
  /// another user (As-User), who cannot read the events of the enterprise.
  explicit Follower(const BoxClient& client, FollowOptions options = FollowOptions());

  /// The current position in the stream of events. A failure is not thrown but recorded in the mark; the call takes no
  /// longer than FollowOptions::markTimeout. *Errors*: only BoxSdkError with operation_aborted. *Cancellation*:
  /// terminal.
  asio::awaitable<FollowMark> mark() const;

  /// Lists the members of these groups. Call it before the termination, because it is not known when Box looks up the
  /// members. *Errors*: those of MembershipsManager::readGroupMemberships() and of the reader that it makes.
  /// *Cancellation*: terminal.
  asio::awaitable<FollowMembers> membersOf(std::vector<std::string> groupIds) const;

  /// Reads the events since the mark until `window` is over, and then once more. `window`: 0 or more; box::unlimited:
  /// until stop() is called. It may end later than the window, by at most grace + 2 · callTimeout of the options (for
  /// finding the client's own account and for the last read), and with `backfill` by at most twice this sum. `listener`
  /// may be null. *Errors*: BoxSdkError with Errc::invalidRequest where a target has neither an id nor a login, an id
  /// that is not 1 to 20 digits, or a login longer than 320 bytes, or where another call of this Follower is in
  /// progress; the exceptions of the listener. Failures of Box are not thrown but recorded in the summary.
  /// *Cancellation*: terminal; resume() continues from the last state that the listener was given. *Executor*:
  /// completes on the executor of the awaiting coroutine.
  asio::awaitable<FollowSummary> follow(std::vector<FollowTarget> targets, FollowMark mark,
                                        std::chrono::nanoseconds window,
                                        std::shared_ptr<FollowListener> listener = nullptr) const;
  /// Continues from a state that a listener was given, until the window of that follow() is over; also where it ended
  /// before that as `stopped`, `rights` or `failed`. `targets`: the same as there, in the same order. *Errors*: as for
  /// follow(); also BoxSdkError with Errc::invalidRequest where the targets differ, or `state` is damaged.
  asio::awaitable<FollowSummary> resume(std::vector<FollowTarget> targets, std::string state,
                                        std::shared_ptr<FollowListener> listener = nullptr) const;
  /// As above, but with a new `window`, which begins now, also where the last window is over. It continues at the place
  /// in the stream that was reached then, so it reads the events that were not read before. No finding is reported
  /// again.
  asio::awaitable<FollowSummary> resume(std::vector<FollowTarget> targets, std::string state,
                                        std::chrono::nanoseconds window,
                                        std::shared_ptr<FollowListener> listener = nullptr) const;

  /// The summary that a state of a listener contains; no request is made. Its `failure` is unset. *Errors*: as for
  /// resume().
  static FollowSummary summaryOf(const std::vector<FollowTarget>& targets, std::string_view state);

  /// Ends follow() and resume() after the request in progress; the summary has what was found until then.
  void stop() const noexcept;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace box::inline v0_1
