#include "cli/list_reader.hpp"

#include <algorithm>
#include <utility>

#include <box/entry.hpp>

#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";

bool isPadding(char c) noexcept { return c == ' ' || c == '\t'; }

// The separator of a header row: the first one outside quotes.
char separatorOf(std::string_view line) noexcept {
  bool inQuotes = false;
  for (const char c : line) {
    if (c == '"') inQuotes = !inQuotes;
    if (!inQuotes && (c == ',' || c == ';' || c == '\t')) return c;
  }
  return ',';
}

// A first line such as "sep=;", which spreadsheets write and read, names the separator.
std::optional<char> declaredSeparator(std::string_view line) {
  if (line.size() != 5 || lowerCase(line.substr(0, 4)) != "sep=") return std::nullopt;
  if (std::string_view(",;\t").find(line[4]) == std::string_view::npos) return std::nullopt;
  return line[4];
}

bool isBlankText(std::string_view text) noexcept { return trimmedEntry(text).empty(); }

}  // namespace

ListCollector::ListCollector(const std::string& name, EntryList& entries, InputFaults& faults)
    : name_(printable(name)), entries_(entries), faults_(faults) {}

void ListCollector::onEntry(std::string entry, std::size_t) { entries_.add(std::move(entry)); }

void ListCollector::onFault(std::size_t line, std::size_t column, const std::string& text, bool) {
  faults_.add(name_ + ":" + std::to_string(line) + ":" + std::to_string(column), text);
}

bool ListReader::feed(std::string_view bytes) {
  while (!started_ && !bytes.empty()) {
    start_ += bytes.front();
    bytes.remove_prefix(1);
    if (start_ == "\xff\xfe" || start_ == "\xfe\xff") {
      stop(here_, "the file is UTF-16: save the list as UTF-8");
    } else if (start_ == byteOrderMark) {
      started_ = true;
    } else if (!byteOrderMark.starts_with(start_) && start_ != "\xff" && start_ != "\xfe") {
      started_ = true;
      for (const char c : start_) take(c);
    }
  }
  for (const char c : bytes) {
    if (stopped_) return false;
    take(c);
  }
  return !stopped_;
}

void ListReader::finish() {
  if (!started_) {
    for (const char c : start_) take(c);
  }
  if (stopped_ || skipping_) return;
  if (form_ != Layout::csv) {
    endLine();
  } else if (at_ == At::inQuotes) {
    stop(quotePlace_, "a quote opens here and never closes: add the closing quote");
  } else {
    endRecord();
  }
}

void ListReader::take(char c) {
  if (stopped_) return;
  if (c == '\0') {
    return stop(here_,
                "a byte of value 0: the file is a workbook, or not UTF-8: save the list as CSV UTF-8 or as plain text");
  }
  // A line ends with LF, CR LF or CR.
  if (std::exchange(afterReturn_, c == '\r') && c == '\n') return;
  if (c == '\r') c = '\n';
  if (skipping_) {
    skipping_ = c != '\n';
  } else if (form_ == Layout::csv) {
    takeCsv(c);
  } else {
    takeLine(c);
  }
  ++here_.column;
  if (c == '\n') {
    ++here_.line;
    here_.column = 1;
  }
}

void ListReader::takeLine(char c) {
  if (c == '\n') return endLine();
  if (line_.size() == maxRecordBytes) {
    fault({here_.line, 1},
          "the line is longer than " + std::to_string(maxRecordBytes) + " bytes: put one entry on each line");
    line_.clear();
    skipping_ = true;
    return;
  }
  line_ += c;
}

void ListReader::endLine() {
  const std::string line = std::exchange(line_, std::string());
  if (isBlankText(line) || trimmedEntry(line).front() == '#') return;
  if (form_ == Layout::unknown) {
    decideForm(line);
  } else {
    addPlain(line);
  }
}

void ListReader::decideForm(const std::string& line) {
  const Position place{here_.line, 1};
  if (!declaredSeparator_ && (declaredSeparator_ = declaredSeparator(line))) return;
  separator_ = declaredSeparator_.value_or(separatorOf(trimmed(line)));
  recordPlace_ = field_.place = place;
  // Read as a row of CSV with the places that its bytes have; endRecord() does not see it.
  const Position end = std::exchange(here_, place);
  for (const char c : line) {
    takeCsv(c);
    ++here_.column;
  }
  here_ = end;
  if (at_ == At::inQuotes) return stop(quotePlace_, "a quote opens here and never closes: add the closing quote");
  endField();
  const bool isHeader = readHeader();
  const bool severalFields = fields_.size() > 1;
  fields_.clear();
  recordBytes_ = 0;
  recordFaulty_ = false;
  if (stopped_) return;
  if (isHeader) {
    form_ = Layout::csv;
    recordPlace_ = field_.place = {here_.line + 1, 1};
  } else if (severalFields) {
    const std::string columns = target_ == Target::users ? "'id' or 'login'" : "'group_id'";
    stop(place, "several values in a line, and no column " + columns +
                    " among them: put one entry on each line, or start with a header row that names the columns");
  } else {
    form_ = Layout::plain;
    addPlain(line);
  }
}

// Finds the columns that count; false where none of the three names is there.
bool ListReader::readHeader() {
  std::optional<std::size_t> id, login, groupId;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const std::string name = lowerCase(trimmedEntry(fields_[i].text));
    auto* const column = name == "id" ? &id : name == "login" ? &login : name == "group_id" ? &groupId : nullptr;
    if (column == nullptr) continue;
    if (column->has_value()) stop(fields_[i].place, "a second column '" + name + "': keep one");
    *column = i;
  }
  columns_ = fields_.size();
  if (!id && !login && !groupId) return false;

  if (target_ == Target::users) {
    if (!id && !login) {
      stop(recordPlace_, "a list of groups (column 'group_id', neither 'id' nor 'login'): use 'box-sessions groups'");
    }
    idColumn_ = id;
    loginColumn_ = login;
  } else if (groupId) {
    idColumn_ = groupId;
    idName_ = "group_id";
  } else if (login) {
    // Ids of users must not be taken for ids of groups: Box might know a group of that number.
    stop(recordPlace_,
         "a list of users (column 'login'): use 'box-sessions users', or name the groups' column 'group_id'");
  } else {
    idColumn_ = id;
  }
  return true;
}

void ListReader::takeCsv(char c) {
  if (++recordBytes_ > maxRecordBytes) {
    const std::string limit = std::to_string(maxRecordBytes) + " bytes";
    if (at_ == At::inQuotes)
      return stop(quotePlace_, "a quote opens here and does not close within " + limit + ": close it");
    fault(recordPlace_, "the row is longer than " + limit + ": leave out the columns that are not needed");
    skipping_ = c != '\n';
    return beginRecord();
  }
  if (at_ == At::inQuotes) {
    if (c == '"') {
      at_ = At::afterQuotes;
    } else {
      field_.text += c;
    }
    return;
  }
  if (c == '\n') return endRecord();
  if (c == separator_) return endField();
  switch (at_) {
    case At::fieldStart:
      if (c == '"') {
        field_ = {std::string(), {here_.line, here_.column + 1}};
        quotePlace_ = here_;
        at_ = At::inQuotes;
      } else {
        if (c == '#' && form_ == Layout::csv && fields_.empty() && isBlankText(field_.text)) {
          // Was it to be a comment, or is it the row of somebody whose sessions must end? Only its writer knows.
          fault(
              recordPlace_,
              "a row that begins with #, which is no comment after a header row: remove it, or quote its first field");
          skipping_ = true;
          return beginRecord();
        }
        field_.text += c;
        if (!isPadding(c)) at_ = At::inField;
      }
      break;
    case At::inField: field_.text += c; break;
    case At::afterQuotes:
      if (c == '"') {
        field_.text += c;  // doubled
        at_ = At::inQuotes;
      } else if (!isPadding(c) && !recordFaulty_) {
        fault(here_, "text after a closing quote: double the quotes that are inside a quoted field");
        recordFaulty_ = true;
      }
      break;
    case At::inQuotes: break;
  }
}

void ListReader::endField() {
  fields_.push_back(std::move(field_));
  field_ = {std::string(), {here_.line, here_.column + 1}};
  at_ = At::fieldStart;
}

void ListReader::endRecord() {
  endField();
  // Spreadsheets write rows of separators only.
  const bool isEmpty = std::all_of(fields_.begin(), fields_.end(), [](const Field& f) { return isBlankText(f.text); });
  if (!isEmpty && !recordFaulty_) addRow();
  beginRecord();
}

void ListReader::beginRecord() {
  fields_.clear();
  field_ = {std::string(), {here_.line + 1, 1}};
  recordPlace_ = field_.place;
  at_ = At::fieldStart;
  recordBytes_ = 0;
  recordFaulty_ = false;
}

void ListReader::addPlain(std::string_view line) { addEntry(line, {here_.line, 1}, {}); }

void ListReader::addRow() {
  if (fields_.size() != columns_) {
    return fault(recordPlace_, "the row has " + counted(fields_.size(), "field") + ", the header row " +
                                   std::to_string(columns_) + ": quote a field that has a separator in it");
  }
  const Field* const id = fieldOf(idColumn_);
  const Field* const login = fieldOf(loginColumn_);
  if (id != nullptr) {
    if (login != nullptr) ++rowsWithBoth_;
    return addEntry(id->text, id->place, idName_);
  }
  if (login != nullptr) return addEntry(login->text, login->place, "login");
  const std::string missing = !loginColumn_ ? idName_ : !idColumn_ ? "login" : "id and no login";
  fault(recordPlace_, "the row has no " + missing + ": fill it in or remove the row");
}

void ListReader::addEntry(std::string_view field, Position place, std::string_view columnName) {
  const std::string_view text = trimmedEntry(field);
  place.column += static_cast<std::size_t>(text.data() - field.data());
  const EntryKind kind = columnName.empty() || target_ == Target::groups ? kindOf(target_)
                         : columnName == "login"                         ? EntryKind::userLogin
                                                                         : EntryKind::userId;
  const std::optional<EntryFault> problem = faultOf(kind, text);
  if (!problem) return sink_.onEntry(std::string(text), place.line);
  place.column += problem->offset;
  fault(place, columnName.empty() ? problem->text : std::string(columnName) + ": " + problem->text);
}

// The field of a column that the header has, where the row says something in it.
const ListReader::Field* ListReader::fieldOf(const std::optional<std::size_t>& column) const noexcept {
  if (!column || isBlankText(fields_[*column].text)) return nullptr;
  return &fields_[*column];
}

void ListReader::fault(Position place, const std::string& text) {
  sink_.onFault(place.line, place.column, text, false);
}

void ListReader::stop(Position place, const std::string& text) {
  if (!stopped_) sink_.onFault(place.line, place.column, text, true);
  stopped_ = true;
}

}  // namespace box::cli
