#include "cli/system/terminal.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli/system/descriptors.hpp"

namespace box::cli {

namespace {

volatile std::sig_atomic_t caughtSignal = 0;
extern "C" void rememberSignal(int signal) { caughtSignal = signal; }

/// Whether the signal stops the process, as Ctrl-Z does. When it is continued, the question is asked again.
bool stops(int signal) noexcept { return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU; }

// Drops what was typed, and switches echo off if it is to be hidden. Catches signals that would end or stop the
// program, until the terminal's settings are restored.
class AskingTerminal {
 public:
  AskingTerminal(int descriptor, Typing typing) : descriptor_(descriptor) {
    caughtSignal = 0;
    struct sigaction remember {};
    remember.sa_handler = &rememberSignal;  // without SA_RESTART, so that read() returns
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &remember, &before_[i]);
    ready_ = ::tcgetattr(descriptor_, &attributes_) == 0;
    termios wanted = attributes_;
    if (typing == Typing::hidden) wanted.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ready_ = ready_ && ::tcsetattr(descriptor_, TCSAFLUSH, &wanted) == 0;
  }
  ~AskingTerminal() {
    if (ready_) ::tcsetattr(descriptor_, TCSAFLUSH, &attributes_);
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
  }
  AskingTerminal(const AskingTerminal&) = delete;
  AskingTerminal& operator=(const AskingTerminal&) = delete;

  bool ready() const noexcept { return ready_; }

 private:
  static constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT};
  int descriptor_;
  bool ready_ = false;
  termios attributes_{};
  std::array<struct sigaction, signals.size()> before_{};
};

/// Shows the prompt once and reads an answer. `count`: the bytes of it. Gives the signal that interrupted it; 0: none.
/// No value: the terminal cannot hide what is typed.
std::optional<int> askOnce(int terminal, std::string_view prompt, std::span<char> room, std::size_t& count,
                           Typing typing) {
  const Output output(terminal);
  const AskingTerminal asking(terminal, typing);
  if (!asking.ready()) {
    if (caughtSignal != 0) return caughtSignal;
    return std::nullopt;
  }
  output.write(prompt);
  while (count < room.size() && caughtSignal == 0) {
    const ssize_t more = ::read(terminal, room.data() + count, room.size() - count);
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) break;
    count += static_cast<std::size_t>(more);
    if (room[count - 1] == '\n') break;
  }
  const bool isEnded = count > 0 && room[count - 1] == '\n';
  if (typing == Typing::hidden || !isEnded) output.write("\n");
  return caughtSignal;
}

int openTerminal() {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) throw FileError("the program has no terminal, so it cannot ask");
  return terminal;
}

}  // namespace

std::optional<std::size_t> readTypedLine(std::string_view prompt, std::span<char> room, Typing typing) {
  const int terminal = openTerminal();
  struct Close {
    int descriptor;
    ~Close() { ::close(descriptor); }
  };
  const Close close{terminal};
  constexpr int mostStops = 100;
  for (int i = 0; i < mostStops; ++i) {
    std::size_t count = 0;
    const std::optional<int> signal = askOnce(terminal, prompt, room, count, typing);
    if (!signal) return std::nullopt;
    if (*signal == 0) return count;
    ::explicit_bzero(room.data(), room.size());
    // The shell may have switched echo on while the program was stopped, so AskingTerminal begins again.
    const bool isEnd = *signal != SIGCONT && !stops(*signal);
    if (*signal != SIGCONT && (typing == Typing::hidden || !isEnd)) std::raise(*signal);
    if (isEnd) break;
  }
  return 0;
}

bool canShowStatus() noexcept {
  const char* const terminal = std::getenv("TERM");
  return terminal != nullptr && *terminal != '\0' && std::string_view(terminal) != "dumb" &&
         ::isatty(STDERR_FILENO) == 1;
}

std::size_t statusColumns() noexcept {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 79;
  return size.ws_col - 1U;
}

bool inputIsTerminal() noexcept { return ::isatty(STDIN_FILENO) == 1; }

std::string_view endOfTyping() noexcept { return "Ctrl-D at the beginning of a line"; }

}  // namespace box::cli
