#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/entries.hpp"

namespace box::cli {

/// Takes what a list says. One call for each entry or row, in the order of the list: an entry, or what is wrong with it.
class ListSink {
 public:
  virtual ~ListSink() = default;
  virtual void onEntry(std::string entry, std::size_t line) = 0;
  /// `last`: what follows cannot be understood, and is not read.
  virtual void onFault(std::size_t line, std::size_t column, const std::string& text, bool last) = 0;
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

/// Reads a list of users or groups piece by piece, without I/O: one entry a line, or CSV with a header row.
///
/// The first line that is neither empty nor a comment decides, after a line such as `sep=;`. Plain: an entry a line, `#`
/// starts a comment line. CSV: the header names the columns `id`, `login` (users) or `group_id`, else `id` (groups), in any
/// order and case, among others; separated by comma, semicolon or tab; fields may be quoted. Where a row has an id and a
/// login, the id counts. Rows without any text are skipped; a row that begins with `#` is a fault, since it may be a comment
/// or somebody's row. Lines end with LF, CR LF or CR. Entries are trimmed as trimmedEntry() does, and checked.
///
/// Faults do not stop it, unless the text after them cannot be understood. Its memory does not depend on the list.
class ListReader {
 public:
  /// Longest line, or row of CSV; no list of ids has lines like that.
  static constexpr std::size_t maxRecordBytes = 64 * 1024;

  /// `sink` must outlive it.
  ListReader(Target target, ListSink& sink) : target_(target), sink_(sink) {}

  /// False: there is no use in reading on.
  bool feed(std::string_view bytes);
  /// The input ended.
  void finish();

  /// Rows of CSV that had an id and a login.
  std::size_t rowsWithBoth() const noexcept { return rowsWithBoth_; }

 private:
  enum class Layout { unknown, plain, csv };
  enum class At { fieldStart, inField, inQuotes, afterQuotes };
  struct Position {
    std::size_t line = 1;
    std::size_t column = 1;  // in bytes, as editors and compilers count
  };
  struct Field {
    std::string text;
    Position place{};
  };

  void take(char c);
  void takeCsv(char c);
  void takeLine(char c);
  void endLine();
  void endField();
  void endRecord();
  void beginRecord();
  void decideForm(const std::string& line);
  bool readHeader();
  void addPlain(std::string_view line);
  void addRow();
  void addEntry(std::string_view field, Position place, std::string_view columnName);
  const Field* fieldOf(const std::optional<std::size_t>& column) const noexcept;
  void fault(Position place, const std::string& text);
  void stop(Position place, const std::string& text);

  Target target_;
  ListSink& sink_;
  std::size_t rowsWithBoth_ = 0;

  Layout form_ = Layout::unknown;
  bool stopped_ = false;
  bool skipping_ = false;  // the rest of a line that is too long
  Position here_{};        // of the next byte
  std::string start_;      // the first bytes, until it is known whether they are a byte order mark
  bool started_ = false;
  std::string line_;          // plain, and the first line
  bool afterReturn_ = false;  // the last byte was a CR

  std::optional<char> declaredSeparator_;
  char separator_ = ',';
  At at_ = At::fieldStart;
  Position recordPlace_{};
  Position quotePlace_{};
  std::size_t recordBytes_ = 0;
  bool recordFaulty_ = false;
  Field field_;
  std::vector<Field> fields_;
  std::size_t columns_ = 0;
  std::optional<std::size_t> idColumn_, loginColumn_;
  std::string idName_ = "id";
};

}  // namespace box::cli
