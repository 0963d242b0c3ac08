#pragma once

#include <string>
#include <string_view>

/// Cells of CSV that may be opened in a spreadsheet, and given to --file again.
namespace box::cli {

/// A text of any origin as a cell: one line, in quotes where it needs them, and no formula. An apostrophe stands before
/// the sign with which a formula would begin, also after each character at which a spreadsheet of another country cuts
/// a row into cells.
std::string csvField(std::string_view text);

/// An id or a login, which has no separator, as a cell; withoutGuard() reads it again.
std::string guardedEntry(std::string_view entry);
/// The entry of a cell without the apostrophe that keeps it from being a formula.
std::string_view withoutGuard(std::string_view cell) noexcept;

}  // namespace box::cli
