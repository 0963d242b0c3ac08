#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace box::cli {

/// A place in a list.
struct Place {
  std::size_t line = 1;
  std::size_t column = 1;  // in bytes of UTF-8, as editors and compilers count
};

/// A field of a row.
struct Cell {
  std::string text;
  Place place{};  // of its first byte, after an opening quote
};

/// A row of CSV.
struct Record {
  std::vector<Cell> cells;
  Place place{};
  std::size_t lastLine = 1;  // more than place.line where a quoted field goes over several lines
};

/// Takes what a RecordSplitter finds, in order.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  /// A line that is not blank, as long as the text has not been said to be CSV.
  virtual void onLine(std::string_view line, std::size_t number) = 0;
  /// A row with any text in it; its contents may be taken.
  virtual void onRecord(Record& record) = 0;
  /// `last`: nothing follows.
  virtual void onFault(Place place, const std::string& text, bool last) = 0;
};

/// Cuts text into lines, or into rows of CSV, piece by piece. Lines end with LF, CR LF or CR. Blank lines and rows
/// without any text are left out. A row that begins with # is a fault: it may be a comment, or somebody's row.
class RecordSplitter {
 public:
  /// Longest line, or row of CSV; no list of entries has lines like that.
  static constexpr std::size_t maxRecordBytes = 64 * 1024;

  /// `sink` must outlive it.
  explicit RecordSplitter(RecordSink& sink) noexcept : sink_(sink) {}

  /// For RecordSink::onLine() only: that line and what follows are CSV. That line is not looked at for a #.
  void beginCsv(char separator);
  /// Ignores all further text.
  void stop() noexcept { stopped_ = true; }

  void feed(std::string_view text);
  /// The text ended.
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
  bool skipping_ = false;     // the rest of a line that is too long
  bool afterReturn_ = false;  // the last byte was a CR
  Place here_{};              // of the next byte
  std::string line_;

  char separator_ = ',';
  At at_ = At::fieldStart;
  Place quotePlace_{};
  std::size_t recordBytes_ = 0;
  bool recordFaulty_ = false;
  Cell cell_;
  Record record_;
};

/// The first of these characters outside quotes, which separates the fields of a row; 0 where there is none.
char separatorOf(std::string_view line, std::string_view separators) noexcept;

}  // namespace box::cli
