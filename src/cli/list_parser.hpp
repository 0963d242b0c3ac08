#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/entries.hpp"
#include "cli/list/columns.hpp"
#include "cli/list/decoder.hpp"
#include "cli/list/record_splitter.hpp"

namespace box::cli {

class Exclusions;

/// Why an entry or a row of a list cannot be sent.
struct ListFault {
  std::size_t line = 0, column = 0;
  std::string text;
  std::string entry{};  ///< the entry in quotes, as inQuotes() makes it; empty: the row has none
  bool last = false;    ///< the rest of the list cannot be understood and is not read
};

/// Receives what a list contains. One call for each entry or row, in order: either onEntry() or onFault().
class ListSink {
 public:
  virtual ~ListSink() = default;
  virtual void onEntry(std::string entry, std::size_t line) = 0;
  virtual void onFault(const ListFault& fault) = 0;
  /// In place of onEntry() for a user who must stay, where ListOptions::keepsLeftOut is set.
  virtual void onLeftOut(std::string entry, std::size_t line);
  /// Called before onEntry() of the same line, with both names of the user or group. Either may be empty. `others`:
  /// RowEntry::others.
  virtual void onNames(std::string_view id, std::string_view login, std::span<const std::string_view> others);
  /// Called before onEntry() of the same line, where the entry is a login and its row has an id that is Box's, as the
  /// names of the columns say.
  virtual void onBoxId(std::string_view id);
};

/// "list.csv, line 3, character 5".
std::string placeIn(const std::string& name, std::size_t line, std::size_t character);

/// Why an entry is not sent where Exclusions cannot tell whether this user must stay.
std::string unknownExclusion(bool isId);

/// How a list is read.
struct ListOptions {
  ColumnOptions columns;
  std::shared_ptr<Exclusions> exclude;  ///< users who must stay; null: nobody
  /// Users who must stay keep their places in the list, because a journal names entries by their places.
  bool keepsLeftOut = false;
  // Limits for input that does not end.
  std::size_t maxLines = 10'000'000;
  std::uint64_t maxBytes = std::uint64_t{1} << 30U;  ///< 1 GiB
};

/// Reads a list of users or groups piece by piece, without I/O: either one entry a line, or CSV with a header row.
///
/// The first line decides which, not counting empty lines, comments, and lines such as `sep=;` or `version:v1.0`. In a
/// plain list each line is an entry, `#` begins a comment line, and a separator at the end is ignored. In CSV,
/// chooseColumns() decides which columns count. Entries are trimmed by trimmedEntry() and checked. Where a row of CSV
/// has more fields than the header row, the additional ones must be empty.
///
/// A fault does not stop the reader, unless the text after it cannot be understood. The memory needed does not depend
/// on the list's length.
class ListParser final : private RecordSink {
 public:
  static constexpr std::size_t maxRecordBytes = RecordSplitter::maxRecordBytes;
  /// The number of rows that are looked at before the columns are chosen.
  static constexpr std::size_t sampleRows = 32;

  /// `sink` must outlive this object.
  ListParser(Target target, ListSink& sink, ListOptions options = {});

  /// False: the rest of the input need not be given.
  bool feed(std::string_view bytes);
  /// Call it at the end of the input.
  void finish();

  /// What the operator should know about how the list was read, one line each. Call it after finish().
  std::vector<std::string> notes() const;
  /// The columns that were read, "column 'login'"; empty: not CSV.
  const std::string& columns() const noexcept { return columns_; }
  /// Why a column was not read although it seems to have ids or logins. Empty: there is no such column.
  const std::string& columnNote() const noexcept { return choice_.note; }
  /// The line of the entry or row that the sink receives now, in the operator's own list; 0: it has none there.
  std::size_t originalLine(std::size_t line) const noexcept { return keptLine_.value_or(line); }

 private:
  enum class Layout { unknown, plain, header, sample, rows };
  struct Sampled {
    Record record;
    std::string fault;  // not empty: the row cannot be sent, for this reason, at record.place
  };

  void onLine(std::string_view line, std::size_t number) override;
  void onRecord(Record& record) override;
  void onFault(Place place, const std::string& text, bool last) override;

  void decideLayout(std::string_view line, std::size_t number);
  void chooseFromSample();
  void addPlain(std::string_view line, std::size_t number);
  void addRow(const Record& record);
  void give(std::string_view entry, std::string_view id, std::string_view login, Place place,
            std::span<const std::string_view> others = {}, std::string_view boxId = {});
  /// Tells of a row that is another header row; `place`: that of its fault. False: it is not one.
  bool tellJoined(const Record& record, Place place);
  std::string ifJoined() const;
  /// Notes a column that is not read and has another login than the row's.
  void noteOther(const Record& record, std::string_view login);
  void tell(Place place, const std::string& text, bool last = false, std::string_view entry = {});
  bool isTooLong(std::size_t line);

  Target target_;
  ListSink& sink_;
  ListOptions options_;
  TextDecoder decoder_;
  RecordSplitter splitter_;
  bool stopped_ = false;
  std::uint64_t bytes_ = 0;

  Layout layout_ = Layout::unknown;
  char declaredSeparator_ = '\0';
  bool afterVersion_ = false;
  Record header_;
  std::vector<Sampled> sample_;
  ColumnChoice choice_;

  std::string columns_;
  std::optional<std::size_t> state_;     // in a report of this program: the column of the states
  std::optional<std::size_t> seen_;      // in one for users: the column of what was seen of the people
  ColumnChoice person_;                  // in one for users: the columns of people who have signed in again
  std::size_t rowsAgain_ = 0;            // of such people
  bool isKept_ = false;                  // whether this program has kept the list beside a journal
  std::optional<std::size_t> keptLine_;  // in such a list: the line that the row names
  bool hasPlainEntries_ = false;
  std::size_t rowsWithBoth_ = 0, rowsWithIdOnly_ = 0;
  std::size_t rowsWithOther_ = 0, otherColumn_ = 0, otherLine_ = 0;  // another login in a column that is not read
  std::size_t longRows_ = 0, longFirst_ = 0, longLast_ = 0;  // rows with several lines, and the lines of the first
};

}  // namespace box::cli
