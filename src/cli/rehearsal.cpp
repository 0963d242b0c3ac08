#include "cli/rehearsal.hpp"

#include <memory>
#include <string>

#include <box/auth/developer_token.hpp>
#include <box/bulk/file_journal.hpp>
#include <box/client.hpp>

#include "cli/bulk_account.hpp"
#include "cli/credentials.hpp"
#include "cli/error_text.hpp"
#include "cli/files.hpp"
#include "cli/follow/before_run.hpp"
#include "cli/option_words.hpp"
#include "cli/run_end.hpp"
#include "cli/run_list.hpp"

namespace box::cli {

namespace {

/// The credentials for a dry run. Without --check it asks neither Box nor the operator, so they may be missing where
/// the run would ask for them.
Asker askerToTry(const TerminateArguments& arguments, Environment environment) {
  environment.mayAsk = arguments.check;
  try {
    return makeAsker(arguments.credentials, environment);
  } catch (const MissingSecret&) {
    if (arguments.check || !canAsk()) throw;
  }
  Asker none;
  none.authentication = std::make_shared<BoxDeveloperTokenAuth>("none");
  return none;
}

}  // namespace

Exit rehearse(const BulkJob& job, const BulkList& list, const std::optional<RemainingFile>& remaining, RunPlan plan,
              const NetworkSession& session, std::optional<RunClient>& caller, const Environment& environment,
              const Console& console) {
  const TerminateArguments& arguments = job.arguments;
  if (remaining) requireWritable(remaining->path());
  if (!job.journal.empty() && !job.past) requireWritable(job.journal);
  // Opening it finds out whether another run uses it.
  if (job.past) FileJournal::open(job.journal, job.past->header().binding);
  if (!job.past && !arguments.bulk.journal) plan.journal.clear();  // a run makes a new name
  if (!caller) {
    caller.emplace(arguments, session, askerToTry(arguments, environment));
    if (arguments.check && !caller->askForAccount(console, AccountNeed::required)) return Exit::interrupted;
  }
  const BulkAccount& account = caller->account();
  if (arguments.check && account.failure) {
    const std::string advice = adviceForIdentity(*account.failure);
    console.complain("--check: " + noAccountText(*account.failure));
    console.tell(failureLines(*account.failure, advice));
    return exitFor(*account.failure);
  }
  if (arguments.check && job.past) account.check(job.journal, *job.past);
  if (arguments.check && arguments.follow) {
    FollowRecord record;
    if (takeMark(record, caller->owner(), caller->context(), console)) return Exit::interrupted;
    if (!record.mark.reason.empty())
      console.complain("--check: the run could not be followed: " + inOptionWords(record.mark.reason));
  }
  showAccount(plan, account, list);
  plan.isDryRun = true;
  console.event(planJson(plan), arguments.json);
  if (!arguments.json && !arguments.quiet) console.result(planText(plan));
  return plan.refusals.empty() ? exitFor(plan.expected) : Exit::usage;
}

}  // namespace box::cli
