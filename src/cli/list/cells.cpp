#include "cli/list/cells.hpp"

#include <utility>

#include <box/entry.hpp>

#include "cli/csv.hpp"
#include "cli/entries.hpp"
#include "cli/list/column_names.hpp"
#include "cli/text.hpp"

namespace box::cli {

std::string quotedName(const Cell& header) {
  const std::string_view name = trimmedEntry(header.text);
  return std::string("'").append(printable(name, 40)).append("'");
}

std::string_view textIn(const Record& row, std::size_t column) {
  return column < row.cells.size() ? withoutGuard(trimmedEntry(row.cells[column].text)) : std::string_view();
}

bool isSameLogin(std::string_view a, std::string_view b) { return lowerCase(a) == lowerCase(b); }

bool isGuestName(std::string_view text) {
  return text.find('#') != std::string_view::npos && lowerCase(text).find("#ext#") != std::string::npos;
}

bool isUsableLogin(std::string_view text) { return !isGuestName(text) && !faultOf(EntryKind::userLogin, text); }

std::string pickOne(std::span<const Cell> header, const Columns& columns) {
  const auto name = [&header](std::size_t column) { return trimmedEntry(header[column].text); };
  if (columns.size() == 2 && name(columns[0]) == name(columns[1])) return "rename one of them in the header row";
  std::string out = "pick one with ";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    out += (i > 0 ? " or " : "") + std::string("--column ") + quotedName(header[columns[i]]);
  }
  return out;
}

bool isLikeHeader(const Record& row, std::string_view column) {
  bool isKnown = false;
  for (const Cell& cell : row.cells) {
    const std::string_view text = trimmedEntry(cell.text);
    if (isBoxId(text) || text.find('@') != std::string_view::npos) return false;
    const ColumnRole role = roleOf(text);
    // A cell of a row may say that it is a user.
    const bool isValue = role == ColumnRole::type || (role == ColumnRole::user && row.cells.size() > 1);
    isKnown = isKnown || (role != ColumnRole::unknown && !isValue) ||
              (!column.empty() && !text.empty() && bareName(text, false) == bareName(column, false));
  }
  return isKnown;
}

bool isLikeHeader(std::string_view line) {
  const char separator = separatorOf(line, ",;\t");
  Record row;
  while (true) {
    const std::size_t end = separator == '\0' ? std::string_view::npos : line.find(separator);
    std::string text(trimmed(line.substr(0, end)));
    std::erase(text, '"');
    row.cells.push_back({std::move(text)});
    if (end == std::string_view::npos) return isLikeHeader(row);
    line.remove_prefix(end + 1);
  }
}

}  // namespace box::cli
