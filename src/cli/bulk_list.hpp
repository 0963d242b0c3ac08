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
#include "cli/list_reader.hpp"

namespace box::cli {

BulkTarget bulkTargetOf(Target target) noexcept;

/// The contents of a list, and the states of its entries in a journal.
struct ListSurvey {
  static constexpr std::size_t shown = 5;

  std::string digest;
  BulkCounts counts;                 ///< before the run
  std::uint64_t toSend = 0;          ///< entries that the run will send
  std::vector<std::string> first{};  ///< the first of these, `shown` at most
  std::string halt;                  ///< not empty: the list cannot be understood from here on
  InputFaults faults;
  std::vector<std::string> notes{};  ///< what an operator has to know of how it was read
  std::string columns{};             ///< that were read, "column 'login'"; empty: it is no CSV
};

/// The list of a run. It is fixed when it is surveyed: an entry that a run sends is one that was surveyed.
class BulkList {
 public:
  /// A regular file. *Errors*: FileError, also where it can be read once only.
  BulkList(Target target, const std::string& path, ListOptions options = {});
  /// `source`: for messages.
  BulkList(Target target, std::string source, GatheredList gathered);

  /// Reads all of it. `options`: of the run, for the number of entries that it sends. `journal`: null: there is none.
  ListSurvey survey(const BulkOptions& options, const JournalContents* journal);
  /// Tells each entry's row before a run, in order. After survey(). *Errors*: FileError where the file was changed
  /// since.
  void forEach(const JournalContents* journal, const std::function<void(const BulkRow&)>& onRow) const;
  /// Whether entries may have been appended to the file after survey(); they are not read.
  bool hasGrown() const noexcept { return file_->hasGrown(); }
  /// The entries, for a run. After survey(). A file that was changed since ends the run before a changed entry is sent.
  std::shared_ptr<BulkSource> source() const;
  /// The text of a list that was gathered; null where it is a file.
  const std::string* gathered() const noexcept { return gathered_ ? &file_->content() : nullptr; }

 private:
  Target target_;
  ListOptions options_;
  std::string name_;  // for messages
  std::shared_ptr<FixedFile> file_;
  std::optional<GatheredList> gathered_;  // its text is in the file
  std::uint64_t entries_ = 0;
};

}  // namespace box::cli
