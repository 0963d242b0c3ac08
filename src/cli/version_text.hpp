#pragma once

#include <string>
#include <string_view>

namespace box::cli {

/// What --version prints: the program's version and commit, and the libraries it is built with and runs on.
std::string versionText();

/// The commit that is built, "1c0b9e1a35c4" or with "-dirty" after it; empty: the sources were no git checkout. The
/// build writes the file that defines it.
std::string_view builtCommit() noexcept;

}  // namespace box::cli
