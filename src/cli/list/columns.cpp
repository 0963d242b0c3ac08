#include "cli/list/columns.hpp"

#include <algorithm>
#include <utility>

#include <box/entry.hpp>

#include "cli/list/cells.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

std::string listed(std::span<const Cell> header, std::span<const std::size_t> columns, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) out += i + 1 == columns.size() ? std::string(last) : ", ";
    out += quotedName(header[columns[i]]);
  }
  return out;
}

bool isDigits(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Text such as a GUID or 00u1a2b3c, which is certainly not an id of Box. An id that a spreadsheet has written as
// 1.2E+10 may once have been one, so it does not count as foreign.
bool isForeignId(std::string_view text) {
  return text.find('@') == std::string_view::npos && std::any_of(text.begin(), text.end(), [](char c) {
           return c == '-' || (c >= 'a' && c <= 'z' && c != 'e') || (c >= 'A' && c <= 'Z' && c != 'E');
         });
}

// Box's documents show ids of users with 8 digits and more, although they promise no length. Shorter numbers are
// typical of personnel numbers.
bool isShortNumber(std::string_view text) noexcept { return isDigits(text) && text.size() < 8; }

// Why the column has probably no ids of Box's users; empty: it may have them. `type`: the column that says whose id it
// is, as in Box's exports.
std::string whyForeign(std::span<const Record> rows, std::size_t column, ColumnRole role,
                       std::optional<std::size_t> type) {
  bool any = false, isNumber = false;
  for (const Record& row : rows) {
    const std::string_view text = textIn(row, column);
    if (text.empty()) continue;
    const bool isShort = role == ColumnRole::id && isShortNumber(text);
    if (!isForeignId(text) && !isShort) return {};
    if (isShort && type && !textIn(row, *type).empty()) return {};
    any = true;
    isNumber = isNumber || isShort;
  }
  if (!any) return {};
  return isNumber ? " has numbers of fewer than 8 digits (personnel numbers?), and ids of Box's users have more"
                  : " has no ids of Box (ids of another system?)";
}

bool hasNumbers(std::span<const Record> rows, std::size_t column) {
  return std::any_of(rows.begin(), rows.end(), [column](const Record& row) { return isDigits(textIn(row, column)); });
}

// How the operator names the right column.
std::string pickColumn(Target target, EntryUse use, std::string_view which = "one") {
  if (use == EntryUse::send) return std::string("pick ").append(which) + " with --column NAME";
  return target == Target::users ? "name the right one 'login' or 'user_id' in the header row"
                                 : "name the right one 'group_id' in the header row";
}

std::string allColumns(std::span<const Cell> header) {
  constexpr std::size_t most = 800;
  std::string out;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (trimmedEntry(header[i].text).empty()) continue;
    std::string name = quotedName(header[i]);
    if (out.size() + name.size() > most) return out + " and " + std::to_string(header.size() - i) + " more";
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

Columns columnsOf(std::span<const ColumnRole> roles, ColumnRole role) {
  Columns out;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (roles[i] == role) out.push_back(i);
  }
  return out;
}

ColumnChoice asking(std::string question, std::size_t column = 0) {
  ColumnChoice choice;
  choice.question = std::move(question);
  choice.asked = column;
  return choice;
}

// Uses the column that the operator has named.
ColumnChoice picked(Target target, std::span<const Cell> header, std::span<const ColumnRole> roles,
                    const std::string& name) {
  Columns found;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (trimmedEntry(header[i].text) == trimmedEntry(name)) found.push_back(i);
  }
  if (found.empty()) {
    for (std::size_t i = 0; i < header.size(); ++i) {
      const std::string bare = bareName(header[i].text, false);
      if (!bare.empty() && bare == bareName(name, false)) found.push_back(i);
    }
  }
  if (found.empty()) {
    return asking("no column '" + printable(name, 40) + "', which --column names. The columns are " +
                  allColumns(header));
  }
  if (found.size() > 1) {
    return asking("two columns " + quotedName(header[found[0]]) + ", which --column names: rename one of them",
                  found[1]);
  }
  ColumnChoice choice;
  const std::size_t column = found.front();
  switch (target == Target::groups ? ColumnRole::id : roles[column]) {
    case ColumnRole::boxLogin:
    case ColumnRole::login:
    case ColumnRole::user: choice.logins = {column}; break;
    case ColumnRole::userId:
    case ColumnRole::id: choice.id = column; break;
    default: choice.either = column;
  }
  return choice;
}

ColumnChoice forGroups(std::span<const Cell> header, std::span<const ColumnRole> roles, EntryUse use) {
  Columns ids = columnsOf(roles, ColumnRole::groupId);
  if (ids.empty()) {
    const bool hasUsers = !columnsOf(roles, ColumnRole::boxLogin).empty() ||
                          !columnsOf(roles, ColumnRole::login).empty() || !columnsOf(roles, ColumnRole::userId).empty();
    ids = columnsOf(roles, ColumnRole::id);
    if (hasUsers) {
      // Ids of users must not be used as ids of groups, because Box may have a group with the same number.
      return asking(
          (use == EntryUse::exclude
               ? "a list of users: for groups that must stay, name the column 'group_id'. The columns are "
               : "a list of users: use 'box-sessions users', or name the column of the groups 'group_id' or with "
                 "--column. The columns are ") +
          allColumns(header));
    }
  }
  if (ids.empty()) ids = columnsOf(roles, ColumnRole::entry);
  if (ids.empty()) {
    return asking("no column is known to have ids of groups, such as 'group_id': " + pickColumn(Target::groups, use) +
                  ". The columns are " + allColumns(header));
  }
  if (ids.size() > 1 && use == EntryUse::send) {
    return asking("two columns may have the ids, " + listed(header, ids, " and ") + ": " + pickOne(header, ids),
                  ids[1]);
  }
  ColumnChoice choice;
  choice.id = ids.front();
  return choice;
}

// Finds the first row whose login columns have different logins.
std::string disagreement(std::span<const Cell> header, const ColumnChoice& choice, std::span<const Record> rows) {
  for (const Record& row : rows) {
    std::optional<std::size_t> first;
    for (const std::size_t column : choice.logins) {
      const std::string_view text = textIn(row, column);
      if (text.empty() || !isUsableLogin(text)) continue;
      if (!first) {
        first = column;
      } else if (!isSameLogin(text, textIn(row, *first))) {
        return "columns " + listed(header, choice.logins, " and ") + " may have the login, and differ in line " +
               std::to_string(row.place.line) + ": " + pickOne(header, choice.logins);
      }
    }
  }
  return {};
}

bool hasAnyLogin(std::span<const Record> rows, std::size_t column) {
  return std::any_of(rows.begin(), rows.end(),
                     [column](const Record& row) { return textIn(row, column).find('@') != std::string_view::npos; });
}

Columns loginColumns(std::span<const Cell> header, std::span<const ColumnRole> roles, std::span<const Record> rows) {
  for (const ColumnRole role : {ColumnRole::boxLogin, ColumnRole::login, ColumnRole::user}) {
    Columns out = columnsOf(roles, role);
    if (out.size() > 1) {
      // In Box's reports, "User Name" next to "User Email" is the person's name. In other files it may be an account
      // name without an @.
      const auto named = [&](std::size_t column, std::string_view name) {
        return bareName(header[column].text, false) == name;
      };
      const bool isOfBox = std::any_of(out.begin(), out.end(), [&](std::size_t c) { return named(c, "useremail"); });
      std::erase_if(out, [&](std::size_t c) { return named(c, "username") && (isOfBox || !hasAnyLogin(rows, c)); });
    }
    if (!out.empty()) return out;
  }
  return {};
}

ColumnChoice forUsers(std::span<const Cell> header, std::span<const ColumnRole> roles, const ColumnOptions& options,
                      std::optional<std::size_t> type, std::span<const Record> rows) {
  const bool preferId = options.preferId;
  ColumnChoice choice;
  choice.logins = loginColumns(header, roles, rows);
  Columns ids = columnsOf(roles, ColumnRole::userId);
  const bool isSaid = !ids.empty();
  if (!isSaid) ids = columnsOf(roles, ColumnRole::id);
  if (choice.logins.empty() && ids.empty()) {
    if (const Columns entries = columnsOf(roles, ColumnRole::entry); entries.size() == 1) {
      choice.either = entries.front();
      return choice;
    }
    if (!columnsOf(roles, ColumnRole::groupId).empty()) return asking("a list of groups: use 'box-sessions groups'");
    const bool isData = std::any_of(header.begin(), header.end(), [](const Cell& cell) {
      const std::string_view text = trimmedEntry(cell.text);
      return isDigits(text) || text.find('@') != std::string_view::npos;
    });
    if (isData) {
      return asking(
          "several values in a line, and no header row: put one entry on each line, or start with a header row that "
          "names the columns, such as id,login");
    }
    return asking("no column is known to have logins or ids of Box: " + pickColumn(Target::users, options.use) +
                  ". The columns are " + allColumns(header));
  }
  std::string foreign;
  std::optional<std::size_t> foreignId;
  const bool isKnown = options.isOfJournal && choice.logins.empty();
  // With --prefer id the operator says that these are ids of Box.
  if (ids.size() == 1 && !isKnown)
    foreign = whyForeign(rows, ids.front(), preferId ? ColumnRole::userId : roles[ids.front()], type);
  if (!foreign.empty()) {
    foreign.insert(0, "column " + quotedName(header[ids.front()]));
    foreignId = ids.front();
    if (choice.logins.empty()) {
      return asking(foreign + ": " + pickColumn(Target::users, options.use, "the right one") +
                        (options.use == EntryUse::send
                             ? ", or name the column 'user_id' where it has ids of Box's users. The columns are "
                             : ". The columns are ") +
                        allColumns(header),
                    ids.front());
    }
    ids.clear();
  }
  const bool needsId = choice.logins.empty() || preferId;
  if (ids.size() > 1 && needsId && options.use == EntryUse::send) {
    return asking("two columns may have the ids, " + listed(header, ids, " and ") + ": " + pickOne(header, ids),
                  ids[1]);
  }
  if (ids.size() == 1 || (needsId && !ids.empty())) choice.id = ids.front();
  // A column "id" next to addresses may be of any system. Next to a column with a name that Box uses, such as "login",
  // it is taken for Box's; the program cannot tell Okta's column "Login" from that.
  choice.idInPlaceOfLogin = choice.id && (isSaid || preferId || choice.logins.empty() ||
                                          roles[choice.logins.front()] == ColumnRole::boxLogin);
  if (choice.logins.size() > 1 && options.use == EntryUse::send) {
    if (std::string question = disagreement(header, choice, rows); !question.empty()) {
      return asking(std::move(question), choice.logins.front());
    }
  }
  for (const ColumnRole role : {ColumnRole::login, ColumnRole::user}) {
    const bool isRead = options.use == EntryUse::exclude;
    if (isRead || choice.logins.empty() || roles[choice.logins.front()] == role) continue;
    const Columns others = columnsOf(roles, role);
    choice.unread.insert(choice.unread.end(), others.begin(), others.end());
  }
  if (!foreign.empty()) {
    const std::string names = choice.names(header, preferId);
    choice.note = foreign + ": " + names + (names.starts_with("columns") ? " are read" : " is read");
    if (options.use == EntryUse::exclude && hasNumbers(rows, *foreignId))
      choice.note = foreign + ": users with these ids stay too, but nobody knows whether they are ids of Box";
  }
  return choice;
}

// The columns that may name somebody who must stay, besides those of the choice.
std::vector<ColumnChoice::Other> otherNames(Target target, const ColumnChoice& choice,
                                            std::span<const ColumnRole> roles, std::span<const Record> rows) {
  std::vector<ColumnChoice::Other> out;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (choice.id == i || choice.either == i ||
        std::find(choice.logins.begin(), choice.logins.end(), i) != choice.logins.end())
      continue;
    bool isSure = true;
    switch (roles[i]) {
      case ColumnRole::boxLogin:
      case ColumnRole::login:
      case ColumnRole::user:
      case ColumnRole::userId:
        if (target == Target::groups) continue;
        break;
      case ColumnRole::groupId:
        if (target == Target::users) continue;
        break;
      case ColumnRole::id: isSure = false; break;
      case ColumnRole::entry: isSure = target == Target::users; break;
      default: continue;
    }
    const bool isId = roles[i] == ColumnRole::id || roles[i] == ColumnRole::userId || roles[i] == ColumnRole::groupId;
    if (isId && !whyForeign(rows, i, roles[i], std::nullopt).empty() && !hasNumbers(rows, i)) continue;
    out.push_back({i, isSure});
  }
  return out;
}

}  // namespace

std::string ColumnChoice::names(std::span<const Cell> header, bool preferId) const {
  std::vector<std::size_t> columns = logins;
  if (either) columns.push_back(*either);
  if (id && (logins.empty() || idInPlaceOfLogin || use == EntryUse::exclude))
    columns.insert(preferId ? columns.begin() : columns.end(), *id);
  for (const Other& other : others) columns.push_back(other.column);
  if (use == EntryUse::exclude) std::sort(columns.begin(), columns.end());
  return (columns.size() == 1 ? "column " : "columns ") + listed(header, columns, " and ");
}

ColumnChoice chooseColumns(Target target, std::span<const Cell> header, const ColumnOptions& options,
                           std::span<const Record> rows) {
  std::vector<ColumnRole> roles;
  for (const Cell& cell : header) roles.push_back(roleOf(cell.text));
  const Columns types = columnsOf(roles, ColumnRole::type);
  const auto type = types.size() == 1 ? std::optional(types.front()) : std::nullopt;
  ColumnChoice choice = !options.column.empty()   ? picked(target, header, roles, options.column)
                        : target == Target::users ? forUsers(header, roles, options, type, rows)
                                                  : forGroups(header, roles, options.use);
  choice.type = type;
  choice.use = options.use;
  if (options.use == EntryUse::exclude && choice.question.empty())
    choice.others = otherNames(target, choice, roles, rows);
  choice.typeMustFit = choice.id && options.column.empty() && roles[*choice.id] == ColumnRole::id;
  return choice;
}

}  // namespace box::cli
