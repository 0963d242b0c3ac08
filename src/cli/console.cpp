#include "cli/console.hpp"

#include <cstdlib>
#include <string>

#include <unistd.h>

namespace box::cli {

namespace {

constexpr std::string_view clearLine = "\r\x1b[K";

/// There is one terminal, however many consoles speak to it.
bool statusShown = false;

}  // namespace

void Console::result(std::string_view text) const {
  status({});
  out_.write(text);
}

void Console::tell(std::string_view text) const noexcept {
  status({});
  try {
    std::string line(text);
    if (!line.ends_with('\n')) line += '\n';
    err_.write(line);
  } catch (...) {
  }
}

void Console::complain(std::string_view text) const noexcept {
  try {
    tell(std::string("box-sessions: ").append(text));
  } catch (...) {
  }
}

void Console::status(std::string_view line) const noexcept {
  if (line.empty() && !statusShown) return;
  statusShown = !line.empty();
  try {
    err_.write(std::string(clearLine).append(line));
  } catch (...) {
  }
}

bool Console::showsStatus() noexcept {
  const char* const terminal = std::getenv("TERM");
  return terminal != nullptr && *terminal != '\0' && std::string_view(terminal) != "dumb" &&
         ::isatty(STDERR_FILENO) == 1;
}

}  // namespace box::cli
