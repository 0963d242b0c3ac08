#pragma once

#include <string>
#include <string_view>

namespace box::cli {

/// What --version prints: the program's version and commit, and the libraries it is built with and runs on.
std::string versionText();

/// The commit of the sources, "1c0b9e1a35c4", with "-dirty" after it where they were changed; empty where they were not
/// a git checkout. The build writes the file that defines this function.
std::string_view builtCommit() noexcept;

}  // namespace box::cli
