#pragma once

#include <string>
#include <vector>

#include "box/error.hpp"

namespace box::test {

/// The names of box::Errc, in the order of their numbers.
const std::vector<std::string>& errcNames();

/// The code's name: "connectionLost", or "operation_aborted".
std::string nameOf(const error_code& code);

}  // namespace box::test
