#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <box/client.hpp>

#include "cli/bulk_job.hpp"
#include "cli/bulk_list.hpp"
#include "cli/console.hpp"
#include "cli/follow/record.hpp"

namespace box::cli {

/// What is recorded before a run, so that the run can be followed.
struct BeforeRun {
  std::optional<FollowRecord> record;  ///< not set: the run cannot be followed, and the operator was told why
  bool interrupted = false;
  std::string problem{};  ///< why there is no record
};

/// The longest time that a run waits for its place in the stream of events, and for the members of its groups.
inline constexpr std::chrono::seconds longestMark{2}, longestListing{30};

/// Records the current place in the stream of events, and the members of the groups. A failure does not stop the run:
/// it is written into the record. A continued run keeps the record of its beginning. `client`: acts as the owner of the
/// credentials, never as another user.
BeforeRun beforeRun(const BulkJob& job, const BulkList& list, const BoxClient& client, asio::io_context& context,
                    const Console& console);

/// The groups that a run may send: index in the list, and id.
using SendableGroups = std::vector<std::pair<std::uint64_t, std::string>>;
SendableGroups groupsOf(const BulkList& list, const JournalContents* journal);
/// Adds the members of these groups to the record. True: the operator interrupted it. *Errors*: none of Box's; they are
/// written into the record.
bool listMembers(FollowRecord& record, const SendableGroups& groups, const BoxClient& client, asio::io_context& context,
                 const Console& console);
/// Records how far Box's clock is ahead, and the current place in the stream of events. True: the operator interrupted
/// it.
bool takeMark(FollowRecord& record, const BoxClient& client, asio::io_context& context, const Console& console);
/// For a run that began before the mark, because it was made without --follow: nobody whom Box accepted before the mark
/// may count as accepted after it, so its time is made later by what clocks may differ.
void markIsLate(FollowRecord& record);

/// What is told where the members of groups are listed after the run has begun.
inline constexpr const char* membersAreLate =
    "the members of the groups are listed now: people who have left a group since the run are not followed";

}  // namespace box::cli
