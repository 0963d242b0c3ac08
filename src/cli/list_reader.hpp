#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/entries.hpp"
#include "cli/list/columns.hpp"
#include "cli/list/decoder.hpp"
#include "cli/list/records.hpp"

namespace box::cli {

class Exclusions;

/// Takes what a list says. One call for each entry or row, in the order of the list: an entry, or what is wrong with
/// it.
class ListSink {
 public:
  virtual ~ListSink() = default;
  virtual void onEntry(std::string entry, std::size_t line) = 0;
  /// `last`: what follows cannot be understood, and is not read.
  virtual void onFault(std::size_t line, std::size_t column, const std::string& text, bool last) = 0;
  /// Before onEntry() of the same line: what the list knows of the same user or group. One of the two may be empty.
  virtual void onNames(std::string_view id, std::string_view login);
};

/// Keeps them all, each entry once.
class ListCollector final : public ListSink {
 public:
  /// `name`: the file's, for messages. The lists must outlive it.
  ListCollector(const std::string& name, EntryList& entries, InputFaults& faults);
  void onEntry(std::string entry, std::size_t line) override;
  void onFault(std::size_t line, std::size_t column, const std::string& text, bool last) override;

 private:
  std::string name_;
  EntryList& entries_;
  InputFaults& faults_;
};

/// Why an entry of this kind is not sent where Exclusions cannot tell whether it must stay.
std::string unknownExclusion(bool isId);

/// How a list is read.
struct ListOptions {
  ColumnOptions columns;
  std::shared_ptr<const Exclusions> exclude;  ///< who must stay; null: nobody
  // Where endless input ends.
  std::size_t maxLines = 10'000'000;
  std::uint64_t maxBytes = std::uint64_t{1} << 30U;  ///< 1 GiB
};

/// Reads a list of users or groups piece by piece, without I/O: one entry a line, or CSV with a header row.
///
/// The first line that is neither empty nor a comment decides, after a line such as `sep=;` or `version:v1.0`. Plain:
/// an entry a line, `#` starts a comment line, a separator at the end is ignored. CSV: chooseColumns() has the columns
/// that count. Entries are trimmed as trimmedEntry() does, and checked. Rows of CSV that are longer than the header row
/// must have nothing in the fields that are too many.
///
/// Faults do not stop it, unless the text after them cannot be understood. Its memory does not depend on the list.
class ListReader final : private RecordSink {
 public:
  static constexpr std::size_t maxRecordBytes = RecordSplitter::maxRecordBytes;
  /// The rows that are looked at before the columns are chosen.
  static constexpr std::size_t sampleRows = 32;

  /// `sink` must outlive it.
  ListReader(Target target, ListSink& sink, ListOptions options = {});

  /// False: there is no use in reading on.
  bool feed(std::string_view bytes);
  /// The input ended.
  void finish();

  /// What an operator has to know of how it was read, one line each, after finish().
  std::vector<std::string> notes() const;
  /// The columns that were read, "column 'login'"; empty: it is no CSV.
  const std::string& columns() const noexcept { return columns_; }
  /// Entries that were left out because they must stay.
  std::size_t excluded() const noexcept { return excluded_; }

 private:
  enum class Layout { unknown, plain, header, sample, rows };
  struct Sampled {
    Record record;
    std::string fault;  // not empty: this, at record.place
  };

  void onLine(std::string_view line, std::size_t number) override;
  void onRecord(Record& record) override;
  void onFault(Place place, const std::string& text, bool last) override;

  void decideLayout(std::string_view line, std::size_t number);
  void chooseFromSample();
  void addPlain(std::string_view line, std::size_t number);
  void addRow(const Record& record);
  void give(std::string_view entry, std::string_view id, std::string_view login, Place place);
  void tell(Place place, const std::string& text, bool last = false);
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
  std::size_t excluded_ = 0;
  std::size_t rowsWithBoth_ = 0, rowsWithIdOnly_ = 0;
  std::size_t longRows_ = 0, longFirst_ = 0, longLast_ = 0;  // rows over several lines, and the first of them
};

}  // namespace box::cli
