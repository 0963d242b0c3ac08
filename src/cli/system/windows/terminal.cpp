#include "cli/system/terminal.hpp"

#include <algorithm>
#include <atomic>
#include <system_error>

#include "cli/system/descriptors.hpp"
#include "cli/system/windows/console_input.hpp"

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

class AskingConsole {
 public:
  AskingConsole(HANDLE console, Typing typing) noexcept {
    DWORD mode = 0;
    if (!::GetConsoleMode(console, &mode)) return;
    modeBefore = mode;
    silentConsole = console;
    ::SetConsoleCtrlHandler(&restoreAtSignal, TRUE);
    const DWORD echo = typing == Typing::shown ? ENABLE_ECHO_INPUT : 0;
    const DWORD wanted =
        (mode & ~static_cast<DWORD>(ENABLE_ECHO_INPUT)) | ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT | echo;
    ready_ = ::SetConsoleMode(console, wanted) != 0;
  }
  ~AskingConsole() {
    restoreEcho();
    ::SetConsoleCtrlHandler(&restoreAtSignal, FALSE);
  }
  AskingConsole(const AskingConsole&) = delete;
  AskingConsole& operator=(const AskingConsole&) = delete;

  bool ready() const noexcept { return ready_; }

 private:
  bool ready_ = false;
};

}  // namespace

std::optional<std::size_t> readTypedLine(std::string_view prompt, std::span<char> room, Typing typing) {
  struct Opened {
    int descriptor;
    ~Opened() { closeDescriptor(descriptor); }
  };
  const Opened in{openConsole(L"CONIN$")}, out{openConsole(L"CONOUT$")};
  const AskingConsole asking(handleOf(in.descriptor), typing);
  if (!asking.ready()) return std::nullopt;
  ::FlushConsoleInputBuffer(handleOf(in.descriptor));
  const Output output(out.descriptor);
  output.write(prompt);
  std::size_t count = 0;
  while (room.size() - count >= 3) {
    const std::size_t more = readConsole(handleOf(in.descriptor), room.data() + count, room.size() - count);
    if (more == 0) break;
    count += more;
    if (room[count - 1] == '\n') break;
  }
  if (typing == Typing::hidden || count == 0 || room[count - 1] != '\n') output.write("\n");
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
