#include "process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <boost/json/parse.hpp>

namespace box::cli::test {

namespace {

constexpr auto patience = std::chrono::seconds(120);

void check(bool good, const char* what) {
  if (!good) throw std::system_error(errno, std::generic_category(), what);
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC) == 0, "pipe2");
    readEnd = ends[0];
    writeEnd = ends[1];
  }
  int readEnd;
  int writeEnd;
};

void closeEnd(int& descriptor) {
  if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
}

}  // namespace

Folder::Folder() {
  std::string path = (std::filesystem::temp_directory_path() / "box-cli-test-XXXXXX").string();
  check(::mkdtemp(path.data()) != nullptr, "mkdtemp");
  path_ = path;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::file(std::string_view name, std::string_view content, unsigned mode) const {
  std::string out = path(name);
  std::ofstream(out, std::ios::binary) << content;
  check(::chmod(out.c_str(), mode) == 0, "chmod");
  return out;
}

std::string contentOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const std::string& stateFolder() {
  static const Folder folder;
  static const std::string path = folder.path("state");
  return path;
}

Process::Process(Start start) {
  Strings environment = std::move(start.environment);
  environment.push_back("XDG_STATE_HOME=" + stateFolder());
  environment.push_back("XDG_CONFIG_HOME=" + stateFolder());  // this folder has no configuration file
  for (const char* const name : {"PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name)) environment.push_back(std::string(name) + "=" + value);
  }
  std::vector<char*> arguments;
  std::string program = BOX_SESSIONS_PROGRAM;
  arguments.push_back(program.data());
  for (std::string& argument : start.arguments) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  std::vector<char*> variables;
  for (std::string& variable : environment) variables.push_back(variable.data());
  variables.push_back(nullptr);

  Pipe input, output, error;
  int terminal = -1;
  if (start.terminal) {
    check(::openpty(&errorEnd_, &terminal, nullptr, nullptr, nullptr) == 0, "openpty");
    ::fcntl(errorEnd_, F_SETFD, FD_CLOEXEC);
  }
  const int outputTarget = start.outputDescriptor >= 0 ? start.outputDescriptor : output.writeEnd;

  id_ = ::fork();
  check(id_ >= 0, "fork");
  if (id_ == 0) {
    if (start.terminal) ::login_tty(terminal);  // a new session, whose terminal is /dev/tty
    if (!start.terminal) {
      ::dup2(start.inputDescriptor >= 0 ? start.inputDescriptor : input.readEnd, 0);
      ::dup2(error.writeEnd, 2);
    }
    if (!start.errorFile.empty()) {
      ::dup2(::open(start.errorFile.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), 2);
    }
    if (start.withoutOutput) {
      ::close(1);
    } else {
      ::dup2(outputTarget, 1);
    }
    if (start.fileSizeLimit) {
      const rlimit limit{*start.fileSizeLimit, *start.fileSizeLimit};
      ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ::execve(arguments[0], arguments.data(), variables.data());
    ::_exit(126);
  }
  closeEnd(terminal);
  closeEnd(input.readEnd);
  closeEnd(output.writeEnd);
  closeEnd(error.writeEnd);
  if (start.terminal) {
    closeEnd(error.readEnd);
  } else {
    errorEnd_ = error.readEnd;
  }
  if (start.closedOutput) {
    closeEnd(output.readEnd);
  } else {
    outputEnd_ = output.readEnd;
  }
  // The inputs of all tests fit into a pipe, which holds 64 KiB.
  if (!start.input.empty()) {
    check(::write(input.writeEnd, start.input.data(), start.input.size()) == static_cast<ssize_t>(start.input.size()),
          "write");
  }
  closeEnd(input.writeEnd);
}

Process::~Process() {
  if (!status_) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  closeEnd(outputEnd_);
  closeEnd(errorEnd_);
}

void Process::signal(int number) const { check(::kill(id_, number) == 0, "kill"); }

void Process::type(std::string_view text) {
  check(::write(errorEnd_, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "write");
}

bool Process::readSome(std::chrono::steady_clock::time_point until) {
  std::array<pollfd, 2> streams{pollfd{outputEnd_, POLLIN, 0}, pollfd{errorEnd_, POLLIN, 0}};
  if (outputEnd_ < 0 && errorEnd_ < 0) return false;
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
  if (left <= 0 || ::poll(streams.data(), streams.size(), static_cast<int>(left)) <= 0) return false;
  const auto drain = [](const pollfd& stream, int& descriptor, std::string& text) {
    if (stream.revents == 0) return;
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    } else {
      closeEnd(descriptor);  // reading a terminal whose other side is closed gives EIO
    }
  };
  drain(streams[0], outputEnd_, output_);
  drain(streams[1], errorEnd_, error_);
  return true;
}

bool Process::waitFor(const std::string& stream, std::string_view text) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (stream.find(text) == std::string::npos) {
    if (!readSome(until)) return false;
  }
  return true;
}

bool Process::waitForOutput(std::string_view text) { return waitFor(output_, text); }
bool Process::waitForError(std::string_view text) { return waitFor(error_, text); }

bool Process::echoes() const {
  termios attributes{};
  check(::tcgetattr(errorEnd_, &attributes) == 0, "tcgetattr");
  return (attributes.c_lflag & static_cast<tcflag_t>(ECHO)) != 0;
}

int Process::wait() {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (readSome(until)) {
  }
  eventually([this] {
    int status = 0;
    if (!status_ && ::waitpid(id_, &status, WNOHANG) == id_) status_ = status;
    return status_.has_value();
  });
  if (!status_) return -1;
  return WIFEXITED(*status_) ? WEXITSTATUS(*status_) : 1000 + WTERMSIG(*status_);
}

Result run(Start start) {
  Process process(std::move(start));
  Result out;
  out.status = process.wait();
  out.output = process.output();
  out.error = process.error();
  return out;
}

bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

EmulatorProcess::EmulatorProcess(Strings options) {
  const std::string ready = folder_.path("ready");
  Start start;
  start.arguments = joined({"emulator", "--ca-out", ca(), "--ready-file", ready}, options);
  process_.emplace(std::move(start));
  if (!eventually([&] { return !contentOf(ready).empty(); })) throw std::runtime_error("the emulator is not ready");
  url_ = contentOf(ready);
  url_.resize(url_.find('\n'));
}

std::vector<boost::json::object> eventsIn(const std::string& output) {
  std::vector<boost::json::object> out;
  for (std::size_t start = 0; start < output.size();) {
    const std::size_t end = output.find('\n', start);
    out.push_back(boost::json::parse(output.substr(start, end - start)).as_object());
    start = end + 1;
  }
  return out;
}

unsigned long figure(const char* name, unsigned long otherwise) {
  const char* const text = std::getenv(name);
  return text != nullptr ? std::stoul(text) : otherwise;
}

Strings joined(Strings first, const Strings& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace box::cli::test
