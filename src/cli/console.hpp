#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "cli/files.hpp"

namespace box::cli {

/// Writes results to standard output, and everything else to standard error.
class Console {
 public:
  /// From now on, every console replaces this path in its output if it may be a secret; see withoutSecrets().
  static void hide(const std::string& path);

  /// From now on, every console appends its events and messages to the log at `path`, each as a line of JSON with its
  /// time. A new file is readable by its owner only; an existing one must belong to the user. *Errors*: FileError.
  static void keepLog(const std::string& path);
  static bool keepsLog() noexcept;
  /// Why a line could not be written to the log, which the operator was told when it happened; empty: all were written.
  static const std::string& logLost() noexcept;

  /// Writes to standard output. *Errors*: OutputLost.
  void result(std::string_view text) const;
  /// Writes an event to the log and, if `shown`, as a line of JSON to standard output. *Errors*: OutputLost. An
  /// unwritable log is not an error here, because a run must not end for it.
  void event(const boost::json::object& event, bool shown) const;

  /// Shows one or more lines to the operator. A failure to write them is ignored, because it must not stop a run.
  void tell(std::string_view text) const noexcept;
  /// As tell(), after the program's name.
  void complain(std::string_view text) const noexcept;

  /// Shows one line, which the next status replaces and any other output removes; an empty line only removes it. Call
  /// it only where showsStatus(). *Threads*: one thread writes all output.
  void status(std::string_view line) const noexcept;
  /// Whether standard error is a terminal on which a line can be replaced.
  static bool showsStatus() noexcept;

 private:
  void append(std::string_view line) const noexcept;

  Output out_{1};
  Output err_{2};
};

}  // namespace box::cli
