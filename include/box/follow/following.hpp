#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "box/policy/rate_options.hpp"
#include "box/error.hpp"
#include "box/read/values.hpp"
#include "box/support/export.hpp"

/// The arguments and the results of a Follower.
///
/// Box answers that it has accepted a termination, ends the sessions later, and reports nothing else, except in its
/// admin events. It is not public which events Box writes there, when it writes them, and whether it writes one for
/// each person. So a Follower reports which events it has seen, and never that sessions have ended. Where it has seen
/// no event, that proves nothing, because Box may write none for a person without sessions.
namespace box::inline v0_1 {

/// A person to follow, by id, by login or by both; with both, more events are found.
struct FollowTarget {
  std::string id;     ///< 1 to 20 digits; empty: not known
  std::string login;  ///< upper and lower case of the letters A to Z are the same
  /// When Box accepted the termination, by Box's clock if possible; later sign-ins count as new. Unset: the time of the
  /// mark, so that a sign-in between mark and termination counts as new too.
  std::optional<std::chrono::system_clock::time_point> since{};
};

/// The position in the stream of events before a termination. Keep a copy, or its text(), to follow later or several
/// times.
class BOX_API FollowMark {
 public:
  FollowMark() = default;

  std::string position;  ///< empty: the position could not be read, see `reason`; then events may be missing
  std::chrono::system_clock::time_point time{};  ///< by Box's clock where Box sent its time
  std::string reason;                            ///< why there is no position, in one line; empty if there is one

  /// The mark as one line of printable ASCII.
  std::string text() const;
  /// The mark that a text() contains; unset: the text is not that of a mark.
  static std::optional<FollowMark> fromText(std::string_view text);
};

/// The options of a Follower. Durations are 0 or more unless said otherwise.
class BOX_API FollowOptions {
 public:
  FollowOptions();

  /// Types of events that may stand for ended sessions, as far as is known. Default: REMOVE_LOGIN_ACTIVITY_DEVICE ("We
  /// invalidated a user session"), OAUTH2_ACCESS_TOKEN_REVOKE and OAUTH2_REFRESH_TOKEN_REVOKE. Box writes such events
  /// for a person's own actions too: see FollowResult::actors.
  std::vector<std::string> evidenceTypes;
  /// Types of events that mean a sign-in. Default: LOGIN, ADMIN_LOGIN, ADD_LOGIN_ACTIVITY_DEVICE and
  /// USER_AUTHENTICATE_OAUTH2_ACCESS_TOKEN_CREATE.
  std::vector<std::string> signInTypes;
  /// The pause between two reads at the end of the stream; more than 0. Box documents no lag; 10 to 15 s were seen.
  std::chrono::nanoseconds pollInterval = std::chrono::seconds(10);
  /// The time limit of one request; each retry is a new request. More than 0.
  std::chrono::nanoseconds callTimeout = std::chrono::seconds(30);
  /// How long mark() may take, retries included; the limit is short because a termination waits for the mark. More than
  /// 0.
  std::chrono::nanoseconds markTimeout = std::chrono::seconds(5);
  /// How much longer than the window a Follower may take to reach the end of the stream. With `backfill`, reading
  /// admin_logs may take the same time once more. It must be more than 0, because the last read begins only when the
  /// window ends.
  std::chrono::nanoseconds grace = std::chrono::minutes(2);
  /// How much clocks may differ: an event counts as evidence from this long before FollowTarget::since. More than 24 h
  /// counts as 24 h.
  std::chrono::nanoseconds clockSkew = std::chrono::seconds(5);
  /// How fast requests are sent. The default leaves most of Box's limit to others: it begins with one request a second,
  /// and grows to two.
  RateOptions rate;
  std::size_t pageSize = 500;  ///< events per request, 1 to 500
  /// How many events are remembered, so that a copy of one is not counted again: 1,000 or more; the oldest is forgotten
  /// first. Only events about a person who is followed, or by the client's own account, are remembered. With `backfill`
  /// as many events of admin_logs are remembered too; an event of the stream that was forgotten is then counted again.
  std::size_t remembered = 131'072;
  /// Whether, at the end, the period since the mark is also read from admin_logs. They are in order and have no gaps,
  /// but lag more. They can show events that the stream no longer has. They do not fill a gap if the stream was not
  /// read to its end, or if the mark is older than a year (Box keeps admin_logs for one year), or if admin_logs were
  /// read too soon: see `historyLag`. Default: false.
  bool backfill = false;
  /// How late an event may appear in admin_logs. If they are read at least this long after a gap in the stream, they
  /// are taken to show everything that happened during the gap; if they are read sooner, not. Box documents no figure.
  /// Box says that the stream lags 80 % less, and that the lag of admin_logs varies more. The stream lags 10 to 15 s,
  /// so about a minute is usual for admin_logs.
  std::chrono::nanoseconds historyLag = std::chrono::minutes(10);
};

/// What an event means for a person who is followed.
enum class FollowKind : std::uint8_t {
  evidence,  ///< an event of one of FollowOptions::evidenceTypes
  signIn,    ///< an event of one of FollowOptions::signInTypes, at or after FollowTarget::since
  other,     ///< an event of another type about the person
};
/// The enumerator's name, "signIn".
BOX_API std::string_view toString(FollowKind kind) noexcept;

/// Who caused the events; several members may be true.
struct FollowActors {
  bool themselves = false;  ///< the person whom the events are about
  bool ourAccount = false;  ///< the account in whose name the client acts
  bool others = false;      ///< somebody else, or a person whom Box does not name
};

/// An event that was found. Its views are valid during the call of the listener.
struct FollowFinding {
  std::size_t target = 0;                                     ///< the index in the list of targets
  FollowKind kind = FollowKind::other;                        ///< what it means for that person
  const BoxEvent* event = nullptr;                            ///< never null
  std::optional<std::chrono::system_clock::time_point> time;  ///< its `createdAt`
  FollowActors actor;                                         ///< who did it
  std::string_view app;  ///< the application's name or id, from the event's details; empty: not given
};

/// What was found out about a person.
enum class FollowOutcome : std::uint8_t {
  evidence,       ///< evidence was seen, and no new sign-in
  signedInAgain,  ///< a sign-in after FollowTarget::since was seen; there may be evidence too
  nothingSeen,    ///< the stream was read to its end after the window, and no such event was found
  couldNotLook,   ///< no such event was found, and not everything could be read: see FollowResult::reason
};
/// The enumerator's name, "nothingSeen".
BOX_API std::string_view toString(FollowOutcome outcome) noexcept;

/// A sign-in that was seen.
struct FollowSignIn {
  std::string type;                                           ///< the type of the event, such as LOGIN
  std::optional<std::chrono::system_clock::time_point> time;  ///< its `createdAt`
  std::string address;                                        ///< the IP address as Box gives it; empty: not given
  std::string app;                                            ///< as FollowFinding::app
};

/// The events that were seen about one person.
struct FollowResult {
  FollowOutcome outcome = FollowOutcome::couldNotLook;  ///< what was found out about the person
  std::uint32_t evidence = 0;                           ///< events of FollowKind::evidence
  std::uint32_t signIns = 0;                            ///< events of FollowKind::signIn
  std::uint32_t others = 0;                             ///< events of FollowKind::other
  /// The `createdAt` of the first evidence.
  std::optional<std::chrono::system_clock::time_point> firstEvidence;
  /// The `createdAt` of the last evidence.
  std::optional<std::chrono::system_clock::time_point> lastEvidence;
  /// The types of the events by Box's names, in the order of their first event; at most six.
  std::vector<std::string> types;
  FollowActors actors;                 ///< who caused the evidence
  std::optional<FollowSignIn> signIn;  ///< the latest sign-in
  std::string reason;                  ///< for couldNotLook: why, in one line; otherwise empty
};

/// Why following ended.
enum class FollowEnd : std::uint8_t {
  window,   ///< the window is over
  stopped,  ///< stop() was called
  rights,   ///< this account may not read the enterprise's events
  failed,   ///< a failure that retries do not change: FollowSummary::failure
};
/// The enumerator's name, "window".
BOX_API std::string_view toString(FollowEnd end) noexcept;

/// How many events there were of one type.
struct FollowCount {
  std::string type;          ///< such as LOGIN
  std::uint64_t events = 0;  ///< how many events
};

/// The progress of following.
struct FollowProgress {
  std::uint64_t requests = 0;    ///< requests sent
  std::uint64_t pages = 0;       ///< pages read
  std::uint64_t events = 0;      ///< events read, copies included
  std::uint64_t duplicates = 0;  ///< copies of events that were counted before
  std::uint64_t evidence = 0;    ///< events of FollowKind::evidence
  std::uint64_t signIns = 0;     ///< events of FollowKind::signIn
  /// When the stream was last read to its end, by this machine's clock; unset: not yet.
  std::optional<std::chrono::system_clock::time_point> lookedUntil;
};

/// The result of following for all targets.
struct FollowSummary : FollowProgress {
  FollowEnd end = FollowEnd::window;  ///< why it ended
  std::vector<FollowResult> results;  ///< one result for each target, in the order of the targets
  /// Events by the client's own account that are not about a person who is followed, by type: those since the mark, or
  /// since the first termination if that is earlier. Box may write such an event for a termination. At most 256 types;
  /// events of further types are counted as "(others)".
  std::vector<FollowCount> unmatched;
  /// Events about the people who are followed that are neither evidence nor sign-ins, by type; limited as `unmatched`.
  std::vector<FollowCount> others;
  std::vector<std::string> gaps;       ///< what could not be read, and why, one line each; at most 16
  std::optional<BoxSdkError> failure;  ///< the error that led to FollowEnd::rights or FollowEnd::failed
};

/// Makes the text from which resume() continues. For many people this takes some milliseconds.
using FollowState = std::function<std::string()>;

/// Receives the findings of a Follower. Its functions are called on the executor of follow() and must not block.
/// *Errors*: an exception ends follow() and is thrown by it.
class BOX_API FollowListener {
 public:
  virtual ~FollowListener() = default;
  /// Called once for each event that counts for a person.
  virtual void onFinding(const FollowFinding&) {}
  /// Called after each page, when onFinding() was called for all findings of the page. `state()` makes the text of the
  /// state after this page; call it only before this function returns. A Follower that continues from that text reports
  /// none of these findings again, and misses no later one.
  virtual void onPage(const FollowProgress&, const FollowState& /*state*/) {}
  /// Called after a request that failed, also if it is sent again.
  virtual void onFailure(const BoxSdkError&) {}
  /// Called once, before follow() or resume() gives its summary; not called after a cancellation. `state()` makes the
  /// text of the state at the end.
  virtual void onEnd(const FollowState& /*state*/) {}
};

}  // namespace box::inline v0_1
