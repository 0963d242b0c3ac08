#include "cli/shell_command.hpp"

#include <cstddef>

namespace box::cli {

namespace {

/// The end of the word that begins at `begin`: the next blank that is not quoted.
std::size_t endOfWord(std::string_view command, std::size_t begin) {
  bool isQuoted = false;
  std::size_t at = begin;
  for (; at < command.size() && (isQuoted || command[at] != ' '); ++at) {
    if (command[at] == '\'') isQuoted = !isQuoted;
    if (command[at] == '\\' && !isQuoted && at + 1 < command.size()) ++at;
  }
  return at;
}

}  // namespace

std::string withOption(std::string_view command, std::string_view option) {
  const std::string_view name = option.substr(0, option.find(' '));
  bool isValue = false;  // the next word is the value of the option that is replaced
  std::string out;
  for (std::size_t begin = 0; begin < command.size();) {
    const std::size_t end = endOfWord(command, begin);
    const std::string_view word = command.substr(begin, end - begin);
    const bool isOption = !isValue && word == name;
    if (!isOption && !isValue) out.append(out.empty() ? "" : " ").append(word);
    isValue = isOption && name.size() < option.size();
    begin = end + 1;
  }
  return out.append(" ").append(option);
}

}  // namespace box::cli
