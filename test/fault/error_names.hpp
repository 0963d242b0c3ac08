#pragma once

#include <string>
#include <vector>

#include "box/error.hpp"

namespace box::test {

/// The enumerators of box::Errc in order, as they stand in the header.
const std::vector<std::string>& errcNames();

/// "connectionLost", or "operation_aborted".
std::string nameOf(const error_code& code);

}  // namespace box::test
