#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <box/bulk/bulk_termination.hpp>
#include <box/bulk/file_journal.hpp>

#include "cli/entries.hpp"
#include "cli/fixed_file.hpp"
#include "cli/gathered_list.hpp"
#include "cli/list_parser.hpp"

namespace box::cli {

BulkTarget bulkTargetOf(Target target) noexcept;

/// What a list contains, and the states that its entries have in a journal.
struct ListSurvey : ListReading {
  std::string digest;
  BulkCounts counts;                 ///< before the run
  BulkCounts expected;               ///< after the run, if Box accepts everything
  std::uint64_t toSend = 0;          ///< entries that the run will send
  std::uint64_t logins = 0;          ///< how many of these are logins
  std::vector<std::string> first{};  ///< the first of them
  /// Not empty: one login stands in two rows with different ids of Box. A run would send the login once, and the user
  /// with the other id would stay signed in.
  std::string contradiction{};
};

/// The list of a run. survey() fixes its contents: a run sends only entries that were surveyed.
class BulkList {
 public:
  /// Opens a regular file. *Errors*: FileError, also where the file can be read only once.
  BulkList(Target target, const std::string& path, ListOptions options = {});
  /// `source`: the list's name in messages.
  BulkList(Target target, std::string source, GatheredList gathered);

  /// Reads the whole list. `options`: those of the run, which decide which entries it sends. `journal`: null for a run
  /// without one. `shown`: how many entries it names at most.
  ListSurvey survey(const BulkOptions& options, const JournalContents* journal, std::size_t shown = 0);
  /// Calls `onRow` for each entry, in order, with its state before the run, and with the answer where Box refused its
  /// last call. Call survey() first. *Errors*: FileError where bytes that survey() read have changed since.
  void forEach(const JournalContents* journal, const std::function<void(const BulkRow&)>& onRow) const;
  /// Whether data may have been appended to the file after survey(). It is not read.
  bool hasGrown() const noexcept { return file_->hasGrown(); }
  /// The entries for a run. Call survey() first. Where bytes that survey() read have changed since, the run ends before
  /// it sends a changed entry.
  std::shared_ptr<BulkSource> source() const;
  /// Whether the list is not a file of the operator.
  bool isGathered() const noexcept { return gathered_.has_value(); }
  /// Writes a copy of the list, as it was surveyed, to a file that only the owner can read. *Errors*: FileError;
  /// then no part of the copy is left.
  void keep(const std::string& path) const;

 private:
  Target target_;
  ListOptions options_;
  std::string name_;  // for messages
  std::shared_ptr<FixedFile> file_;
  std::optional<GatheredList> gathered_;  // its text was moved into file_
  std::uint64_t entries_ = 0;
};

}  // namespace box::cli
