#include "cli/console.hpp"

#include <string>

namespace box::cli {

void Console::tell(std::string_view text) const noexcept {
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

}  // namespace box::cli
