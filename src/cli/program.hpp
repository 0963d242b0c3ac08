#pragma once

#include <span>

namespace box::cli {

/// Runs the program with these arguments, without the program's name, and gives its exit status.
int runProgram(std::span<const char* const> arguments);

}  // namespace box::cli
