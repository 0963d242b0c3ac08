#include "cli/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <boost/program_options.hpp>

#include "cli/text.hpp"

namespace box::cli {

namespace {

namespace po = boost::program_options;

using Strings = std::vector<std::string>;

po::options_description terminateOptions() {
  po::options_description options;
  // Values are taken as strings and judged here: the messages of Boost do not say what would be right.
  options.add_options()
    ("file,f", po::value<Strings>())
    ("batch", po::value<std::string>())
    ("remaining", po::value<std::string>())
    ("token-file", po::value<std::string>())
    ("base-url", po::value<std::string>())
    ("ca", po::value<std::string>())
    ("timeout", po::value<std::string>())
    ("as-user", po::value<std::string>())
    ("header", po::value<Strings>())
    ("suppress-notifications", "")
    ("dry-run,n", "")
    ("yes,y", "")
    ("json", "")
    ("quiet,q", "")
    ("verbose,v", "")
    ("help,h", "");
  return options;
}

po::options_description emulatorOptions() {
  po::options_description options;
  options.add_options()
    ("address", po::value<std::string>())
    ("port", po::value<std::string>())
    ("token-file", po::value<std::string>())
    ("ca-out", po::value<std::string>())
    ("ready-file", po::value<std::string>())
    ("unknown-user", po::value<Strings>())
    ("rate-limit", po::value<std::string>())
    ("latency", po::value<std::string>())
    ("json", "")
    ("help,h", "");
  return options;
}

std::string seeHelp(const std::string& subcommand) {
  return "; see 'box-sessions " + subcommand + (subcommand.empty() ? "" : " ") + "--help'";
}

po::variables_map parseOptions(const std::string& subcommand, const po::options_description& options,
                               bool takesEntries, const Strings& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (argument == "--token" || argument.starts_with("--token=")) {
      throw UsageError(
          "a token is never taken from an argument, where every user of this machine can read it: use"
          " --token-file FILE or the environment variable BOX_DEVELOPER_TOKEN");
    }
  }
  po::options_description all;
  all.add(options);
  all.add_options()("entry", po::value<Strings>());
  po::positional_options_description positions;
  positions.add("entry", -1);

  // Without guessing: an abbreviation that is unique today is ambiguous after the next release.
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::variables_map values;
  try {
    const auto parsed =
        po::command_line_parser(arguments).options(all).positional(positions).style(style).run();
    for (const auto& option : parsed.options) {
      if (option.string_key == "entry" && option.position_key == -1) throw po::unknown_option("--entry");
    }
    po::store(parsed, values);
  } catch (const po::unknown_option& error) {
    const std::string name = error.get_option_name();
    throw UsageError("unknown option " + printable(name.substr(0, name.find('='))) + seeHelp(subcommand));
  } catch (const po::error& error) {
    throw UsageError(printable(error.what()) + seeHelp(subcommand));
  }
  if (!takesEntries && values.contains("entry")) {
    throw UsageError("'" + subcommand + "' takes options only" + seeHelp(subcommand));
  }
  return values;
}

std::optional<std::string> textOf(const po::variables_map& values, const std::string& name) {
  if (!values.contains(name)) return std::nullopt;
  std::string text = values[name].as<std::string>();
  if (text.empty()) throw UsageError("--" + name + " is empty: give a value or leave it out");
  return text;
}

Strings textsOf(const po::variables_map& values, const std::string& name) {
  return values.contains(name) ? values[name].as<Strings>() : Strings();
}

std::optional<std::uint64_t> numberOf(const po::variables_map& values, const std::string& name,
                                      std::uint64_t least, std::uint64_t most) {
  const auto text = textOf(values, name);
  if (!text) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number < least || number > most) {
    throw UsageError("--" + name + " " + inQuotes(*text) + ": give a number from " + std::to_string(least) +
                     " to " + std::to_string(most));
  }
  return number;
}

// The value may be secret: it is not repeated in a message.
std::pair<std::string, std::string> headerOf(const std::string& text, std::size_t number) {
  const std::size_t colon = text.find(':');
  const std::string_view name = trimmed(std::string_view(text).substr(0, colon));
  if (colon == std::string::npos || name.empty()) {
    throw UsageError("--header number " + std::to_string(number) +
                     " is no header: write it as 'Name: value'");
  }
  return {std::string(name), std::string(trimmed(std::string_view(text).substr(colon + 1)))};
}

TerminateArguments terminateArguments(Target target, const po::variables_map& values) {
  TerminateArguments out;
  out.target = target;
  out.entries = textsOf(values, "entry");
  out.files = textsOf(values, "file");
  if (const auto batch = numberOf(values, "batch", 1, 10'000)) out.batch = static_cast<std::size_t>(*batch);
  out.remainingFile = textOf(values, "remaining");
  out.tokenFile = textOf(values, "token-file");
  out.baseUrl = textOf(values, "base-url");
  out.caFile = textOf(values, "ca");
  if (const auto timeout = textOf(values, "timeout")) {
    out.timeout = parseDuration(*timeout);
    if (!out.timeout)
      throw UsageError("--timeout " + inQuotes(*timeout) +
                       ": give a time up to 24h with its unit, as in 30s or 2m");
  }
  out.asUser = textOf(values, "as-user");
  if (out.asUser && (isLogin(*out.asUser) || faultOf(Target::users, *out.asUser))) {
    throw UsageError("--as-user " + inQuotes(*out.asUser) + ": give the user's id, digits only");
  }
  for (const std::string& text : textsOf(values, "header"))
    out.headers.push_back(headerOf(text, out.headers.size() + 1));
  out.suppressNotifications = values.contains("suppress-notifications");
  out.dryRun = values.contains("dry-run");
  out.yes = values.contains("yes");
  out.json = values.contains("json");
  out.quiet = values.contains("quiet");
  out.verbose = values.contains("verbose");

  const std::string noun(nounOf(target));
  if (out.entries.empty() && out.files.empty()) {
    throw UsageError("no " + noun + "s given: name them as arguments, or a list with --file FILE" +
                     seeHelp(noun + "s"));
  }
  for (const std::string& file : out.files) {
    if (file.empty()) throw UsageError("--file is empty: give a path, or - for standard input");
  }
  const auto fromStandardInput =
      std::count(out.files.begin(), out.files.end(), "-") + (out.tokenFile == "-" ? 1 : 0);
  if (fromStandardInput > 1) {
    throw UsageError("standard input can be read once: give the list or the token in a file");
  }
  if (out.remainingFile == "-")
    throw UsageError("--remaining - : give a file, standard output has the results");
  if (out.quiet && out.verbose) throw UsageError("--quiet and --verbose: give one of them");
  return out;
}

EmulatorArguments emulatorArguments(const po::variables_map& values) {
  EmulatorArguments out;
  if (const auto address = textOf(values, "address")) out.address = *address;
  if (const auto port = numberOf(values, "port", 0, 65'535)) out.port = static_cast<std::uint16_t>(*port);
  out.tokenFile = textOf(values, "token-file");
  out.caOut = textOf(values, "ca-out");
  out.readyFile = textOf(values, "ready-file");
  out.unknownUsers = textsOf(values, "unknown-user");
  for (const std::string& user : out.unknownUsers) {
    if (const auto fault = faultOf(Target::users, user)) throw UsageError("--unknown-user: " + fault->text);
  }
  if (const auto calls = numberOf(values, "rate-limit", 1, 1'000'000))
    out.rateLimit = static_cast<std::size_t>(*calls);
  if (const auto latency = numberOf(values, "latency", 0, 3'600'000)) {
    out.latency = std::chrono::milliseconds(static_cast<std::int64_t>(*latency));
  }
  out.json = values.contains("json");
  return out;
}

bool isSubcommand(const std::string& name) {
  return name == "users" || name == "groups" || name == "emulator";
}

}  // namespace

bool TerminateArguments::readsStandardInput() const {
  return tokenFile == "-" || std::find(files.begin(), files.end(), "-") != files.end();
}

Command parseArguments(std::span<const char* const> arguments) {
  if (arguments.empty()) throw UsageError("say what to do: users, groups or emulator" + seeHelp(""));
  const std::string name = arguments.front();
  const Strings rest(arguments.begin() + 1, arguments.end());

  if (name == "--version") return ShowVersion{};
  if (name == "--help" || name == "-h") return ShowHelp{};
  if (name == "help") {
    if (rest.empty()) return ShowHelp{};
    if (isSubcommand(rest.front())) return ShowHelp{rest.front()};
    throw UsageError("no help on " + inQuotes(rest.front()) + ": there is users, groups and emulator");
  }
  if (!isSubcommand(name)) {
    throw UsageError((name.starts_with('-') ? "say first what to do" : "unknown command " + inQuotes(name)) +
                     ": users, groups or emulator" + seeHelp(""));
  }

  const bool isEmulator = name == "emulator";
  const auto values =
      parseOptions(name, isEmulator ? emulatorOptions() : terminateOptions(), !isEmulator, rest);
  if (values.contains("help")) return ShowHelp{name};
  if (isEmulator) return emulatorArguments(values);
  return terminateArguments(name == "users" ? Target::users : Target::groups, values);
}

std::vector<std::string> optionNames(const std::string& subcommand) {
  std::vector<std::string> out;
  const po::options_description options = subcommand == "emulator" ? emulatorOptions() : terminateOptions();
  for (const auto& option : options.options()) out.push_back("--" + option->long_name());
  return out;
}

}  // namespace box::cli
