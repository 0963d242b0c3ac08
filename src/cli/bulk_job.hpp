#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <box/bulk/bulk_termination.hpp>
#include <box/bulk/file_journal.hpp>

#include "cli/arguments.hpp"
#include "cli/bulk_list.hpp"

namespace box::cli {

/// Where the list of a journal is kept, so that the journal can be reported and continued.
inline std::string listBeside(const std::string& journal) { return journal + ".list"; }

/// A run: a new one, or one that continues a journal.
struct BulkJob {
  TerminateArguments arguments;
  std::string file;     ///< the list, if it is one regular file; otherwise empty
  std::string journal;  ///< its path; empty: the run keeps no journal
  std::optional<JournalContents> past{};
};

/// Makes a new run. *Errors*: JournalError where the journal, or a list beside it, exists already.
BulkJob newJob(const TerminateArguments& arguments);
/// Refuses to continue a journal at another host than before. A file must not decide where credentials are sent, so the
/// operator has to name the host as `given`. *Errors*: JournalError, UsageError.
void requireSameHost(const std::string& journal, const JournalContents& contents,
                     const std::optional<std::string>& given);
/// Gives a new run a journal in the default place, where its list of `toSend` entries is long enough or its options
/// need one. *Errors*: FileError.
void chooseJournal(BulkJob& job, std::uint64_t toSend);
/// Takes list, batch size and notifications from the journal. The operator has to name the host again where it is not
/// the default, and the user of --as-user where no question is asked. *Errors*: JournalError, UsageError.
BulkJob resumedJob(const ResumeArguments& arguments);

BulkOptions optionsOf(const TerminateArguments& arguments);
/// The options of a run, including those that depend on the number of entries.
BulkOptions optionsOf(const TerminateArguments& arguments, std::uint64_t toSend);

/// The command that continues this run, quoted for a shell: from its journal, or from the file of --remaining. Empty:
/// the run has neither.
std::string nextCommand(const BulkJob& job);
/// How the people of this run, which has a journal, are followed after it.
FollowArguments followArguments(const BulkJob& job);
/// The commands for a journal, quoted for a shell: to continue its run, without the options for credentials and
/// connection, to follow its people, and to report it. `file`: where the list is now; unset: where the journal says.
std::string resumeCommand(const std::string& journal, const std::optional<std::string>& file);
std::string followCommand(const FollowArguments& arguments);
std::string reportCommand(const FollowArguments& arguments);
/// The command that ends the sessions of these people again, or where they are many, of all in the report who were seen
/// to sign in again. `asUser`: empty: as the user of the credentials.
std::string againCommand(const FollowArguments& arguments, const std::vector<std::string>& people,
                         const std::string& asUser);

/// Records in a journal's header which columns of the list are read, and reads that record again.
void noteColumns(JournalHeader& header, const ColumnOptions& columns);
ColumnOptions columnsOf(const JournalContents& contents);

/// Records which files of --exclude a run that continues a journal was given, and reads these records again. Each later
/// run leaves out these people too.
void noteExclusions(JournalHeader& header, const std::vector<std::string>& files);
std::vector<std::string> exclusionsIn(const JournalContents& contents);

/// Whether a journal is about users or groups. *Errors*: JournalError.
Target targetOf(const std::string& journal, const JournalContents& contents);
std::string listOf(const std::string& journal, const JournalContents& contents,
                   const std::optional<std::string>& given);
/// The list of a journal's run, surveyed.
struct RecordedList {
  Target target;
  std::string file;
  BulkList list;
  std::string note;  ///< not empty: why this is the copy beside the journal, or why nobody is left out
};
/// `given`: where the list is; unset: where the journal says, or, if it is not there as it was, the copy beside the
/// journal. *Errors*: JournalError, FileError.
RecordedList recordedList(const std::string& journal, const JournalContents& contents,
                          const std::optional<std::string>& given);
/// Compares the list with the journal's. *Errors*: JournalError where the list differs from the one with which the
/// journal was begun.
void requireSameList(const std::string& journal, const JournalContents& contents, const std::string& file,
                     const ListSurvey& survey);

}  // namespace box::cli
