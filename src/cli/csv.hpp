#pragma once

#include <string>
#include <string_view>

/// Cells of CSV files that may be opened in a spreadsheet and given to --file again.
namespace box::cli {

/// Makes a cell of text from any source: one line, in quotes where needed, and never a formula. An apostrophe is put
/// before a sign with which a formula would begin, also after each character that separates cells in spreadsheets of
/// other countries.
std::string csvField(std::string_view text);

/// An id or a login as a cell, without quotes because neither contains a separator. withoutGuard() reads it again.
std::string guardedEntry(std::string_view entry);
/// The cell's text without the apostrophe that guardedEntry() has put before it.
std::string_view withoutGuard(std::string_view cell) noexcept;

}  // namespace box::cli
