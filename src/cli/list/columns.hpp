#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/entries.hpp"
#include "cli/list/column_names.hpp"
#include "cli/list/records.hpp"

/// Which columns of a list name its users or groups. Pure functions of the header row, the options and the first rows.
namespace box::cli {

/// What the operator says about the columns.
struct ColumnOptions {
  std::string column;     ///< the one that counts; empty: the known ones
  bool preferId = false;  ///< where a row has a login and an id, use the id
};

/// The columns that count, as indices into a row; or a question, and then nothing can be read.
struct ColumnChoice {
  std::vector<std::size_t> logins;    ///< all of them have to name the same
  std::optional<std::size_t> id;      ///< of users or groups
  std::optional<std::size_t> either;  ///< picked by the operator: a login or an id
  std::optional<std::size_t> type;
  bool idInPlaceOfLogin = false;  ///< where a row has no login, its id may be used
  bool typeMustFit = false;       ///< the id is that of any object: a row that is a folder has no user
  std::string note;               ///< what an operator has to know of this choice; may be empty
  std::string question;           ///< not empty: why there is no choice, and what to do
  std::size_t asked = 0;          ///< the column that the question is about

  /// The names of the columns that are read: "'mail', 'userPrincipalName'".
  std::string names(std::span<const Cell> header, bool preferId) const;
};

/// `rows`: the first ones after the header, as many as there are.
ColumnChoice chooseColumns(Target target, std::span<const Cell> header, const ColumnOptions& options,
                           std::span<const Record> rows);

/// What a row names.
struct RowEntry {
  std::string_view entry;  ///< trimmed, without fault; empty: see `fault`
  Place place{};           ///< of the entry or of what is wrong
  std::string fault;
  std::string_view id, login;  ///< what else is known of the same user or group; each may be empty
};

/// `row` has as many cells as the header.
RowEntry entryOf(Target target, const ColumnChoice& choice, bool preferId, std::span<const Cell> header,
                 const Record& row);

}  // namespace box::cli
