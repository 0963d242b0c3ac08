#include "cli/entries.hpp"

#include <utility>

#include <box/support/unicode.hpp>

#include "cli/text.hpp"

namespace box::cli {

std::string_view nounsOf(Target target) noexcept { return target == Target::users ? "users" : "groups"; }

std::string_view nounOf(Target target) noexcept { return nounsOf(target).substr(0, nounsOf(target).size() - 1); }

namespace {

/// Excel keeps 15 digits of a number and writes zeros for the others. Box's ids are shorter than that.
bool isRounded(std::string_view id) noexcept {
  constexpr std::size_t kept = 15, shortest = 18;
  return id.size() >= shortest && isBoxId(id) && id.find_first_not_of('0', kept) == std::string_view::npos;
}

}  // namespace

std::optional<EntryFault> faultOf(EntryKind kind, std::string_view entry) {
  std::optional<EntryFault> fault = checkEntry(kind, entry);
  if (!fault && isRounded(entry)) {
    fault.emplace();
    fault->text =
        "ends with zeros after 15 digits: a spreadsheet such as Excel has changed it. Take the id from the "
        "original export, or use the login";
  }
  if (fault) fault->text = entry.empty() ? "the entry " + fault->text : inQuotes(entry) + " " + fault->text;
  return fault;
}

std::optional<char32_t> lookAlikeIn(std::string_view login) noexcept {
  std::optional<char32_t> found;
  bool isLatin = false;
  while (!login.empty()) {
    const Utf8Character character = firstCharacter(login);
    const char32_t c = character.value;
    const bool isFullWidth = c >= 0xff01 && c <= 0xff5e;
    isLatin = isLatin || isFullWidth || (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
    const bool isLatinWithMarks = c < 0x250 || (c >= 0x1e00 && c <= 0x1eff);
    const bool isEastAsian = c >= 0x2e80 && c <= 0xd7ff;  // looks like no Latin letter
    const bool isOther = isFullWidth || !(isLatinWithMarks || isEastAsian);
    if (isOther && !found) found = c;
    login.remove_prefix(character.size);
  }
  return isLatin ? found : std::nullopt;
}

void InputFaults::add(const std::string& where, const std::string& text) {
  if (total_++ < shown) lines_.push_back(where + ": " + text);
}

}  // namespace box::cli
