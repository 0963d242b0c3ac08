#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <box/bulk/bulk_termination.hpp>
#include <box/bulk/file_journal.hpp>

#include "cli/arguments.hpp"
#include "cli/bulk_list.hpp"

namespace box::cli {

/// A run: a new one, or one that continues a journal.
struct BulkJob {
  TerminateArguments arguments;
  std::string file;     ///< the list; empty: it has to be gathered
  std::string journal;  ///< its file; empty: none is kept
  std::optional<JournalContents> past{};

  /// Where a list that was gathered is kept for the journal.
  std::string listBesideJournal() const { return journal + ".list"; }
};

/// *Errors*: JournalError where the journal, or a list of its name, exists already.
BulkJob newJob(const TerminateArguments& arguments);
/// A file may say where a run was sent, not where the credentials of the next one go. `given`: the base URL that the
/// operator names. *Errors*: JournalError, UsageError.
void requireSameHost(const std::string& journal, const JournalContents& contents,
                     const std::optional<std::string>& given);
/// Gives a new job a journal in the program's own place, where a list of so many entries, or its run, should have one.
/// *Errors*: FileError.
void chooseJournal(BulkJob& job, std::uint64_t toSend);
/// Takes list, batch size and notifications from the journal; host and user only from the operator, who has to name
/// them where they are not the default or where nobody is asked. *Errors*: JournalError, UsageError.
BulkJob resumedJob(const ResumeArguments& arguments);

BulkOptions optionsOf(const TerminateArguments& arguments);
/// Adds what depends on the number of entries.
BulkOptions optionsOf(const TerminateArguments& arguments, std::uint64_t toSend);

/// The command that continues this job, for a shell: from its journal, or without one from what --remaining has kept.
/// Empty: there is neither.
std::string nextCommand(const BulkJob& job);
/// The command that follows the people of this journal, for a shell.
std::string followCommand(const std::string& journal, const ConnectionArguments& connection);

/// Notes by which columns the list is read, and tells it.
void noteColumns(JournalHeader& header, const ColumnOptions& columns);
ColumnOptions columnsOf(const JournalContents& contents);

/// What a journal says of its list. *Errors*: JournalError.
Target targetOf(const std::string& journal, const JournalContents& contents);
std::string listOf(const std::string& journal, const JournalContents& contents,
                   const std::optional<std::string>& given);
/// *Errors*: JournalError where the list is not the one that the journal was begun with.
void requireSameList(const std::string& journal, const JournalContents& contents, const std::string& file,
                     const ListSurvey& survey);

}  // namespace box::cli
