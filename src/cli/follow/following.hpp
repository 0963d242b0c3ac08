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
#include "cli/follow/people.hpp"
#include "cli/follow/record.hpp"

namespace box::cli {

/// What the exit status says of people who were followed. `isWatch`: stopping is its only end.
Exit exitFor(const FollowSummary& summary, bool isWatch) noexcept;

/// Follows the people of a run, as long as the arguments say.
struct Following {
  const FollowArguments& arguments;  ///< of these: the journal, and how to follow
  const JournalContents& journal;
  const BulkList& list;  ///< after its survey
  FollowRecord record;   ///< used where none is kept yet
  std::string again;     ///< the command that continues it
  /// Of a run that has just ended: it stands unless Box accepted all, and also where events may not be read.
  std::optional<Exit> ofRun{};

  /// Tells what is seen, keeps it beside the journal, and says at the end what was seen of each. `client`: never as
  /// another user. *Errors*: FileError, JournalError, OutputLost, BoxSdkError where a setting is unusable.
  Exit run(const BoxClient& client, asio::io_context& context, const Console& console);

 private:
  Exit statusOf(const FollowSummary& summary, bool isKept) const;
  void tellEnd(const FollowSummary& summary, const FollowedPeople& people, Exit exit, const Console& console) const;
};

}  // namespace box::cli
