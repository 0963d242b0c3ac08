#include "support/daemon.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/loopback.hpp"

namespace box::test {
namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// A port that was free a moment ago. These servers cannot take over a socket, and do not tell which port they have
/// chosen.
std::uint16_t freePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd, generic, size) != 0 || ::getsockname(fd, generic, &size) != 0) address.sin_port = 0;
  ::close(fd);
  return ntohs(address.sin_port);
}

bool accepts(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

}  // namespace

std::string Daemon::find(std::initializer_list<const char*> paths) {
  for (const char* path : paths) {
    if (::access(path, X_OK) == 0) return path;
  }
  return {};
}

Daemon::Daemon(const std::string& name) {
  std::string pattern = (std::filesystem::temp_directory_path() / ("box-" + name + "-XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    failure_ = "no temporary folder";
    return;
  }
  folder_ = pattern;
}

Daemon::~Daemon() {
  stop();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

void Daemon::start(const std::function<std::vector<std::string>(std::uint16_t)>& prepare, const std::string& pidFile,
                   const std::string& log) {
  if (folder_.empty()) return;
  // Another process may take the port before the server does.
  for (int i = 0; i < 5; ++i) {
    port_ = freePort();
    if (launch(prepare(port_), pidFile)) return;
    stop();
    std::error_code ignored;
    std::filesystem::remove(path(pidFile), ignored);
  }
  failure_ = "it does not start: " + read(log);
}

bool Daemon::launch(std::vector<std::string> command, const std::string& pidFile) {
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  // Asio's sockets would be inherited, including the emulator's: its port would stay open after it has stopped.
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  const int spawned = ::posix_spawn(&process_, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (spawned != 0) {
    process_ = -1;
    return false;
  }
  for (const auto end = Steady::now() + 20s; Steady::now() < end; std::this_thread::sleep_for(5ms)) {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      return false;
    }
    // The server's file must exist first, because another process could be listening on that port.
    if (!read(pidFile).empty() && accepts(port_)) return true;
  }
  return false;
}

void Daemon::stop() {
  if (process_ < 0) return;
  ::kill(process_, SIGTERM);
  int status = 0;
  for (const auto end = Steady::now() + 10s; ::waitpid(process_, &status, WNOHANG) == 0;) {
    if (Steady::now() >= end) ::kill(process_, SIGKILL);
    std::this_thread::sleep_for(2ms);
  }
  process_ = -1;
}

void Daemon::signal(int number) const {
  if (process_ > 0) ::kill(process_, number);
}

void Daemon::write(const std::string& name, const std::string& content) const {
  std::ofstream(path(name), std::ios::binary) << content;
  ::chmod(path(name).c_str(), S_IRUSR | S_IWUSR);
}

std::string Daemon::read(const std::string& name) const {
  std::ifstream file(path(name), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void Daemon::giveTo(uid_t user) const {
  const auto give = [user](const std::string& path) {
    return ::chown(path.c_str(), user, static_cast<gid_t>(-1)) == 0;
  };
  bool given = give(folder_);
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) given = give(entry.path().string()) && given;
  static_cast<void>(given);  // if this fails, the server does not start and says why
}

}  // namespace box::test
