#include "cli/system/terminal.hpp"

#include <algorithm>
#include <atomic>
#include <system_error>

#include "cli/system/descriptors.hpp"
#include "cli/system/windows/program_api.hpp"

namespace box::cli {

namespace {

int openConsole(const wchar_t* name) {
  const int console = descriptorOwning(::CreateFileW(
      name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr));
  if (console < 0) throw FileError("the program has no terminal, so it cannot ask");
  return console;
}

/// The console whose echo is off, for the handler of Ctrl-C: the next program would find it off.
std::atomic<HANDLE> silentConsole{nullptr};
std::atomic<DWORD> modeBefore{0};

void restoreEcho() noexcept {
  if (const HANDLE console = silentConsole.exchange(nullptr)) ::SetConsoleMode(console, modeBefore);
}

BOOL WINAPI restoreAtSignal(DWORD) {
  restoreEcho();
  return FALSE;  // the next handler ends the program
}

class SilentConsole {
 public:
  explicit SilentConsole(HANDLE console) noexcept {
    DWORD mode = 0;
    if (!::GetConsoleMode(console, &mode)) return;
    modeBefore = mode;
    silentConsole = console;
    ::SetConsoleCtrlHandler(&restoreAtSignal, TRUE);
    const DWORD silent = (mode & ~static_cast<DWORD>(ENABLE_ECHO_INPUT)) | ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT;
    silent_ = ::SetConsoleMode(console, silent) != 0;
  }
  ~SilentConsole() {
    restoreEcho();
    ::SetConsoleCtrlHandler(&restoreAtSignal, FALSE);
  }
  SilentConsole(const SilentConsole&) = delete;
  SilentConsole& operator=(const SilentConsole&) = delete;

  bool silent() const noexcept { return silent_; }

 private:
  bool silent_ = false;
};

}  // namespace

Terminal::Terminal() : in_(openConsole(L"CONIN$")), out_(openConsole(L"CONOUT$")) {}

Terminal::~Terminal() {
  closeDescriptor(in_);
  closeDescriptor(out_);
}

void Terminal::dropInput() const noexcept { ::FlushConsoleInputBuffer(handleOf(in_)); }

void Terminal::write(std::string_view text) const { Output(out_).write(text); }

std::size_t Terminal::read(std::span<char> room) const { return readSome(in_, room); }

std::optional<std::size_t> readHiddenLine(std::string_view prompt, std::span<char> room) {
  const int in = openConsole(L"CONIN$");
  struct Close {
    int descriptor;
    ~Close() { closeDescriptor(descriptor); }
  };
  const Close close{in};
  const Terminal terminal;
  const SilentConsole silence(handleOf(in));
  if (!silence.silent()) return std::nullopt;
  terminal.dropInput();
  terminal.write(prompt);
  std::size_t count = 0;
  while (room.size() - count >= 3) {
    const std::size_t more = readConsole(handleOf(in), room.data() + count, room.size() - count);
    if (more == 0) break;
    count += more;
    if (room[count - 1] == '\n') break;
  }
  terminal.write("\n");
  return count;
}

bool canShowStatus() noexcept {
  const HANDLE console = ::GetStdHandle(STD_ERROR_HANDLE);
  DWORD mode = 0;
  return ::GetConsoleMode(console, &mode) && ::SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

std::size_t statusColumns() noexcept {
  CONSOLE_SCREEN_BUFFER_INFO screen{};
  if (!::GetConsoleScreenBufferInfo(::GetStdHandle(STD_ERROR_HANDLE), &screen)) return 79;
  const int columns = screen.srWindow.Right - screen.srWindow.Left;
  return columns < 19 ? 79U : static_cast<std::size_t>(columns);
}

bool inputIsTerminal() noexcept { return isTerminal(0); }

std::string_view endOfTyping() noexcept { return "Ctrl-Z and Enter at the beginning of a line"; }

}  // namespace box::cli
