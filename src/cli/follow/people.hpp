#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <box/bulk/file_journal.hpp>
#include <box/follow/following.hpp>

#include "cli/bulk_list.hpp"
#include "cli/follow/record.hpp"

namespace box::cli {

/// Somebody who is followed.
struct Followed {
  std::uint64_t index = 0;  ///< of the entry that names the person, or the person's group
  std::string person;       ///< id or login
  std::string group;        ///< id of the group; empty in a list of users
};

/// Whom to follow after a run: the users whom Box accepted and those in doubt, or the members of such groups, each
/// once.
struct FollowedPeople {
  std::vector<Followed> people;
  std::vector<FollowTarget> targets;  ///< the same, in the same order
  std::vector<std::string> groups;    ///< ids of all such groups

  /// The same for the same targets, with the same times.
  std::string digest() const;
};

/// `list`: after its survey. A sign-in is new from the time on when the last call that names the person went out, by
/// Box's clock. *Errors*: FileError.
FollowedPeople peopleOf(const BulkList& list, const JournalContents& journal, const FollowRecord& record);

}  // namespace box::cli
