#pragma once

#include <set>
#include <string>

namespace box::test {

/// The whole of a file of this project; `path` is relative to its root. Throws where it cannot be read.
std::string sourceFile(const std::string& path);

/// All tests that the sources define, "Suite.Test": GoogleTest's and those that CMake runs.
const std::set<std::string>& testsOfTheSources();

}  // namespace box::test
