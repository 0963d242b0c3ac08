#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <box/bulk/file_journal.hpp>
#include <box/follow/following.hpp>

#include "cli/bulk_list.hpp"
#include "cli/follow/record.hpp"

namespace box::cli {

/// A person who is followed.
struct Followed {
  std::uint64_t index = 0;  ///< of the entry that names the person or the person's group
  std::string person;       ///< id or login
  std::string group;        ///< id of the group; empty for a list of users
};

/// The people to follow after a run: users whom Box has accepted or who are in doubt, or members of such groups. Each
/// is there once.
struct FollowedPeople {
  std::vector<Followed> people;
  std::vector<FollowTarget> targets;  ///< what the library follows: one for each of `people`, in the same order
  std::vector<std::string> groups;    ///< ids of all these groups
  std::uint64_t notAccepted = 0;      ///< entries of the list that Box has not accepted, so they are not followed

  /// Identifies the targets and their times, so that a stored state is used only with the same people.
  std::string digest() const;
};

/// Call survey() on `list` first. For each person, a sign-in counts as new if it is later, by Box's clock, than the
/// last call that named the person was sent. *Errors*: FileError.
FollowedPeople peopleOf(const BulkList& list, const JournalContents& journal, const FollowRecord& record);

}  // namespace box::cli
