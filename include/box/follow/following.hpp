#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "box/bulk/rate_options.hpp"
#include "box/error.hpp"
#include "box/read/values.hpp"
#include "box/support/export.hpp"

/// What a Follower is told, and what it tells.
///
/// Box answers that it has accepted a termination, ends the sessions later, and says nothing more of it but in its
/// admin events. Which events it writes there is not public, nor when, nor whether there is one for each person. So a
/// Follower tells what it has seen, and never that sessions have ended; silence means nothing, because a person without
/// sessions has none to end.
namespace box {

/// Somebody to follow: an id, a login, or both, which find more.
struct FollowTarget {
  std::string id;     ///< 1 to 20 digits; empty: not known
  std::string login;  ///< in any case of its letters
  /// When Box accepted the termination, by Box's clock if possible: later sign-ins are new ones. Unset: the mark's
  /// time, so that a sign-in between mark and termination is taken for a new one.
  std::optional<std::chrono::system_clock::time_point> since{};
};

/// Where the stream of events stood before a termination. Copy it, or keep its text(), to follow later and again.
class BOX_API FollowMark {
 public:
  FollowMark() = default;

  std::string position;  ///< empty: it could not be read, for `reason`, and what happened since then may be missing
  std::chrono::system_clock::time_point time{};  ///< by Box's clock where Box told it
  std::string reason;                            ///< in one line; empty: there is a position

  /// One line of printable ASCII.
  std::string text() const;
  /// None: it is not a mark's text.
  static std::optional<FollowMark> fromText(std::string_view text);
};

/// How to follow. Durations are 0 or more unless said otherwise.
class BOX_API FollowOptions {
 public:
  FollowOptions();

  /// Types of events that may stand for ended sessions, as far as is known. Default: REMOVE_LOGIN_ACTIVITY_DEVICE ("We
  /// invalidated a user session"), OAUTH2_ACCESS_TOKEN_REVOKE and OAUTH2_REFRESH_TOKEN_REVOKE. A person's own actions
  /// write them too: see FollowResult::actors.
  std::vector<std::string> evidenceTypes;
  /// Types that mean that somebody has signed in. Default: LOGIN, ADMIN_LOGIN, ADD_LOGIN_ACTIVITY_DEVICE and
  /// USER_AUTHENTICATE_OAUTH2_ACCESS_TOKEN_CREATE.
  std::vector<std::string> signInTypes;
  /// Between two looks at the end of the stream; more than 0. Box tells of no lag; 10 to 15 s were seen.
  std::chrono::nanoseconds pollInterval = std::chrono::seconds(10);
  /// Of one request; each retry is another one. More than 0.
  std::chrono::nanoseconds callTimeout = std::chrono::seconds(30);
  /// What mark() may take, retries included; more than 0: a termination waits for it.
  std::chrono::nanoseconds markTimeout = std::chrono::seconds(5);
  /// How much longer than the window a Follower may take to come to the end of the stream, and to read `backfill`.
  std::chrono::nanoseconds grace = std::chrono::minutes(2);
  /// How far clocks may differ: events count as evidence from so long before FollowTarget::since.
  std::chrono::nanoseconds clockSkew = std::chrono::seconds(5);
  /// How fast requests go out. The default leaves Box's limit to others: a request a second, at most two.
  RateOptions rate;
  std::size_t pageSize = 500;  ///< events of a request, 1 to 500
  /// Events that are remembered so that a copy of one does not count again, 1,000 or more, the oldest going first. Only
  /// those count that are about somebody who is followed, or by the own account.
  std::size_t remembered = 131'072;
  /// At the end reads the same time in admin_logs as well, which is in order and has no gaps, but lags more.
  bool backfill = false;
};

/// What an event is to somebody who is followed.
enum class FollowKind : std::uint8_t {
  evidence,  ///< of one of FollowOptions::evidenceTypes
  signIn,    ///< of one of FollowOptions::signInTypes, at or after FollowTarget::since
  other,     ///< about the person, of another type
};
/// The enumerator's name, "signIn".
BOX_API std::string_view toString(FollowKind kind) noexcept;

/// Who did what events tell of; several together.
struct FollowActors {
  bool themselves = false;  ///< the person
  bool ourAccount = false;  ///< the account in whose name the client acts
  bool others = false;      ///< somebody else, or nobody whom Box names
};

/// Something that was seen. Views hold during the call that hands it over.
struct FollowFinding {
  std::size_t target = 0;                                     ///< the index in the list of targets
  FollowKind kind = FollowKind::other;                        ///< what it is to that person
  const BoxEvent* event = nullptr;                            ///< never null
  std::optional<std::chrono::system_clock::time_point> time;  ///< its `createdAt`
  FollowActors actor;                                         ///< who did it
  std::string_view app;  ///< the application's name or id, from the event's details; empty: none is told
};

/// What following found out about a person.
enum class FollowOutcome : std::uint8_t {
  evidence,       ///< something was seen, and no new sign-in
  signedInAgain,  ///< a sign-in after FollowTarget::since was seen; there may be evidence too
  nothingSeen,    ///< the stream was read to its end after the window, and had nothing
  couldNotLook,   ///< nothing was seen, and not all could be: FollowResult::reason
};
/// The enumerator's name, "nothingSeen".
BOX_API std::string_view toString(FollowOutcome outcome) noexcept;

/// A sign-in that was seen.
struct FollowSignIn {
  std::string type;                                           ///< of the event, as LOGIN
  std::optional<std::chrono::system_clock::time_point> time;  ///< its `createdAt`
  std::string address;                                        ///< as Box tells it; empty: it does not
  std::string app;                                            ///< as FollowFinding::app
};

/// What was seen of one person.
struct FollowResult {
  FollowOutcome outcome = FollowOutcome::couldNotLook;  ///< all in one word
  std::uint32_t evidence = 0;                           ///< events of FollowKind::evidence
  std::uint32_t signIns = 0;                            ///< events of FollowKind::signIn
  std::uint32_t others = 0;                             ///< events of FollowKind::other
  /// The `createdAt` of the first evidence.
  std::optional<std::chrono::system_clock::time_point> firstEvidence;
  /// The `createdAt` of the last evidence.
  std::optional<std::chrono::system_clock::time_point> lastEvidence;
  std::vector<std::string> types;      ///< Box's own, as they first came; the first six
  FollowActors actors;                 ///< of the evidence
  std::optional<FollowSignIn> signIn;  ///< the latest one
  std::string reason;                  ///< in one line, where it could not be looked; else empty
};

/// Why following ended.
enum class FollowEnd : std::uint8_t {
  window,   ///< the time was over
  stopped,  ///< stop()
  rights,   ///< Box does not let this account read the enterprise's events
  failed,   ///< a failure that no retry cures: FollowSummary::failure
};
/// The enumerator's name, "window".
BOX_API std::string_view toString(FollowEnd end) noexcept;

/// How many events there were of one type.
struct FollowCount {
  std::string type;          ///< as LOGIN
  std::uint64_t events = 0;  ///< so many
};

/// How far following is.
struct FollowProgress {
  std::uint64_t requests = 0;    ///< sent
  std::uint64_t pages = 0;       ///< read
  std::uint64_t events = 0;      ///< read, each copy of one too
  std::uint64_t duplicates = 0;  ///< copies of those that count
  std::uint64_t evidence = 0;    ///< events of FollowKind::evidence
  std::uint64_t signIns = 0;     ///< events of FollowKind::signIn
  /// Until when the stream was read to its end, by this machine's clock; unset: it was not yet.
  std::optional<std::chrono::system_clock::time_point> lookedUntil;
};

/// What following has found out about everybody.
struct FollowSummary : FollowProgress {
  FollowEnd end = FollowEnd::window;  ///< why it ended
  std::vector<FollowResult> results;  ///< of each target, in order
  /// Events of the own account since the mark that are about nobody who is followed, by type: one of these may be what
  /// this enterprise's Box writes for a termination. At most 256 types, the rest as "(others)".
  std::vector<FollowCount> unmatched;
  /// Events about the people who are followed that are neither evidence nor sign-ins, by type; as above.
  std::vector<FollowCount> others;
  std::vector<std::string> gaps;       ///< what could not be read, and why, one line each; at most 16
  std::optional<BoxSdkError> failure;  ///< the error that led to FollowEnd::rights or FollowEnd::failed
};

/// A way to keep what a Follower knows. `text` makes it, which for many people takes some milliseconds.
using FollowState = std::function<std::string()>;

/// Is told what happens. Called on the executor of follow(); must not block. *Errors*: what it throws ends follow().
class BOX_API FollowListener {
 public:
  virtual ~FollowListener() = default;
  /// Once for each event that counts for a person.
  virtual void onFinding(const FollowFinding&) {}
  /// After each page, when all its findings were told: a Follower that continues from this state tells none of them
  /// again, and misses none that follow. `state` may be called now or never.
  virtual void onPage(const FollowProgress&, const FollowState& /*state*/) {}
  /// After a request that failed, also where it is sent again.
  virtual void onFailure(const BoxSdkError&) {}
  /// Once, before follow() or resume() gives its summary, unless it was cancelled: `state` is what it ended with.
  virtual void onEnd(const FollowState& /*state*/) {}
};

}  // namespace box
