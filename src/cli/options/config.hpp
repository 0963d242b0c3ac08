#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options/draft.hpp"
#include "cli/options/subcommands.hpp"

/// The configuration file: options that need not be typed each time, which are those of credentialSection() and
/// routeSection(). What a command line says counts before it:
///
/// - With an option about credentials on the command line, no such option of the file counts, and so where --base-url
///   names another host than the file: what the file names is meant for the file's Box.
/// - With --proxy on the command line, none of the file's options about the proxy counts.
/// - Of any other option, the command line's value counts.
namespace box::cli {

/// One line of it: an option, without its dashes, and its value.
struct ConfigLine {
  std::size_t number = 0;  ///< from 1 on
  std::string name;
  std::string value;
};

extern const Option configOption;

/// The lines that set an option. *Errors*: UsageError, which names path and line, where a line is no "name = value",
/// its name is no option that may stand in the file, stands there twice, or its value cannot be right. A value is not
/// repeated: it may be a secret that somebody has put into the wrong place.
std::vector<ConfigLine> parseConfig(const ConfigText& config);

/// Has the lines that count change the draft, when it is known which options are typed and before those change it. A
/// line that sets an option which the subcommand does not have is left out. `baseUrl`: the typed one. Gives the names
/// of the options that count. *Errors*: UsageError.
std::vector<std::string_view> applyConfig(Draft& draft, const ConfigText& config, const Subcommand& subcommand,
                                          const std::optional<std::string>& baseUrl);

}  // namespace box::cli
