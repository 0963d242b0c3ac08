#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <box/bulk/bulk_termination.hpp>
#include <box/bulk/file_journal.hpp>
#include <box/client.hpp>
#include <box/error.hpp>
#include <box/support/deadline.hpp>

#include "cli/bulk_account.hpp"
#include "cli/bulk_display.hpp"
#include "cli/bulk_job.hpp"
#include "cli/bulk_list.hpp"
#include "cli/bulk_report.hpp"
#include "cli/commands.hpp"
#include "cli/confirmation.hpp"
#include "cli/connection_setup.hpp"
#include "cli/credentials.hpp"
#include "cli/error_text.hpp"
#include "cli/files.hpp"
#include "cli/follow/before_run.hpp"
#include "cli/follow/follow_job.hpp"
#include "cli/follow/follow_text.hpp"
#include "cli/follow/record.hpp"
#include "cli/identity.hpp"
#include "cli/interruption.hpp"
#include "cli/option_words.hpp"
#include "cli/rehearsal.hpp"
#include "cli/remaining_file.hpp"
#include "cli/report/facts.hpp"
#include "cli/run_client.hpp"
#include "cli/run_end.hpp"
#include "cli/run_list.hpp"
#include "cli/run_plan.hpp"
#include "cli/system/descriptors.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

RunPlan planOf(const BulkJob& job, const std::string& source, const ListSurvey& survey, const std::string& baseUrl) {
  RunPlan plan;
  plan.target = job.arguments.target;
  plan.counts = survey.counts;
  plan.expected = survey.expected;
  plan.toSend = survey.toSend;
  plan.logins = survey.logins;
  plan.first = survey.first;
  plan.excludeColumns = survey.excludeColumns;
  plan.leftOut = survey.leftOut;
  plan.source = source + (survey.columns.empty() ? "" : ", " + survey.columns);
  if (!job.arguments.excludeUnmatched) plan.warnings = survey.unmatched;
  plan.refusals = refusalsWithYes(job, survey);
  plan.batch = job.arguments.batch;
  plan.rate = job.arguments.bulk.rate.value_or(BulkOptions().rate.cap);
  plan.baseUrl = baseUrl;
  plan.host = std::string(hostOf(baseUrl));
  plan.asUser = job.arguments.asUser.value_or("");
  plan.suppressNotifications = job.arguments.suppressNotifications;
  plan.journal = job.journal;
  plan.hasNoRecord = job.journal.empty() && !job.arguments.bulk.noJournal;
  plan.follow = job.arguments.follow.value_or(std::chrono::milliseconds(0));
  return plan;
}

std::shared_ptr<FileJournal> journalFor(const BulkJob& job, const BulkList& list, const ListSurvey& survey,
                                        const RunPlan& plan, const BulkAccount& account, const Console& console) {
  if (job.journal.empty()) return nullptr;
  JournalBinding binding;
  binding.target = nounsOf(job.arguments.target);
  binding.host = plan.host;
  binding.subject = account.subject;
  binding.input = survey.digest;
  if (job.past) {
    binding.subject = job.past->header().binding.subject;  // mayResume() has compared the accounts
    std::shared_ptr<FileJournal> journal = FileJournal::open(job.journal, binding);
    if (journal->contents().size() != job.past->size())
      throw JournalError(JournalError::Kind::locked, "journal '" + printable(job.journal) +
                                                         "': another run has continued it just now. Run this again");
    JournalHeader now;
    account.note(now);
    noteOrigin(now);
    noteLeftOut(now, survey.leftOut);
    noteExclusions(now, job.arguments.excludeFiles);
    journal->note(now.notes);
    return journal;
  }
  const std::string kept = listBeside(job.journal);
  JournalHeader header;
  header.binding = std::move(binding);
  header.notes.emplace_back("file", absolutePath(list.isGathered() ? kept : job.file));
  header.notes.emplace_back("base-url", plan.baseUrl);
  header.notes.emplace_back("batch", std::to_string(job.arguments.batch));
  if (!job.file.empty()) noteColumns(header, job.arguments.columns);
  noteLeftOut(header, survey.leftOut);
  account.note(header);
  noteOrigin(header);
  if (job.arguments.asUser) header.notes.emplace_back("as-user", *job.arguments.asUser);
  if (job.arguments.suppressNotifications) header.notes.emplace_back("suppress-notifications", "yes");
  // The list is written before the journal, so that each journal has its list.
  bool isKept = false;
  try {
    if (!isSameFile(kept, job.file)) {
      list.keep(kept);
      isKept = true;
    }
  } catch (const FileError& error) {
    if (list.isGathered()) throw;
    console.complain(std::string("no copy of the list is kept: ") + error.what());
  }
  try {
    return FileJournal::create(job.journal, std::move(header));
  } catch (...) {
    if (isKept) removeFile(kept);
    throw;
  }
}

BulkSummary perform(const BulkOptions& options, const BulkList& list, RunClient& caller,
                    std::shared_ptr<FileJournal> journal, const std::shared_ptr<BulkDisplay>& display,
                    const Console& console) {
  asio::io_context& context = caller.context();
  const BulkTermination bulk(caller.client().sessionTermination, options);
  StopSignals signals(
      context,
      {[&] {
         console.complain("stopping: finishing the calls in progress (up to 10 s). Press Ctrl-C again to stop now");
         bulk.stop();
       },
       [&] {
         console.complain("stopping now");
         bulk.abort();
       }});
  return runToEnd(context, bulk.run(list.source(), display, std::move(journal)), signals, console);
}

/// Counts and shows the entries that the run did not reach, with the state that they had before it.
void addUnread(BulkSummary& summary, const BulkJob& job, const BulkList& list, const ListSurvey& survey,
               BulkDisplay& display) {
  const std::uint64_t read = summary.counts.total();
  if (read >= survey.counts.total()) return;
  bool isShown = true;
  try {
    list.forEach(job.past ? &*job.past : nullptr, [&](const BulkRow& row) {
      if (row.index < read) return;
      summary.counts.add(row.state);
      try {
        if (isShown) display.onRow(row);
      } catch (const OutputLost&) {  // the summary says it
        isShown = false;
      }
    });
  } catch (const FileError&) {
    // The list is gone, so the states of the remaining entries are not known.
    summary.counts.notSent += survey.counts.total() - summary.counts.total();
  }
}

std::optional<RemainingFile> remainingOf(const BulkJob& job) {
  const TerminateArguments& arguments = job.arguments;
  if (!arguments.remainingFile) return std::nullopt;
  std::vector<std::string> inputs = arguments.files;
  inputs.insert(inputs.end(), arguments.excludeFiles.begin(), arguments.excludeFiles.end());
  if (!job.file.empty()) inputs.push_back(job.file);
  if (!job.journal.empty()) inputs.insert(inputs.end(), {job.journal, listBeside(job.journal)});
  return RemainingFile(*arguments.remainingFile, inputs);
}

/// Stores the record of what was known before the run. If it cannot be written the run continues, because ending
/// sessions has priority.
void keepRecord(BeforeRun& before, const std::string& journal, const FileJournal& run, const Console& console) {
  std::optional<FollowRecord>& record = before.record;
  if (!record || !record->job.empty()) return;
  record->job = run.contents().header().job;
  try {
    writeRecord(recordBeside(journal), *record);
  } catch (const FileError& error) {
    before.problem = error.what();
    console.complain("the run will not be followed: " + before.problem);
    record.reset();
  }
}

/// Tells as an event that the people of a run, which ended with `exit`, were not followed. Gives the exit status of the
/// program: that of the run, or if Box has accepted everything `status`.
Exit endWithoutFollowing(Exit exit, Exit status, const std::string& why, const BulkJob& job, const Console& console) {
  if (exit != Exit::accepted) status = exit;
  console.event(notFollowedJson(why, {}, static_cast<int>(status)), job.arguments.json);
  return status;
}

/// `exit`: the exit status of the run. Gives that of the program.
Exit followRun(Exit exit, const BulkJob& job, const BulkList& list, FollowRecord record, const BoxClient& client,
               asio::io_context& context, const Console& console) {
  const FollowArguments how = followArguments(job);
  try {
    const JournalContents contents = JournalContents::read(job.journal);
    FollowJob following{how, contents, list, std::move(record), exit};
    return following.run(client, context, console);
  } catch (const JournalError& error) {
    console.complain("not followed: " + std::string(error.what()));
    return endWithoutFollowing(exit, Exit::journal, error.what(), job, console);
  } catch (const FileError& error) {  // the list has changed since
    console.complain("not followed: " + std::string(error.what()));
    return endWithoutFollowing(exit, Exit::stopped, error.what(), job, console);
  }
}

std::vector<BulkState> statesIn(const BulkList& list, const BulkJob& job) {
  std::vector<BulkState> states;
  list.forEach(job.past ? &*job.past : nullptr, [&](const BulkRow& row) { states.push_back(row.state); });
  return states;
}

Exit runJob(BulkJob job, const Environment& environment, const Console& console) {
  if (job.arguments.log) Console::keepLog(*job.arguments.log);
  const TerminateArguments& arguments = job.arguments;
  const bool asks = mustAsk(arguments);
  std::optional<RunClient> caller;
  if (arguments.asksBoxForTheList()) {
    caller.emplace(arguments, environment, console);
    if (const auto exit = askBeforeTheList(*caller, arguments, console)) return *exit;
  }
  OpenedList opened = openList(job, caller ? &*caller : nullptr, console);
  if (!opened.list) return opened.exit;
  BulkList& list = *opened.list;
  const std::string& source = opened.source;
  const std::size_t shown =
      arguments.dryRun && arguments.verbose ? std::numeric_limits<std::size_t>::max() : RunPlan::shown;
  const ListSurvey survey = list.survey(optionsOf(arguments), job.past ? &*job.past : nullptr, shown);
  if (!isUsable(job, source, survey, console)) return Exit::usage;
  if (job.past) {
    requireSameList(job.journal, *job.past, job.file, survey);
  } else {
    chooseJournal(job, survey.toSend);
  }
  const std::optional<RemainingFile> remaining = remainingOf(job);
  const NetworkSession session = caller ? caller->owner().networkSession() : makeSession(arguments, console);
  RunPlan plan = planOf(job, source, survey, session.baseUrls().baseUrl);
  if (arguments.dryRun) return rehearse(job, list, remaining, std::move(plan), session, caller, environment, console);

  NextStep next;
  next.journal = job.journal;
  next.command = nextCommand(job);
  if (!job.journal.empty()) {
    next.follow = followCommand(followArguments(job));
    next.report = reportCommand(followArguments(job));
  }
  std::vector<BulkState> states;
  if (remaining) states = statesIn(list, job);
  if (plan.toSend == 0) {
    BulkSummary summary;
    summary.counts = survey.counts;
    const Exit exit = exitFor(summary);
    if (!arguments.quiet)
      console.complain(survey.counts.leftOut > 0 ? "nothing is left to do: the entries without a state are left out"
                                                 : "nothing is left to do: the journal has the state of every entry");
    // A later run, too, must leave out those whom this one leaves out.
    if (job.past && arguments.excludeFiles.size() > exclusionsIn(*job.past).size())
      journalFor(job, list, survey, plan, BulkAccount(), console);
    if (remaining) remaining->write(list, states);
    tellEnd(arguments, summary, exit, next, console);
    return exit;
  }

  if (!caller) {
    caller.emplace(arguments, session, makeAsker(arguments.credentials, environment));
    if (!caller->askForAccount(console, needToResume(job, caller->account().subject))) {
      console.complain("nothing was sent");
      return Exit::interrupted;
    }
  }
  const BulkAccount& account = caller->account();
  if (account.failure && isHopeless(*account.failure)) {
    if (!job.past) next = NextStep();  // a run that did not begin has no journal
    return endBeforeSending(arguments, survey.counts, *account.failure, inOptionWords(*account.failure), next, console);
  }
  if (job.past && !mayResume(job, account, console)) return account.failure ? exitFor(*account.failure) : Exit::stopped;
  showAccount(plan, account, list);
  BeforeRun before;
  if (arguments.follow) before = beforeRun(job, list, caller->owner(), caller->context(), console);
  if (before.interrupted) {
    console.complain("nothing was sent");
    return Exit::interrupted;
  }
  // Without an answer the calls of the run may fail for the same reason for a long time, so it is told at once.
  if (account.failure && (asks || (account.failure->api() == nullptr && !arguments.quiet)))
    next.told = tellNoAccount(*account.failure, console);
  if (asks && !confirm(plan)) {
    console.complain("nothing was sent");
    return Exit::interrupted;
  }
  try {
    console.event(planJson(plan), arguments.json);
  } catch (const OutputLost&) {
    console.complain("nothing was sent");
    throw;
  }
  // The list is written at first, so that a killed run does not lose it.
  if (plan.hasAccount && !asks && !arguments.quiet) console.complain(ownAccountText);
  if (remaining) remaining->begin(list, states, job.journal.empty() ? std::string() : next.command);
  std::shared_ptr<FileJournal> journal;
  try {
    journal = journalFor(job, list, survey, plan, account, console);
  } catch (...) {
    if (remaining) remaining->write(list, states);
    throw;
  }
  if (journal) keepRecord(before, job.journal, *journal, console);
  if (!arguments.json && !asks && !arguments.quiet && !arguments.bulk.journal && journal) {
    console.complain("a record is kept in " + printable(job.journal));
  }

  const std::string whereAll = !job.journal.empty() ? "; 'box-sessions report' shows all"
                               : remaining          ? "; --remaining keeps all"
                                                    : std::string();
  BulkOptions options = optionsOf(arguments, survey.toSend);
  // Only rejected entries are sent again. Where Box has accepted others, a further refusal concerns the entry and not
  // the account, and is its new state.
  if (isSettled(survey.counts) && survey.counts.accepted > 0) options.systemicSingles = 0;
  if (const auto left = caller->timeLeft()) options.deadline = Deadline(*left);
  const auto display = std::make_shared<BulkDisplay>(arguments, options, whereAll, remaining ? &states : nullptr,
                                                     job.past ? &*job.past : nullptr, console);
  BulkSummary summary = perform(options, list, *caller, std::move(journal), display, console);
  addUnread(summary, job, list, survey, *display);
  display->finish();
  if (list.hasGrown())
    console.complain(
        source +
        " has grown since it was checked: what was added is not sent. Send it with a list and a journal of "
        "its own");
  next.refusals = display->refusals();
  next.callRefused = display->callRefused();
  next.refusedWith = display->refusedWith();
  Exit exit = exitFor(summary, next);
  if (remaining) {
    try {
      remaining->write(list, states);
    } catch (const FileError& error) {
      console.complain(error.what());
      if (exit == Exit::accepted) exit = Exit::stopped;
    }
  }
  // A run that the operator has stopped has no failure that would say it.
  if (!summary.failure && display->isAnsweredByAnother())
    next.remedy = hintFor(BoxSdkError(Errc::unexpectedResponse, ""));
  const bool mayBeFollowed = exit != Exit::interrupted && summary.counts.accepted + summary.counts.inDoubt > 0;
  const bool isFollowed = before.record && mayBeFollowed;
  if (isFollowed) next.follow.clear();
  if (job.journal.empty()) {
    next.requestIds = display->requestIds();
    next.acceptedCalls = display->acceptedCalls();
  }
  tellEnd(arguments, summary, exit, next, console);
  if (!isFollowed && mayBeFollowed && arguments.follow)
    return endWithoutFollowing(exit, Exit::stopped, before.problem, job, console);
  if (!isFollowed) return exit;
  return followRun(exit, job, list, std::move(*before.record), caller->owner(), caller->context(), console);
}

}  // namespace

Exit runTerminate(const TerminateArguments& arguments, const Environment& environment, const Console& console) {
  return runJob(newJob(arguments), environment, console);
}

Exit runResume(const ResumeArguments& arguments, const Environment& environment, const Console& console) {
  return runJob(resumedJob(arguments), environment, console);
}

}  // namespace box::cli
