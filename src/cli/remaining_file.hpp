#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <box/bulk/bulk_entry.hpp>

#include "cli/bulk_list.hpp"

namespace box::cli {

/// The first words of the file as long as the run has not ended.
inline constexpr std::string_view unendedRemaining = "# The run has not ended";

/// The file of --remaining: the entries that Box has rejected, that are in doubt, or that were not sent, as a list for
/// --file of a later run, and the invalid ones as comments.
class RemainingFile {
 public:
  /// `inputs`: files that the run reads or writes, which must not be overwritten. *Errors*: FileError where `path` is
  /// one of them, or a file that no earlier run has written.
  RemainingFile(std::string path, const std::vector<std::string>& inputs);

  /// Writes the list as it is before the run, for the case that the run is killed. `states`: those of the list's
  /// entries, by index. `command`: continues the run from its journal; empty: it has none. *Errors*: FileError.
  void begin(const BulkList& list, const std::vector<BulkState>& states, const std::string& command) const;
  /// Writes what remains after the run. *Errors*: FileError.
  void write(const BulkList& list, const std::vector<BulkState>& states) const;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace box::cli
