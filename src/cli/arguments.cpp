#include "cli/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include <boost/program_options.hpp>

#include "cli/text.hpp"

namespace box::cli {

namespace {

namespace po = boost::program_options;

using Strings = std::vector<std::string>;

// Values are taken as strings and judged here: the messages of Boost do not say what would be right.

void addClientOptions(po::options_description& options) {
  options.add_options()("oauth", po::value<std::string>())("client-id", po::value<std::string>())(
      "client-secret-file", po::value<std::string>());
}

void addCredentialOptions(po::options_description& options) {
  addClientOptions(options);
  options.add_options()("token-file", po::value<std::string>())("ccg", "")("jwt-config", po::value<std::string>())(
      "enterprise-id", po::value<std::string>())("user-id", po::value<std::string>())("token-cache",
                                                                                      po::value<std::string>());
}

void addConnectionOptions(po::options_description& options) {
  options.add_options()("base-url", po::value<std::string>())("ca", po::value<std::string>())(
      "timeout", po::value<std::string>())("proxy", po::value<std::string>())("proxy-user", po::value<std::string>())(
      "proxy-password-file", po::value<std::string>());
}

/// What users, groups and resume have in common.
void addRunOptions(po::options_description& options) {
  addCredentialOptions(options);
  addConnectionOptions(options);
  options.add_options()("file,f", po::value<Strings>()->composing())("batch", po::value<std::string>())(
      "rate", po::value<std::string>())("concurrency", po::value<std::string>())("in-doubt", po::value<std::string>())(
      "keep-going", "")("header", po::value<Strings>()->composing())("suppress-notifications", "")("dry-run,n", "")(
      "yes,y", "")("json", "")("quiet,q", "")("verbose,v", "")("help,h", "");
}

po::options_description terminateOptions() {
  po::options_description options;
  addRunOptions(options);
  options.add_options()("journal", po::value<std::string>())("remaining", po::value<std::string>())(
      "as-user", po::value<std::string>());
  return options;
}

po::options_description resumeOptions() {
  po::options_description options;
  addRunOptions(options);
  options.add_options()("as-user", po::value<std::string>())("retry-rejected", "")("unchecked-account", "");
  return options;
}

po::options_description reportOptions() {
  po::options_description options;
  options.add_options()("file,f", po::value<std::string>())("csv", "")("json", "")("help,h", "");
  return options;
}

po::options_description loginOptions() {
  po::options_description options;
  addClientOptions(options);
  addConnectionOptions(options);
  options.add_options()("oauth2-url", po::value<std::string>())("port", po::value<std::string>())(
      "redirect-url", po::value<std::string>())("paste", "")("wait", po::value<std::string>())("help,h", "");
  return options;
}

po::options_description authCheckOptions() {
  po::options_description options;
  addCredentialOptions(options);
  addConnectionOptions(options);
  options.add_options()("json", "")("help,h", "");
  return options;
}

po::options_description emulatorOptions() {
  po::options_description options;
  options.add_options()("address", po::value<std::string>())("port", po::value<std::string>())(
      "token-file", po::value<std::string>())("ca-out", po::value<std::string>())(
      "ready-file", po::value<std::string>())("unknown-user", po::value<Strings>()->composing())(
      "rate-limit", po::value<std::string>())("latency", po::value<std::string>())(
      "client-id", po::value<std::string>())("client-secret-file", po::value<std::string>())(
      "jwt-public-key", po::value<Strings>()->composing())("token-lifetime", po::value<std::string>())("json", "")(
      "help,h", "");
  return options;
}

std::string seeHelp(const std::string& subcommand) {
  return "; see 'box-sessions " + subcommand + (subcommand.empty() ? "" : " ") + "--help'";
}

constexpr std::string_view subcommands = "users, groups, resume, report, login, auth or emulator";

/// Who gives a secret as an argument has shown it already; at least it does not become a habit.
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

/// Of an option that takes one value, and of a flag, the last one counts, as an operator expects who adds to a line from the
/// shell's history.
void keepLast(po::parsed_options& parsed, const po::options_description& known) {
  std::set<std::string> seen;
  const auto isRepeated = [&](const po::option& option) {
    return !known.find(option.string_key, false).semantic()->is_composing() && !seen.insert(option.string_key).second;
  };
  std::vector<po::option> kept;
  for (auto option = parsed.options.rbegin(); option != parsed.options.rend(); ++option) {
    if (!isRepeated(*option)) kept.push_back(std::move(*option));
  }
  std::reverse(kept.begin(), kept.end());
  parsed.options = std::move(kept);
}

po::variables_map parseOptions(const std::string& subcommand, const po::options_description& options, bool takesEntries,
                               const Strings& arguments) {
  refuseSecrets(arguments);
  po::options_description all;
  all.add(options);
  all.add_options()("entry", po::value<Strings>()->composing());
  po::positional_options_description positions;
  positions.add("entry", -1);

  // Without guessing: an abbreviation that is unique today is ambiguous after the next release.
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::variables_map values;
  try {
    auto parsed = po::command_line_parser(arguments).options(all).positional(positions).style(style).run();
    for (const auto& option : parsed.options) {
      if (option.string_key == "entry" && option.position_key == -1) throw po::unknown_option("--entry");
    }
    keepLast(parsed, all);
    po::store(parsed, values);
  } catch (const po::unknown_option& error) {
    // What follows a short option may be a secret: -tTOKEN.
    const std::string name = error.get_option_name();
    const std::size_t shown = name.starts_with("--") ? name.find('=') : 2;
    throw UsageError("unknown option " + printable(name.substr(0, shown)) + seeHelp(subcommand));
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
  Strings texts = values.contains(name) ? values[name].as<Strings>() : Strings();
  // An argument that is no option's is an entry, and is judged as one.
  if (name != "entry" && std::find(texts.begin(), texts.end(), std::string()) != texts.end()) {
    throw UsageError("--" + name + " is empty: give a value or leave it out");
  }
  return texts;
}

std::optional<std::uint64_t> numberOf(const po::variables_map& values, const std::string& name, std::uint64_t least,
                                      std::uint64_t most) {
  const auto text = textOf(values, name);
  if (!text) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number < least || number > most) {
    throw UsageError("--" + name + " " + inQuotes(*text) + ": give a number from " + std::to_string(least) + " to " +
                     std::to_string(most));
  }
  return number;
}

// The value may be secret: it is not repeated in a message.
std::pair<std::string, std::string> headerOf(const std::string& text, std::size_t number) {
  const std::size_t colon = text.find(':');
  const std::string_view name = trimmed(std::string_view(text).substr(0, colon));
  if (colon == std::string::npos || name.empty()) {
    throw UsageError("--header number " + std::to_string(number) + " is not a header: write it as 'Name: value'");
  }
  // What has an option is part of the plan, the question and the journal only if it comes by that option.
  for (const auto& [header, option] :
       {std::pair{"as-user", "--as-user ID"}, std::pair{"box-notifications", "--suppress-notifications"}}) {
    if (lowerCase(name) == header) {
      throw UsageError("--header " + std::string(name) + ": use " + option + ", which the plan and the journal know");
    }
  }
  return {std::string(name), std::string(trimmed(std::string_view(text).substr(colon + 1)))};
}

std::optional<std::chrono::milliseconds> durationOf(const po::variables_map& values, const std::string& name) {
  const auto text = textOf(values, name);
  if (!text) return std::nullopt;
  const auto duration = parseDuration(*text);
  if (!duration) {
    throw UsageError("--" + name + " " + inQuotes(*text) + ": give a time up to 24h with its unit, as in 30s or 2m");
  }
  return duration;
}

std::optional<std::string> idOf(const po::variables_map& values, const std::string& name) {
  auto text = textOf(values, name);
  if (text && !isBoxId(*text)) throw UsageError("--" + name + " " + inQuotes(*text) + ": give the id, digits only");
  return text;
}

ConnectionArguments connectionArguments(const po::variables_map& values) {
  ConnectionArguments out;
  out.baseUrl = textOf(values, "base-url");
  out.caFile = textOf(values, "ca");
  out.timeout = durationOf(values, "timeout");
  out.proxy = textOf(values, "proxy");
  out.proxyUser = textOf(values, "proxy-user");
  out.proxyPasswordFile = textOf(values, "proxy-password-file");
  if (out.proxy && out.proxy->find('@') != std::string::npos) {
    throw UsageError(
        "--proxy names a user or a password, and every user of this machine can read arguments: use "
        "--proxy-user NAME and --proxy-password-file FILE, or --proxy env");
  }
  if (out.proxyUser && !out.proxy)
    throw UsageError("--proxy-user alone does not say where the proxy is: give --proxy URL");
  if (out.proxyPasswordFile && !out.proxyUser) throw UsageError("--proxy-password-file: whose? Give --proxy-user NAME");
  return out;
}

/// `count` is of the lists and secrets that are to come from there.
void requireOneReader(std::ptrdiff_t count) {
  if (count > 1) throw UsageError("standard input can be read once: give the list or the secret in a file");
}

/// An option that belongs to some methods only.
struct MethodOption {
  std::string_view name;
  bool ccg, jwt, oauth;
  std::string_view remedy;
};

constexpr MethodOption methodOptions[] = {
    {"client-id", true, false, true, "it goes with --ccg or --oauth FILE"},
    {"client-secret-file", true, false, true, "it goes with --ccg or --oauth FILE"},
    {"enterprise-id", true, false, false, "it goes with --ccg"},
    {"user-id", true, true, false, "it goes with --ccg or --jwt-config FILE; to act for somebody else, see --as-user"},
    {"token-cache", true, true, false, "it goes with --ccg or --jwt-config FILE"},
};

Method methodOf(const po::variables_map& values) {
  constexpr std::pair<const char*, Method> choices[] = {{"token-file", Method::developerToken},
                                                        {"ccg", Method::ccg},
                                                        {"jwt-config", Method::jwt},
                                                        {"oauth", Method::oauth}};
  Method method = Method::developerToken;
  std::string chosen;
  for (const auto& [name, meaning] : choices) {
    if (!values.contains(name)) continue;
    if (!chosen.empty()) {
      throw UsageError("--" + chosen + " and --" + name + ": give one of them, there is one way to authenticate a run");
    }
    chosen = name;
    method = meaning;
  }
  for (const MethodOption& option : methodOptions) {
    const std::string name(option.name);
    const bool belongs = (method == Method::ccg && option.ccg) || (method == Method::jwt && option.jwt) ||
                         (method == Method::oauth && option.oauth);
    if (belongs || !values.contains(name)) continue;
    throw UsageError("--" + name +
                     (chosen.empty() ? " alone does not say how to authenticate" : " does not go with --" + chosen) +
                     ": " + std::string(option.remedy));
  }
  return method;
}

CredentialArguments credentialArguments(const po::variables_map& values) {
  CredentialArguments out;
  out.method = methodOf(values);
  out.tokenFile = textOf(values, "token-file");
  out.clientId = textOf(values, "client-id");
  out.clientSecretFile = textOf(values, "client-secret-file");
  out.enterpriseId = idOf(values, "enterprise-id");
  out.userId = idOf(values, "user-id");
  out.jwtConfigFile = textOf(values, "jwt-config");
  out.oauthFile = textOf(values, "oauth");
  out.tokenCacheFile = textOf(values, "token-cache");
  for (const auto* const file : {&out.oauthFile, &out.tokenCacheFile}) {
    if (*file == "-") {
      throw UsageError(std::string(file == &out.oauthFile ? "--oauth" : "--token-cache") +
                       " - : give a file, tokens are written to it too");
    }
  }
  return out;
}

std::optional<double> rateOf(const po::variables_map& values) {
  const auto text = textOf(values, "rate");
  if (!text) return std::nullopt;
  if (*text == "none") return std::numeric_limits<double>::infinity();
  double rate = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), rate, std::chars_format::fixed);
  if (error != std::errc() || end != text->data() + text->size() || !(rate >= 0.01 && rate <= 10'000)) {
    throw UsageError("--rate " + inQuotes(*text) + ": give calls a second, from 0.01 to 10000, or none for no limit");
  }
  return rate;
}

BulkArguments bulkArguments(std::string journal, const po::variables_map& values) {
  BulkArguments out;
  out.journal = std::move(journal);
  if (out.journal == "-") throw UsageError("a journal has to be a file, not standard input or output");
  out.rate = rateOf(values);
  if (const auto most = numberOf(values, "concurrency", 1, 64)) out.concurrency = static_cast<std::size_t>(*most);
  if (const auto choice = textOf(values, "in-doubt")) {
    if (*choice != "retry" && *choice != "report")
      throw UsageError("--in-doubt " + inQuotes(*choice) + ": give retry or report");
    out.inDoubt = *choice == "retry" ? InDoubt::retry : InDoubt::report;
  }
  out.retryRejected = values.contains("retry-rejected");
  out.uncheckedAccount = values.contains("unchecked-account");
  out.keepGoing = values.contains("keep-going");
  return out;
}

/// What users, groups and resume have in common.
TerminateArguments runArguments(const po::variables_map& values) {
  TerminateArguments out;
  out.files = textsOf(values, "file");
  if (const auto batch = numberOf(values, "batch", 1, 10'000)) out.batch = static_cast<std::size_t>(*batch);
  out.credentials = credentialArguments(values);
  out.connection = connectionArguments(values);
  for (const std::string& text : textsOf(values, "header"))
    out.headers.push_back(headerOf(text, out.headers.size() + 1));
  out.asUser = textOf(values, "as-user");
  if (out.asUser && !isBoxId(*out.asUser)) {
    throw UsageError("--as-user " + inQuotes(*out.asUser) + ": give the user's id, digits only");
  }
  out.suppressNotifications = values.contains("suppress-notifications");
  out.dryRun = values.contains("dry-run");
  out.yes = values.contains("yes");
  out.json = values.contains("json");
  out.quiet = values.contains("quiet");
  out.verbose = values.contains("verbose");
  requireOneReader(std::count(out.files.begin(), out.files.end(), "-") + out.credentials.standardInputs() +
                   out.connection.standardInputs());
  if (out.quiet && out.verbose) throw UsageError("--quiet and --verbose: give one of them");
  return out;
}

TerminateArguments terminateArguments(Target target, const po::variables_map& values) {
  TerminateArguments out = runArguments(values);
  out.target = target;
  out.entries = textsOf(values, "entry");
  out.remainingFile = textOf(values, "remaining");

  const std::string noun(nounOf(target));
  if (out.entries.empty() && out.files.empty()) {
    throw UsageError("no " + noun + "s given: name them as arguments, or a list with --file FILE" +
                     seeHelp(noun + "s"));
  }
  if (out.remainingFile == "-") throw UsageError("--remaining - : give a file, standard output has the results");
  if (auto journal = textOf(values, "journal")) {
    if (!out.entries.empty() || out.files.size() != 1 || out.files.front() == "-") {
      throw UsageError(
          "--journal: give the list in one --file and no entries as arguments, because resume reads that file again");
    }
    if (out.remainingFile)
      throw UsageError("--journal and --remaining: give one of them, the journal knows what is left");
    out.bulk = bulkArguments(std::move(*journal), values);
  } else {
    for (const char* const name : {"rate", "concurrency", "in-doubt", "keep-going"}) {
      if (values.contains(name)) throw UsageError("--" + std::string(name) + " goes with --journal FILE");
    }
  }
  return out;
}

std::string journalOf(const std::string& command, const po::variables_map& values) {
  const Strings entries = textsOf(values, "entry");
  if (entries.size() != 1 || entries.front().empty())
    throw UsageError("name one journal: 'box-sessions " + command + " run.journal'" + seeHelp(command));
  return entries.front();
}

ResumeArguments resumeArguments(const po::variables_map& values) {
  ResumeArguments out;
  out.run = runArguments(values);
  out.batchGiven = values.contains("batch");
  out.run.bulk = bulkArguments(journalOf("resume", values), values);
  if (out.run.files.size() > 1) out.run.files.erase(out.run.files.begin(), std::prev(out.run.files.end()));
  if (!out.run.files.empty() && out.run.files.front() == "-") {
    throw UsageError("--file - : give the one list that the run began with, as a file");
  }
  return out;
}

ReportArguments reportArguments(const po::variables_map& values) {
  ReportArguments out;
  out.journal = journalOf("report", values);
  out.file = textOf(values, "file");
  if (values.contains("csv") && values.contains("json")) throw UsageError("--csv and --json: give one of them");
  out.form = values.contains("csv") ? ReportForm::csv : values.contains("json") ? ReportForm::json : ReportForm::table;
  return out;
}

LoginArguments loginArguments(const po::variables_map& values) {
  if (!values.contains("oauth")) {
    throw UsageError("say with --oauth FILE where to keep the tokens" + seeHelp("login"));
  }
  LoginArguments out;
  out.credentials = credentialArguments(values);
  out.connection = connectionArguments(values);
  out.connection.oauth2Url = textOf(values, "oauth2-url");
  if (out.connection.baseUrl && !out.connection.oauth2Url) {
    throw UsageError(
        "--base-url without --oauth2-url: say also where people sign in to that Box (the emulator: its "
        "base URL and /api/oauth2)");
  }
  if (const auto wait = durationOf(values, "wait")) out.wait = *wait;
  const int standardInputs = out.credentials.standardInputs() + out.connection.standardInputs();
  requireOneReader(standardInputs);

  out.paste = values.contains("paste");
  const auto port = numberOf(values, "port", 0, 65'535);
  out.redirectUrl = textOf(values, "redirect-url");
  if (out.paste) {
    if (port) throw UsageError("--paste and --port: with --paste nothing listens, leave the port out");
    if (standardInputs > 0) {
      throw UsageError(
          "standard input can be read once, and --paste reads the address from it: give the secret in a file");
    }
    return out;
  }
  if (out.redirectUrl) {
    const auto address = parseLoopbackUrl(*out.redirectUrl);
    if (!address) {
      throw UsageError("--redirect-url " + inQuotes(*out.redirectUrl) +
                       ": the browser can come back only to http://127.0.0.1:PORT/PATH or http://localhost:PORT/PATH;"
                       " for other addresses there is --paste");
    }
    out.redirect = *address;
    if (port && *port != address->port) {
      throw UsageError("--port and the port of --redirect-url differ: give one of them");
    }
    out.redirectUrl.reset();
  } else if (port) {
    out.redirect.port = static_cast<std::uint16_t>(*port);
  }
  return out;
}

AuthCheckArguments authCheckArguments(const po::variables_map& values) {
  AuthCheckArguments out;
  out.credentials = credentialArguments(values);
  out.connection = connectionArguments(values);
  requireOneReader(out.credentials.standardInputs() + out.connection.standardInputs());
  out.json = values.contains("json");
  return out;
}

std::pair<std::string, std::string> jwtPublicKeyOf(const std::string& text) {
  const std::size_t sign = text.find('=');
  if (sign == std::string::npos || sign == 0 || sign + 1 == text.size()) {
    throw UsageError("--jwt-public-key " + inQuotes(text) + ": write it as KEYID=FILE, a key's id and its PEM file");
  }
  return {text.substr(0, sign), text.substr(sign + 1)};
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
    if (const auto fault = faultOf(EntryKind::user, user)) throw UsageError("--unknown-user: " + fault->text);
  }
  if (const auto calls = numberOf(values, "rate-limit", 1, 1'000'000)) out.rateLimit = static_cast<std::size_t>(*calls);
  if (const auto latency = numberOf(values, "latency", 0, 3'600'000)) {
    out.latency = std::chrono::milliseconds(static_cast<std::int64_t>(*latency));
  }
  out.clientId = textOf(values, "client-id");
  out.clientSecretFile = textOf(values, "client-secret-file");
  if (out.clientId.has_value() != out.clientSecretFile.has_value()) {
    throw UsageError("--client-id and --client-secret-file belong together: give both or none");
  }
  for (const std::string& text : textsOf(values, "jwt-public-key")) out.jwtPublicKeys.push_back(jwtPublicKeyOf(text));
  if (const auto lifetime = numberOf(values, "token-lifetime", 1, 86'400)) {
    out.tokenLifetime = std::chrono::seconds(static_cast<std::int64_t>(*lifetime));
  }
  if (out.tokenFile == "-" && out.clientSecretFile == "-") {
    throw UsageError("standard input can be read once: give the token or the secret in a file");
  }
  out.json = values.contains("json");
  return out;
}

bool isSubcommand(std::string_view name) {
  return name == "users" || name == "groups" || name == "resume" || name == "report" || name == "login" ||
         name == "auth" || name == "emulator";
}

po::options_description optionsOf(std::string_view subcommand) {
  if (subcommand == "resume") return resumeOptions();
  if (subcommand == "report") return reportOptions();
  if (subcommand == "login") return loginOptions();
  if (subcommand == "auth") return authCheckOptions();
  if (subcommand == "emulator") return emulatorOptions();
  return terminateOptions();
}

}  // namespace

int CredentialArguments::standardInputs() const {
  int count = 0;
  for (const auto* const file : {&tokenFile, &clientSecretFile, &jwtConfigFile}) count += *file == "-" ? 1 : 0;
  return count;
}

int ConnectionArguments::standardInputs() const { return proxyPasswordFile == "-" ? 1 : 0; }

bool TerminateArguments::readsStandardInput() const {
  return credentials.standardInputs() > 0 || connection.standardInputs() > 0 ||
         std::find(files.begin(), files.end(), "-") != files.end();
}

std::string LoopbackAddress::url() const { return "http://" + host + ":" + std::to_string(port) + path; }

std::optional<LoopbackAddress> parseLoopbackUrl(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) return std::nullopt;
  url.remove_prefix(scheme.size());
  LoopbackAddress out;
  const std::size_t slash = url.find('/');
  if (slash == std::string_view::npos) return std::nullopt;  // a browser would add one, and Box compares exactly
  out.path = url.substr(slash);
  for (const char c : out.path) {
    // What a request line can carry as it stands; a query and a fragment are Box's to add.
    if (c <= ' ' || c >= 0x7f || std::string_view("?#\\\"<>%").find(c) != std::string_view::npos) return std::nullopt;
  }
  const std::string_view authority = url.substr(0, slash);
  const std::size_t colon = authority.find(':');
  out.host = authority.substr(0, colon);
  if (out.host != "127.0.0.1" && out.host != "localhost") return std::nullopt;
  if (colon == std::string_view::npos) return std::nullopt;  // port 80 is not for this program
  const std::string_view port = authority.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (port.empty() || error != std::errc() || end != port.data() + port.size() || out.port == 0) return std::nullopt;
  return out;
}

Command parseArguments(std::span<const char* const> arguments) {
  const std::string choices(subcommands);
  if (arguments.empty()) throw UsageError("say what to do: " + choices + seeHelp(""));
  const std::string name = arguments.front();
  Strings rest(arguments.begin() + 1, arguments.end());

  if (name == "--version") return ShowVersion{};
  if (name == "--help" || name == "-h") return ShowHelp{};
  if (name == "help") {
    if (rest.empty()) return ShowHelp{};
    if (isSubcommand(rest.front())) return ShowHelp{rest.front()};
    throw UsageError("no help on " + inQuotes(rest.front()) + ": there is " + choices);
  }
  if (!isSubcommand(name)) {
    throw UsageError((name.starts_with('-') ? "say first what to do" : "unknown command " + inQuotes(name)) + ": " +
                     choices + seeHelp(""));
  }
  if (name == "auth") {
    if (rest.empty()) throw UsageError("say what to do: auth check" + seeHelp("auth"));
    if (rest.front() == "--help" || rest.front() == "-h") return ShowHelp{name};
    if (rest.front() != "check") {
      throw UsageError("unknown command 'auth' " + inQuotes(rest.front()) + ": there is 'auth check'" +
                       seeHelp("auth"));
    }
    rest.erase(rest.begin());
  }

  const bool takesEntries = name == "users" || name == "groups" || name == "resume" || name == "report";
  const auto values = parseOptions(name, optionsOf(name), takesEntries, rest);
  if (values.contains("help")) return ShowHelp{name};
  if (name == "resume") return resumeArguments(values);
  if (name == "report") return reportArguments(values);
  if (name == "login") return loginArguments(values);
  if (name == "auth") return authCheckArguments(values);
  if (name == "emulator") return emulatorArguments(values);
  return terminateArguments(name == "users" ? Target::users : Target::groups, values);
}

std::vector<std::string> optionNames(const std::string& subcommand) {
  std::vector<std::string> out;
  const po::options_description options = optionsOf(subcommand);
  for (const auto& option : options.options()) out.push_back("--" + option->long_name());
  return out;
}

}  // namespace box::cli
