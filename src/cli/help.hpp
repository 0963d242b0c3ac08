#pragma once

#include <string>
#include <string_view>

namespace box::cli {

/// The help on a subcommand; on the program where the name is empty.
std::string helpText(std::string_view subcommand);

}  // namespace box::cli
