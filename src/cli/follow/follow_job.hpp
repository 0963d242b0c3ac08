#pragma once

#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include <box/bulk/file_journal.hpp>
#include <box/client.hpp>
#include <box/follow/following.hpp>

#include "cli/arguments.hpp"
#include "cli/bulk_list.hpp"
#include "cli/console.hpp"
#include "cli/follow/followed_people.hpp"
#include "cli/follow/record.hpp"

namespace box::cli {

/// The exit status that the summary stands for. `isWatch`: the operator ends it, so being stopped is not a failure.
Exit exitFor(const FollowSummary& summary, bool isWatch) noexcept;

/// Follows the people of a run for as long as the arguments say.
struct FollowJob {
  const FollowArguments& arguments;  ///< which journal, and how to follow
  const JournalContents& journal;
  const BulkList& list;  ///< call survey() on it first
  FollowRecord record;   ///< used unless a record is stored beside the journal
  /// The exit status of a run that has just ended. The program ends with it where Box has not accepted everything.
  std::optional<Exit> ofRun{};

  /// Shows findings, stores them beside the journal, and ends with a summary for each person. `client`: acts as the
  /// owner of the credentials, never as another user. *Errors*: FileError, JournalError, OutputLost, BoxSdkError where
  /// a setting cannot be used.
  Exit run(const BoxClient& client, asio::io_context& context, const Console& console);

 private:
  Exit statusOf(const FollowSummary& summary, bool isKept) const;
  void tellEnd(const FollowSummary& summary, const FollowedPeople& people, Exit exit, const Console& console) const;
};

}  // namespace box::cli
