#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

/// Reading and writing descriptors that the program inherits. A shell, a job runner or ssh may have made them
/// non-blocking and shares that setting with us, so we do not change it: we wait where a descriptor is not ready.
namespace box::cli {

/// Reads at least one byte; gives 0 at the end. *Errors*: std::system_error.
std::size_t readSome(int descriptor, std::span<char> buffer);

/// Writes the whole text. *Errors*: std::system_error.
void writeAll(int descriptor, std::string_view text);

/// Why a file or the output could not be written, with a remedy where one is known.
std::string whyNotWritten(const std::error_code& error);

}  // namespace box::cli
