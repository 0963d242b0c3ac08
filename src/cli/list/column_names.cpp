#include "cli/list/column_names.hpp"

#include <cstddef>

#include <box/entry.hpp>

#include "cli/text.hpp"

namespace box::cli {

namespace {

struct KnownName {
  std::string_view name;
  ColumnRole role;
};

// Column names of known exports, without blanks, punctuation and text in brackets.
constexpr KnownName knownNames[] = {
    {"login", ColumnRole::boxLogin},
    {"logins", ColumnRole::boxLogin},
    {"userlogin", ColumnRole::boxLogin},
    {"userlogins", ColumnRole::boxLogin},
    {"boxlogin", ColumnRole::boxLogin},
    {"boxuserlogin", ColumnRole::boxLogin},
    {"email", ColumnRole::login},
    {"emails", ColumnRole::login},
    {"emailaddress", ColumnRole::login},
    {"emailaddresses", ColumnRole::login},
    {"emailsvalue", ColumnRole::login},
    {"email1value", ColumnRole::login},
    {"mail", ColumnRole::login},
    {"memberemail", ColumnRole::login},
    {"oktausername", ColumnRole::login},
    {"primaryemail", ColumnRole::login},
    {"primaryemailaddress", ColumnRole::login},
    {"upn", ColumnRole::login},
    {"useremail", ColumnRole::login},
    {"useremailaddress", ColumnRole::login},
    {"username", ColumnRole::login},
    {"userprincipalname", ColumnRole::login},
    {"user", ColumnRole::user},
    {"users", ColumnRole::user},
    {"boxid", ColumnRole::userId},
    {"boxuserid", ColumnRole::userId},
    {"boxuserids", ColumnRole::userId},
    {"userid", ColumnRole::userId},
    {"userids", ColumnRole::userId},
    {"id", ColumnRole::id},
    {"ids", ColumnRole::id},
    {"groupid", ColumnRole::groupId},
    {"groupids", ColumnRole::groupId},
    {"boxgroupid", ColumnRole::groupId},
    {"boxgroupids", ColumnRole::groupId},
    {"entry", ColumnRole::entry},
    {"type", ColumnRole::type},
    {"membertype", ColumnRole::type},
};

}  // namespace

std::string bareName(std::string_view header, bool brackets) {
  std::string out;
  std::size_t depth = 0;
  for (const char c : lowerCase(trimmedEntry(header))) {
    if (c == '[' || c == '(') {
      ++depth;
    } else if ((c == ']' || c == ')') && depth > 0) {
      --depth;
    } else if ((depth > 0) == brackets &&
               ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80)) {
      out += c;
    }
  }
  return out;
}

ColumnRole roleOf(std::string_view header) {
  for (const bool brackets : {false, true}) {
    const std::string name = bareName(header, brackets);
    for (const KnownName& known : knownNames) {
      if (known.name == name) return known.role;
    }
  }
  return ColumnRole::unknown;
}

}  // namespace box::cli
