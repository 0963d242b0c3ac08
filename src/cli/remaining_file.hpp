#pragma once

#include <string>
#include <vector>

#include <box/bulk/bulk_entry.hpp>

#include "cli/bulk_list.hpp"

namespace box::cli {

/// The file of --remaining: a list of those whom Box has rejected, who are in doubt, and who were not sent, for --file
/// of a later run.
class RemainingFile {
 public:
  /// `inputs`: files that the run reads or keeps, and that must not be overwritten. *Errors*: FileError where it is one
  /// of these, or a file that no earlier run has written.
  RemainingFile(std::string path, const std::vector<std::string>& inputs);

  /// `states`: of the list's entries, by their index. *Errors*: FileError.
  void write(const BulkList& list, const std::vector<BulkState>& states) const;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace box::cli
