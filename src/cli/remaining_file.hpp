#pragma once

#include <string>
#include <vector>

#include <box/bulk/bulk_entry.hpp>

#include "cli/bulk_list.hpp"

namespace box::cli {

/// The file of --remaining: the entries that Box has rejected, that are in doubt, or that were not sent, as a list for
/// --file of a later run.
class RemainingFile {
 public:
  /// `inputs`: files that the run reads or writes, which must not be overwritten. *Errors*: FileError where `path` is
  /// one of them, or a file that no earlier run has written.
  RemainingFile(std::string path, const std::vector<std::string>& inputs);

  /// `states`: those of the list's entries, by index. *Errors*: FileError.
  void write(const BulkList& list, const std::vector<BulkState>& states) const;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace box::cli
