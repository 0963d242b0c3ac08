#include "cli/list_parser.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <box/entry.hpp>
#include <box/follow/following.hpp>

#include "cli/list/cells.hpp"
#include "cli/list/exclusions.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::string_view separators = ",;\t";

// Spreadsheets write and read a first line such as "sep=;", which names the separator.
std::optional<char> declaredSeparator(std::string_view line) {
  if (line.size() != 5 || lowerCase(line.substr(0, 4)) != "sep=") return std::nullopt;
  if (separators.find(line[4]) == std::string_view::npos) return std::nullopt;
  return line[4];
}

// Spreadsheets put separators at the end of a line that has fewer fields than other lines.
std::string_view withoutLastSeparators(std::string_view line) noexcept {
  const std::size_t last = line.find_last_not_of(",;\t ");
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// Entra's templates begin with the line "version:v1.0".
bool isVersionLine(std::string_view line) {
  return line.size() <= 16 && lowerCase(withoutLastSeparators(line)).starts_with("version:v");
}

// "Lee, Ann <ann@example.com>" is one entry although it contains a comma.
bool isNamedAddress(std::string_view line) noexcept {
  const std::string_view entry = trimmedEntry(withoutLastSeparators(line));
  return entry.find('@') != std::string_view::npos && !checkEntry(EntryKind::userLogin, entry);
}

/// Whether a list is one that this program has kept: its last columns are the line and the problem of an entry in the
/// list from which it came.
bool isKept(const Record& header) {
  const auto& cells = header.cells;
  return cells.size() >= 3 && trimmedEntry(cells.back().text) == "problem" &&
         trimmedEntry(cells[cells.size() - 2].text) == "line";
}

std::size_t numberIn(std::string_view text) {
  std::size_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

void ListSink::onLeftOut(std::string, std::size_t) {}
void ListSink::onNames(std::string_view, std::string_view, std::span<const std::string_view>) {}
void ListSink::onBoxId(std::string_view) {}

std::string placeIn(const std::string& name, std::size_t line, std::size_t character) {
  return name + ", line " + std::to_string(line) + ", character " + std::to_string(character);
}

std::string unknownExclusion(bool isId) {
  return std::string(isId ? "an id" : "a login") + ", and --exclude names somebody by " + (isId ? "login" : "id") +
         " only, so nobody can tell whether this one must stay: name those who must stay by id and login, in CSV with "
         "the header user_id,login";
}

ListParser::ListParser(Target target, ListSink& sink, ListOptions options)
    : target_(target), sink_(sink), options_(std::move(options)), splitter_(*this) {}

bool ListParser::feed(std::string_view bytes) {
  if (stopped_) return false;
  bytes_ += bytes.size();
  if (bytes_ > options_.maxBytes) {
    tell({}, "the list is longer than " + std::to_string(options_.maxBytes) + " bytes: is it the right one? Split it",
         true);
    return false;
  }
  const std::string_view text = decoder_.decode(bytes);
  if (!decoder_.problem().empty()) {
    tell({}, std::string(decoder_.problem()), true);
  } else {
    splitter_.feed(text);
  }
  return !stopped_;
}

void ListParser::finish() {
  if (stopped_) return;
  const std::string_view text = decoder_.finish();
  if (!decoder_.problem().empty()) return tell({}, std::string(decoder_.problem()), true);
  splitter_.feed(text);
  splitter_.finish();
  if (layout_ == Layout::sample) chooseFromSample();
}

void ListParser::onLine(std::string_view line, std::size_t number) {
  if (isTooLong(number)) return;
  const std::string_view entry = trimmedEntry(line);
  if (entry.front() == '#') return;
  if (layout_ == Layout::plain) return addPlain(line, number);
  decideLayout(line, number);
}

void ListParser::decideLayout(std::string_view line, std::size_t number) {
  if (declaredSeparator_ == '\0') {
    if (const auto declared = declaredSeparator(line)) {
      declaredSeparator_ = *declared;
      return;
    }
  }
  if (!afterVersion_ && isVersionLine(line)) {
    afterVersion_ = true;
    return;
  }
  if (const std::string_view format = otherFormat(line); !format.empty()) {
    return tell({number, 1}, std::string(format), true);
  }
  const std::string_view core = withoutLastSeparators(line);
  const std::string_view possible = declaredSeparator_ != '\0' ? std::string_view(&declaredSeparator_, 1) : separators;
  const bool hasFields = separatorOf(trimmed(core), possible) != '\0' && !isNamedAddress(line);
  const bool isNamed = !options_.columns.column.empty() || roleOf(core) != ColumnRole::unknown;
  // The name of a column has a line break in it.
  const bool isOpen = core.starts_with('"') && std::count(core.begin(), core.end(), '"') % 2 != 0;
  if (!hasFields && !isNamed && !isOpen) {
    layout_ = Layout::plain;
    return addPlain(line, number);
  }
  layout_ = Layout::header;
  const char separator = separatorOf(trimmed(line), possible);
  splitter_.beginCsv(separator != '\0' ? separator : possible.front());
}

void ListParser::onRecord(Record& record) {
  switch (layout_) {
    case Layout::header:
      header_ = std::move(record);
      layout_ = Layout::sample;
      break;
    case Layout::sample:
      if (isTooLong(record.place.line)) return;
      sample_.push_back({std::move(record), {}});
      if (sample_.size() == sampleRows) chooseFromSample();
      break;
    default:
      if (isTooLong(record.place.line)) return;
      addRow(record);
  }
}

void ListParser::onFault(Place place, const std::string& text, bool last) {
  // A list with a fault in its header row cannot be read any further.
  if (layout_ == Layout::header) last = true;
  if (layout_ == Layout::sample && !last) {
    Record where;
    where.place = place;
    sample_.push_back({std::move(where), text});
    if (sample_.size() == sampleRows) chooseFromSample();
    return;
  }
  if (layout_ == Layout::sample) chooseFromSample();
  tell(place, text, last);
}

void ListParser::chooseFromSample() {
  std::vector<Sampled> sample = std::exchange(sample_, {});
  std::vector<Record> rows;
  for (const Sampled& row : sample) {
    if (row.fault.empty()) rows.push_back(row.record);
  }
  choice_ = chooseColumns(target_, header_.cells, options_.columns, rows);
  layout_ = Layout::rows;
  if (!choice_.question.empty()) {
    for (const Record& row : rows) {
      if (!isLikeHeader(row, options_.columns.column) || isLikeHeader(header_, options_.columns.column)) continue;
      return tell(header_.place,
                  "this row has no known column names, and line " + std::to_string(row.place.line) +
                      " looks like the header row: remove the rows above that line",
                  true);
    }
    const std::size_t asked = std::min(choice_.asked, header_.cells.size() - 1);
    return tell(header_.cells[asked].place, choice_.question, true);
  }
  columns_ = choice_.names(header_.cells, options_.columns.preferId);
  const auto column = [this](std::string_view name) {
    const auto& cells = header_.cells;
    const auto found = std::find_if(cells.begin(), cells.end(), [name](const Cell& c) { return c.text == name; });
    return found == cells.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - cells.begin()));
  };
  const auto entry = column("entry");
  const bool isReport = entry && (choice_.either == entry || choice_.id == entry);
  if (isReport && options_.columns.use == EntryUse::send && options_.columns.column.empty()) {
    state_ = column("state");
    person_.either = column("person");
    if (target_ == Target::users && person_.either) seen_ = column("seen");
  }
  isKept_ = isKept(header_);
  for (const Sampled& row : sample) {
    if (stopped_) return;
    if (row.fault.empty()) {
      addRow(row.record);
    } else {
      tell(row.record.place, row.fault);
    }
  }
}

void ListParser::addPlain(std::string_view line, std::size_t number) {
  const std::string_view entry = trimmedEntry(withoutLastSeparators(line));
  Place place{number, 1 + static_cast<std::size_t>(entry.data() - line.data())};
  if (const auto problem = faultOf(kindOf(target_), entry, options_.columns.use)) {
    place.column += problem->offset;
    std::string text = problem->text;
    if (isLikeHeader(entry)) {
      text += hasPlainEntries_ ? ". The line looks like the header row of another list: " + ifJoined()
                               : ". The line looks like a header row: remove the lines above it";
    }
    return tell(place, text, false, entry);
  }
  hasPlainEntries_ = true;
  const bool isAddress = isLogin(entry);
  give(entry, isAddress ? std::string_view() : entry, isAddress ? entry : std::string_view(), place);
}

void ListParser::addRow(const Record& record) {
  const std::size_t count = header_.cells.size();
  const bool hasMore =
      std::any_of(record.cells.begin() + static_cast<std::ptrdiff_t>(std::min(count, record.cells.size())),
                  record.cells.end(), [](const Cell& c) { return !trimmedEntry(c.text).empty(); });
  if (record.cells.size() < count || hasMore) {
    if (tellJoined(record, record.place)) return;
    return tell(record.place, "the row has " + counted(record.cells.size(), "field") + ", the header row " +
                                  std::to_string(count) + ": quote a field that has a separator in it, or, " +
                                  ifJoined());
  }
  if (record.lastLine > record.place.line && ++longRows_ == 1) {
    longFirst_ = record.place.line;
    longLast_ = record.lastLine;
  }
  const std::string_view problem = isKept_ ? std::string_view(record.cells[count - 1].text) : "";
  if (isKept_) keptLine_ = numberIn(record.cells[count - 2].text);
  if (problem.starts_with(leftOutBecauseOf)) {
    const RowEntry row = entryOf(target_, choice_, options_.columns.preferId, header_.cells, record);
    if (options_.exclude) options_.exclude->ask(row.id, row.login);  // so that --exclude may name them again
    return;
  }
  const bool isAgain = seen_ && textIn(record, *seen_) == toString(FollowOutcome::signedInAgain);
  if (isAgain) ++rowsAgain_;
  if (!isAgain && state_ && *state_ < record.cells.size() && trimmedEntry(record.cells[*state_].text) == "accepted") {
    return tell(record.cells[*state_].place,
                "the list is a report, and Box has accepted this entry already. For the others only, make it with "
                "'box-sessions report JOURNAL --csv --state rejected,inDoubt,notSent'. To send all of them again, add "
                "--column entry",
                true);
  }
  const RowEntry row = entryOf(target_, isAgain ? person_ : choice_, options_.columns.preferId, header_.cells, record);
  if (row.entry.empty()) {
    if (!problem.starts_with("invalid at ")) {
      if (!tellJoined(record, row.place)) tell(row.place, row.fault, false, row.text);
      return;
    }
    std::string_view quoted = row.text;
    if (quoted.size() > 1 && quoted.starts_with('\'') && quoted.ends_with('\''))
      quoted = quoted.substr(1, quoted.size() - 2);
    return tell({record.place.line, 0}, printable(problem), false, quoted);
  }
  if (!row.id.empty() && !row.login.empty()) {
    ++rowsWithBoth_;
  } else if (row.login.empty() && !choice_.logins.empty()) {
    ++rowsWithIdOnly_;
  }
  const bool isByLogin = !row.login.empty() && row.entry.data() == row.login.data();
  if (isByLogin) noteOther(record, row.login);
  std::string_view id = row.id, login = row.login;
  if (id.empty() && login.empty()) (isLogin(row.entry) ? login : id) = row.entry;
  give(row.entry, id, login, row.place, row.others, isByLogin && choice_.idInPlaceOfLogin ? row.id : "");
}

void ListParser::noteOther(const Record& record, std::string_view login) {
  for (const std::size_t column : choice_.unread) {
    const std::string_view text = textIn(record, column);
    if (text.empty() || isSameLogin(text, login) || !isUsableLogin(text)) continue;
    if (++rowsWithOther_ > 1) return;
    otherColumn_ = column;
    otherLine_ = record.place.line;
    return;
  }
}

bool ListParser::tellJoined(const Record& record, Place place) {
  const auto isBlank = [](const Cell& cell) { return trimmedEntry(cell.text).empty(); };
  if (!isLikeHeader(record, options_.columns.column) || std::any_of(record.cells.begin(), record.cells.end(), isBlank))
    return false;
  const bool isSame =
      std::equal(record.cells.begin(), record.cells.end(), header_.cells.begin(), header_.cells.end(),
                 [](const Cell& a, const Cell& b) { return trimmedEntry(a.text) == trimmedEntry(b.text); });
  // By this header row, the rows after another one would name the wrong people.
  tell(place,
       isSame ? "the header row stands here again: remove this row"
              : "the row looks like the header row of another list, so what follows is not read: " + ifJoined() +
                    ". Otherwise correct this row",
       !isSame);
  return true;
}

std::string ListParser::ifJoined() const {
  return std::string("if two lists were joined, give each of them by its own --") +
         (options_.columns.use == EntryUse::send ? "file" : "exclude");
}

void ListParser::give(std::string_view entry, std::string_view id, std::string_view login, Place place,
                      std::span<const std::string_view> others, std::string_view boxId) {
  if (options_.exclude) {
    const Exclusions::Answer answer = options_.exclude->ask(id, login);
    if (answer == Exclusions::Answer::mustStay) {
      if (options_.keepsLeftOut) sink_.onLeftOut(std::string(entry), place.line);
      return;
    }
    if (answer == Exclusions::Answer::unknown)
      return tell(place, unknownExclusion(login.empty()), options_.keepsLeftOut, entry);
  }
  sink_.onNames(id, login, others);
  if (!boxId.empty()) sink_.onBoxId(boxId);
  sink_.onEntry(std::string(entry), place.line);
}

bool ListParser::isTooLong(std::size_t line) {
  if (line <= options_.maxLines) return false;
  if (layout_ == Layout::sample) chooseFromSample();
  tell({line, 1},
       "the list is longer than " + std::to_string(options_.maxLines) + " lines: is it the right one? Split it", true);
  return true;
}

void ListParser::tell(Place place, const std::string& text, bool last, std::string_view entry) {
  if (stopped_) return;
  if (last) {
    stopped_ = true;
    splitter_.stop();
  }
  sink_.onFault({place.line, place.column, text, entry.empty() ? std::string() : inQuotes(entry), last});
}

std::vector<std::string> ListParser::notes() const {
  std::vector<std::string> out;
  if (!choice_.note.empty()) out.push_back(choice_.note);
  if (rowsWithBoth_ > 0) {
    out.push_back(counted(rowsWithBoth_, "row") + (rowsWithBoth_ == 1 ? " has" : " have") +
                  (options_.columns.preferId ? " an id and a login: the id is used"
                                             : " an id and a login: the login is used (--prefer id uses the id)"));
  }
  // The note is needed only where other rows use their login instead of their id.
  if (rowsWithIdOnly_ > 0 && rowsWithBoth_ > 0 && !options_.columns.preferId) {
    out.push_back(counted(rowsWithIdOnly_, "row") + (rowsWithIdOnly_ == 1 ? " has" : " have") +
                  " no login: the id is used");
  }
  if (rowsAgain_ > 0)
    out.push_back(counted(rowsAgain_, "row") + (rowsAgain_ == 1 ? " is" : " are") +
                  " of people who have signed in again: column 'person' is read there");
  if (rowsWithOther_ > 0) {
    const std::string read = quotedName(header_.cells[choice_.logins.front()]);
    const std::string other = quotedName(header_.cells[otherColumn_]);
    out.push_back(counted(rowsWithOther_, "row") + (rowsWithOther_ == 1 ? " has" : " have") + " another address in " +
                  other + " than in " + read + " (" + (rowsWithOther_ > 1 ? "the first: " : "") + "line " +
                  std::to_string(otherLine_) + "): " + read + " is used (--column " + other + " uses the other)");
  }
  if (longRows_ > 0) {
    out.push_back(counted(longRows_, "row") + (longRows_ == 1 ? " goes" : " go") + " over several lines (" +
                  (longRows_ > 1 ? "the first: " : "") + "lines " + std::to_string(longFirst_) + " to " +
                  std::to_string(longLast_) + "), because of quotes: if these are several entries, remove the quotes");
  }
  return out;
}

}  // namespace box::cli
