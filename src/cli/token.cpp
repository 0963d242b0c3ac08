#include "cli/token.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "cli/files.hpp"

namespace box::cli {

namespace {

constexpr std::size_t maxTokenBytes = 8 * 1024;

// Room for a token, wiped when it goes.
class Buffer {
 public:
  Buffer() = default;
  ~Buffer() { ::explicit_bzero(bytes_.data(), bytes_.size()); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::span<char> room() noexcept { return std::span(bytes_).subspan(size_); }
  void grow(std::size_t count) noexcept { size_ += count; }
  /// Without the blanks and line ends around it.
  std::string_view text() const noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    const std::string_view all(bytes_.data(), size_);
    const std::size_t first = all.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return all.substr(first, all.find_last_not_of(blanks) - first + 1);
  }

 private:
  std::array<char, maxTokenBytes + 64> bytes_{};
  std::size_t size_ = 0;
};

volatile std::sig_atomic_t caughtSignal = 0;
extern "C" void rememberSignal(int signal) { caughtSignal = signal; }

// No echo, and no end by a signal, until the terminal is as it was.
class SilentTerminal {
 public:
  explicit SilentTerminal(int descriptor) : descriptor_(descriptor) {
    caughtSignal = 0;
    struct sigaction remember {};
    remember.sa_handler = &rememberSignal;  // without SA_RESTART: read() returns
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &remember, &before_[i]);
    silent_ = ::tcgetattr(descriptor_, &attributes_) == 0;
    termios silent = attributes_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent_ = silent_ && ::tcsetattr(descriptor_, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (silent_) ::tcsetattr(descriptor_, TCSAFLUSH, &attributes_);
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  bool silent() const noexcept { return silent_; }

 private:
  static constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  int descriptor_;
  bool silent_ = false;
  termios attributes_{};
  std::array<struct sigaction, signals.size()> before_{};
};

class Terminal {
 public:
  Terminal() : descriptor_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (descriptor_ < 0) throw FileError("no terminal to ask for the token");
  }
  ~Terminal() { ::close(descriptor_); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

Secret takeTokenFromEnvironment() {
  char* const value = std::getenv(tokenVariable);
  if (value == nullptr) return Secret();
  Secret token{std::string_view(value)};
  ::explicit_bzero(value, std::strlen(value));
  ::unsetenv(tokenVariable);
  return token;
}

Secret readToken(const std::string& path) {
  Input input(path);
  if (input.isTerminal()) return askForToken();
  input.requirePrivate();
  Buffer buffer;
  while (!buffer.room().empty()) {
    const std::size_t count = input.read(buffer.room());
    if (count == 0) break;
    buffer.grow(count);
  }
  if (buffer.room().empty()) throw FileError(input.name() + " is too long for a token");
  if (buffer.text().empty()) throw FileError(input.name() + " is empty: it must hold the token");
  return Secret(buffer.text());
}

Secret askForToken() {
  const Terminal terminal;
  const Output output(terminal.descriptor());
  Buffer buffer;
  {
    const SilentTerminal silence(terminal.descriptor());
    if (!silence.silent())
      throw FileError("the terminal cannot be made silent: give the token in a file (--token-file)");
    output.write("Box access token (not shown): ");
    while (!buffer.room().empty() && caughtSignal == 0) {
      const ssize_t count = ::read(terminal.descriptor(), buffer.room().data(), buffer.room().size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      const bool ended = buffer.room()[static_cast<std::size_t>(count) - 1] == '\n';
      buffer.grow(static_cast<std::size_t>(count));
      if (ended) break;
    }
    output.write("\n");
  }
  if (caughtSignal != 0) std::raise(caughtSignal);
  if (buffer.text().empty()) throw FileError("no token was given");
  return Secret(buffer.text());
}

}  // namespace box::cli
