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

/// Runs the program box-sessions as an operator's shell does, and looks at what it says.
namespace box::cli::test {

using Strings = std::vector<std::string>;

/// A folder that goes with the object.
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

/// $XDG_STATE_HOME of all programs that a test starts.
const std::string& stateFolder();

struct Start {
  Strings arguments{};
  Strings environment{};                       ///< NAME=VALUE, besides PATH, HOME, XDG_STATE_HOME
                                               ///< and XDG_CONFIG_HOME
  std::string input{};                         ///< given on standard input, which is a pipe
  bool terminal = false;                       ///< standard input and standard error are a terminal of its own instead
  bool closedOutput = false;                   ///< nobody reads standard output
  int outputDescriptor = -1;                   ///< standard output goes there, and the test does not read it
  bool withoutOutput = false;                  ///< it is started without descriptor 1
  std::string errorFile{};                     ///< standard error goes there, also where there is a terminal
  int inputDescriptor = -1;                    ///< standard input comes from there, not from `input`
  std::optional<std::size_t> fileSizeLimit{};  ///< RLIMIT_FSIZE, in bytes
};

/// A running program. Whatever a test does, it is gone when the object is.
class Process {
 public:
  explicit Process(Start start);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const noexcept { return id_; }
  void signal(int number) const;
  /// Writes to its terminal as an operator types.
  void type(std::string_view text);
  /// Reads until `text` stands in standard output, or in standard error or on the terminal; false after 30 s
  /// or at the end.
  bool waitForOutput(std::string_view text);
  bool waitForError(std::string_view text);
  /// Whether its terminal shows what is typed.
  bool echoes() const;

  /// Waits for its end. The exit status; 1000 and more: ended by signal (status - 1000); -1: still there
  /// after 30 s.
  int wait();
  const std::string& output() const noexcept { return output_; }
  /// Standard error, or what its terminal showed.
  const std::string& error() const noexcept { return error_; }

 private:
  bool readSome(std::chrono::steady_clock::time_point until);
  bool waitFor(const std::string& stream, std::string_view text);

  pid_t id_ = -1;
  int outputEnd_ = -1;
  int errorEnd_ = -1;  // the terminal's other side, where there is one
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

/// Output under --json, a line each.
std::vector<boost::json::object> eventsIn(const std::string& output);

/// Waits for `condition`, looking every few milliseconds; false after 30 s.
bool eventually(const std::function<bool()>& condition);

/// `box-sessions emulator`, ready for calls.
class EmulatorProcess {
 public:
  explicit EmulatorProcess(Strings options = {});

  const std::string& url() const noexcept { return url_; }
  std::string ca() const { return folder_.path("ca.pem"); }
  Process& process() noexcept { return *process_; }
  /// The arguments that lead a client here.
  Strings here() const { return {"--base-url", url_, "--ca", ca()}; }

 private:
  Folder folder_;
  std::optional<Process> process_;
  std::string url_;
};

/// `first` and then `second`.
Strings joined(Strings first, const Strings& second);

}  // namespace box::cli::test
