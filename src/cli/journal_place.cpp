#include "cli/journal_place.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <random>
#include <system_error>

#include "cli/files.hpp"
#include "cli/system/process.hpp"
#include "cli/utc_text.hpp"

namespace box::cli {

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
  return folder + "/" + std::string(nounOf(target)) + "s-" +
         utcText("%Y-%m-%d-%H%M%S", std::chrono::system_clock::now()) + rest.data();
}

}  // namespace box::cli
