#include "cli/confirmation.hpp"

#include <array>
#include <cstddef>

#include "cli/files.hpp"
#include "cli/system/terminal.hpp"

namespace box::cli {

bool mustAsk(const TerminateArguments& arguments) {
  if (arguments.yes || arguments.dryRun) return false;
  if (arguments.readsStandardInput() || !inputIsTerminal()) {
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
  terminal.dropInput();
  terminal.write(question);
  std::string answer;
  std::array<char, 256> buffer{};
  while (answer.find('\n') == std::string::npos) {
    const std::size_t count = terminal.read(buffer);
    if (count == 0) {
      terminal.write("\n");
      break;
    }
    answer.append(buffer.data(), count);
  }
  return answer.substr(0, answer.find('\n'));
}

}  // namespace box::cli
