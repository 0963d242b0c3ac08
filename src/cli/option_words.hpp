#pragma once

#include <string>
#include <string_view>

#include <box/error.hpp>

/// The library's messages name its functions and fields, but operators know options. Only this file translates them.
namespace box::cli {

/// Replaces each C++ name in the text by the option that sets it. Where no option does, only the class is removed.
std::string inOptionWords(std::string_view text);

/// The reason of an error, without the name of the library's function, translated and fit to be shown.
std::string inOptionWords(const BoxSdkError& error);

/// The text of an error, with plain words in place of the system's name for a cancellation at its end.
std::string withoutCancellation(std::string_view text);

/// Why the library refuses a setting, in one line: for invalidConfiguration without the code's message.
std::string reasonOf(const BoxSdkError& error);

/// As above, after the option as it was typed, such as "--ca 'ca.der'", unless the reason already names an option.
std::string reasonOf(std::string_view option, const BoxSdkError& error);

}  // namespace box::cli
