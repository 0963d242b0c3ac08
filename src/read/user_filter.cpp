#include "read/user_filter.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "box/entry.hpp"
#include "box/error.hpp"
#include "support/ascii.hpp"

namespace box::inline v0_1 {
namespace {

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), toLower);
  return lower;
}

[[noreturn]] void refuseSelection(std::string text) {
  throw BoxSdkError(Errc::invalidRequest, "UserSelection: " + std::move(text));
}

std::string placeIn(const char* list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "] ";
}

std::shared_ptr<UserScope> scopeOf(UserScope::Kind kind, std::string text = std::string()) {
  auto scope = std::make_shared<UserScope>();
  scope->kind = kind;
  scope->text = std::move(text);
  return scope;
}

}  // namespace

UserSelection::UserSelection(std::shared_ptr<const UserScope> scope) noexcept : scope_(std::move(scope)) {}

UserSelection UserSelection::everyone() { return UserSelection(scopeOf(UserScope::Kind::everyone)); }

UserSelection UserSelection::ofGroups(std::vector<std::string> groupIds) {
  if (groupIds.empty()) refuseSelection("groupIds is empty: name a group");
  for (std::size_t i = 0; i < groupIds.size(); ++i) {
    if (const auto fault = checkEntry(EntryKind::groupId, groupIds[i]))
      refuseSelection(placeIn("groupIds", i) + fault->text);
  }
  auto scope = scopeOf(UserScope::Kind::groups);
  scope->groupIds = std::move(groupIds);
  return UserSelection(std::move(scope));
}

UserSelection UserSelection::ofDomain(std::string domain) {
  if (const auto fault = checkEntry(EntryKind::userLogin, "a@" + domain)) {
    refuseSelection("the domain is not valid: give the part after the @, such as example.com");
  }
  return UserSelection(scopeOf(UserScope::Kind::domain, std::move(domain)));
}

UserSelection UserSelection::ofLoginPrefix(std::string prefix) {
  if (prefix.empty()) refuseSelection("the login's prefix is empty: everyone() lists all users");
  const bool whole = prefix.find('@') != std::string::npos;
  const std::string login = !whole                                         ? prefix + "@a"
                            : prefix.back() == '@' || prefix.back() == '.' ? prefix + "a"
                                                                           : prefix;
  if (const auto fault = checkEntry(EntryKind::userLogin, login)) refuseSelection("the login's prefix " + fault->text);
  return UserSelection(scopeOf(UserScope::Kind::loginPrefix, std::move(prefix)));
}

UserFilter::UserFilter(UserSelection selection) : selection_(std::move(selection)) {
  static constexpr std::array<std::string_view, 4> known{"active", "inactive", "cannot_delete_edit",
                                                         "cannot_delete_edit_upload"};
  for (std::size_t i = 0; i < selection_.statuses.size(); ++i) {
    if (std::find(known.begin(), known.end(), selection_.statuses[i]) == known.end()) {
      refuseSelection(placeIn("statuses", i) +
                      "is not active, inactive, cannot_delete_edit or cannot_delete_edit_upload");
    }
  }
  for (std::size_t i = 0; i < selection_.except.size(); ++i) {
    if (const auto fault = checkEntry(EntryKind::user, selection_.except[i])) {
      refuseSelection(placeIn("except", i) + fault->text);
    }
    except_.insert(lowerCase(selection_.except[i]));
  }
}

void UserFilter::setAccount(UserMini me, bool isPrimaryAdmin) {
  me_ = std::move(me);
  isPrimaryAdmin_ = isPrimaryAdmin;
  knowsAccount_ = true;
}

bool UserFilter::isInScope(const UserMini& user) const {
  const UserScope& scope = *selection_.scope_;
  const std::string_view login = user.login;
  // The user may be in the scope, and must not be left out without a mark.
  if (login.empty() && !isBoxId(user.id)) return true;
  switch (scope.kind) {
    case UserScope::Kind::domain: {
      const std::size_t at = login.rfind('@');
      return at != std::string_view::npos && equalsIgnoreCase(login.substr(at + 1), scope.text);
    }
    case UserScope::Kind::loginPrefix: return startsWithIgnoreCase(login, scope.text);
    default: return true;
  }
}

ListedUser UserFilter::mark(UserFull user, bool known) const {
  ListedUser listed;
  listed.mark = markOf(user, known);
  listed.leftOut = isLeftOut(listed.mark);
  listed.user = std::move(user);
  return listed;
}

/// The marks for which the user is left out have precedence.
UserMark UserFilter::markOf(const UserFull& user, bool known) const {
  if (!isBoxId(user.id)) return UserMark::noId;
  if (except_.contains(user.id) || (!user.login.empty() && except_.contains(lowerCase(user.login)))) {
    return UserMark::excepted;
  }
  const std::vector<std::string>& statuses = selection_.statuses;
  const bool hasStatus = std::find(statuses.begin(), statuses.end(), user.status) != statuses.end();
  if (!statuses.empty() && known && !hasStatus) return UserMark::status;
  const std::array<std::pair<bool, UserMark>, 4> special{{
      {user.id == me_.id, UserMark::oneself},
      {user.role == "admin", UserMark::primaryAdmin},
      {user.role == "coadmin" && !isPrimaryAdmin_, UserMark::coAdmin},
      {user.isPlatformAccessOnly == true, UserMark::appUser},
  }};
  for (const bool leavesOut : {true, false}) {
    for (const auto& [applies, mark] : special) {
      if (applies && isLeftOut(mark) == leavesOut) return mark;
    }
  }
  return known ? UserMark::none : UserMark::unknown;
}

bool UserFilter::isLeftOut(UserMark mark) const noexcept {
  switch (mark) {
    case UserMark::noId:
    case UserMark::excepted:
    case UserMark::status: return true;
    case UserMark::appUser: return !selection_.appUsers;
    case UserMark::oneself: return !selection_.oneself;
    case UserMark::primaryAdmin: return !selection_.primaryAdmin;
    case UserMark::coAdmin: return !selection_.coAdmins;
    default: return false;
  }
}

std::string_view toString(UserMark mark) noexcept {
  switch (mark) {
    case UserMark::none: return "none";
    case UserMark::oneself: return "oneself";
    case UserMark::primaryAdmin: return "primaryAdmin";
    case UserMark::coAdmin: return "coAdmin";
    case UserMark::appUser: return "appUser";
    case UserMark::status: return "status";
    case UserMark::excepted: return "excepted";
    case UserMark::unknown: return "unknown";
    case UserMark::noId: return "noId";
  }
  return "unknown";
}

}  // namespace box::inline v0_1
