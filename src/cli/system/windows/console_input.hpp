#pragma once

#include <cstddef>

#include "system/windows/windows_api.hpp"

namespace box::cli {

/// Reads at least one byte from a console, in UTF-8; 0 at the end. *Errors*: std::system_error.
std::size_t readConsole(HANDLE console, char* room, std::size_t size);

}  // namespace box::cli
