#include <optional>
#include <utility>

#include <box/entry.hpp>

#include "cli/list/cells.hpp"
#include "cli/list/columns.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

// A column's name without quotes, to begin a fault's message.
std::string shown(const Cell& header) { return printable(trimmedEntry(header.text), 40); }

/// Every id and login in the columns that may name somebody who must stay.
std::vector<std::string_view> namesIn(const ColumnChoice& choice, const Record& row) {
  std::vector<std::string_view> out;
  const auto take = [&](std::size_t column) {
    const std::string_view text = textIn(row, column);
    if (isUsableLogin(text) || isBoxId(text)) out.push_back(text);
  };
  for (const std::size_t column : choice.logins) take(column);
  if (choice.id) take(*choice.id);
  if (choice.either) take(*choice.either);
  for (const ColumnChoice::Other& other : choice.others) take(other.column);
  return out;
}

}  // namespace

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
    if (const auto fault = faultOf(kind, text, choice.use)) {
      out.place.column += fault->offset;
      return fail(out.place, "column " + quotedName(header[column]) + ": " + fault->text);
    }
    out.entry = text;
    return std::move(out);
  };

  const std::string type = choice.type ? lowerCase(textIn(row, *choice.type)) : std::string();
  const bool isOther =
      target == Target::users ? type == "group" || type == "groups" : type == "user" || type == "users";
  if (isOther) {
    return fail(placeOf(*choice.type), "column " + quotedName(header[*choice.type]) + ": this row is a " + type +
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
    } else if (choice.use == EntryUse::send && !isSameLogin(text, textIn(row, *login))) {
      return fail(placeOf(column), "columns " + quotedName(header[*login]) + " and " + quotedName(header[column]) +
                                       " have different logins: " + pickOne(header, {*login, column}));
    }
  }
  if (choice.id && !textIn(row, *choice.id).empty()) id = choice.id;
  for (const ColumnChoice::Other& other : choice.others) {
    const std::string_view text = textIn(row, other.column);
    if (!other.isSure || login) continue;
    if (isUsableLogin(text)) {
      login = other.column;
    } else if (!id && isBoxId(text)) {
      id = other.column;
    }
  }
  if (login) out.login = textIn(row, *login);
  if (id && isBoxId(textIn(row, *id))) out.id = textIn(row, *id);
  if (choice.use == EntryUse::exclude) out.others = namesIn(choice, row);

  if (choice.either) {
    if (textIn(row, *choice.either).empty()) {
      return fail(row.place, "the row has no " + shown(header[*choice.either]) + ": fill it in or remove the row");
    }
    return check(*choice.either, EntryKind::user);
  }
  const bool usesId =
      id && (preferId || (!login && !faulty && (choice.idInPlaceOfLogin || id != choice.id)) || choice.logins.empty());
  if (usesId) {
    // Box's exports also list folders and devices; the type column says to what the id of a row belongs.
    if (choice.typeMustFit && !type.empty() && type != nounOf(target) && type != nounsOf(target)) {
      return fail(placeOf(*choice.type),
                  "column " + quotedName(header[*choice.type]) + ": this row is a " + printable(type, 40) +
                      " and not a " + std::string(nounOf(target)) +
                      (choice.use == EntryUse::exclude ? ": remove it"
                                                       : ": remove it, or pick the column that counts with --column"));
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
                  "column " + quotedName(header[*faulty]) +
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
