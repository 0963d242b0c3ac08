#include "cli/follow/before_run.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <box/error.hpp>
#include <box/follow/follower.hpp>

#include "cli/files.hpp"
#include "cli/follow/followed_people.hpp"
#include "cli/interruption.hpp"
#include "cli/option_words.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

asio::awaitable<void> readMark(Follower follower, FollowRecord& record) {
  record.mark = co_await follower.mark();
  if (record.mark.position.empty()) co_return;
  // Box's date has whole seconds, rounded down, and so is boxAhead. It may be too small but not too large, so that no
  // new sign-in is taken for an old one.
  const auto ahead = record.mark.time - std::chrono::system_clock::now();
  record.boxAhead = std::clamp(std::chrono::floor<std::chrono::seconds>(ahead), -longestAhead, longestAhead);
}

void add(FollowRecord& record, std::uint64_t group, const std::string& id, const FollowMembers& members) {
  for (const FollowTarget& member : members.targets) {
    record.members.push_back({group, member.id, validUtf8(member.login)});
  }
  if (!members.incomplete.empty()) record.missing.push_back("group " + id + ": " + inOptionWords(members.incomplete));
}

asio::awaitable<void> list(Follower follower, const SendableGroups& groups, FollowRecord& record, std::size_t& listed) {
  for (const auto& [index, id] : groups) {
    const std::vector<std::string> one(1, id);
    CallResult<FollowMembers> members = co_await tryAwait(follower.membersOf(one));
    if (members) {
      add(record, index, id, *members);
    } else if (members.error().code() == asio::error::operation_aborted) {
      co_return;
    } else {
      record.missing.push_back("the members of group " + id +
                               " could not be listed: " + inOptionWords(members.error()));
    }
    ++listed;
  }
}

}  // namespace

SendableGroups groupsOf(const BulkList& bulkList, const JournalContents* journal) {
  SendableGroups groups;
  bulkList.forEach(journal, [&](const BulkRow& row) {
    if (row.state != BulkState::invalid && row.state != BulkState::duplicate && row.state != BulkState::leftOut)
      groups.emplace_back(row.index, std::string(row.value));
  });
  return groups;
}

bool takeMark(FollowRecord& record, const BoxClient& client, asio::io_context& context, const Console& console) {
  FollowOptions options;
  options.markTimeout = longestMark;
  return runInterruptibly(context, readMark(Follower(client, options), record), console);
}

void markIsLate(FollowRecord& record) { record.mark.time += FollowOptions().clockSkew; }

bool listMembers(FollowRecord& record, const SendableGroups& groups, const BoxClient& client, asio::io_context& context,
                 const Console& console) {
  std::size_t listed = 0;
  record.hasMembers = true;
  if (runInterruptibly(context, list(Follower(client), groups, record, listed), console, longestListing)) return true;
  if (listed < groups.size()) {
    record.missing.push_back("the members of " + counted(groups.size() - listed, "group") + " were not listed within " +
                             shownDuration(longestListing) + ", the first of them group " + groups[listed].second);
  }
  return false;
}

BeforeRun beforeRun(const BulkJob& job, const BulkList& bulkList, const BoxClient& client, asio::io_context& context,
                    const Console& console) {
  BeforeRun out;
  if (job.past) {
    try {
      out.record = readRecord(recordBeside(job.journal), job.past->header().job);
    } catch (const FileError& error) {
      out.problem = error.what();
      console.complain("the run will not be followed: " + out.problem);
      return out;
    }
    if (out.record) return out;
  }
  FollowRecord record;
  out.interrupted = takeMark(record, client, context, console);
  if (job.past) markIsLate(record);
  if (!out.interrupted && job.arguments.target == Target::groups) {
    const bool isLate = job.past && !peopleOf(bulkList, *job.past, record).groups.empty();
    if (isLate && !job.arguments.quiet) console.complain(membersAreLate);
    out.interrupted =
        listMembers(record, groupsOf(bulkList, job.past ? &*job.past : nullptr), client, context, console);
  }
  out.record = std::move(record);
  return out;
}

}  // namespace box::cli
