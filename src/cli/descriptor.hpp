#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

/// Reading and writing what the surroundings have opened: whether a descriptor blocks belongs to whoever shares it (a
/// shell, a runner of jobs, ssh), so one that does not block is waited for.
namespace box::cli {

/// Reads at least one byte; 0 at the end. *Errors*: std::system_error.
std::size_t readSome(int descriptor, std::span<char> buffer);

/// Writes all of it. *Errors*: std::system_error.
void writeAll(int descriptor, std::string_view text);

/// Why a file or the output could not be written, with the remedy where it is known.
std::string whyNotWritten(const std::error_code& error);

}  // namespace box::cli
