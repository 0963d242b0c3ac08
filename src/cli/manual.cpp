#include "cli/manual.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <box/version.hpp>

#include "cli/help.hpp"
#include "cli/options/subcommands.hpp"
#include "cli/secrets.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

/// Escapes a text for roff: quotes and dashes stay plain ASCII, and no line begins with a command.
std::string roff(std::string_view text) {
  std::string out = escaped(
      text,
      {{'\\', "\\e"}, {'-', "\\-"}, {'\'', "\\(aq"}, {'"', "\\(dq"}, {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"}});
  if (out.starts_with('.')) out.insert(0, "\\&");
  for (std::size_t at = out.find("\n."); at != std::string::npos; at = out.find("\n.", at + 1))
    out.insert(at + 1, "\\&");
  return out;
}

/// Converts a help text: paragraphs, and lines that begin with two blanks, which are kept as they are.
std::string paragraphs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view paragraph = text.substr(0, text.find("\n\n"));
    text.remove_prefix(std::min(paragraph.size() + 2, text.size()));
    const std::string_view lines = paragraph.substr(0, paragraph.find_last_not_of('\n') + 1);
    if (lines.starts_with("  ")) {
      out += ".PP\n.RS 4\n.nf\n" + roff(lines) + "\n.fi\n.RE\n";
    } else {
      out += ".PP\n" + roff(lines) + "\n";
    }
  }
  return out;
}

std::string optionText(const Option& option) {
  std::string out = ".TP\n";
  if (option.letter() != '\0') out += "\\fB\\-" + std::string(1, option.letter()) + "\\fR, ";
  out += "\\fB\\-\\-" + roff(option.name()) + "\\fR";
  if (!option.isFlag()) out += " \\fI" + roff(option.argument) + "\\fR";
  return out + "\n" + roff(option.text) + ".\n";
}

std::string sectionBody(const Section& section) {
  std::string out;
  for (const Option& option : section.options) out += optionText(option);
  if (!section.closing.empty()) out += ".PP\n" + roff(section.closing) + "\n";
  return out;
}

/// The heading without the explanation that the help adds to it.
std::string_view nameOfSection(const Section& section) {
  const std::string_view name = section.heading.substr(0, section.heading.find_first_of(":,("));
  return name.substr(0, name.find_last_not_of(' ') + 1);
}

/// A section, and all subcommands that have it.
struct SharedSection {
  Section section;
  std::vector<std::string> titles;
};

std::vector<SharedSection> collectSections() {
  const auto isSame = [](const Section& one, const Section& other) {
    return one.heading == other.heading &&
           std::equal(one.options.begin(), one.options.end(), other.options.begin(), other.options.end(),
                      [](const Option& a, const Option& b) { return a.names == b.names && a.text == b.text; });
  };
  std::vector<SharedSection> out;
  for (const Subcommand& subcommand : subcommands()) {
    for (const Section& section : subcommand.sections) {
      auto known = std::find_if(out.begin(), out.end(),
                                [&](const SharedSection& each) { return isSame(each.section, section); });
      if (known == out.end()) known = out.insert(out.end(), SharedSection{section, {}});
      known->titles.push_back(subcommand.title());
    }
  }
  return out;
}

std::string usageLine(const Subcommand& subcommand) {
  std::string out = "\\fBbox\\-sessions " + roff(subcommand.title()) + "\\fR";
  if (!subcommand.operands.empty()) out += " \\fI" + roff(subcommand.operands) + "\\fR";
  return out + " [\\fIoption\\fR]...\n";
}

std::string subcommandText(const Subcommand& subcommand, const std::vector<SharedSection>& sections) {
  const std::string title = subcommand.title();
  std::string out = ".SS " + roff(title) + "\n" + usageLine(subcommand) + paragraphs(subcommand.description);
  std::vector<std::string> shared;
  for (const SharedSection& each : sections) {
    if (std::find(each.titles.begin(), each.titles.end(), title) == each.titles.end()) continue;
    if (each.titles.size() == 1) {
      out += ".PP\n\\fB" + roff(nameOfSection(each.section)) + ":\\fR\n" + sectionBody(each.section);
    } else {
      shared.push_back("\\(lq" + roff(nameOfSection(each.section)) + "\\(rq");
    }
  }
  if (!shared.empty()) out += ".PP\nFurther options are below, under " + inSeries(shared, "and") + ".\n";
  return out;
}

constexpr std::pair<std::string_view, std::string_view> environmentVariables[] = {
    {Environment::developerTokenName, "A developer token, where no option names another way to authenticate."},
    {Environment::clientIdName, "The app's client id, for --ccg, --oauth and login."},
    {Environment::clientSecretName, "The app's client secret, for the same."},
    {Environment::enterpriseIdName, "The enterprise for which the app acts, with --ccg."},
    {Environment::userIdName, "The user for whom the app acts, with --ccg; not together with the enterprise."},
    {"HTTPS_PROXY, NO_PROXY", "The proxy and the hosts that are reached without it; used with --proxy env only."},
};

}  // namespace

std::string manualPage() {
  const std::vector<SharedSection> sections = collectSections();
  std::string out =
      ".\\\" Made by 'box-sessions manual' from the program's table of options.\n.TH BOX\\-SESSIONS 1 \"\" "
      "\"box\\-sessions " +
      std::string(version()) + "\" \"User Commands\"\n";
  out += ".SH NAME\nbox\\-sessions \\- asks Box to end the sessions of users and groups\n.SH SYNOPSIS\n";
  for (const Subcommand& subcommand : subcommands()) out += usageLine(subcommand) + ".br\n";
  out += "\\fBbox\\-sessions help\\fR [\\fIcommand\\fR]\n.br\n\\fBbox\\-sessions \\-\\-version\\fR\n";
  out += ".SH DESCRIPTION\n" + paragraphs(programAdvice()) + ".SH COMMANDS\n";
  for (const Subcommand& subcommand : subcommands()) out += subcommandText(subcommand, sections);
  out += ".SH OPTIONS OF SEVERAL COMMANDS\n";
  for (const SharedSection& each : sections) {
    if (each.titles.size() == 1) continue;
    out += ".SS " + roff(nameOfSection(each.section)) + "\nWith " + roff(inSeries(each.titles, "and")) + ".\n" +
           sectionBody(each.section);
  }
  out += ".SH EXIT STATUS\n";
  for (const ExitMeaning& meaning : exitMeanings()) {
    out += ".TP\n" + std::to_string(static_cast<int>(meaning.status)) + "\n" + roff(meaning.text) + "\n";
  }
  out += ".PP\n" + roff(exitOfReport()) + "\n.SH ENVIRONMENT\n";
  for (const auto& [name, text] : environmentVariables) {
    out += ".TP\n\\fB" + roff(name) + "\\fR\n" + roff(text) + "\n";
  }
  return out;
}

}  // namespace box::cli
