#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include <sys/types.h>

namespace box::test {

/// A server program of the system that a test runs: on a free port of 127.0.0.1, with a folder that only this user can
/// read.
class Daemon {
 public:
  /// The first of these paths that is a program; empty where none is.
  static std::string find(std::initializer_list<const char*> paths);

  explicit Daemon(const std::string& name);
  /// Stops the server and removes its folder.
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Starts the server and waits until it serves: until it has written `pidFile` into its folder and accepts
  /// connections. `prepare` writes the configuration for a port and gives the command; `log` is shown if this fails.
  void start(const std::function<std::vector<std::string>(std::uint16_t port)>& prepare, const std::string& pidFile,
             const std::string& log);
  /// Why the server does not run; empty where it does.
  const std::string& failure() const noexcept { return failure_; }
  std::uint16_t port() const noexcept { return port_; }
  void signal(int number) const;

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  /// Writes a file with mode 0600 into its folder.
  void write(const std::string& name, const std::string& content) const;
  std::string read(const std::string& name) const;
  /// Gives the folder and its present contents to another user, as whom a server that root has started continues.
  void giveTo(uid_t user) const;

 private:
  bool launch(std::vector<std::string> command, const std::string& pidFile);
  void stop();

  std::string folder_, failure_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

}  // namespace box::test
