#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.hpp"

namespace box::cli {

/// The paths that were typed and might be secrets, given in the wrong place: tokens and client secrets are long and
/// mixed, names of files have words or an ending.
std::vector<std::string> secretLikePaths(const Command& command);

/// A text without those of these paths that nothing in the file system has: they are replaced by a remark. The one
/// place where that is decided: all output of the program goes through it, also what the library says of a path.
std::string withoutSecrets(std::string_view text, const std::vector<std::string>& paths);

}  // namespace box::cli
