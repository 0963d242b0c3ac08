#include "cli/follow/follow_job.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <box/error.hpp>
#include <box/follow/follower.hpp>
#include <box/support/unlimited.hpp>

#include "cli/bulk_job.hpp"
#include "cli/bulk_report.hpp"
#include "cli/error_text.hpp"
#include "cli/follow/before_run.hpp"
#include "cli/follow/display.hpp"
#include "cli/follow/follow_text.hpp"
#include "cli/follow/followed_people.hpp"
#include "cli/interruption.hpp"
#include "cli/option_words.hpp"
#include "cli/shell_command.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

/// How many people without a new sign-in the table shows; a report shows all.
constexpr std::size_t mostQuiet = 20;
/// Box keeps the stream for 14 days. One day is left for reading it.
constexpr std::chrono::hours streamSurelyKept{13 * 24};

/// `hasBacklog`: there may be more to read than what is written from now on.
FollowOptions optionsOf(const FollowArguments& arguments, const FollowMark& mark,
                        const std::vector<FollowTarget>& targets, bool hasBacklog) {
  FollowOptions options;
  const bool beganBefore = std::any_of(targets.begin(), targets.end(), [&](const FollowTarget& target) {
    return target.since && *target.since < mark.time - options.clockSkew;
  });
  const bool isLost =
      mark.position.empty() || beganBefore || std::chrono::system_clock::now() - mark.time > streamSurelyKept;
  options.pollInterval = arguments.interval;
  options.rate.cap = options.rate.start = arguments.rate;
  options.rate.floor = std::min(options.rate.floor, arguments.rate);
  // Time to read what is left after the window. It is limited, so that an operator does not wait for long where Box
  // does not answer.
  const std::chrono::nanoseconds least = hasBacklog || beganBefore ? std::chrono::minutes(2) : std::chrono::seconds(5);
  options.grace = std::clamp<std::chrono::nanoseconds>(arguments.window, least, std::chrono::minutes(15));
  options.callTimeout = std::min(options.callTimeout, options.grace);
  options.evidenceTypes.insert(options.evidenceTypes.end(), arguments.evidenceTypes.begin(),
                               arguments.evidenceTypes.end());
  options.signInTypes.insert(options.signInTypes.end(), arguments.signInTypes.begin(), arguments.signInTypes.end());
  options.backfill = arguments.backfill || isLost;
  options.historyLag = arguments.logLag;
  return options;
}

/// Checks the Follower's state, which may be damaged although the record around it is whole. *Errors*: FileError.
void requireUsable(const FollowRecord& record, const std::vector<FollowTarget>& targets, const std::string& path) {
  try {
    Follower::summaryOf(targets, record.state);
  } catch (const BoxSdkError&) {
    refuseRecord(path);
  }
}

/// `begin` is called when signals are handled: from then on an interruption ends the work with a summary.
FollowSummary perform(const Follower& follower, asio::awaitable<FollowSummary> work, const std::function<void()>& begin,
                      asio::io_context& context, const Console& console) {
  StopSignals signals(context, {[&] {
                        console.complain("stopping: what was seen is kept. Press Ctrl-C again to stop at once");
                        follower.stop();
                      }});
  begin();
  return runToEnd(context, std::move(work), signals, console);
}

/// `most`: how long it takes at most. `isAfterRun`: a run has just ended, for which --timeout may have been given.
void tellBeginning(const FollowArguments& arguments, std::size_t people, std::chrono::nanoseconds most, bool isAfterRun,
                   const Console& console) {
  boost::json::object event;
  event["event"] = "following";
  event["people"] = people;
  if (!arguments.watch) {
    event["seconds"] = std::chrono::floor<std::chrono::seconds>(arguments.window).count();
    event["mostSeconds"] = std::chrono::ceil<std::chrono::seconds>(most).count();
  }
  event["journal"] = validUtf8(arguments.journal);
  console.event(event, arguments.json);
  if (arguments.json || arguments.quiet) return;
  console.complain(
      "following " + counted(people, "user") + " " +
      (arguments.watch ? "until you press Ctrl-C"
                       : "for " + shownDuration(arguments.window) + ", at most " + shownDuration(most) +
                             " where Box answers late" + (isAfterRun ? " (--timeout does not count it)" : "")) +
      ": a new sign-in is shown when Box tells it, 10 to 15 s later as far as is known. To continue after that: " +
      followCommand(arguments));
}

std::string typesOf(const std::vector<FollowCount>& counts) {
  constexpr std::size_t most = 8;
  std::string out;
  for (std::size_t i = 0; i < counts.size() && i < most; ++i) {
    out += (i == 0 ? "" : ", ") + clean(counts[i].type, 100) + " (" + grouped(counts[i].events) + ")";
  }
  return out + (counts.size() > most ? ", …" : "");
}

std::string table(const FollowSummary& summary, const FollowedPeople& people, const FollowArguments& arguments) {
  std::vector<FollowRow> rows;
  std::uint64_t left = 0;
  std::size_t quiet = 0;
  const auto add = [&](bool signedIn) {
    for (std::size_t i = 0; i < people.people.size(); ++i) {
      const FollowResult& seen = summary.results[i];
      if ((seen.outcome == FollowOutcome::signedInAgain) != signedIn) continue;
      if (signedIn || ++quiet <= mostQuiet) {
        rows.push_back({people.people[i], seen});
      } else {
        ++left;
      }
    }
  };
  add(true);
  add(false);
  std::string out = "\n" + followTable(rows);
  if (left > 0)
    out += "… and " + grouped(left) + " more who were not seen to sign in: " + reportCommand(arguments) + "\n";
  return out + inWords(totalsOf(summary)) + "\n";
}

void tellNotes(const FollowSummary& summary, const FollowRecord& record, const Console& console) {
  for (const std::string& line : record.missing) console.complain("not followed: " + line);
  // A gap in the stream that admin_logs have filled is not missing, and then everybody could be looked at.
  if (totalsOf(summary).couldNotLook > 0) {
    for (const std::string& gap : summary.gaps) console.complain("could not be read: " + inOptionWords(gap));
  }
  if (!summary.others.empty()) console.complain("other events about these people: " + typesOf(summary.others));
  if (!summary.unmatched.empty())
    console.complain("events of this account that name nobody who is followed: " + typesOf(summary.unmatched) +
                     ". One of these types may be what Box writes here when it ends sessions: see --evidence-type");
}

}  // namespace

Exit exitFor(const FollowSummary& summary, bool isWatch) noexcept {
  const FollowTotals totals = totalsOf(summary);
  if (totals.signedInAgain > 0) return Exit::signedInAgain;
  if (summary.end == FollowEnd::stopped && !isWatch) return Exit::interrupted;
  if (summary.end == FollowEnd::rights) return Exit::stopped;
  if (summary.end == FollowEnd::failed) return summary.failure ? exitFor(*summary.failure) : Exit::stopped;
  return totals.couldNotLook > 0 ? Exit::stopped : Exit::accepted;
}

Exit FollowJob::statusOf(const FollowSummary& summary, bool isKept) const {
  if (ofRun && *ofRun != Exit::accepted) return *ofRun;
  const Exit exit = exitFor(summary, arguments.watch);
  // Nobody looked at the members that Box did not list.
  if (exit == Exit::accepted && !record.missing.empty()) return Exit::stopped;
  return exit == Exit::accepted && !isKept ? Exit::journal : exit;
}

void FollowJob::tellEnd(const FollowSummary& summary, const FollowedPeople& people, Exit exit,
                        const Console& console) const {
  if (summary.end == FollowEnd::rights)
    console.complain(
        "not followed: Box does not let these credentials read the events of the enterprise. The app needs the scope "
        "\"Manage enterprise properties\", and its user must be an administrator, or a co-administrator who may run "
        "reports");
  if (arguments.json || Console::keepsLog()) {
    for (std::size_t i = 0; i < people.people.size(); ++i)
      console.event(followJson({people.people[i], summary.results[i]}), arguments.json);
    console.event(followJson(summary, record.missing, static_cast<int>(exit)), arguments.json);
  }
  if (!arguments.json && !arguments.quiet && (summary.end != FollowEnd::rights || summary.pages > 0)) {
    console.result(table(summary, people, arguments));
    tellNotes(summary, record, console);
    if (!ofRun && people.notAccepted > 0)
      console.complain(
          counted(people.notAccepted, "entry") + " of the list " + (people.notAccepted == 1 ? "was" : "were") +
          " not accepted by Box, so nobody follows " + (people.notAccepted == 1 ? "it" : "them") + ", and " +
          (people.notAccepted == 1 ? "its" : "their") + " sessions may continue: " + reportCommand(arguments));
    const FollowTotals totals = totalsOf(summary);
    if (totals.nothingSeen > 0) console.complain(silenceProvesNothing);
    if (totals.couldNotLook > 0 && summary.end == FollowEnd::window && !arguments.backfill)
      console.complain("what is missing may be in the enterprise's log: " +
                       withOption(followCommand(arguments), "--backfill"));
    if (totals.signedInAgain > 0) {
      std::vector<std::string> again;
      for (std::size_t i = 0; i < people.people.size(); ++i) {
        if (summary.results[i].outcome == FollowOutcome::signedInAgain) again.push_back(people.people[i].person);
      }
      console.complain(
          "people who signed in again still have access: reset passwords or deactivate accounts first, then end their "
          "sessions again: " +
          againCommand(arguments, again, journal.note("as-user")));
    }
  }
  if (summary.end != FollowEnd::failed || !summary.failure) return;
  const std::string hint = hintFor(*summary.failure, Purpose::read);
  console.complain("stopped: " + inOptionWords(*summary.failure));
  console.tell(failureLines(*summary.failure));
  if (!hint.empty()) console.complain(hint);
}

Exit FollowJob::run(const BoxClient& client, asio::io_context& context, const Console& console) {
  const FollowLock lock(arguments.journal);
  const std::string path = recordBeside(arguments.journal);
  // Another process may have followed the run after the journal was read.
  if (std::optional<FollowRecord> kept = readRecord(path, journal.header().job)) record = std::move(*kept);
  FollowedPeople people = peopleOf(list, journal, record);
  if (!people.groups.empty() && !record.hasMembers) {
    if (!arguments.quiet) console.complain(membersAreLate);
    if (listMembers(record, groupsOf(list, &journal), client, context, console)) return Exit::interrupted;
    people = peopleOf(list, journal, record);
  }
  if (people.people.empty()) {
    for (const std::string& line : record.missing) console.complain("not followed: " + line);
    const bool isNobodyAccepted = people.groups.empty();
    const std::string why = isNobodyAccepted ? "there is nobody to follow: Box has accepted nobody on this list"
                                             : "there is nobody to follow: no member of these groups is known";
    console.complain(why);
    const bool isOfRun = ofRun && *ofRun != Exit::accepted;
    const Exit exit = isOfRun ? *ofRun : isNobodyAccepted ? Exit::usage : Exit::stopped;
    console.event(notFollowedJson(why, record.missing, static_cast<int>(exit)), arguments.json);
    return exit;
  }
  const std::string digest = people.digest();
  if (!record.state.empty() && record.people != digest) {
    console.complain("the run has continued since it was followed: following begins again from before the run");
    record.state.clear();
  }
  record.people = digest;
  if (!record.state.empty()) requireUsable(record, people.targets, path);

  const std::chrono::nanoseconds window = arguments.watch ? unlimited : std::chrono::nanoseconds(arguments.window);
  const FollowOptions options = optionsOf(arguments, record.mark, people.targets, !ofRun);
  const Follower follower(client, options);
  // Less than the Follower promises, because here callTimeout is at most `grace`.
  const std::chrono::nanoseconds late = options.grace + options.callTimeout;
  const std::chrono::nanoseconds most = arguments.window + (options.backfill ? 2 : 1) * late;
  const auto display = std::make_shared<FollowDisplay>(
      people, FollowDisplay::Manner{arguments.json, arguments.quiet, window},
      [&](std::string state) {
        record.state = std::move(state);
        writeRecord(path, record);
      },
      console);
  const FollowSummary summary = perform(
      follower,
      record.state.empty() ? follower.follow(people.targets, record.mark, window, display)
                           : follower.resume(people.targets, record.state, window, display),
      [&] { tellBeginning(arguments, people.people.size(), most, ofRun.has_value(), console); }, context, console);
  const Exit exit = statusOf(summary, display->isKept());
  tellEnd(summary, people, exit, console);
  return exit;
}

}  // namespace box::cli
