#include "cli/csv.hpp"

#include <algorithm>
#include <cstddef>

#include "cli/text.hpp"

namespace box::cli {

namespace {

/// Whether a spreadsheet would take the text for a formula. Full-width signs count too.
bool beginsFormula(std::string_view text) noexcept {
  for (const std::string_view sign : {"=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"}) {
    if (text.starts_with(sign)) return true;
  }
  return false;
}

/// A text that begins with apostrophes before such a sign gets one more, so that reading removes exactly the added one.
bool needsGuard(std::string_view text) noexcept {
  return beginsFormula(text.substr(std::min(text.find_first_not_of('\''), text.size())));
}

}  // namespace

std::string csvField(std::string_view field) {
  const std::string text = clean(field);
  std::string guarded;
  bool isStart = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (isStart && needsGuard(std::string_view(text).substr(i))) guarded += '\'';
    isStart = std::string_view(",;|\t").find(c) != std::string_view::npos || (isStart && (c == ' ' || c == '"'));
    guarded += c;
  }
  if (guarded.find_first_of(",;\"\t\r\n") == std::string::npos) return guarded;
  std::string out = "\"";
  for (const char c : guarded) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

std::string guardedEntry(std::string_view entry) {
  std::string out;
  if (needsGuard(entry)) out = "'";
  return out.append(entry);
}

std::string_view withoutGuard(std::string_view cell) noexcept {
  if (cell.starts_with('\'') && needsGuard(cell)) cell.remove_prefix(1);
  return cell;
}

}  // namespace box::cli
