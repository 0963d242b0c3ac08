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

/// What has to be known before a run so that it can be followed.
struct BeforeRun {
  std::optional<FollowRecord> record;  ///< none: it cannot be followed, which was told
  bool interrupted = false;
};

/// How long a termination waits for the place in the stream of events, and for the members of its groups.
inline constexpr std::chrono::seconds longestMark{2}, longestListing{30};

/// Where the stream of events stands, and who is in the groups. Whatever goes wrong stops no run: it is in the record.
/// A run that is continued keeps the record of its beginning. `client`: never as another user.
BeforeRun beforeRun(const BulkJob& job, const BulkList& list, const BoxClient& client, asio::io_context& context,
                    const Console& console);

/// Groups that a run may send: the id of each, after its index in the list.
using SendableGroups = std::vector<std::pair<std::uint64_t, std::string>>;
SendableGroups groupsOf(const BulkList& list, const JournalContents* journal);
/// Lists their members into the record. True: interrupted. *Errors*: none of Box's.
bool listMembers(FollowRecord& record, const SendableGroups& groups, const BoxClient& client, asio::io_context& context,
                 const Console& console);
/// Reads how far Box's clock is ahead into a record, and where the stream of events stands now. True: interrupted.
bool takeMark(FollowRecord& record, const BoxClient& client, asio::io_context& context, const Console& console);

}  // namespace box::cli
