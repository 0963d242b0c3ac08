#include "cli/journal_files.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <random>
#include <string_view>
#include <system_error>
#include <utility>

#include "cli/files.hpp"
#include "cli/list/decoder.hpp"
#include "cli/remaining_file.hpp"
#include "cli/system/process.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

using Kind = JournalError::Kind;

/// The first bytes of the program's files, and what these files are.
constexpr std::pair<std::string_view, std::string_view> ownFiles[] = {
    {R"({"format":"box-sessions-follow)", "the record of following"},
    {"<!DOCTYPE html>\n<!-- box-sessions report", "a report"},
    {"user_id,login,line,problem\n", "the list of a run"},
    {"group_id,line,problem\n", "the list of a run"},
    {"id,login,name,status,role,type\n", "a list of users from Box"},
    {"number,line,entry,state,", "a report"},
    {"# rejected by Box\n", "what --remaining has written"},
    {"# in doubt\n", "what --remaining has written"},
    {"# invalid, and not sent", "what --remaining has written"},
    {"# not sent", "what --remaining has written"},
    {unendedRemaining, "what --remaining has written"},
};

}  // namespace

std::string otherThanAJournal(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(filePath(path), ignored)) return "a folder";
  if (!isRegularFile(path)) return {};
  std::array<char, 512> buffer{};
  std::size_t size = 0;
  try {
    size = Input(path).read(buffer);
  } catch (const FileError&) {
    return {};
  }
  const std::string_view start(buffer.data(), size);
  if (start.starts_with("box-sessions-journal")) return {};
  if (start.empty()) return "an empty file";
  for (const auto& [beginning, words] : ownFiles) {
    if (start.starts_with(beginning)) return std::string(words);
  }
  TextDecoder decoder;
  std::string text(decoder.decode(start));
  if (text.empty()) text = decoder.finish();
  std::string_view format = decoder.problem();
  if (format.empty()) format = otherFormat(std::string_view(text).substr(0, text.find('\n')));
  constexpr std::string_view beginning = "the file is ";
  if (format.starts_with(beginning))
    return std::string(format.substr(beginning.size(), format.find(':') - beginning.size()));
  return format.empty() && text.find('\0') == std::string::npos ? "text, perhaps a list" : "another file";
}

JournalContents readJournal(const std::string& path) {
  try {
    return JournalContents::read(path);
  } catch (const JournalError& error) {
    const std::string other = otherThanAJournal(path);
    if (other.empty()) throw;
    const std::string state = stateFolder();
    throw JournalError(Kind::corrupt,
                       shownPath(path) + " is no journal, but " + other + ". A run prints the name of its journal" +
                           (state.empty() ? std::string()
                                          : "; without --journal FILE it is in " + shownPath(state + "/box-sessions")));
  }
}

JournalContents readJournalToShow(const std::string& path, const Console& console) {
  try {
    return readJournal(path);
  } catch (const JournalError& error) {
    if (error.kind() != Kind::unusable) throw;
    std::optional<JournalContents> copy;
    try {
      copy = JournalContents::readCopy(path);
    } catch (const JournalError& other) {
      if (other.kind() != Kind::unusable) throw;
    }
    if (!copy) throw;
    console.complain(std::string(error.what()) + ". It is shown nevertheless, but others may have changed it");
    return *copy;
  }
}

namespace {

void makeFolders(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (!part.empty() && !makeOwnFolder(part)) {
      throw FileError("cannot make the folder of journals " + shownPath(part) + ": " +
                      std::generic_category().message(errno) + ". Name a file with --journal, or give --no-journal");
    }
    if (end == std::string::npos) return;
  }
}

}  // namespace

std::string journalFolder() {
  const std::string state = stateFolder();
  if (state.empty()) {
    throw FileError("there is no place for the journal, since " + std::string(whyNoStateFolder()) +
                    ": name a file with --journal, or give --no-journal");
  }
  return state + "/box-sessions";
}

std::string newJournalPath(Target target) {
  const std::string folder = journalFolder();
  makeFolders(folder);
  std::random_device random;
  std::array<char, 32> rest{};
  std::snprintf(rest.data(), rest.size(), "-%08x.journal", random());
  return folder + "/" + std::string(nounsOf(target)) + "-" +
         utcText("%Y-%m-%d-%H%M%S", std::chrono::system_clock::now()) + rest.data();
}

}  // namespace box::cli
