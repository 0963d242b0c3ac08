#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "cli/files.hpp"

namespace box::cli {

/// Where the program speaks: results on standard output, all else on standard error.
class Console {
 public:
  /// From now on, no console shows those of these paths that are not there: withoutSecrets() has the rule.
  static void hide(std::vector<std::string> paths);

  /// From now on, every console appends its events and complaints to the log at `path`: a line of JSON each, with its
  /// time. A new file is for its owner alone; another one must be the user's own. *Errors*: FileError.
  static void keepLog(const std::string& path);
  static bool keepsLog() noexcept;
  /// Whether a line did not reach the log, of which the operator was told.
  static bool logLost() noexcept;

  /// *Errors*: OutputLost.
  void result(std::string_view text) const;
  /// What has happened, for the log, and as a line of JSON on standard output where it is `shown`. *Errors*:
  /// OutputLost; none where the log is lost, since a run is not to end for that.
  void event(const boost::json::object& event, bool shown) const;

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
  void append(std::string_view line) const noexcept;

  Output out_{1};
  Output err_{2};
};

}  // namespace box::cli
