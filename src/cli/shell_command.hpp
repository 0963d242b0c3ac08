#pragma once

#include <string>
#include <string_view>

namespace box::cli {

/// A command that is quoted for a shell, with this option at its end, "--in-doubt retry". Where the command has the
/// option already, its value is replaced, so that no option is in it twice.
std::string withOption(std::string_view command, std::string_view option);

}  // namespace box::cli
