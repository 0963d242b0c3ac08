#include "cli/log.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <system_error>

#include <boost/json/serialize.hpp>

#include "cli/files.hpp"
#include "cli/system/descriptors.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

std::string now() {
  const auto time = std::chrono::system_clock::now();
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count() % 1000;
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(milliseconds));
  return utcText("%Y-%m-%dT%H:%M:%S", time) + fraction.data();
}

constexpr std::string_view beginning = R"({"time":")";  // of each line

/// Whether the file has a log's lines or is empty. Lines of a log must not be appended to another file, such as a list.
bool isLog(int descriptor) {
  std::array<char, beginning.size()> head{};
  try {
    const std::size_t count = readAt(descriptor, head, 0);
    return count == 0 || std::string_view(head.data(), count) == beginning;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace

Log::Log(const std::string& path) : path_(path), descriptor_(inheritedDescriptor(path)) {
  if (descriptor_ >= 0) {
    owned_ = false;
    return;
  }
  descriptor_ = openToAppend(path);
  if (descriptor_ < 0)
    throw FileError("cannot write the log " + shownPath(path) + ": " + std::generic_category().message(errno));
  const Writers writers = writersOf(descriptor_);
  std::string why;
  if (kindOf(descriptor_) != FileKind::regular) {
    why = "is not a regular file: name another one";
  } else if (writers.owner != Writers::Owner::thisUser || writers.others) {
    why = "is not yours alone to write: name another one, or " + remedyForWriters(printable(path));
  } else if (!isLog(descriptor_)) {
    why = "exists already, and no earlier run wrote it. The lines would spoil it: choose another name";
  }
  if (why.empty()) return;
  closeDescriptor(descriptor_);
  throw FileError("the log " + shownPath(path) + " " + why);
}

std::string eventLine(const boost::json::object& event) {
  std::string out;
  for (const auto& [key, value] : event) {
    out.append(out.empty() ? "{" : ",").append(boost::json::serialize(boost::json::value(key))).append(":");
    if (const double* const number = value.if_double()) {
      std::array<char, 512> text{};
      out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), std::round(*number * 1000) / 1000,
                                            std::chars_format::fixed)
                                  .ptr);
    } else {
      out += boost::json::serialize(value);
    }
  }
  return (out.empty() ? "{" : out) + "}\n";
}

Log::~Log() {
  if (owned_) closeDescriptor(descriptor_);
}

std::string Log::lineOf(const boost::json::object& event) const {
  boost::json::object out;
  out["time"] = now();
  for (const auto& member : event) out[member.key()] = member.value();
  return eventLine(out);
}

bool Log::write(std::string_view line) noexcept {
  if (!lost_.empty()) return true;
  try {
    writeAll(descriptor_, line);
  } catch (const std::system_error& error) {
    lost_ = "cannot write the log " + shownPath(path_) + ": " + whyNotWritten(error.code());
    return false;
  }
  return true;
}

}  // namespace box::cli
