#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <box/follow/following.hpp>

namespace box::cli {

/// A person who was in a group when its members were listed.
struct GroupMember {
  std::uint64_t group = 0;  ///< the group's index in the list
  std::string id, login;
};

/// What is known for following a run: the place in the stream of events before it, the members of its groups, and what
/// was seen since. The file beside the journal is readable by its owner only. It is replaced in one step after each
/// page with findings, so that it is complete even if the process is killed.
struct FollowRecord {
  std::string job;  ///< the journal's job
  /// Where the stream of events was before the run, or for a run that began without --follow when it was first followed
  /// or resumed: see markIsLate(). Has no position where Box did not tell it.
  FollowMark mark;
  std::chrono::seconds boxAhead{0};  ///< Box's clock minus this machine's clock
  bool hasMembers = false;           ///< whether the members of groups were listed
  std::vector<GroupMember> members;
  std::vector<std::string> missing;  ///< why members may be missing, as lines for an operator
  std::string people;                ///< digest of the people to whom `state` belongs
  std::string state;                 ///< state of the Follower; empty: following has not begun
};

/// The most that FollowRecord::boxAhead can be, in either direction.
constexpr std::chrono::seconds longestAhead = std::chrono::hours(24 * 365 * 100);

inline std::string recordBeside(const std::string& journal) { return journal + ".follow"; }

std::string textOf(const FollowRecord& record);
/// Parses a record. No value: the text is not a record.
std::optional<FollowRecord> recordIn(std::string_view text);

/// Reads a record. No value: the file does not exist. `isCopy`: the record is only shown, so that other users may be
/// able to write the file. *Errors*: FileError, also where the record belongs to another journal.
std::optional<FollowRecord> readRecord(const std::string& path, const std::string& job, bool isCopy = false);
/// Throws the FileError for a file whose content cannot be used.
[[noreturn]] void refuseRecord(const std::string& path);
/// Writes a record. *Errors*: FileError, also where this would overwrite another program's file.
void writeRecord(const std::string& path, const FollowRecord& record);

/// Lets one process at a time follow a journal, because a second one would show the same findings again. It locks
/// another byte of the journal than a run does. The lock ends with this object or with the process.
class FollowLock {
 public:
  /// Takes the lock. *Errors*: JournalError.
  explicit FollowLock(const std::string& journal);
  ~FollowLock();
  FollowLock(const FollowLock&) = delete;
  FollowLock& operator=(const FollowLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace box::cli
