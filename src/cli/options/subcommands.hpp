#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options/draft.hpp"

/// All that the program can do, and with which options.
namespace box::cli {

struct Subcommand {
  std::string_view name;
  std::string_view action{};    ///< a word that has to follow the name: "check" of "auth check"; empty: no such word
  std::string_view operands{};  ///< what it takes besides options, "[ID|LOGIN]..."; empty: options only
  std::string_view summary;     ///< a few words, for a list of commands
  /// Paragraphs, with an empty line between them; lines that begin with two blanks are shown as they are.
  std::string_view description;
  std::vector<Section> sections;
  /// *Errors*: UsageError where the options do not go together.
  Command (*command)(const Draft& draft) = nullptr;

  std::string title() const;  ///< "auth check"
};

/// In the order in which they are shown.
std::span<const Subcommand> subcommands();

/// Null: there is no such one.
const Subcommand* findSubcommand(std::string_view name);

/// The option of the subcommand; null: it has no such one.
const Option* findOption(const Subcommand& subcommand, std::string_view name);

/// The names of all, as a choice: "users, groups or resume".
std::string subcommandChoice();

/// The program itself, as a Subcommand describes one: before the list of the subcommands, and after it.
std::string_view programDescription() noexcept;
std::string_view programAdvice() noexcept;

}  // namespace box::cli
