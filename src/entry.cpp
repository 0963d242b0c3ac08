#include "box/entry.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <utility>

#include "box/support/unicode.hpp"
#include "support/ascii.hpp"

namespace box::inline v0_1 {
namespace {

constexpr std::size_t longestId = 20;
constexpr std::string_view mailto = "mailto:";

constexpr bool isAscii(char c) noexcept { return static_cast<unsigned char>(c) < 0x80; }

std::string codeOf(char32_t c) {
  char text[16];
  std::snprintf(text, sizeof text, "U+%04X", static_cast<unsigned>(c));
  return text;
}

// Typographic and full-width quotes. The ASCII apostrophe is a letter of names.
bool isQuote(char32_t c) noexcept {
  return c == 0xab || c == 0xbb || (c >= 0x2018 && c <= 0x201f) || c == 0x2039 || c == 0x203a ||
         (c >= 0x300c && c <= 0x300f) || (c >= 0x301d && c <= 0x301f) || c == 0xff02 || c == 0xff07;
}

std::string objectionTo(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return "has the control character " + codeOf(c) + ": remove it";
  if (isInvisible(c)) return "has the invisible character " + codeOf(c) + ": remove it";
  if (isBlank(c)) return "has the blank " + codeOf(c) + " in it: remove it";
  if (isQuote(c)) return "has the quote " + codeOf(c) + ": remove it";
  if (c == 0xfffd) return "has " + codeOf(c) + ", which stands for a lost character: export the list again as UTF-8";
  return {};
}

// What is wrong in any entry. ASCII that can be seen, and the space, are left to the rules of ids and logins.
std::optional<EntryFault> faultyCharacter(std::string_view entry) {
  for (std::size_t at = 0; at < entry.size();) {
    if (entry[at] >= 0x20 && entry[at] < 0x7f) {
      ++at;
      continue;
    }
    const Utf8Character character = firstCharacter(entry.substr(at));
    if (!character.valid) return EntryFault{at, "is not valid UTF-8: save the list as UTF-8"};
    if (std::string text = objectionTo(character.value); !text.empty()) return EntryFault{at, std::move(text)};
    at += character.size;
  }
  return std::nullopt;
}

std::optional<EntryFault> faultOfLogin(std::string_view login) {
  const std::size_t at = login.find('@');
  if (at == std::string_view::npos) return EntryFault{0, "is not a login: a login is an address with an @"};
  if (startsWithIgnoreCase(login, mailto)) return EntryFault{0, "begins with mailto: : give the address alone"};
  if (login.size() > longestLogin) {
    return EntryFault{0, "is longer than " + std::to_string(longestLogin) + " bytes: a login is one address"};
  }
  const std::size_t second = login.find('@', at + 1);
  if (const std::size_t between = login.find_first_of(",;", at); between < second && second != std::string_view::npos) {
    return EntryFault{between, "has several addresses in it: put each on a line by itself"};
  }
  // Characters that show several values in one entry, "a@x.org, b@x.org" or "A Name <a@x.org>".
  if (const std::size_t odd = login.find_first_of(" ,;:\"<>|()[]\\"); odd != std::string_view::npos) {
    const std::string what = login[odd] == ' ' ? "a blank" : "'" + std::string(1, login[odd]) + "'";
    return EntryFault{odd, "has " + what + " in it: give one plain login for each entry"};
  }
  if (second != std::string_view::npos) {
    return EntryFault{second, "has a second @: put each login on a line by itself"};
  }
  if (at == 0 || at + 1 == login.size()) {
    return EntryFault{at, "is not a login: a login has a name before the @ and a domain after it"};
  }
  const auto isWrong = [](char c) {
    return isAscii(c) && !isDigit(c) && !isLetter(c) && c != '.' && c != '-' && c != '_';
  };
  const auto odd = std::find_if(login.begin() + static_cast<std::ptrdiff_t>(at) + 1, login.end(), isWrong);
  if (odd != login.end()) {
    return EntryFault{static_cast<std::size_t>(odd - login.begin()),
                      "has '" + std::string(1, *odd) + "' in its domain: remove it"};
  }
  if (login[at + 1] == '.' || login.back() == '.') {
    const std::size_t dot = login.back() == '.' ? login.size() - 1 : at + 1;
    return EntryFault{dot, "has a domain that begins or ends with a dot: remove the dot"};
  }
  return std::nullopt;
}

std::optional<EntryFault> faultOfId(EntryKind kind, std::string_view id) {
  const auto odd = std::find_if_not(id.begin(), id.end(), isDigit);
  if (odd == id.end()) {
    if (id.size() <= longestId) return std::nullopt;
    return EntryFault{0, "is not an id: an id has at most " + std::to_string(longestId) + " digits"};
  }
  std::string text;
  if (kind == EntryKind::user) {
    text = "is neither an id (digits only) nor a login (an address with an @)";
  } else if (kind == EntryKind::groupId) {
    text = "is not a group id: give 1 to 20 digits (groups have no login)";
  } else if (id.find('@') != std::string_view::npos) {
    text = "is a login and not an id: put it where the logins are";
  } else {
    text = "is not an id: give 1 to 20 digits";
  }
  // 11446498.0, 1.14465E+7, 11,446,498, '11446498, ="11446498"
  const bool isFromSpreadsheet = id.size() > 4 && id.front() != '-' &&
                                 isDigit(id[id.find_first_not_of("='\"") % id.size()]) &&
                                 id.find_first_not_of("0123456789.,+eE='\"") == std::string_view::npos;
  if (isFromSpreadsheet) text += "; Excel has changed this id: format its column as text and export the list again";
  return EntryFault{static_cast<std::size_t>(odd - id.begin()), std::move(text)};
}

// Without blanks of all kinds, tabs and byte order marks at its ends.
std::string_view withoutBlanks(std::string_view text) noexcept {
  const auto isSurplus = [](char32_t c) { return c == U'\t' || c == 0xfeff || isBlank(c); };
  while (!text.empty()) {
    const Utf8Character first = firstCharacter(text);
    if (!first.valid || !isSurplus(first.value)) break;
    text.remove_prefix(first.size);
  }
  while (!text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xc0U) == 0x80U) --start;
    const Utf8Character last = firstCharacter(text.substr(start));
    if (!last.valid || last.size != text.size() - start || !isSurplus(last.value)) break;
    text.remove_suffix(last.size);
  }
  return text;
}

// The address in a text that a mail program copies, "Lee, Ann <ann@example.com>". A name that is another address is not
// removed.
std::string_view withoutName(std::string_view text) noexcept {
  const std::size_t open = text.find('<');
  if (open == std::string_view::npos || text.back() != '>' || text.find_first_of("<>", open + 1) + 1 != text.size()) {
    return text;
  }
  const std::string_view address = withoutBlanks(text.substr(open + 1, text.size() - open - 2));
  const std::string_view name = withoutBlanks(text.substr(0, open));
  if (address.find('@') == std::string_view::npos) return text;
  return name.find('@') == std::string_view::npos || equalsIgnoreCase(name, address) ? address : text;
}

std::string_view withoutMailto(std::string_view text) noexcept {
  if (text.size() <= mailto.size() || !startsWithIgnoreCase(text, mailto)) return text;
  return withoutBlanks(text.substr(mailto.size()));
}

}  // namespace

bool isBoxId(std::string_view text) noexcept {
  return !text.empty() && text.size() <= longestId && std::all_of(text.begin(), text.end(), isDigit);
}

std::optional<EntryFault> checkEntry(EntryKind kind, std::string_view entry) {
  if (kind != EntryKind::userLogin && isBoxId(entry)) return std::nullopt;
  if (entry.empty()) return EntryFault{0, "is empty: fill it in or leave it out"};
  if (auto fault = faultyCharacter(entry)) return fault;
  const bool isLogin =
      kind == EntryKind::userLogin || (kind == EntryKind::user && entry.find('@') != std::string_view::npos);
  return isLogin ? faultOfLogin(entry) : faultOfId(kind, entry);
}

std::string_view trimmedEntry(std::string_view text) noexcept {
  return withoutMailto(withoutName(withoutBlanks(text)));
}

}  // namespace box::inline v0_1
