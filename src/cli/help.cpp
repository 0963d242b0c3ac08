#include "cli/help.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "cli/options/subcommands.hpp"

namespace box::cli {

namespace {

constexpr std::size_t width = 80;

/// Appends the text in lines that begin at `column`. The first of them continues `line`, where `line` is short enough.
void appendRow(std::string& out, std::string line, std::string_view text, std::size_t column) {
  if (!line.empty() && line.size() + 2 > column) {
    out += line + "\n";
    line.clear();
  }
  line.resize(column, ' ');
  bool isStart = true;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (!isStart && line.size() + 1 + word.size() > width) {
      out += line + "\n";
      line.assign(column, ' ');
      isStart = true;
    }
    line.append(isStart ? "" : " ").append(word);
    isStart = false;
  }
  out += line + "\n";
}

void appendOption(std::string& out, const Option& option) {
  std::string line = option.letter() == '\0' ? std::string(6, ' ') : "  -" + std::string(1, option.letter()) + ", ";
  line.append("--").append(option.name());
  if (!option.isFlag()) line.append(" ").append(option.argument);
  appendRow(out, std::move(line), option.text, 23);
}

std::string subcommandHelp(const Subcommand& subcommand) {
  std::string out = "Usage: box-sessions " + subcommand.title();
  if (!subcommand.operands.empty()) out.append(" ").append(subcommand.operands);
  out.append(" [option]...\n\n").append(subcommand.description);
  for (const Section& section : subcommand.sections) {
    out.append("\n").append(section.heading).append("\n");
    for (const Option& option : section.options) appendOption(out, option);
    if (!section.closing.empty()) appendRow(out, "", section.closing, 0);
  }
  return out;
}

std::string programHelp() {
  constexpr std::size_t column = 28;
  std::string out(programDescription());
  out += "\nUsage: box-sessions COMMAND [argument]... [option]...\n\nCommands:\n";
  for (const Subcommand& subcommand : subcommands()) {
    std::string line = "  " + subcommand.title();
    if (!subcommand.operands.empty()) line.append(" ").append(subcommand.operands);
    appendRow(out, std::move(line), subcommand.summary, column);
  }
  appendRow(out, "  help [COMMAND]", "show all options of a command", column);
  appendRow(out, "  --version", "show the versions of the program and of its libraries", column);
  return out.append("\n").append(programAdvice());
}

}  // namespace

std::string helpText(std::string_view name) {
  const Subcommand* const subcommand = findSubcommand(name);
  std::string out = subcommand == nullptr ? programHelp() : subcommandHelp(*subcommand);
  out += "\nExit status:\n";
  for (const ExitMeaning& meaning : exitMeanings()) {
    appendRow(out, "  " + std::to_string(static_cast<int>(meaning.status)), meaning.text, 7);
  }
  appendRow(out, "", exitOfReport(), 0);
  return out;
}

std::string_view exitOfReport() noexcept {
  return "The exit status of report JOURNAL depends on the states of all entries, however the run ended: 2 if entries "
         "are in "
         "doubt, not sent, or in a call that was refused with another status than 403; otherwise 1 if entries were "
         "rejected, forbidden (in a call refused with 403) or are invalid; otherwise 5 if somebody who was followed "
         "has "
         "signed in again; otherwise 0.";
}

std::span<const ExitMeaning> exitMeanings() noexcept {
  static constexpr ExitMeaning meanings[] = {
      {Exit::accepted, "Box accepted everything, or another command succeeded"},
      {Exit::rejected,
       "Box rejected entries, requests or credentials, also if the run stopped for that reason, or invalid entries "
       "were skipped"},
      {Exit::stopped,
       "stopped early for another reason: the time was up, a result is unknown, people could not be followed, Box was "
       "unreachable, or output could not be written"},
      {Exit::usage, "wrong arguments, configuration or input, or an entry is invalid; nothing was sent"},
      {Exit::journal, "the journal is unusable or could not be written"},
      {Exit::signedInAgain,
       "somebody who was followed has signed in again (after a run with --follow, and in report, only if Box accepted "
       "everything)"},
      {Exit::interrupted,
       "stopped by you: Ctrl-C, SIGTERM, SIGHUP, or an answer other than yes (not follow --watch and emulator, whose "
       "normal end is Ctrl-C)"},
  };
  return meanings;
}

}  // namespace box::cli
