#pragma once

#include <string_view>
#include <vector>

#include "cli/option_values.hpp"

/// Each option of the program is written once, as a row of a table: the parser, the help, the man page and the shells'
/// completions are made from these rows.
namespace box::cli {

struct Draft;

/// One option: how it is given, what is said about it, and what it changes.
struct Option {
  std::string_view names;     ///< "file,f" is given as --file and as -f
  std::string_view argument;  ///< "FILE", or words to choose from, "retry|report"; empty: a flag
  /// Without line ends and without a last stop. What stands before its first ';', ':' or '. ' describes the option in a
  /// shell's list of them.
  std::string_view text;
  /// Reads the value, which is not empty, into the draft. *Errors*: UsageError.
  void (*apply)(Draft& draft, const GivenOption& given) = nullptr;
  bool repeats = false;  ///< each counts that is given; of any other option the last one

  constexpr std::string_view name() const noexcept { return names.substr(0, names.find(',')); }
  /// 0: it has no short form.
  constexpr char letter() const noexcept { return name() == names ? '\0' : names.back(); }
  constexpr bool isFlag() const noexcept { return argument.empty(); }
  /// The same option where it is described in other words.
  constexpr Option saying(std::string_view words) const noexcept { return {names, argument, words, apply, repeats}; }
};

/// Options that stand together in the help.
struct Section {
  std::string_view heading;
  std::vector<Option> options;
  std::string_view closing{};  ///< a paragraph after them
};

}  // namespace box::cli
