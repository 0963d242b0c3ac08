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

/// Why an entry is not one user or group, although checkEntry() may accept it. Empty: it is one.
std::string misunderstanding(EntryKind kind, std::string_view entry, EntryUse use) {
  const bool isGroup = kind == EntryKind::groupId;
  if (entry.find('*') != std::string_view::npos) {
    const std::string out = "has a *, and there are no wildcards: ";
    if (use == EntryUse::exclude) return out + "name each person who must stay";
    return out + (isGroup ? "name each group by its id"
                          : "name each user, or for all users of a domain: box-sessions users --domain DOMAIN");
  }
  const std::string source = isGroup ? "Take the id from Box" : "Take the id from Box, or use the login";
  if (use == EntryUse::send && entry.starts_with('0') && isBoxId(entry))
    return "begins with 0, and no id of Box does: another program has added the zero, or it is a number of another "
           "system. " +
           source;
  if (isRounded(entry))
    return "ends with zeros after 15 digits: a spreadsheet such as Excel has changed it. Take the id from the "
           "original export" +
           std::string(isGroup ? "" : ", or use the login");
  return {};
}

}  // namespace

std::optional<EntryFault> faultOf(EntryKind kind, std::string_view entry, EntryUse use) {
  std::optional<EntryFault> fault;
  if (std::string why = misunderstanding(kind, entry, use); !why.empty()) {
    fault.emplace();
    fault->text = std::move(why);
  } else {
    fault = checkEntry(kind, entry);
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
