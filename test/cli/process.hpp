#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include <boost/json/object.hpp>

/// Runs the program box-sessions as an operator's shell does, and examines its output.
namespace box::cli::test {

using Strings = std::vector<std::string>;

/// A temporary folder, which is removed with this object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(std::string_view name) const { return (path_ / name).string(); }
  /// Writes a file with mode 0600 and gives its path.
  std::string file(std::string_view name, std::string_view content, unsigned mode = 0600) const;

 private:
  std::filesystem::path path_;
};

std::string contentOf(const std::string& path);

/// $XDG_STATE_HOME of all programs that the tests start.
const std::string& stateFolder();

struct Start {
  Strings arguments{};
  Strings environment{};                       ///< NAME=VALUE, in addition to PATH, HOME, XDG_STATE_HOME
                                               ///< and XDG_CONFIG_HOME
  std::string input{};                         ///< given on standard input, which is a pipe
  bool terminal = false;                       ///< standard input and standard error are a new terminal instead
  bool closedOutput = false;                   ///< standard output is a pipe whose reading end is closed
  int outputDescriptor = -1;                   ///< standard output is this descriptor, which the test does not read
  bool withoutOutput = false;                  ///< the program starts without descriptor 1
  std::string errorFile{};                     ///< standard error is this file, even if there is a terminal
  int inputDescriptor = -1;                    ///< standard input is this descriptor instead of `input`
  std::optional<std::size_t> fileSizeLimit{};  ///< RLIMIT_FSIZE, in bytes
};

/// A running program. The destructor kills it if it is still running.
class Process {
 public:
  explicit Process(Start start);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const noexcept { return id_; }
  void signal(int number) const;
  /// Writes to its terminal, as an operator types.
  void type(std::string_view text);
  /// Reads until `text` appears in standard output, or in standard error or on the terminal. False: it did not within
  /// 30 s, or the output has ended.
  bool waitForOutput(std::string_view text);
  bool waitForError(std::string_view text);
  /// Whether its terminal shows what the operator types.
  bool echoes() const;

  /// Waits until it ends and gives the exit status; 1000 + n: signal n ended it; -1: it still runs after 30 s.
  int wait();
  const std::string& output() const noexcept { return output_; }
  /// Its standard error, or what its terminal has shown.
  const std::string& error() const noexcept { return error_; }

 private:
  bool readSome(std::chrono::steady_clock::time_point until);
  bool waitFor(const std::string& stream, std::string_view text);

  pid_t id_ = -1;
  int outputEnd_ = -1;
  int errorEnd_ = -1;  // the terminal's other side, if it has a terminal
  std::optional<int> status_;
  std::string output_;
  std::string error_;
};

struct Result {
  int status = -1;
  std::string output;
  std::string error;
};

Result run(Start start);

/// The output of a run with --json, one object for each line.
std::vector<boost::json::object> eventsIn(const std::string& output);

/// Checks `condition` every few milliseconds until it holds; false after 30 s.
bool eventually(const std::function<bool()>& condition);

/// A process `box-sessions emulator` that is ready for calls.
class EmulatorProcess {
 public:
  explicit EmulatorProcess(Strings options = {});

  const std::string& url() const noexcept { return url_; }
  std::string ca() const { return folder_.path("ca.pem"); }
  Process& process() noexcept { return *process_; }
  /// The arguments that make the program call this emulator.
  Strings here() const { return {"--base-url", url_, "--ca", ca()}; }

 private:
  Folder folder_;
  std::optional<Process> process_;
  std::string url_;
};

/// The value of an environment variable, with which a test is made longer; `otherwise` where it is not set.
unsigned long figure(const char* name, unsigned long otherwise);

/// `first`, followed by `second`.
Strings joined(Strings first, const Strings& second);

}  // namespace box::cli::test
