#pragma once

#include <string_view>
#include <vector>

#include "cli/option_values.hpp"

/// Each option of the program is written once, as a row of a table. The parser, the help, the man page and the
/// completions for shells are made from these rows.
namespace box::cli {

struct Draft;

/// One option: its names, its description, and what it changes.
struct Option {
  std::string_view names;     ///< "file,f" is given as --file and as -f
  std::string_view argument;  ///< "FILE", or words to choose from, "retry|report"; empty: a flag
  /// Has no line ends and no full stop at its end. A shell's list of options shows the part before the first semicolon,
  /// colon or full stop that a blank follows, or before the first opening bracket after a blank.
  std::string_view text;
  /// Converts the value, which is not empty, and stores it in the draft. *Errors*: UsageError.
  void (*apply)(Draft& draft, const GivenOption& given) = nullptr;
  bool repeats = false;  ///< may be given several times; otherwise the last one counts
  /// The command that the program shows to continue a run has the option again. Not for options whose use has to be
  /// decided each time, such as --yes, nor for those that the journal has, nor for values that may be secret.
  bool continues = false;

  constexpr std::string_view name() const noexcept { return names.substr(0, names.find(',')); }
  /// The short form's letter; 0: the option has none.
  constexpr char letter() const noexcept { return name() == names ? '\0' : names.back(); }
  constexpr bool isFlag() const noexcept { return argument.empty(); }
  /// Whether the value is the path of a file, or ends with one, as in KEYID=FILE.
  constexpr bool isPath() const noexcept { return argument.ends_with("FILE"); }
  /// The same option with another description.
  constexpr Option saying(std::string_view words) const noexcept {
    return {names, argument, words, apply, repeats, continues};
  }
  /// The same option, with `continues`.
  constexpr Option continued() const noexcept { return {names, argument, text, apply, repeats, true}; }
};

/// Options that the help shows together.
struct Section {
  std::string_view heading;
  std::vector<Option> options;
  std::string_view closing{};  ///< a paragraph after the options
};

}  // namespace box::cli
