#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <box/bulk/file_journal.hpp>
#include <box/follow/following.hpp>

#include "cli/bulk_list.hpp"
#include "cli/console.hpp"
#include "cli/follow/follow_text.hpp"
#include "cli/follow/followed_people.hpp"

namespace box::cli {

/// What was seen of the people of a run, read from the record of following.
class Evidence {
 public:
  Evidence(FollowedPeople people, FollowSummary summary, std::vector<std::string> missing);

  /// The people of this entry: the user, or the members of the group.
  std::vector<FollowRow> of(std::uint64_t index) const;
  const FollowSummary& summary() const noexcept { return summary_; }
  FollowTotals totals() const noexcept { return totalsOf(summary_); }
  /// What could not be read, and who is not followed, one line each.
  std::vector<std::string> notes() const;

 private:
  FollowedPeople people_;
  FollowSummary summary_;
  std::vector<std::string> missing_;
  std::multimap<std::uint64_t, std::size_t> byEntry_;
};

/// No value: the run was not followed, or its record cannot be shown and the operator was told why.
std::optional<Evidence> evidenceOf(const std::string& journal, const JournalContents& contents, const BulkList& list,
                                   const Console& console);

/// The names of the columns about a person in CSV, and their values. `row`: null for an entry without people.
std::string evidenceColumns();
std::string evidenceFields(const FollowRow* row);
/// The table that follows the entries.
std::string evidenceTable(const Evidence& evidence, const std::vector<FollowRow>& rows);
std::string evidenceMarkdown(const Evidence& evidence, const std::vector<FollowRow>& rows);
std::string evidenceHtml(const Evidence& evidence, const std::vector<FollowRow>& rows);

}  // namespace box::cli
