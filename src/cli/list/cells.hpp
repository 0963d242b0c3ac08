#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/list/record_splitter.hpp"

/// What the choice of columns and the reading of rows have in common.
namespace box::cli {

/// Columns as indices into a row.
using Columns = std::vector<std::size_t>;

/// A column's name, as in its header, in quotes for a message.
std::string quotedName(const Cell& header);

/// The trimmed text of a cell; empty where the row has no such cell.
std::string_view textIn(const Record& row, std::size_t column);

bool isSameLogin(std::string_view a, std::string_view b);

/// Entra gives guests user names that are nobody's login at Box.
bool isGuestName(std::string_view text);

/// Whether a text can be sent as a login.
bool isUsableLogin(std::string_view text);

/// Asks the operator to choose one of these columns.
std::string pickOne(std::span<const Cell> header, const Columns& columns);

/// Whether a row has the names of columns and no ids or logins, so that it may be a header row. `column`: the name that
/// the operator gave; may be empty.
bool isLikeHeader(const Record& row, std::string_view column = {});
/// The same of a line that is not known to be a row of CSV.
bool isLikeHeader(std::string_view line);

}  // namespace box::cli
