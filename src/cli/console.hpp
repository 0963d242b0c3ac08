#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/files.hpp"

namespace box::cli {

/// Where the program speaks: results on standard output, all else on standard error.
class Console {
 public:
  /// From now on, no console shows those of these paths that are not there: withoutSecrets() has the rule.
  static void hide(std::vector<std::string> paths);

  /// *Errors*: OutputLost.
  void result(std::string_view text) const;

  /// For the operator, a line or more; where nobody can read it, that is no reason to fail.
  void tell(std::string_view text) const noexcept;
  /// The same, under the program's name.
  void complain(std::string_view text) const noexcept;

  /// Shows one line that the next one replaces, and that goes before any other output; empty: none. Only where
  /// showsStatus(). *Threads*: all output that may come between is of one thread.
  void status(std::string_view line) const noexcept;
  /// Standard error is a terminal that can replace a line.
  static bool showsStatus() noexcept;

 private:
  Output out_{1};
  Output err_{2};
};

}  // namespace box::cli
