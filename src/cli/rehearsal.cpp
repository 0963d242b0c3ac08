#include "cli/rehearsal.hpp"

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>

#include <box/auth/developer_token.hpp>
#include <box/client.hpp>

#include "cli/bulk_account.hpp"
#include "cli/client_setup.hpp"
#include "cli/connection.hpp"
#include "cli/credentials.hpp"
#include "cli/error_text.hpp"
#include "cli/files.hpp"
#include "cli/identity.hpp"
#include "cli/option_words.hpp"

namespace box::cli {

Exit rehearse(const BulkJob& job, const std::optional<RemainingFile>& remaining, RunPlan plan,
              const NetworkSession& session, Environment environment, const Console& console) {
  const TerminateArguments& arguments = job.arguments;
  if (remaining) requireWritable(remaining->path());
  if (!job.journal.empty() && !job.past) requireWritable(job.journal);
  if (!job.past && !arguments.bulk.journal) plan.journal.clear();  // a run draws another name
  asio::io_context context(1);
  environment.mayAsk = arguments.check;
  Asker asker;
  try {
    asker = makeAsker(arguments.credentials, environment);
  } catch (const MissingSecret& error) {
    if (arguments.check) throw;
    if (!arguments.quiet && !canAsk()) console.complain("no credentials were tried: " + std::string(error.what()));
    asker.authentication = std::make_shared<BoxDeveloperTokenAuth>("none");
  }
  const BoxClient owner = makeClient(arguments.connection, context, session, asker.authentication);
  withCallSettings(arguments, owner);
  if (arguments.check) {
    BulkAccount account;
    account.subject = asker.subject;
    if (!findIdentity(account, context, owner, console)) return Exit::interrupted;
    if (account.failure) {
      const std::string advice = adviceForIdentity(*account.failure, arguments.credentials.method);
      console.complain("--check: Box does not say whose these credentials are: " + inOptionWords(*account.failure));
      console.tell(failureLines(*account.failure) + (advice.empty() ? "" : "  advice:        " + advice));
      return exitFor(*account.failure);
    }
    plan.account = inWords(*account.identity);
  }
  if (arguments.json) {
    console.result(boost::json::serialize(planJson(plan)) + "\n");
  } else if (!arguments.quiet) {
    console.result(planText(plan));
  }
  const bool isMended = plan.counts.invalid == 0 || job.past || arguments.bulk.skipInvalid;
  return isMended ? Exit::accepted : Exit::rejected;
}

}  // namespace box::cli
