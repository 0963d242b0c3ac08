#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <box/bulk/bulk_termination.hpp>

#include "cli/digest.hpp"
#include "cli/entries.hpp"
#include "cli/files.hpp"
#include "cli/list_reader.hpp"

namespace box::cli {

/// The entries of a list's file one after another, without keeping them. An entry that is none has its `fault`.
class ListFile : private ListSink {
 public:
  /// *Errors*: FileError, also where it is no regular file: it has to be read more than once.
  ListFile(Target target, const std::string& path);

  /// The next one; none at the end. *Errors*: FileError.
  std::optional<BulkEntry> next();
  /// At the end: 64 hex digits of what was read, and whether all of it could be understood, else why not.
  const std::string& digest() const noexcept { return digest_; }
  const std::string& halt() const noexcept { return halt_; }

 private:
  void onEntry(std::string entry, std::size_t line) override;
  void onFault(std::size_t line, std::size_t column, const std::string& text, bool last) override;

  Input input_;
  ListReader reader_;
  Digest running_;
  std::deque<BulkEntry> ready_;
  bool ended_ = false;
  std::string digest_, halt_;
};

/// Tells which entries were there before. 24 bytes an entry: a part of a digest stands for it.
class SeenEntries {
 public:
  SeenEntries();
  ~SeenEntries();
  SeenEntries(const SeenEntries&) = delete;
  SeenEntries& operator=(const SeenEntries&) = delete;

  /// The index of its first appearance; none: this is it.
  std::optional<std::uint64_t> add(const std::string& entry, std::uint64_t index);

 private:
  struct Map;
  std::unique_ptr<Map> map_;
};

/// What is in a list, and what a journal says of it.
struct ListSurvey {
  std::string digest;
  std::uint64_t entries = 0, invalid = 0, duplicates = 0;
  std::uint64_t accepted = 0, rejected = 0, inDoubt = 0;  ///< by an earlier run
  std::string halt;                                       ///< not empty: the list cannot be understood from here on
  InputFaults faults;

  /// Those that are worth a call.
  std::uint64_t left() const noexcept { return entries - invalid - duplicates - accepted - rejected; }
};

/// `journal`: null: there is none. `onEntry` (may be null) is told each entry with its index, what the journal says, and
/// which one it repeats. *Errors*: FileError.
using SurveyedEntry = std::function<void(std::uint64_t index, const BulkEntry&, const std::optional<BulkPast>&,
                                         std::optional<std::uint64_t> original)>;
ListSurvey surveyList(Target target, const std::string& path, const JournalContents* journal,
                      const SurveyedEntry& onEntry = nullptr);

/// The list as a bulk run reads it. `survey`: what it was found to be; a file that was changed since then ends the run.
std::shared_ptr<BulkSource> listSource(Target target, const std::string& path, const ListSurvey& survey);

}  // namespace box::cli
