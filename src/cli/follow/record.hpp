#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <box/follow/following.hpp>

namespace box::cli {

/// Somebody who was in a group when its members were listed.
struct GroupMember {
  std::uint64_t group = 0;  ///< the index of the group in the list
  std::string id, login;
};

/// What following knows of a run, in a file for its owner alone beside the journal: where the stream of events stood
/// before it, who was in its groups, and what was seen since. It is replaced in one step after each page that has
/// findings, so that a process that is killed at any moment leaves a whole one.
struct FollowRecord {
  std::string job;  ///< of the journal
  /// Without a position where Box did not tell it, or where the run was made without --follow.
  FollowMark mark;
  std::chrono::seconds boxAhead{0};  ///< Box's clock minus this machine's
  bool hasMembers = false;           ///< of groups: their members were listed
  std::vector<GroupMember> members;
  std::vector<std::string> missing;  ///< why members may be missing, in lines for an operator
  std::string people;                ///< digest of the people whom `state` is about
  std::string state;                 ///< of the Follower; empty: it has not begun
};

inline std::string recordBeside(const std::string& journal) { return journal + ".follow"; }

std::string textOf(const FollowRecord& record);
/// None: it is not a record's text.
std::optional<FollowRecord> recordIn(std::string_view text);

/// None: there is no such file. `isCopy`: it is only shown, so others may have written it. *Errors*: FileError, also
/// where the record belongs to another journal.
std::optional<FollowRecord> readRecord(const std::string& path, const std::string& job, bool isCopy = false);
/// *Errors*: FileError, also where another program's file would be lost.
void writeRecord(const std::string& path, const FollowRecord& record);

/// One process at a time follows a journal: the second one would tell again what the first has told. The lock is on the
/// journal, beside that of a run, and goes with this object or the process.
class FollowLock {
 public:
  /// *Errors*: JournalError.
  explicit FollowLock(const std::string& journal);
  ~FollowLock();
  FollowLock(const FollowLock&) = delete;
  FollowLock& operator=(const FollowLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace box::cli
