#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/arguments.hpp"

namespace box::cli {

/// The help for a subcommand, or for the whole program where the name is empty.
std::string helpText(std::string_view subcommand);

/// The meaning of an exit status, in the words of the help and the man page.
struct ExitMeaning {
  Exit status;
  std::string_view text;
};
std::span<const ExitMeaning> exitMeanings() noexcept;
/// Which of them `report` has, a sentence.
std::string_view exitOfReport() noexcept;

}  // namespace box::cli
