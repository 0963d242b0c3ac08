#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/arguments.hpp"

namespace box::cli {

/// The help on a subcommand; on the program where the name is empty.
std::string helpText(std::string_view subcommand);

/// What an exit status means, in the words of the help and the man page.
struct ExitMeaning {
  Exit status;
  std::string_view text;
};
std::span<const ExitMeaning> exitMeanings() noexcept;

}  // namespace box::cli
