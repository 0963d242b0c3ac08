#include "cli/confirmation.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "cli/system/terminal.hpp"

namespace box::cli {

namespace {

/// Asks at the terminal. Gives the line that was typed after the question, or the part of it before the end of input.
/// *Errors*: FileError where the program has no terminal.
std::string answerOnTerminal(const std::string& question) {
  // The question is shown on the terminal itself, because standard error may go to a file, and the operator must have
  // seen the question. What was typed before it is dropped.
  std::array<char, 256> answer{};
  const std::size_t count = readTypedLine(question, answer, Typing::shown).value_or(0);
  const std::string_view line(answer.data(), count);
  return std::string(line.substr(0, line.find('\n')));
}

}  // namespace

bool mustAsk(const TerminateArguments& arguments) {
  if (arguments.yes || arguments.dryRun) return false;
  if (arguments.readsStandardInput || !inputIsTerminal()) {
    throw UsageError(
        "cannot ask for confirmation: standard input is not a terminal, or has the list or a secret. Add --yes to go "
        "ahead, or --dry-run to preview");
  }
  return true;
}

bool confirm(const RunPlan& plan) {
  constexpr int mostTimes = 3;
  std::string question = questionText(plan);
  for (int times = 1;; ++times) {
    const std::string answer = answerOnTerminal(question);
    if (isYes(plan, answer)) return true;
    if (times == mostTimes || !isUnclear(plan, answer)) return false;
    question = questionAgain(plan);
  }
}

}  // namespace box::cli
