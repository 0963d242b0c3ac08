#pragma once

#include <set>
#include <string>

namespace box::test {

/// The text of a file of this project, by its path from the project's root. Throws where the file cannot be read.
std::string sourceFile(const std::string& path);

/// All tests in the sources, as "Suite.Test": GoogleTest's and those that CMake runs.
const std::set<std::string>& testsOfTheSources();

}  // namespace box::test
