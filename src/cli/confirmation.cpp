#include "cli/confirmation.hpp"

#include <array>
#include <cstddef>
#include <string_view>

#include "cli/files.hpp"
#include "cli/system/terminal.hpp"

namespace box::cli {

bool mustAsk(const TerminateArguments& arguments) {
  if (arguments.yes || arguments.dryRun) return false;
  if (arguments.readsStandardInput || !inputIsTerminal()) {
    throw UsageError(
        "cannot ask for confirmation: standard input is not a terminal. Add --yes to go ahead, or --dry-run to "
        "preview");
  }
  return true;
}

std::string answerTo(const std::string& question) {
  // The question is shown on the terminal itself, because standard error may go to a file, and the operator must have
  // seen the question. What was typed before it is dropped.
  std::array<char, 256> answer{};
  const std::size_t count = readTypedLine(question, answer, Typing::shown).value_or(0);
  const std::string_view line(answer.data(), count);
  return std::string(line.substr(0, line.find('\n')));
}

}  // namespace box::cli
