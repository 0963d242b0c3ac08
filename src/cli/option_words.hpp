#pragma once

#include <string>
#include <string_view>

#include <box/error.hpp>

/// The library's messages name its functions, fields and numbers of codes, but operators know options. Only this file
/// translates them.
namespace box::cli {

/// Replaces each C++ name in the text by the option that sets it. Where no option does, only the class is removed. The
/// number of a code, "[box:3003]", becomes its name, "[hostNotFound]", and the system's name for a cancellation at the
/// end becomes plain words.
std::string inOptionWords(std::string_view text);

/// The reason of an error, without the name of the library's function, translated and fit to be shown.
std::string inOptionWords(const BoxSdkError& error);

/// Why the library refuses a setting, in one line: for invalidConfiguration without the code's message.
std::string reasonOf(const BoxSdkError& error);

/// As above, after the option as it was typed, such as "--ca 'ca.der'", unless the reason already names an option.
std::string reasonOf(std::string_view option, const BoxSdkError& error);

}  // namespace box::cli
