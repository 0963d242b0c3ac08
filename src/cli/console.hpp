#pragma once

#include <string_view>

#include "cli/files.hpp"

namespace box::cli {

/// Where the program speaks: results on standard output, all else on standard error.
class Console {
 public:
  /// *Errors*: OutputLost.
  void result(std::string_view text) const { out_.write(text); }

  /// For the operator, a line or more; where nobody can read it, that is no reason to fail.
  void tell(std::string_view text) const noexcept;
  /// The same, under the program's name.
  void complain(std::string_view text) const noexcept;

 private:
  Output out_{1};
  Output err_{2};
};

}  // namespace box::cli
