#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options/draft.hpp"
#include "cli/options/subcommands.hpp"

/// The configuration file has options that need not be typed each time: those of credentialSection() and
/// routeSection(). Options on the command line take precedence:
///
/// - An option about credentials on the command line disables all options about credentials of the file. So does a
///   --base-url on the command line that is another one than that of the file, because the file's credentials are
///   meant for the file's host.
/// - --proxy on the command line disables all options about the proxy of the file.
/// - Any other option on the command line replaces the same option of the file.
namespace box::cli {

/// One line of the file: an option without its dashes, and its value.
struct ConfigLine {
  std::size_t number = 0;  ///< from 1 on
  std::string name;
  std::string value;
};

extern const Option configOption;

/// Applies an option to the draft, and notes what its value is: a path, standard input, or a part of the way to Box.
/// *Errors*: UsageError.
void applyOption(Draft& draft, const Option& option, const GivenOption& given);

/// The lines that set an option. *Errors*: UsageError, which names path and line, where a line is not "name = value",
/// the name is not that of an allowed option or appears twice, or the value cannot be right. Messages do not show
/// values, because somebody may have put a secret into the wrong place.
std::vector<ConfigLine> parseConfig(const ConfigText& config);

/// Applies the lines that take effect to the draft. Call it when draft.given has the typed options, and before these
/// are applied. Lines whose option the subcommand does not have are ignored. `baseUrl`: the typed one. Gives the names
/// of the options that took effect. *Errors*: UsageError.
std::vector<std::string_view> applyConfig(Draft& draft, const ConfigText& config, const Subcommand& subcommand,
                                          const std::optional<std::string>& baseUrl);

}  // namespace box::cli
