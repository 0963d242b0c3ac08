#include "cli/system/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace box::cli {

namespace {

// Opens /dev/null in place of a closed standard descriptor. Otherwise a socket could become descriptor 1 and receive
// output for the terminal. It is opened for the wrong direction, so that using it still fails.
void keepStandardDescriptorsTaken() noexcept {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) == -1 && errno == EBADF) {
      static_cast<void>(::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY));
    }
  }
}

// Keeps secrets out of core files, and prevents other processes of the same user from reading the memory.
void guardMemory() noexcept {
  ::prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

/// The value of an environment variable; empty unless it is an absolute path.
std::string pathIn(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value == '/' ? std::string(value) : std::string();
}

/// The value of `variable`, or without it `below` in the home folder.
std::string folderOf(const char* variable, std::string_view below) {
  std::string folder = pathIn(variable);
  if (!folder.empty()) return folder;
  folder = homeFolder();
  return folder.empty() ? folder : folder.append("/").append(below);
}

}  // namespace

void prepareProcess() noexcept {
  keepStandardDescriptorsTaken();
  guardMemory();
  // With SIGPIPE ignored, writes fail instead, and the run can still report how it ended.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

std::vector<std::string> commandLine(int count, const char* const* arguments) {
  return count > 1 ? std::vector<std::string>(arguments + 1, arguments + count) : std::vector<std::string>();
}

Secret takeVariable(const char* name) {
  char* const value = std::getenv(name);
  if (value == nullptr) return Secret();
  Secret out{std::string_view(value)};
  ::explicit_bzero(value, std::strlen(value));
  ::unsetenv(name);
  return out;
}

std::vector<int> stopSignals() {
  std::vector<int> out;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) out.push_back(signal);
  }
  return out;
}

std::string nameOfPerson() {
  std::array<char, 4096> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  const uid_t user = ::getuid();
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) return entry.pw_name;
  return "user " + std::to_string(user);
}

std::string homeFolder() { return pathIn("HOME"); }

std::string configFolder() { return folderOf("XDG_CONFIG_HOME", ".config"); }

std::string stateFolder() { return folderOf("XDG_STATE_HOME", ".local/state"); }

std::string_view whyNoStateFolder() noexcept { return "neither XDG_STATE_HOME nor HOME is set"; }

std::string temporaryFolder() {
  const char* const folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

bool makeOwnFolder(const std::string& path) noexcept { return ::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST; }

}  // namespace box::cli
