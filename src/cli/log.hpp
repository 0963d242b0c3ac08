#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace box::cli {

/// An event as a line of JSON. Numbers have no exponent: 1.5 and not 1.5E0.
std::string eventLine(const boost::json::object& event);

/// A file to which lines of JSON are appended, for systems that collect logs. Several runs may share it, because each
/// line is written by one call.
class Log {
 public:
  /// Opens the file, or creates it for its owner only. An existing file must belong to the user and be writable by
  /// nobody else. A descriptor that was open when the program started, such as >(...), is accepted too. *Errors*:
  /// FileError.
  explicit Log(const std::string& path);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// The event as a line of JSON that begins with the time, "2026-11-29T05:10:11.123Z".
  std::string lineOf(const boost::json::object& event) const;
  /// Appends a line. When a line cannot be written for the first time, gives false and writes no further lines;
  /// otherwise gives true.
  bool write(std::string_view line) noexcept;
  /// Why a line could not be written; empty: all were written.
  const std::string& lost() const noexcept { return lost_; }

 private:
  std::string path_;
  int descriptor_;
  bool owned_ = true;
  std::string lost_;
};

}  // namespace box::cli
