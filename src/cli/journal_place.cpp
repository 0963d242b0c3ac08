#include "cli/journal_place.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <random>
#include <system_error>

#include <sys/stat.h>

#include "cli/files.hpp"
#include "cli/user_folders.hpp"

namespace box::cli {

namespace {

void makeFolders(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      throw FileError("cannot make the folder of journals " + shownPath(part) + ": " +
                      std::generic_category().message(errno) + ". Name a file with --journal, or give --no-journal");
    }
    if (end == std::string::npos) return;
  }
}

std::string journalFolder() {
  const std::string state = folderOf("XDG_STATE_HOME", ".local/state");
  if (state.empty()) {
    throw FileError(
        "there is no place for the journal, since neither XDG_STATE_HOME nor HOME is set: name a file with --journal, "
        "or give --no-journal");
  }
  return state + "/box-sessions";
}

}  // namespace

std::string newJournalPath(Target target) {
  const std::string folder = journalFolder();
  makeFolders(folder);
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 64> name{};
  std::random_device random;
  const std::size_t size = std::strftime(name.data(), name.size(), "%Y-%m-%d-%H%M%S", &utc);
  std::snprintf(name.data() + size, name.size() - size, "-%08x.journal", random());
  return folder + "/" + std::string(nounOf(target)) + "s-" + name.data();
}

}  // namespace box::cli
