#include "cli/options/subcommands.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include "cli/completion.hpp"
#include "cli/options/sections.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::string_view users = R"(Asks Box to end the sessions of these users. An id has digits only; an address
with an @ is a login. Deactivate the accounts or reset passwords first;
otherwise people can simply sign in again.

If Box does not know some entries, or refuses them, they are reported, and all
others are sent nevertheless.

  box-sessions users 12345 ann@example.com
  box-sessions users --file leavers.csv --dry-run --check
  box-sessions users --file leavers.csv --yes --remaining rest.txt
  box-sessions users --group-members "Sales EMEA" --exclude stay.csv
  get-leavers | box-sessions users --file - --yes --json
)";

constexpr std::string_view groups = R"(Asks Box to end the sessions of all members of these groups. Deactivate the
accounts or reset passwords first; otherwise people can simply sign in again.

  box-sessions groups 777 778
  box-sessions groups --file groups.csv --dry-run
  get-groups | box-sessions groups --file - --yes --json
)";

constexpr std::string_view list = R"(Asks Box for users, and writes them as CSV with the columns id, login, name,
status, role and type. The list can be looked at, kept as evidence, and given to
'users --file'. It changes nothing at Box.

  box-sessions list --group "Sales EMEA" --output people.csv
  box-sessions list --domain partner.example --status active > partners.csv
  box-sessions list --everyone --exclude stay.csv --output people.csv
  box-sessions users --file people.csv --dry-run

Yourself, app users, and administrators whom the account may not manage are left
out, unless an option includes them; standard error says how many and why. You
get the whole list or an error: if Box does not list everybody, nothing is
written, and the exit status is not 0. The account needs the right to manage
users, and for groups the right to manage groups.
)";

constexpr std::string_view resume = R"(Continues a run from its journal after a crash, an interruption or an outage.
Accepted entries are not sent again, but calls that were in progress at a crash
are sent again (see --in-doubt). List, host and account have to be the same.
The journal records the path of the list, --column, --prefer, --batch,
--suppress-notifications and the --exclude of each resume: you need not give
them again. It also records the user of --as-user, whom you have to confirm. It
never decides where credentials are sent: name a host that is not Box's with
--base-url again. Trust a journal only as much as you trust its owner: its
checksums find damage, but they are not signatures.

  box-sessions resume run.journal --ccg --client-id ID ...
)";

constexpr std::string_view follow = R"(Reads the admin events of the enterprise since the start of a run, and shows
which people of the run have signed in again.

It can show that somebody has signed in again. It cannot show that nobody has:
Box may write no event, or write it late, and a person without a session had
none to end. So if nothing is seen, that proves nothing, and this command never
says that sessions have ended.

What was seen is kept in JOURNAL.follow. Run it again, also after a crash, and
it continues. The credentials need the right to read the enterprise's events,
which is not the same as the right to end sessions.

  box-sessions users --file leavers.csv --follow 15m
  box-sessions follow run.journal --for 1h
  box-sessions follow run.journal --watch --json
)";

constexpr std::string_view report = R"(Shows the state of each entry of the list: accepted, rejected (with Box's
reason), invalid, duplicate, in doubt, call refused, forbidden, not sent or left
out. If the people were followed, it also shows what was seen of them. It does
not call Box: it reads the journal, also that of a run in progress, the record
of following, and the list. Without JOURNAL it lists the journals that are in
the usual place.

  box-sessions report
  box-sessions report run.journal
  box-sessions report run.journal --csv > report.csv
  box-sessions report run.journal --html report.html
)";

constexpr std::string_view login = R"(Signs a person in by a browser (OAuth 2.0) and keeps the tokens in FILE, for
--oauth of the other commands. It prints the address to open, waits for the
browser to come back to this machine, and exchanges the code for the tokens.

  box-sessions login --oauth tokens --client-id ID --client-secret-file secret
  box-sessions users --file leavers.csv --oauth tokens --client-id ID ...

Box sends browsers only to addresses that its console has, in exactly the same
form, under OAuth 2.0 Redirect URIs. Choose an address with --port or
--redirect-url and enter it there, for example http://127.0.0.1:8080/callback.
)";

constexpr std::string_view auth = R"(Gets a token in the way that you choose, asks Box to which account it belongs
(GET /2.0/users/me), and shows that account. It shows no secret and changes
nothing.

  box-sessions auth check --jwt-config config.json
  box-sessions auth check --oauth tokens --client-id ID --json
)";

constexpr std::string_view emulator = R"(Serves Box's calls that end sessions, those that list users, groups and events,
and its ways to authenticate, on this machine until it is interrupted (Ctrl-C).
It accepts and refuses as Box does, and prints each termination that it accepts
and each request for a token. Nothing is ever really terminated. It has five
people and the groups 'Partners' and 'Partners EMEA', for 'box-sessions list'.

  box-sessions emulator --ca-out ca.pem --client-id app \
      --client-secret-file secret
  box-sessions auth check --ccg --client-id app --client-secret-file secret \
      --enterprise-id 5 --base-url URL --ca ca.pem
  box-sessions login --oauth tokens --client-id app \
      --client-secret-file secret \
      --base-url URL --oauth2-url URL/api/oauth2 --ca ca.pem

It can fail on purpose, so that you can practise an outage of some seconds, a
wrong scope, or people whom the account may not manage:

  box-sessions emulator --fail 503 --fail-calls 3
  box-sessions emulator --fail 403
  box-sessions emulator --forbidden-user ceo@example.com
)";

constexpr std::string_view completion = R"(Prints a script that completes commands, options and files for bash, zsh or
fish. The installation has put these scripts where the shells look for them.

  source <(box-sessions completion bash)       (in ~/.bashrc)
  source <(box-sessions completion zsh)        (in ~/.zshrc, after compinit)
  box-sessions completion fish | source        (in config.fish)
)";

constexpr std::string_view program = R"(box-sessions: asks Box to end the sessions of users and groups.
)";

constexpr std::string_view advice = R"(In an incident, in this order:

  1. Cut off access first: reset passwords, deactivate accounts, revoke tokens.
     Otherwise people can simply sign in again.
  2. End the sessions:       box-sessions users --file users.csv
     The run prints where its journal is, for 'box-sessions resume' and
     'report'; a short list has a journal only with --journal FILE or --follow.
     If you have no list, Box can give one: see 'list', or --group-members and
     --domain of 'users'.
  3. Find new sign-ins:      box-sessions follow JOURNAL
     Box accepts the request at once and ends the sessions later. Only its admin
     events tell more: they can show that somebody has signed in again, but not
     that nobody has.

Try it without Box:

  box-sessions emulator --ca-out ca.pem                 (prints its URL)
  BOX_DEVELOPER_TOKEN=any box-sessions users 1 --yes --base-url URL --ca ca.pem
)";

Command completionIn(const Draft& draft) {
  const std::vector<std::string>& shells = draft.operands;
  const auto shell = shells.size() == 1 ? shellNamed(shells.front()) : std::nullopt;
  if (!shell) throw UsageError("say for which shell: box-sessions completion bash, zsh or fish");
  return PrintCompletion{*shell};
}

std::vector<Subcommand> allSubcommands() {
  const Section pace = paceSection(), route = routeSection();
  return {
      {.name = "users",
       .operands = "[ID|LOGIN]...",
       .summary = "end the sessions of users",
       .description = users,
       .sections = {usersListSection(), selectionSection(), pace, credentialSection(), howSection(), route,
                    outputSection()},
       .command = [](const Draft& draft) -> Command { return usersIn(draft); }},
      {.name = "groups",
       .operands = "[ID]...",
       .summary = "end the sessions of all members of groups",
       .description = groups,
       .sections = {groupsListSection(), pace, credentialSection(), howSection(), route, outputSection()},
       .command = [](const Draft& draft) -> Command { return groupsIn(draft); }},
      {.name = "list",
       .summary = "list users whom Box knows, for 'users --file'",
       .description = list,
       .sections = {listSection(), credentialSection(), connectionSection()},
       .command = [](const Draft& draft) -> Command { return listIn(draft); }},
      {.name = "resume",
       .operands = "JOURNAL",
       .summary = "continue a run that has a journal",
       .description = resume,
       .sections = {resumeListSection(), pace, credentialSection(), resumeHowSection(), route, outputSection()},
       .command = [](const Draft& draft) -> Command { return resumeIn(draft); }},
      {.name = "follow",
       .operands = "JOURNAL",
       .summary = "show who signed in again after a run",
       .description = follow,
       .sections = {followSection(), credentialSection(), routeSection(), outputSection()},
       .command = [](const Draft& draft) -> Command { return followIn(draft); }},
      {.name = "report",
       .operands = "[JOURNAL]",
       .summary = "show the state of each entry, and why",
       .description = report,
       .sections = {reportSection()},
       .command = [](const Draft& draft) -> Command { return reportIn(draft); }},
      {.name = "login",
       .summary = "sign in by a browser",
       .description = login,
       .sections = {loginSection(), connectionSection()},
       .command = [](const Draft& draft) -> Command { return loginIn(draft); }},
      {.name = "auth",
       .action = "check",
       .summary = "check the credentials",
       .description = auth,
       .sections = {credentialSection(), connectionSection(), {"Output:", {jsonFlag, helpFlag}}},
       .command = [](const Draft& draft) -> Command { return authCheckIn(draft); }},
      {.name = "emulator",
       .summary = "run an emulator of Box for practice",
       .description = emulator,
       .sections = {emulatorSection()},
       .command = [](const Draft& draft) -> Command { return emulatorIn(draft); }},
      {.name = "completion",
       .operands = "bash|zsh|fish",
       .summary = "print a script that completes commands in a shell",
       .description = completion,
       .sections = {{"Options:", {helpFlag}}},
       .command = completionIn},
  };
}

}  // namespace

std::string Subcommand::title() const {
  std::string out(name);
  if (!action.empty()) out.append(" ").append(action);
  return out;
}

std::span<const Subcommand> subcommands() {
  static const std::vector<Subcommand> all = allSubcommands();
  return all;
}

const Subcommand* findSubcommand(std::string_view name) {
  for (const Subcommand& subcommand : subcommands()) {
    if (subcommand.name == name) return &subcommand;
  }
  return nullptr;
}

const Option* findOption(const Subcommand& subcommand, std::string_view name) {
  for (const Section& section : subcommand.sections) {
    for (const Option& option : section.options) {
      if (option.name() == name) return &option;
    }
  }
  return nullptr;
}

std::string subcommandChoice() {
  std::vector<std::string> names;
  for (const Subcommand& subcommand : subcommands()) names.emplace_back(subcommand.name);
  return inSeries(names, "or");
}

std::string_view programDescription() noexcept { return program; }

std::string_view programAdvice() noexcept { return advice; }

}  // namespace box::cli
