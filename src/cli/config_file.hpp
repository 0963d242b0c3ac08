#pragma once

#include <optional>
#include <string>

#include "cli/arguments.hpp"

namespace box::cli {

/// Reads the configuration file at `path`. Without a path, reads the file in the usual place, if it exists. The file
/// decides where credentials are sent, so a file that another user could have written is refused. *Errors*: FileError.
std::optional<ConfigText> readConfigFile(const std::optional<std::string>& path);

}  // namespace box::cli
