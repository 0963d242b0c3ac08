#include "cli/options/config.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "cli/byte_order.hpp"
#include "cli/options/sections.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

std::string placeOf(const ConfigText& config, std::size_t line) {
  return "'" + printable(config.path) + "', line " + std::to_string(line);
}

bool contains(const Section& section, std::string_view name) {
  return std::any_of(section.options.begin(), section.options.end(),
                     [&](const Option& option) { return option.name() == name; });
}

bool mayStandInFile(std::string_view name) {
  return name != configOption.name() && (contains(credentialSection(), name) || contains(routeSection(), name));
}

/// The option to use instead of a secret of this name. Empty: the name is not that of a secret.
std::string_view fileOptionFor(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> secrets = {
      std::pair{"token", "token-file"}, std::pair{"client-secret", "client-secret-file"},
      std::pair{"proxy-password", "proxy-password-file"}};
  for (const auto& [secret, option] : secrets) {
    if (name == secret) return option;
  }
  return {};
}

/// Why an option of this name is not allowed in a configuration file.
std::string refusalOf(std::string_view name) {
  if (const std::string_view option = fileOptionFor(name); !option.empty()) {
    return std::string(name) + " must not be in this file, nor may any other secret: put it into a file that only " +
           "you can read, and write " + std::string(option) + " = FILE";
  }
  std::string known;
  for (const Section& section : {credentialSection(), routeSection()}) {
    for (const Option& option : section.options) {
      if (option.name() != configOption.name()) known.append(known.empty() ? "" : ", ").append(option.name());
    }
  }
  return "no option of this name is allowed in this file: allowed are " + known;
}

/// Checks a value: a flag needs "yes" or "no", and a file needs a path that does not depend on the current folder.
std::string valueOf(const Option& option, const ConfigLine& line, const std::string& place, std::string_view home) {
  const std::string title = place + ": " + line.name;
  if (option.isFlag()) {
    if (line.value != "yes" && line.value != "no") throw UsageError(title + ": write " + line.name + " = yes, or no");
    return line.value;
  }
  if (!option.isPath()) return line.value;
  if (line.value.starts_with("~/") && !home.empty()) return std::string(home) + line.value.substr(1);
  if (!line.value.starts_with('/'))
    throw UsageError(title +
                     ": give the whole path, which begins with / or ~/: the program may be started in any folder");
  return line.value;
}

/// A URL for comparison, without the default port, a '/' at its end, and upper case, which make no difference.
std::string comparable(std::string_view url) {
  std::string out = lowerCase(url);
  while (out.ends_with('/')) out.pop_back();
  if (out.starts_with("https://") && out.ends_with(":443")) out.resize(out.size() - 4);
  return out;
}

}  // namespace

const Option configOption{
    "config", "FILE",
    "a file with options that you need not type each time: options of the credentials and of the connection to Box "
    "except --timeout, in "
    "lines such as base-url = https://api.box.com, ccg = yes, client-id = abc, client-secret-file = ~/secret. Paths "
    "begin with / or ~/. Options on the command line take precedence; with another --base-url, or with an option about "
    "credentials, the credentials of the file are not used. Without this option the file is "
    "$XDG_CONFIG_HOME/box-sessions/config, else ~/.config/box-sessions/config",
    [](Draft&, const GivenOption&) {}};

void applyOption(Draft& draft, const Option& option, const GivenOption& given) {
  // An address is not a path, but the emulator prints it, so it must be hidden too if it looks like a secret.
  if (option.argument == "ADDR" && draft.notePath) draft.notePath(given.value);
  if (option.isPath()) {
    const bool hasKey = option.argument.find('=') != std::string_view::npos;
    const std::string path = hasKey ? given.value.substr(given.value.find('=') + 1) : given.value;
    if (draft.notePath) draft.notePath(path);
    if (path == "-") ++draft.standardInputs;
  }
  option.apply(draft, given);
  if (mayStandInFile(option.name())) draft.call.wayToBox.emplace_back(option.name(), given.value);
  if (option.continues) draft.run.continued.emplace_back(option.name(), given.value);
}

std::vector<ConfigLine> parseConfig(const ConfigText& config) {
  std::vector<ConfigLine> out;
  std::string_view rest = withoutByteOrderMark(config.text);
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trimmed(line);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::string place = placeOf(config, number);
    const std::size_t sign = line.find('=');
    if (sign == std::string_view::npos) throw UsageError(place + ": write it as name = value, as in ccg = yes");
    std::string_view name = trimmed(line.substr(0, sign));
    if (name.starts_with("--")) name.remove_prefix(2);
    const std::string_view value = trimmed(line.substr(sign + 1));
    if (!mayStandInFile(name)) throw UsageError(place + ": " + refusalOf(name));
    if (value.empty())
      throw UsageError(place + ": " + std::string(name) + " is empty: give a value, or remove the line");
    if (value.front() == '"' || value.front() == '\'')
      throw UsageError(place + ": " + std::string(name) + ": leave the quotes out: everything after = is the value");
    const auto same = std::find_if(out.begin(), out.end(), [&](const ConfigLine& other) { return other.name == name; });
    if (same != out.end())
      throw UsageError(place + ": " + std::string(name) + " is in line " + std::to_string(same->number) + " already");
    out.push_back({number, std::string(name), std::string(value)});
  }
  return out;
}

std::vector<std::string_view> applyConfig(Draft& draft, const ConfigText& config, const Subcommand& subcommand,
                                          const std::optional<std::string>& baseUrl) {
  const std::vector<ConfigLine> lines = parseConfig(config);
  const Section credentials = credentialSection();
  const auto isTyped = [&](const Option& option) { return draft.has(option.name()); };
  const auto sameBox = [&] {
    if (!baseUrl) return true;
    const auto line =
        std::find_if(lines.begin(), lines.end(), [](const ConfigLine& l) { return l.name == "base-url"; });
    return comparable(*baseUrl) == comparable(line == lines.end() ? "https://api.box.com" : line->value);
  };
  const bool useCredentials =
      std::none_of(credentials.options.begin(), credentials.options.end(), isTyped) && sameBox();
  const bool useProxy = !draft.has("proxy");

  std::vector<std::string_view> out;
  for (const ConfigLine& line : lines) {
    const std::string place = placeOf(config, line.number);
    const Option* const option = findOption(subcommand, line.name);
    if (option == nullptr || draft.has(option->name())) continue;
    if (contains(credentials, line.name) ? !useCredentials : line.name.starts_with("proxy") && !useProxy) continue;
    const std::string value = valueOf(*option, line, place, config.home);
    if (option->isFlag() && value == "no") continue;
    if (contains(credentials, line.name)) draft.call.credentialsFrom = config.path;
    applyOption(draft, *option, {place + ": " + line.name, option->isFlag() ? "" : value});
    out.push_back(option->name());
  }
  draft.given.insert(out.begin(), out.end());
  return out;
}

}  // namespace box::cli
