#pragma once

#include <optional>
#include <string>

#include <box/bulk/bulk_termination.hpp>
#include <box/bulk/journal.hpp>

#include "cli/arguments.hpp"
#include "cli/bulk_list.hpp"

namespace box::cli {

/// A run with a journal: a new one, or one that continues a journal.
struct BulkJob {
  TerminateArguments arguments;  ///< with `bulk`
  std::string file;
  std::optional<JournalContents> past;

  const BulkArguments& bulk() const { return *arguments.bulk; }
};

/// *Errors*: JournalError where the journal exists already.
BulkJob newJob(const TerminateArguments& arguments);
/// Takes list, batch size and notifications from the journal; host and user only from the operator, who has to name them where
/// they are not the default or where nobody is asked. *Errors*: JournalError, UsageError.
BulkJob resumedJob(const ResumeArguments& arguments);

BulkOptions optionsOf(const TerminateArguments& arguments);

/// The command that continues this job, for a shell.
std::string resumeCommand(const BulkJob& job);

/// What a journal says of its list. *Errors*: JournalError.
Target targetOf(const std::string& journal, const JournalContents& contents);
std::string listOf(const std::string& journal, const JournalContents& contents,
                   const std::optional<std::string>& given);
/// *Errors*: JournalError where the list is not the one that the journal was begun with.
void requireSameList(const std::string& journal, const JournalContents& contents, const std::string& file,
                     const ListSurvey& survey);

}  // namespace box::cli
