#pragma once

#include <span>

namespace box::cli {

/// The program from its arguments (without its name) to its exit status.
int runProgram(std::span<const char* const> arguments);

}  // namespace box::cli
