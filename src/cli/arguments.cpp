#include "cli/arguments.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <utility>

#include <boost/program_options.hpp>

#include "cli/options/config.hpp"
#include "cli/options/draft.hpp"
#include "cli/options/subcommands.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

namespace po = boost::program_options;

using Strings = std::vector<std::string>;

std::string seeHelp(std::string_view subcommand) {
  return "; see 'box-sessions " + std::string(subcommand) + (subcommand.empty() ? "" : " ") + "--help'";
}

/// Refuses a secret on the command line. Other users of the machine could see it already; the error keeps this from
/// becoming a habit.
void refuseSecrets(const Strings& arguments) {
  const auto isOption = [](std::string_view argument, std::string_view name) {
    return argument.starts_with(name) && (argument.size() == name.size() || argument[name.size()] == '=');
  };
  const std::string reason = " is never taken from an argument, where every user of this machine can read it: use ";
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (isOption(argument, "--token")) {
      throw UsageError("a token" + reason + "--token-file FILE or the environment variable BOX_DEVELOPER_TOKEN");
    }
    if (isOption(argument, "--client-secret")) {
      throw UsageError("a client secret" + reason +
                       "--client-secret-file FILE or the environment variable BOX_CLIENT_SECRET");
    }
    if (isOption(argument, "--proxy-password")) {
      throw UsageError("a proxy's password" + reason + "--proxy-password-file FILE");
    }
  }
}

/// Describes the tables' options to Boost. Boost stores each value as text, and this program converts it later, because
/// Boost's messages do not say which values are allowed.
po::options_description describe(const Subcommand& subcommand) {
  po::options_description out;
  for (const Section& section : subcommand.sections) {
    for (const Option& option : section.options) {
      std::string names(option.name());
      if (option.letter() != '\0') names.append(",").append(1, option.letter());
      if (option.isFlag()) {
        out.add_options()(names.c_str(), "");
      } else {
        out.add_options()(names.c_str(), po::value<std::string>());
      }
    }
  }
  return out;
}

/// The number of characters to change, add or remove to turn one text into the other.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t changed = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// The options that the user may have meant, as "; perhaps --dry-run"; empty if no option is similar.
std::string suggestion(const Subcommand& subcommand, std::string_view typed) {
  if (typed.size() < 4) return {};  // a short name resembles too many others
  std::string out;
  for (const Section& section : subcommand.sections) {
    for (const Option& option : section.options) {
      const std::string name = "--" + std::string(option.name());
      const std::size_t typos = name.size() < 7 ? 1 : 2;
      const bool isPart = name.starts_with(typed) || typed.starts_with(name + "-");
      if (!isPart && distance(name, typed) > typos) continue;
      out.append(out.empty() ? "; perhaps " : " or ").append(name);
    }
  }
  return out;
}

/// Why a command has not an option that others have, and what to do; empty: there is no such reason.
std::string_view whyMissing(std::string_view subcommand, std::string_view typed) {
  if (subcommand == "groups" && typed == "--exclude-me")
    return ": Box ends the sessions of all members of a group, yours too if you are a member. To leave yourself out: "
           "box-sessions users --group-members ID --exclude-me";
  if (subcommand == "resume" && typed == "--exclude-me")
    return ": name yourself, by id and login, in a list for --exclude";
  return {};
}

std::vector<po::option> tokensOf(const Subcommand& subcommand, const Strings& arguments) {
  // Guessing is switched off: an abbreviation that is unique today may be ambiguous in the next release.
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  const po::options_description known = describe(subcommand);
  try {
    return po::command_line_parser(arguments).options(known).style(style).run().options;
  } catch (const po::unknown_option& error) {
    // The text after a short option may be a secret, as in -tTOKEN, so the message names the option only.
    const std::string name = error.get_option_name();
    const std::string shown = name.substr(0, name.starts_with("--") ? name.find('=') : 2);
    if (const std::string_view why = whyMissing(subcommand.name, shown); !why.empty())
      throw UsageError(std::string(subcommand.name) + " has no " + shown + std::string(why));
    throw UsageError("unknown option " + printable(shown) + suggestion(subcommand, shown) + seeHelp(subcommand.name));
  } catch (const po::error& error) {
    throw UsageError(printable(error.what()) + seeHelp(subcommand.name));
  }
}

/// The typed value of an option.
std::optional<std::string> typedValue(const std::vector<po::option>& tokens, std::string_view name) {
  const auto token =
      std::find_if(tokens.rbegin(), tokens.rend(), [&](const po::option& each) { return each.string_key == name; });
  if (token == tokens.rend()) return std::nullopt;
  return token->value.front();
}

Draft readOptions(const Subcommand& subcommand, const Strings& arguments, const ReadConfig& readConfig,
                  const NotePath& notePath) {
  refuseSecrets(arguments);
  const std::vector<po::option> tokens = tokensOf(subcommand, arguments);
  Draft draft;
  draft.notePath = notePath;
  // Where an option that cannot be repeated is given several times, the last one counts: operators append options to a
  // line from the shell's history.
  std::vector<std::pair<const Option*, const po::option*>> kept;
  for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) {
    if (token->string_key.empty()) continue;
    const Option* const option = findOption(subcommand, token->string_key);
    if (draft.given.insert(option->name()).second || option->repeats) kept.emplace_back(option, &*token);
  }
  for (const po::option& token : tokens) {
    if (!token.string_key.empty()) continue;
    draft.operands.push_back(token.value.front());
    if (notePath && subcommand.operands.find("JOURNAL") != std::string_view::npos) notePath(draft.operands.back());
  }
  if (subcommand.operands.empty() && !draft.operands.empty()) {
    throw UsageError("'" + std::string(subcommand.name) + "' takes options only" + seeHelp(subcommand.name));
  }
  if (draft.has(helpFlag.name())) return draft;  // help must work although other options are wrong
  if (readConfig && findOption(subcommand, configOption.name()) != nullptr) {
    const std::optional<std::string> path = typedValue(tokens, configOption.name());
    if (path && notePath) notePath(*path);
    if (const auto config = readConfig(path)) {
      if (!applyConfig(draft, *config, subcommand, typedValue(tokens, "base-url")).empty()) draft.config = config->path;
    }
  }
  for (auto each = kept.rbegin(); each != kept.rend(); ++each) {
    const auto& [option, token] = *each;
    const GivenOption given{"--" + std::string(option->name()), option->isFlag() ? "" : token->value.front()};
    if (!option->isFlag() && given.value.empty()) {
      throw UsageError(given.name + " is empty: give a value or leave it out");
    }
    applyOption(draft, *option, given);
  }
  return draft;
}

/// Removes the word that has to follow the subcommand's name. False: the operator asked for help instead.
bool takeAction(const Subcommand& subcommand, Strings& arguments) {
  const std::string title = subcommand.title();
  const std::string name(subcommand.name);
  if (!arguments.empty() && (arguments.front() == "--help" || arguments.front() == "-h")) return false;
  if (arguments.empty() || arguments.front().starts_with('-'))
    throw UsageError("say what to do: " + title + seeHelp(name));
  if (arguments.front() != subcommand.action) {
    throw UsageError("unknown command '" + name + "' " + inQuotes(arguments.front()) + ": there is '" + title + "'" +
                     seeHelp(name));
  }
  arguments.erase(arguments.begin());
  return true;
}

}  // namespace

Command parseArguments(std::span<const char* const> arguments, const ReadConfig& readConfig, const NotePath& notePath) {
  if (arguments.empty()) throw UsageError("say what to do: " + subcommandChoice() + seeHelp(""));
  const std::string name = arguments.front();
  Strings rest(arguments.begin() + 1, arguments.end());

  if (name == "--version") return ShowVersion{};
  if (name == "--help" || name == "-h") return ShowHelp{};
  if (name == "manual" && rest.empty()) return PrintManual{};
  if (name == "help") {
    if (rest.empty() || rest.front() == "--help" || rest.front() == "-h") return ShowHelp{};
    if (findSubcommand(rest.front()) != nullptr) return ShowHelp{rest.front()};
    throw UsageError("no help on " + inQuotes(rest.front()) + ": there is " + subcommandChoice());
  }
  const Subcommand* const subcommand = findSubcommand(name);
  if (subcommand == nullptr) {
    throw UsageError((name.starts_with('-') ? "say first what to do" : "unknown command " + inQuotes(name)) + ": " +
                     subcommandChoice() + seeHelp(""));
  }
  if (!subcommand->action.empty() && !takeAction(*subcommand, rest)) return ShowHelp{name};
  const Draft draft = readOptions(*subcommand, rest, readConfig, notePath);
  if (draft.has(helpFlag.name())) return ShowHelp{name};
  try {
    return subcommand->command(draft);
  } catch (const UsageError& error) {
    if (!draft.config) throw;
    throw UsageError(std::string(error.what()) + " (the lines of '" + printable(*draft.config) + "' count too)");
  }
}

}  // namespace box::cli
