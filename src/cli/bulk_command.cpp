#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>

#include <box/auth/developer_token.hpp>
#include <box/bulk/bulk_termination.hpp>
#include <box/bulk/journal.hpp>
#include <box/client.hpp>
#include <box/error.hpp>

#include "cli/bulk_account.hpp"
#include "cli/bulk_display.hpp"
#include "cli/bulk_job.hpp"
#include "cli/bulk_list.hpp"
#include "cli/bulk_report.hpp"
#include "cli/client_setup.hpp"
#include "cli/connection.hpp"
#include "cli/commands.hpp"
#include "cli/credentials.hpp"
#include "cli/error_text.hpp"
#include "cli/identity.hpp"
#include "cli/interruption.hpp"
#include "cli/option_words.hpp"
#include "cli/report.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

namespace json = boost::json;

/// Says what is wrong with the list; false where nothing of it can be sent.
bool isUsable(const BulkJob& job, const ListSurvey& survey, const Console& console) {
  const bool told = !job.arguments.quiet && !job.past;
  const BulkCounts& counts = survey.counts;
  const bool isEmpty = counts.total() == 0, isAllInvalid = !isEmpty && counts.invalid == counts.total();
  if (told || isAllInvalid) {
    for (const std::string& line : survey.faults.lines()) console.complain(line);
    if (survey.faults.total() > InputFaults::shown)
      console.complain("… and " + std::to_string(survey.faults.total() - InputFaults::shown) + " more");
  }
  const std::string noun(nounOf(job.arguments.target));
  if (!survey.halt.empty()) {
    if (!told && !isAllInvalid) console.complain(survey.halt);
    console.complain("nothing was sent: the rest of the list cannot be understood");
  } else if (isEmpty) {
    console.complain("nothing was sent: '" + printable(job.file) + "' names no " + noun + "s");
  } else if (isAllInvalid) {
    console.complain("nothing was sent: none of the " + grouped(counts.total()) + " entries in '" +
                     printable(job.file) + "' can be sent. Fix them and run it again");
  }
  return survey.halt.empty() && !isEmpty && !isAllInvalid;
}

BulkPlan planOf(const BulkJob& job, const ListSurvey& survey, const std::string& baseUrl) {
  BulkPlan plan;
  plan.target = job.arguments.target;
  plan.counts = survey.counts;
  plan.toSend = survey.toSend;
  plan.batch = job.arguments.batch;
  plan.rate = job.bulk().rate.value_or(BulkOptions().rate.cap);
  plan.baseUrl = baseUrl;
  plan.host = std::string(hostOf(baseUrl));
  plan.asUser = job.arguments.asUser.value_or("");
  plan.suppressNotifications = job.arguments.suppressNotifications;
  plan.journal = job.bulk().journal;
  return plan;
}

/// Asks Box for the user of the credentials, and keeps why it did not say. False: interrupted.
bool findIdentity(BulkAccount& account, asio::io_context& context, const BoxClient& client, const Console& console) {
  TimeoutOptions timeouts = client.networkSession().timeouts();
  timeouts.call = std::min<std::chrono::nanoseconds>(timeouts.call, std::chrono::seconds(10));
  const auto ask = [](BoxClient asked, BulkAccount& into) -> asio::awaitable<void> {
    Identity identity = co_await askWhoIAm(asked);
    into.identity = std::move(identity);
  };
  try {
    return !runInterruptibly(context, ask(client.withTimeouts(timeouts), account), console);
  } catch (const BoxSdkError& error) {
    account.failure.emplace(error);
    return true;
  }
}

/// Whether a journal may be continued by this account. Where that cannot be known, the operator has to answer for it.
/// *Errors*: JournalError where it is another account.
bool mayResume(const BulkJob& job, const BulkAccount& account, const Console& console) {
  const std::string& path = job.bulk().journal;
  const std::string journal = "journal '" + printable(path) + "': ";
  switch (account.check(path, *job.past)) {
    case AccountCheck::same: return true;
    case AccountCheck::unknownThen:
      console.complain(journal +
                       "Box did not say which account began it: make sure that these credentials are of that account");
      return true;
    case AccountCheck::unknownToday: break;
  }
  const std::string begun = journal + "it was begun by " + accountIn(*job.past) + ", and Box does not say whose ";
  if (job.bulk().uncheckedAccount) {
    console.complain(begun + "these credentials are: continuing, because of --unchecked-account");
    return true;
  }
  const std::string why = account.failure ? ": " + inOptionWords(*account.failure) : std::string();
  const std::string advice =
      account.failure ? adviceForIdentity(*account.failure, job.arguments.credentials.method) : std::string();
  console.complain(begun + "these credentials are" + why);
  console.complain("nothing was sent. " + (advice.empty() ? "" : advice + " ") +
                   "Where you know that they are of that account: " + resumeCommand(job) + " --unchecked-account");
  return false;
}

std::shared_ptr<FileJournal> journalFor(const BulkJob& job, const ListSurvey& survey, const BulkPlan& plan,
                                        const BulkAccount& account) {
  const std::string& path = job.bulk().journal;
  JournalBinding binding;
  binding.target = std::string(nounOf(job.arguments.target)) + "s";
  binding.host = plan.host;
  binding.subject = account.subject;
  binding.input = survey.digest;
  if (job.past) {
    binding.subject = job.past->header().binding.subject;  // mayResume() has compared the accounts
    std::shared_ptr<FileJournal> journal = FileJournal::open(path, binding);
    if (journal->contents().size() != job.past->size())
      throw JournalError(JournalError::Kind::locked,
                         "journal '" + printable(path) + "': another run has continued it just now. Run this again");
    return journal;
  }
  JournalHeader header;
  header.binding = std::move(binding);
  header.notes.emplace_back("file", std::filesystem::absolute(job.file).string());
  header.notes.emplace_back("base-url", plan.baseUrl);
  header.notes.emplace_back("batch", std::to_string(job.arguments.batch));
  account.note(header);
  if (job.arguments.asUser) header.notes.emplace_back("as-user", *job.arguments.asUser);
  if (job.arguments.suppressNotifications) header.notes.emplace_back("suppress-notifications", "yes");
  return FileJournal::create(path, std::move(header));
}

BulkSummary perform(const BulkJob& job, const BulkList& list, const BoxClient& client,
                    std::shared_ptr<FileJournal> journal, asio::io_context& context, const Console& console) {
  const BulkTermination bulk(client.sessionTermination, optionsOf(job.arguments));
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
  const auto display = std::make_shared<BulkDisplay>(job.arguments, console);
  std::exception_ptr broken;
  BulkSummary summary;
  asio::co_spawn(context, bulk.run(list.source(), display, std::move(journal)),
                 [&](std::exception_ptr error, BulkSummary result) {
                   broken = error;
                   summary = std::move(result);
                   signals.stopWaiting();
                 });
  context.restart();
  context.run();
  console.status({});
  if (broken) std::rethrow_exception(broken);
  return summary;
}

/// Entries that the run did not reach keep the state that they had before it.
void addUnread(BulkSummary& summary, const BulkJob& job, const BulkList& list, const ListSurvey& survey) {
  const std::uint64_t read = summary.counts.total();
  if (read >= survey.counts.total()) return;
  try {
    list.forEach(job.past ? &*job.past : nullptr, [&](const BulkRow& row) {
      if (row.index >= read) summary.counts.add(row.state);
    });
  } catch (const FileError&) {
    summary.counts.notSent += survey.counts.total() - summary.counts.total();  // the list is not there any more
  }
}

void tellEnd(const BulkJob& job, const BulkSummary& summary, Exit exit, const Console& console) {
  const BulkArguments& bulk = job.bulk();
  const std::string reason = endText(summary);
  const std::string advice = adviceText(summary, exit, bulk.journal, resumeCommand(job));
  if (!reason.empty()) console.complain(reason);
  if (job.arguments.json) {
    json::object out = countsJson(job.arguments.target, summary.counts);
    out["end"] = toString(summary.end);
    const std::string message = endMessage(summary);
    if (!message.empty()) out["message"] = validUtf8(message);
    if (!advice.empty()) out["advice"] = validUtf8(advice);
    out["calls"] = summary.calls;
    out["throttled"] = summary.throttled;
    out["elapsedMs"] = inMilliseconds(summary.elapsed);
    out["journal"] = validUtf8(bulk.journal);
    out["exitStatus"] = static_cast<int>(exit);
    console.result(json::serialize(out) + "\n");
  } else if (!job.arguments.quiet) {
    console.result(countsText(job.arguments.target, summary.counts));
  }
  const bool isFinal = summary.end == BulkEnd::finished && summary.counts.inDoubt + summary.counts.notSent == 0;
  if (!advice.empty() && !(isFinal && job.arguments.quiet)) console.complain(advice);
}

Exit runJob(const BulkJob& job, const Environment& environment, const Console& console) {
  const TerminateArguments& arguments = job.arguments;
  const bool asks = mustAsk(arguments);
  BulkList list(arguments.target, job.file);
  const ListSurvey survey = list.survey(optionsOf(arguments), job.past ? &*job.past : nullptr);
  if (!isUsable(job, survey, console)) return Exit::usage;
  if (job.past) requireSameList(job.bulk().journal, *job.past, job.file, survey);
  const NetworkSession session = makeSession(arguments, console);
  BulkPlan plan = planOf(job, survey, session.baseUrls().baseUrl);

  asio::io_context context(1);
  if (arguments.dryRun) {
    // For its checks of certificates and headers; credentials are not needed, and none is read.
    makeClient(arguments, context, session, std::make_shared<BoxDeveloperTokenAuth>("none"));
    if (arguments.json) {
      console.result(json::serialize(planJson(plan)) + "\n");
    } else if (!arguments.quiet) {
      console.result(planText(plan));
    }
    return Exit::accepted;
  }
  if (plan.toSend == 0) {
    BulkSummary summary;
    summary.counts = survey.counts;
    const Exit exit = exitFor(summary);
    if (!arguments.quiet) console.complain("nothing is left to do: the journal has the state of every entry");
    tellEnd(job, summary, exit, console);
    return exit;
  }
  const Asker asker = makeAsker(arguments.credentials, environment);
  const BoxClient owner = makeClient(arguments.connection, context, session, asker.authentication);
  const BoxClient client = withCallSettings(arguments, owner);
  BulkAccount account;
  account.subject = asker.subject;
  if (!findIdentity(account, context, owner, console)) {
    console.complain("nothing was sent");
    return Exit::interrupted;
  }
  if (job.past && !mayResume(job, account, console)) return account.failure ? exitFor(*account.failure) : Exit::stopped;
  if (account.identity) plan.account = inWords(*account.identity);
  if (asks && !isConfirmed(questionText(plan))) {
    console.complain("nothing was sent");
    return Exit::interrupted;
  }
  std::shared_ptr<FileJournal> journal = journalFor(job, survey, plan, account);
  if (arguments.json) console.result(json::serialize(planJson(plan)) + "\n");

  BulkSummary summary = perform(job, list, client, std::move(journal), context, console);
  addUnread(summary, job, list, survey);
  if (list.hasGrown())
    console.complain(
        "'" + printable(job.file) +
        "' has grown since it was checked: what was added is not sent. Send it with a list and a journal of "
        "its own");
  const Exit exit = exitFor(summary);
  tellEnd(job, summary, exit, console);
  return exit;
}

}  // namespace

Exit runBulk(const TerminateArguments& arguments, const Environment& environment, const Console& console) {
  return runJob(newJob(arguments), environment, console);
}

Exit runResume(const ResumeArguments& arguments, const Environment& environment, const Console& console) {
  return runJob(resumedJob(arguments), environment, console);
}

}  // namespace box::cli
