#pragma once

#include <string>
#include <string_view>

#include <box/error.hpp>

/// The library names its own functions and fields, where operators know options. This is the one place that translates.
namespace box::cli {

/// The text with the option that sets it in place of each C++ name, and without the class of a name that has no option.
std::string inOptionWords(std::string_view text);

/// what() of an error in these words, printable.
std::string inOptionWords(const BoxSdkError& error);

/// what() of an error, with plain words at its end in place of the system's name for what the operator has done.
std::string withoutCancellation(std::string_view text);

/// Why the library refuses a setting, in one printable line: for invalidConfiguration the reason alone, else what().
std::string reasonOf(const BoxSdkError& error);

/// The same under the name of the option that was typed, as in "--ca 'ca.der'", unless the reason names an option
/// itself.
std::string reasonOf(std::string_view option, const BoxSdkError& error);

}  // namespace box::cli
