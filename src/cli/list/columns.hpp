#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/entries.hpp"
#include "cli/list/column_names.hpp"
#include "cli/list/record_splitter.hpp"

/// Decides which columns of a list name users or groups. Pure functions of the header row, the options and the first
/// rows.
namespace box::cli {

/// What the operator says about the columns.
struct ColumnOptions {
  /// In a list of those who must stay, every column counts that is known to have logins or ids, also where they differ:
  /// one person too many who stays does less harm than one too few.
  EntryUse use = EntryUse::send;
  std::string column;     ///< the column to read; empty: the known ones
  bool preferId = false;  ///< where a row has a login and an id, use the id
  /// The list is that of a journal. The run began with it, so a column of ids is used where there are no logins, even
  /// if its numbers are short: an earlier version of the program did not question them.
  bool isOfJournal = false;
};

/// The columns to read, as indices into a row; or a question to the operator, without whose answer no row can be read.
struct ColumnChoice {
  std::vector<std::size_t> logins;    ///< a row's logins in all of them must be the same
  std::optional<std::size_t> id;      ///< of users or groups
  std::optional<std::size_t> either;  ///< the operator's choice, which may have logins and ids
  std::optional<std::size_t> type;
  /// Columns that may have logins and are not read, because the name of another column says more.
  std::vector<std::size_t> unread{};
  EntryUse use = EntryUse::send;
  /// Further columns that may name those who must stay.
  struct Other {
    std::size_t column = 0;
    bool isSure = false;  ///< it cannot be of another system, so a row needs no other name
  };
  std::vector<Other> others{};
  bool idInPlaceOfLogin = false;  ///< use the id of a row without a login
  bool typeMustFit = false;       ///< ids may be of any object, so that rows of other types are refused
  std::string note;               ///< what the operator should know about this choice; may be empty
  std::string question;           ///< not empty: why no column could be chosen, and what to do
  std::size_t asked = 0;          ///< the column to which the question refers

  /// The names of the columns that are read: "columns 'mail' and 'userPrincipalName'".
  std::string names(std::span<const Cell> header, bool preferId) const;
};

/// `rows`: the first rows after the header, or fewer where the list is short.
ColumnChoice chooseColumns(Target target, std::span<const Cell> header, const ColumnOptions& options,
                           std::span<const Record> rows);

/// The user or group that a row names.
struct RowEntry {
  std::string_view entry;  ///< trimmed and valid; empty: see `fault`
  Place place{};           ///< of the entry or of the fault
  std::string fault;
  std::string_view text;       ///< of the cell that was checked, also where it has the fault; may be empty
  std::string_view id, login;  ///< both names of the same user or group; either may be empty
  /// Of somebody who must stay: every further id and login in the row.
  std::vector<std::string_view> others{};
};

/// `row` has as many cells as the header.
RowEntry entryOf(Target target, const ColumnChoice& choice, bool preferId, std::span<const Cell> header,
                 const Record& row);

}  // namespace box::cli
