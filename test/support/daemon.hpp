#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include <sys/types.h>

namespace box::test {

/// A server program of the system's, run by a test: on a free port of 127.0.0.1, with a folder of its own that only
/// this user may read.
class Daemon {
 public:
  /// The first of these paths that is a program; empty: none is.
  static std::string find(std::initializer_list<const char*> paths);

  explicit Daemon(const std::string& name);
  /// Stops it and removes its folder.
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Starts it and waits until it serves, which it shows by writing `pidFile` into its folder and taking connections.
  /// `prepare` writes its configuration for a port and gives the command; `log` is shown where it fails.
  void start(const std::function<std::vector<std::string>(std::uint16_t port)>& prepare, const std::string& pidFile,
             const std::string& log);
  /// Empty: it runs.
  const std::string& failure() const noexcept { return failure_; }
  std::uint16_t port() const noexcept { return port_; }
  void signal(int number) const;

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  /// Writes a file into its folder, mode 0600.
  void write(const std::string& name, const std::string& content) const;
  std::string read(const std::string& name) const;
  /// The folder and what is in it now belong to this user of the system: to one that a server of root's becomes.
  void giveTo(uid_t user) const;

 private:
  bool launch(std::vector<std::string> command, const std::string& pidFile);
  void stop();

  std::string folder_, failure_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

}  // namespace box::test
