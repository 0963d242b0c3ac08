#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/arguments.hpp"

/// Scripts that complete the program's commands and options in a shell, made from the tables of options. No I/O.
namespace box::cli {

std::optional<Shell> shellNamed(std::string_view name) noexcept;

/// What `box-sessions completion` prints.
std::string completionScript(Shell shell);

}  // namespace box::cli
