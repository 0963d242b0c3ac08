#pragma once

#include <string>
#include <vector>

#include "box/error.hpp"

namespace box::test {

/// The enumerators of box::Errc in order, as they stand in the header.
const std::vector<std::string>& errcNames();

/// "connectionLost", or "operation_aborted".
std::string nameOf(const error_code& code);

/// The whole of a file of this project; `path` is relative to its root. A failure where it cannot be read.
std::string sourceFile(const std::string& path);

}  // namespace box::test
