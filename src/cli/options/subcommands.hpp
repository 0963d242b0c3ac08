#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options/draft.hpp"

/// All subcommands of the program, with their options.
namespace box::cli {

struct Subcommand {
  std::string_view name;
  std::string_view action{};    ///< a word that must follow the name, such as "check" of "auth check"; may be empty
  std::string_view operands{};  ///< the arguments besides options, "[ID|LOGIN]..."; empty: none
  std::string_view summary;     ///< a few words for a list of commands
  /// Paragraphs with an empty line between them. Lines that begin with two blanks are shown as they are.
  std::string_view description;
  std::vector<Section> sections;
  /// Makes the command's arguments. *Errors*: UsageError where the options cannot be combined.
  Command (*command)(const Draft& draft) = nullptr;

  std::string title() const;  ///< "auth check"
};

/// All of them, in the order in which they are shown.
std::span<const Subcommand> subcommands();

/// Null: no subcommand has this name.
const Subcommand* findSubcommand(std::string_view name);

/// Null: the subcommand does not have this option.
const Option* findOption(const Subcommand& subcommand, std::string_view name);

/// The names of all subcommands as a choice: "users, groups or resume".
std::string subcommandChoice();

/// The help text of the program itself: the parts before and after the list of subcommands.
std::string_view programDescription() noexcept;
std::string_view programAdvice() noexcept;

}  // namespace box::cli
