#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <box/bulk/file_journal.hpp>
#include <box/client.hpp>

#include "cli/bulk_account.hpp"
#include "cli/bulk_job.hpp"
#include "cli/bulk_list.hpp"
#include "cli/commands.hpp"
#include "cli/error_text.hpp"
#include "cli/follow/before_run.hpp"
#include "cli/follow/follow_job.hpp"
#include "cli/follow/follow_text.hpp"
#include "cli/follow/record.hpp"
#include "cli/journal_files.hpp"
#include "cli/option_words.hpp"
#include "cli/run_client.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

/// The account that follows may differ from the one that ended the sessions, but must be of the same enterprise,
/// because each enterprise has its own events.
void requireSameEnterprise(const std::string& journal, const JournalContents& contents, const BulkAccount& account) {
  const std::string then = contents.note("enterprise");
  if (then.empty() || !account.identity || account.identity->enterpriseId.empty()) return;
  if (account.identity->enterpriseId == then) return;
  throw JournalError(JournalError::Kind::mismatch, "journal '" + printable(journal) + "': its run was in enterprise " +
                                                       printable(then) + ", and these credentials are of " +
                                                       inWords(*account.identity) +
                                                       ". Use credentials of the same enterprise");
}

}  // namespace

Exit runFollow(const FollowArguments& arguments, const Environment& environment, const Console& console) {
  if (arguments.log) Console::keepLog(*arguments.log);
  const JournalContents contents = readJournal(arguments.journal);
  requireSameHost(arguments.journal, contents, arguments.connection.baseUrl);
  const RecordedList recorded = recordedList(arguments.journal, contents, arguments.file);
  const BulkList& list = recorded.list;
  if (!recorded.note.empty() && !arguments.quiet) console.complain(recorded.note);
  std::optional<FollowRecord> record = readRecord(recordBeside(arguments.journal), contents.header().job);

  RunClient caller(arguments, environment, console);
  if (!caller.askForAccount(console)) return Exit::interrupted;
  const BulkAccount& account = caller.account();
  if (account.failure && isHopeless(*account.failure)) {
    console.complain("not followed: " + inOptionWords(*account.failure));
    console.tell(failureLines(*account.failure));
    const Exit exit = exitFor(*account.failure);
    console.event(notFollowedJson(inOptionWords(*account.failure), {}, static_cast<int>(exit)), arguments.json);
    return exit;
  }
  if (account.failure && account.failure->api() == nullptr && !arguments.quiet)
    tellNoAccount(*account.failure, console);
  requireSameEnterprise(arguments.journal, contents, account);
  if (!record) {
    record.emplace();
    if (takeMark(*record, caller.owner(), caller.context(), console)) return Exit::interrupted;
    markIsLate(*record);
    record->job = contents.header().job;
    const std::string unknown =
        "the run was made without --follow, so the position of the events at its start is not known: ";
    if (!arguments.quiet)
      console.complain(unknown + (arguments.watch ? "--watch shows sign-ins from now on. For those before, run it with "
                                                    "--for first"
                                                  : "the enterprise's log is read at the end"));
  }
  FollowJob following{arguments, contents, list, std::move(*record)};
  return following.run(caller.owner(), caller.context(), console);
}

}  // namespace box::cli
