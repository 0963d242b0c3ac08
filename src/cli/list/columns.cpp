#include "cli/list/columns.hpp"

#include <algorithm>
#include <utility>

#include <box/entry.hpp>

#include "cli/csv.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

std::string quoted(const Cell& header) {
  const std::string_view name = trimmedEntry(header.text);
  return std::string("'").append(printable(name, 40)).append("'");
}

// A column's name without quotes, to begin a fault's message.
std::string shown(const Cell& header) { return printable(trimmedEntry(header.text), 40); }

std::string listed(std::span<const Cell> header, std::span<const std::size_t> columns, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) out += i + 1 == columns.size() ? std::string(last) : ", ";
    out += quoted(header[columns[i]]);
  }
  return out;
}

std::string_view textIn(const Record& row, std::size_t column) {
  return column < row.cells.size() ? withoutGuard(trimmedEntry(row.cells[column].text)) : std::string_view();
}

bool isDigits(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool isSameLogin(std::string_view a, std::string_view b) { return lowerCase(a) == lowerCase(b); }

// Entra gives guests user names that are nobody's login at Box.
bool isGuestName(std::string_view text) {
  return text.find('#') != std::string_view::npos && lowerCase(text).find("#ext#") != std::string::npos;
}

bool isUsableLogin(std::string_view text) { return !isGuestName(text) && !checkEntry(EntryKind::userLogin, text); }

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

std::string allColumns(std::span<const Cell> header) {
  constexpr std::size_t most = 800;
  std::string out;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (trimmedEntry(header[i].text).empty()) continue;
    std::string name = quoted(header[i]);
    if (out.size() + name.size() > most) return out + " and " + std::to_string(header.size() - i) + " more";
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

using Columns = std::vector<std::size_t>;

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

std::string pickOne(std::span<const Cell> header, const Columns& columns) {
  const auto name = [&header](std::size_t column) { return trimmedEntry(header[column].text); };
  if (columns.size() == 2 && name(columns[0]) == name(columns[1])) return "rename one of them in the header row";
  std::string out = "pick one with ";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    out += (i > 0 ? " or " : "") + std::string("--column ") + quoted(header[columns[i]]);
  }
  return out;
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
    return asking("two columns " + quoted(header[found[0]]) + ", which --column names: rename one of them", found[1]);
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

ColumnChoice forGroups(std::span<const Cell> header, std::span<const ColumnRole> roles) {
  Columns ids = columnsOf(roles, ColumnRole::groupId);
  if (ids.empty()) {
    const bool hasUsers = !columnsOf(roles, ColumnRole::boxLogin).empty() ||
                          !columnsOf(roles, ColumnRole::login).empty() || !columnsOf(roles, ColumnRole::userId).empty();
    ids = columnsOf(roles, ColumnRole::id);
    if (hasUsers) {
      // Ids of users must not be used as ids of groups, because Box may have a group with the same number.
      return asking(
          "a list of users: use 'box-sessions users', or name the column of the groups 'group_id' or with --column. "
          "The "
          "columns are " +
          allColumns(header));
    }
  }
  if (ids.empty()) ids = columnsOf(roles, ColumnRole::entry);
  if (ids.empty()) {
    return asking(
        "no column is known to have ids of groups, such as 'group_id': pick one with --column NAME. The columns are " +
        allColumns(header));
  }
  if (ids.size() > 1) {
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
    return asking("no column is known to have logins or ids of Box: pick one with --column NAME. The columns are " +
                  allColumns(header));
  }
  std::string foreign;
  const bool isKnown = options.isOfJournal && choice.logins.empty();
  // With --prefer id the operator says that these are ids of Box.
  if (ids.size() == 1 && !isKnown)
    foreign = whyForeign(rows, ids.front(), preferId ? ColumnRole::userId : roles[ids.front()], type);
  if (!foreign.empty()) {
    foreign.insert(0, "column " + quoted(header[ids.front()]));
    if (choice.logins.empty()) {
      return asking(foreign +
                        ": pick the right one with --column NAME, or name the column 'user_id' where it has ids "
                        "of Box's users. The columns are " +
                        allColumns(header),
                    ids.front());
    }
    ids.clear();
  }
  const bool needsId = choice.logins.empty() || preferId;
  if (ids.size() > 1 && needsId) {
    return asking("two columns may have the ids, " + listed(header, ids, " and ") + ": " + pickOne(header, ids),
                  ids[1]);
  }
  if (ids.size() == 1) choice.id = ids.front();
  // A column "id" next to addresses may be of any system. Next to a column that Box names "login", it is Box's.
  choice.idInPlaceOfLogin = choice.id && (isSaid || preferId || choice.logins.empty() ||
                                          roles[choice.logins.front()] == ColumnRole::boxLogin);
  if (choice.logins.size() > 1) {
    if (std::string question = disagreement(header, choice, rows); !question.empty()) {
      return asking(std::move(question), choice.logins.front());
    }
  }
  if (!foreign.empty()) {
    const std::string names = choice.names(header, preferId);
    choice.note = foreign + ": " + names + (names.starts_with("columns") ? " are read" : " is read");
  }
  return choice;
}

}  // namespace

std::string ColumnChoice::names(std::span<const Cell> header, bool preferId) const {
  std::vector<std::size_t> columns = logins;
  if (either) columns.push_back(*either);
  if (id && (logins.empty() || idInPlaceOfLogin)) columns.insert(preferId ? columns.begin() : columns.end(), *id);
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
                                                  : forGroups(header, roles);
  choice.type = type;
  choice.typeMustFit = choice.id && options.column.empty() && roles[*choice.id] == ColumnRole::id;
  return choice;
}

RowEntry entryOf(Target target, const ColumnChoice& choice, bool preferId, std::span<const Cell> header,
                 const Record& row) {
  RowEntry out;
  std::optional<std::size_t> login, id;
  const auto fail = [&out](Place place, std::string fault) {
    out.entry = {};
    out.place = place;
    out.fault = std::move(fault);
    return std::move(out);
  };
  // Where the cell's text begins after trimming.
  const auto placeOf = [&row](std::size_t column) {
    const Cell& cell = row.cells[column];
    Place place = cell.place;
    place.column += static_cast<std::size_t>(textIn(row, column).data() - cell.text.data());
    return place;
  };
  const auto check = [&](std::size_t column, EntryKind kind) {
    const std::string_view text = out.text = textIn(row, column);
    out.place = placeOf(column);
    if (const auto fault = faultOf(kind, text)) {
      out.place.column += fault->offset;
      return fail(out.place, "column " + quoted(header[column]) + ": " + fault->text);
    }
    out.entry = text;
    return std::move(out);
  };

  const std::string type = choice.type ? lowerCase(textIn(row, *choice.type)) : std::string();
  const bool isOther =
      target == Target::users ? type == "group" || type == "groups" : type == "user" || type == "users";
  if (isOther) {
    return fail(placeOf(*choice.type), "column " + quoted(header[*choice.type]) + ": this row is a " + type +
                                           " and not a " + std::string(nounOf(target)) +
                                           ": remove it, or use 'box-sessions " +
                                           (target == Target::users ? "groups'" : "users'"));
  }

  std::optional<std::size_t> faulty;  // a column whose text is not a valid login
  for (const std::size_t column : choice.logins) {
    const std::string_view text = textIn(row, column);
    if (text.empty()) continue;
    if (!isUsableLogin(text)) {
      if (!faulty) faulty = column;
    } else if (!login) {
      login = column;
    } else if (!isSameLogin(text, textIn(row, *login))) {
      return fail(placeOf(column), "columns " + quoted(header[*login]) + " and " + quoted(header[column]) +
                                       " have different logins: " + pickOne(header, {*login, column}));
    }
  }
  if (choice.id && !textIn(row, *choice.id).empty()) id = choice.id;
  if (login) out.login = textIn(row, *login);
  if (id && isBoxId(textIn(row, *id))) out.id = textIn(row, *id);

  if (choice.either) {
    if (textIn(row, *choice.either).empty()) {
      return fail(row.place, "the row has no " + shown(header[*choice.either]) + ": fill it in or remove the row");
    }
    return check(*choice.either, EntryKind::user);
  }
  const bool usesId = id && (preferId || (!login && !faulty && choice.idInPlaceOfLogin) || choice.logins.empty());
  if (usesId) {
    // Box's exports also list folders and devices; the type column says to what the id of a row belongs.
    if (choice.typeMustFit && !type.empty() && type != nounOf(target) && type != nounsOf(target)) {
      return fail(placeOf(*choice.type), "column " + quoted(header[*choice.type]) + ": this row is a " +
                                             printable(type, 40) + " and not a " + std::string(nounOf(target)) +
                                             ": remove it, or pick the column that counts with --column");
    }
    return check(*id, target == Target::groups ? EntryKind::groupId : EntryKind::userId);
  }
  if (login) {
    out.entry = out.login;
    out.place = placeOf(*login);
    return out;
  }
  if (faulty) {
    if (isGuestName(textIn(row, *faulty))) {
      return fail(placeOf(*faulty),
                  "column " + quoted(header[*faulty]) +
                      ": the name that Entra has given to a guest (#EXT#), which is nobody's login: put "
                      "the address of this person there, or remove the row");
    }
    return check(*faulty, EntryKind::userLogin);
  }
  std::string missing;
  if (choice.id && (choice.logins.empty() || choice.idInPlaceOfLogin)) missing = shown(header[*choice.id]);
  if (!choice.logins.empty()) missing += (missing.empty() ? "" : " and no ") + shown(header[choice.logins.front()]);
  return fail(row.place, "the row has no " + missing + ": fill it in or remove the row");
}

}  // namespace box::cli
