#include "cli/box_list.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <box/entry.hpp>

#include "cli/identity.hpp"
#include "cli/option_words.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

UserSelection selectionFor(const SelectionArguments& arguments, const std::vector<GroupFull>& groups) {
  std::vector<std::string> ids;
  ids.reserve(groups.size());
  for (const GroupFull& group : groups) ids.push_back(group.id);
  UserSelection out = arguments.domain        ? UserSelection::ofDomain(*arguments.domain)
                      : arguments.loginPrefix ? UserSelection::ofLoginPrefix(*arguments.loginPrefix)
                      : arguments.everyone    ? UserSelection::everyone()
                                              : UserSelection::ofGroups(std::move(ids));
  out.statuses = arguments.statuses;
  out.appUsers = arguments.appUsers;
  out.oneself = arguments.me;
  out.primaryAdmin = out.coAdmins = arguments.admins;
  return out;
}

std::string nameOfGroup(const GroupFull& group) {
  return group.name.empty() ? printable(group.id, 30)
                            : "'" + printable(group.name, 100) + "' (id " + printable(group.id, 30) + ")";
}

}  // namespace

std::string selectionInWords(const SelectionArguments& selection, std::span<const GroupFull> groups) {
  if (selection.domain) return "the managed users of domain '" + printable(*selection.domain, 100) + "'";
  if (selection.loginPrefix) return "the managed users whose logins begin with " + inQuotes(*selection.loginPrefix);
  if (selection.everyone) return "all managed users";
  std::vector<std::string> names;
  for (std::size_t i = 0; i < selection.groups.size(); ++i)
    names.push_back(i < groups.size() ? nameOfGroup(groups[i]) : inQuotes(selection.groups[i]));
  return (names.size() == 1 ? "the members of group " : "the members of groups ") + inSeries(names, "and");
}

std::string groupQuestion(std::string_view option, std::string_view name, std::span<const GroupFull> found) {
  constexpr std::size_t shown = 10;
  const auto isWhole = [wanted = lowerCase(name)](const GroupFull& group) { return lowerCase(group.name) == wanted; };
  std::vector<GroupFull> fitting;
  std::copy_if(found.begin(), found.end(), std::back_inserter(fitting), isWhole);
  std::string out(option);
  out.append(" ").append(inQuotes(name)).append(": ");
  const bool isTwice = fitting.size() > 1;
  if (isTwice) {
    out += counted(fitting.size(), "group") + " have this name";
  } else {
    out += "no group has this name, or this account may not see it";
    fitting.assign(found.begin(), found.end());
    if (fitting.empty()) return out;
    out += "; groups whose names begin so";
  }
  out += ": ";
  for (std::size_t i = 0; i < fitting.size() && i < shown; ++i)
    out.append(i > 0 ? ", " : "").append(nameOfGroup(fitting[i]));
  if (fitting.size() > shown) out += " and " + std::to_string(fitting.size() - shown) + " more";
  return out + (isTwice ? ". Give the id" : ". Give the id or the whole name");
}

BoxList::BoxList(BoxClient client, SelectionArguments selection, std::string option)
    : client_(std::move(client)), arguments_(std::move(selection)), option_(std::move(option)) {}

std::string BoxList::words() const { return selectionInWords(arguments_, groups_); }

void BoxList::fail(const BoxSdkError& error) const {
  const bool isGroup = !arguments_.groups.empty();
  if (source_ && source_->membersEnd() != ListEnd::complete) {
    std::string command = "box-sessions groups";
    for (const GroupFull& group : groups_) command += " " + group.id;
    throw BoxListError(printable(error.details().context), "For all of them at once: " + command + ".", error);
  }
  std::string remedy = adviceForIdentity(error);
  if (error.code() == Errc::forbidden) {
    remedy = std::string("To list users the app needs the scope manage_managed_users") +
             (isGroup ? ", and for groups manage_groups," : "") +
             " (in Box's Developer Console, then authorized again by an admin), and its user must be an admin or a "
             "co-admin who may manage users. A list of yours needs no such rights: --file.";
  } else if (error.code() == Errc::notFound && isGroup) {
    remedy = "Is " + option_ + " right? Digits are taken for a group's id, all else for its name.";
  }
  throw BoxListError("Box does not list " + words() + ": " + inOptionWords(error), std::move(remedy), error);
}

/// Lists the groups with similar names where no group has exactly the name.
asio::awaitable<void> BoxList::explainGroup(const std::string& name, const BoxSdkError& error) {
  if (error.code() == Errc::unexpectedResponse) {
    const std::string why = option_ + " " + inQuotes(name) + ": " + printable(error.details().context);
    throw BoxListError(why, "", error);
  }
  if (error.code() != Errc::invalidRequest) fail(error);
  GetGroupsQueryParams params;
  params.filterTerm = name;
  GroupReader reader = client_.groups.readGroups(params);
  std::vector<GroupFull> found = co_await reader.nextPage();
  throw BoxListError(groupQuestion(option_, name, found), "", error);
}

asio::awaitable<void> BoxList::findGroups() {
  for (const std::string& name : arguments_.groups) {
    CallResult<GroupFull> group = co_await tryAwait(findGroup(client_.groups, name));
    if (!group) co_await explainGroup(name, group.error());
    groups_.push_back(*std::move(group));
  }
}

asio::awaitable<void> BoxList::read(std::function<void(ListedUser)> onUser) {
  try {
    co_await findGroups();
    source_.emplace(client_.users, client_.memberships, selectionFor(arguments_, groups_));
    for (;;) {
      std::vector<ListedUser> page = co_await source_->nextPage();
      if (page.empty()) break;
      for (ListedUser& user : page) onUser(std::move(user));
    }
  } catch (const BoxSdkError& error) {
    fail(error);
  }
}

}  // namespace box::cli
