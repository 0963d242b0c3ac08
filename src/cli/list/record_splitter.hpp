#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace box::cli {

/// A place in a list.
struct Place {
  std::size_t line = 1;
  std::size_t column = 1;  // in bytes of UTF-8, as editors and compilers count columns
};

/// A field of a row.
struct Cell {
  std::string text;
  Place place{};  // of its first byte, without an opening quote
};

/// A row of CSV.
struct Record {
  std::vector<Cell> cells;
  Place place{};
  std::size_t lastLine = 1;  // greater than place.line where a quoted field has several lines
};

/// Receives what a RecordSplitter finds, in order.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  /// Receives a line that is not blank, until RecordSplitter::beginCsv() was called.
  virtual void onLine(std::string_view line, std::size_t number) = 0;
  /// Receives a row that has any text. The function may move the row's contents away.
  virtual void onRecord(Record& record) = 0;
  /// `last`: the rest of the text is not read.
  virtual void onFault(Place place, const std::string& text, bool last) = 0;
};

/// Splits text into lines or into rows of CSV, piece by piece. Lines end with LF, CR LF or CR. Blank lines and rows
/// without any text are left out. A row that begins with # is a fault, because it may be a comment or a person's row.
class RecordSplitter {
 public:
  /// The longest line or row of CSV. No list of users or groups has longer ones.
  static constexpr std::size_t maxRecordBytes = 64 * 1024;

  /// `sink` must outlive this object.
  explicit RecordSplitter(RecordSink& sink) noexcept : sink_(sink) {}

  /// Call it only from RecordSink::onLine(): the current line and all that follow are CSV. The current line may begin
  /// with #.
  void beginCsv(char separator);
  /// Ignores all further text.
  void stop() noexcept { stopped_ = true; }

  void feed(std::string_view text);
  /// Call it at the end of the text.
  void finish();

 private:
  enum class At { fieldStart, inField, inQuotes, afterQuotes };

  void take(char c);
  void takeLine(char c);
  void endLine();
  void takeCsv(char c);
  void endField();
  void endRecord();
  void beginRecord();
  void fault(Place place, const std::string& text, bool last = false);

  RecordSink& sink_;
  bool stopped_ = false;
  bool isCsv_ = false;
  bool isFirstRow_ = false;
  bool skipping_ = false;     // ignoring the rest of a line that is too long
  bool afterReturn_ = false;  // the last byte was CR
  Place here_{};              // place of the next byte
  std::string line_;

  char separator_ = ',';
  At at_ = At::fieldStart;
  Place quotePlace_{};
  std::size_t recordBytes_ = 0;
  bool recordFaulty_ = false;
  Cell cell_;
  Record record_;
};

/// The first of these characters that is outside quotes: it separates the fields of a row. 0: the line has none of
/// them.
char separatorOf(std::string_view line, std::string_view separators) noexcept;

}  // namespace box::cli
