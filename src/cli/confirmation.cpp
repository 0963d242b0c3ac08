#include "cli/confirmation.hpp"

#include <array>
#include <cstddef>

#include <termios.h>
#include <unistd.h>

#include "cli/descriptor.hpp"
#include "cli/files.hpp"
#include "cli/terminal.hpp"

namespace box::cli {

bool mustAsk(const TerminateArguments& arguments) {
  if (arguments.yes || arguments.dryRun) return false;
  if (arguments.readsStandardInput() || ::isatty(STDIN_FILENO) != 1) {
    throw UsageError(
        "cannot ask for confirmation: standard input is not a terminal. Add --yes to go ahead, or --dry-run to "
        "preview");
  }
  return true;
}

std::string answerTo(const std::string& question) {
  // The question is shown on the terminal itself, because standard error may go to a file, and the operator must have
  // seen the question. What was typed before it is dropped.
  const Terminal terminal;
  ::tcflush(terminal.descriptor(), TCIFLUSH);
  const Output screen(terminal.descriptor());
  screen.write(question);
  std::string answer;
  std::array<char, 256> buffer{};
  while (answer.find('\n') == std::string::npos) {
    const std::size_t count = readSome(terminal.descriptor(), buffer);
    if (count == 0) {
      screen.write("\n");
      break;
    }
    answer.append(buffer.data(), count);
  }
  return answer.substr(0, answer.find('\n'));
}

}  // namespace box::cli
