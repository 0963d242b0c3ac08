#include "cli/list/record_splitter.hpp"

#include <algorithm>
#include <utility>

#include <box/entry.hpp>

namespace box::cli {

namespace {

bool isPadding(char c) noexcept { return c == ' ' || c == '\t'; }

bool isBlankText(std::string_view text) noexcept { return trimmedEntry(text).empty(); }

constexpr std::string_view openQuote = "a quote opens here and never closes: add the closing quote";

}  // namespace

char separatorOf(std::string_view line, std::string_view separators) noexcept {
  bool inQuotes = false;
  for (const char c : line) {
    if (c == '"') inQuotes = !inQuotes;
    if (!inQuotes && separators.find(c) != std::string_view::npos) return c;
  }
  return '\0';
}

void RecordSplitter::feed(std::string_view text) {
  for (const char c : text) {
    if (stopped_) return;
    take(c);
  }
}

void RecordSplitter::finish() {
  if (stopped_ || skipping_) return;
  if (!isCsv_) endLine();
  if (!isCsv_ || stopped_) return;
  if (at_ == At::inQuotes) return fault(quotePlace_, std::string(openQuote), true);
  endRecord();
}

void RecordSplitter::take(char c) {
  if (c == '\0') {
    return fault(here_,
                 "a byte of value 0: the file is a workbook, or not UTF-8 (UTF-16 needs a byte order mark): save the "
                 "list as CSV UTF-8 or as plain text",
                 true);
  }
  // A line ends with LF, CR LF or CR.
  if (std::exchange(afterReturn_, c == '\r') && c == '\n') return;
  if (c == '\r') c = '\n';
  if (skipping_) {
    skipping_ = c != '\n';
  } else {
    if (!isCsv_) takeLine(c);
    // onLine() may have called beginCsv(), so that this line is the first row.
    else
      takeCsv(c);
  }
  ++here_.column;
  if (c == '\n') {
    ++here_.line;
    here_.column = 1;
  }
}

void RecordSplitter::takeLine(char c) {
  if (c == '\n') {
    endLine();
    if (isCsv_ && !stopped_) takeCsv(c);
    return;
  }
  if (line_.size() < maxRecordBytes) {
    line_ += c;
    return;
  }
  fault({here_.line, 1},
        "the line is longer than " + std::to_string(maxRecordBytes) + " bytes: put one entry on each line");
  line_.clear();
  skipping_ = true;
}

void RecordSplitter::endLine() {
  if (!isBlankText(line_)) sink_.onLine(line_, here_.line);
  line_.clear();
}

void RecordSplitter::beginCsv(char separator) {
  isCsv_ = isFirstRow_ = true;
  separator_ = separator;
  const std::string line = std::exchange(line_, std::string());
  const Place end = std::exchange(here_, Place{here_.line, 1});
  cell_.place = record_.place = here_;
  for (const char c : line) {
    if (stopped_) return;
    takeCsv(c);
    ++here_.column;
  }
  here_ = end;
}

void RecordSplitter::takeCsv(char c) {
  if (++recordBytes_ > maxRecordBytes) {
    const std::string limit = std::to_string(maxRecordBytes) + " bytes";
    if (at_ == At::inQuotes) {
      return fault(quotePlace_, "a quote opens here and does not close within " + limit + ": close it", true);
    }
    fault(record_.place, "the row is longer than " + limit + ": leave out the columns that are not needed");
    skipping_ = c != '\n';
    return beginRecord();
  }
  if (at_ == At::inQuotes) {
    if (c == '"') {
      at_ = At::afterQuotes;
    } else {
      cell_.text += c;
    }
    return;
  }
  if (c == '\n') return endRecord();
  if (c == separator_) return endField();
  switch (at_) {
    case At::fieldStart:
      if (c == '"') {
        cell_.text.clear();
        cell_.place = {here_.line, here_.column + 1};
        quotePlace_ = here_;
        at_ = At::inQuotes;
      } else {
        if (c == '#' && !isFirstRow_ && record_.cells.empty() && isBlankText(cell_.text)) {
          // Only the list's author knows whether this is a comment or a person whose sessions must end.
          fault(
              record_.place,
              "a row that begins with #, which is no comment after a header row: remove it, or quote its first field");
          skipping_ = true;
          return beginRecord();
        }
        cell_.text += c;
        if (!isPadding(c)) at_ = At::inField;
      }
      break;
    case At::inField: cell_.text += c; break;
    case At::afterQuotes:
      if (c == '"') {
        cell_.text += c;  // a doubled quote stands for one
        at_ = At::inQuotes;
      } else if (!isPadding(c) && !recordFaulty_) {
        fault(here_, "text after a closing quote: double the quotes that are inside a quoted field");
        recordFaulty_ = true;
      }
      break;
    case At::inQuotes: break;
  }
}

void RecordSplitter::endField() {
  record_.cells.push_back(std::move(cell_));
  cell_ = {std::string(), {here_.line, here_.column + 1}};
  at_ = At::fieldStart;
}

void RecordSplitter::endRecord() {
  endField();
  record_.lastLine = here_.line;
  // Spreadsheets also write rows that have only separators.
  const bool hasText =
      std::any_of(record_.cells.begin(), record_.cells.end(), [](const Cell& c) { return !isBlankText(c.text); });
  isFirstRow_ = false;
  if (hasText && !recordFaulty_) sink_.onRecord(record_);
  beginRecord();
}

void RecordSplitter::beginRecord() {
  record_.cells.clear();
  record_.place = {here_.line + 1, 1};
  cell_ = {std::string(), record_.place};
  at_ = At::fieldStart;
  recordBytes_ = 0;
  recordFaulty_ = false;
}

void RecordSplitter::fault(Place place, const std::string& text, bool last) {
  if (last) stopped_ = true;
  sink_.onFault(place, text, last);
}

}  // namespace box::cli
