#pragma once

#include <optional>
#include <string>

#include "cli/arguments.hpp"

namespace box::cli {

/// The configuration file at `path`, or without one the file in its usual place, where it may be missing. It says where
/// credentials go, so that a file that somebody else could have written is refused. *Errors*: FileError.
std::optional<ConfigText> readConfigFile(const std::optional<std::string>& path);

}  // namespace box::cli
