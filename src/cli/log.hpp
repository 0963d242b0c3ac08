#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace box::cli {

/// A file to which lines of JSON are appended, for those who collect what programs did. Several runs may share it: each
/// line is written in one piece.
class Log {
 public:
  /// Opens it, or makes it for its owner alone. A file must be the user's own, and nobody else may write to it; a
  /// descriptor that was open when the program started, >(...), will do. *Errors*: FileError.
  explicit Log(const std::string& path);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// The event with its time, "2026-11-29T05:10:11.123Z", before all else.
  std::string lineOf(const boost::json::object& event) const;
  /// Appends a line. Gives why it could not the first time that it could not, else an empty text; afterwards it writes
  /// no more.
  std::string write(std::string_view line) noexcept;
  bool lost() const noexcept { return lost_; }

 private:
  std::string path_;
  int descriptor_;
  bool owned_ = true;
  bool lost_ = false;
};

}  // namespace box::cli
