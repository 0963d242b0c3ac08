#include <string>
#include <string_view>
#include <vector>

#include <box/error.hpp>
#include <box/read/user_source.hpp>

#include "cli/options/sections.hpp"

namespace box::cli {

namespace {

constexpr auto selection = &Draft::selection;

constexpr Option group{"group", "ID|NAME",
                       "the members of this group, by its id or its whole name; may be repeated. Digits are taken for "
                       "an id. Box lists no more than some 11,000 members: for more, use 'box-sessions groups'",
                       appendText<selection, &SelectionArguments::groups>, true};
constexpr Option groupMembers{"group-members", group.argument, group.text, group.apply, group.repeats};
constexpr Option domain{"domain", "DOMAIN",
                        "the managed users whose logins have this domain after the @, such as example.com",
                        [](Draft& draft, const GivenOption& given) { draft.selection.domain = domainOf(given); }};
constexpr Option loginPrefix{
    "login-prefix", "TEXT", "the managed users whose logins begin with this text, in upper or lower case",
    [](Draft& draft, const GivenOption& given) { draft.selection.loginPrefix = loginPrefixOf(given); }};
constexpr Option everyone{"everyone", "", "all managed users", setFlag<selection, &SelectionArguments::everyone>};
constexpr Option status{
    "status", "STATUS,...",
    "only users who are active, inactive, cannot_delete_edit or cannot_delete_edit_upload; may be several",
    [](Draft& draft, const GivenOption& given) { draft.selection.statuses = userStatusesOf(given); }};
constexpr Option appUsers{"include-app-users", "", "list app users too, which exist for an application only",
                          setFlag<selection, &SelectionArguments::appUsers>};
constexpr Option me{"include-me", "",
                    "list yourself too, the user of the credentials. A run may then end its own session",
                    setFlag<selection, &SelectionArguments::me>};
constexpr Option admins{
    "include-admins", "",
    "list the primary administrator and co-administrators too; Box may refuse to end their sessions. If you are the "
    "primary administrator, the list has the co-administrators also without this option",
    setFlag<selection, &SelectionArguments::admins>};
constexpr Option exclude{"exclude", "FILE",
                         "a list of those to leave out, such as administrators for emergencies, may be repeated",
                         appendText<&Draft::list, &ListArguments::excludeFiles>, true};
constexpr Option output{
    "output,o", "FILE",
    "write the list to FILE (mode 0600) in place of standard output; FILE must be new, or an earlier list",
    [](Draft& draft, const GivenOption& given) {
      draft.list.outputFile = fileOf(given, "without this option the list goes to standard output");
    }};

/// The options that select users; exactly one of them is given.
constexpr const Option* scopes[] = {&group, &groupMembers, &domain, &loginPrefix, &everyone};
constexpr const Option* refinements[] = {&status, &appUsers, &me, &admins};

std::string choice(std::string_view groupOption) {
  return "--" + std::string(groupOption) + ", --domain, --login-prefix or --everyone";
}

SelectionArguments selectionOf(const Draft& draft, std::string_view groupOption) {
  std::string_view chosen;
  for (const Option* const scope : scopes) {
    if (!draft.has(scope->name())) continue;
    if (!chosen.empty()) {
      throw UsageError("--" + std::string(chosen) + " and --" + std::string(scope->name()) +
                       ": give one of them. For both, make two lists");
    }
    chosen = scope->name();
  }
  for (const Option* const refinement : refinements) {
    if (chosen.empty() && draft.has(refinement->name())) {
      throw UsageError("--" + std::string(refinement->name()) + " goes with " + choice(groupOption));
    }
  }
  return draft.selection;
}

}  // namespace

Section selectionSection() {
  return {"Users from Box, in place of a list (one of the first four):",
          {groupMembers, domain, loginPrefix, everyone, status, appUsers, me, admins},
          "Yourself, app users, and administrators whom the account may not manage are left out, unless an option "
          "includes them. The run says how many."};
}

Section listSection() {
  return {
      "Users to list (one of the first four):",
      {group, domain, loginPrefix, everyone, status, exclude, appUsers, me, admins, output, logOption(),
       jsonFlag.saying("print JSON, an object for each user; users who are left out have an object with the reason"),
       helpFlag}};
}

SelectionArguments selectionIn(const Draft& draft) {
  SelectionArguments out = selectionOf(draft, groupMembers.name());
  if (!out.isGiven()) return out;
  if (!draft.operands.empty() || draft.has("file")) {
    throw UsageError(
        "a list of yours and one of Box's: give one of them. For both, have 'box-sessions list --output FILE' write "
        "Box's, and give each by its own --file");
  }
  for (const char* const option : {"column", "prefer"}) {
    if (draft.has(option)) throw UsageError("--" + std::string(option) + " goes with --file");
  }
  if (out.me && draft.has("exclude-me")) throw UsageError("--include-me and --exclude-me: give one of them");
  return out;
}

ListArguments listIn(const Draft& draft) {
  ListArguments out = draft.list;
  out.selection = selectionOf(draft, group.name());
  if (!out.selection.isGiven()) {
    throw UsageError("say whom to list: " + choice(group.name()) + "; see 'box-sessions list --help'");
  }
  static_cast<CallArguments&>(out) = callIn(draft);
  return out;
}

}  // namespace box::cli
