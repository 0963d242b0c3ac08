#include "cli/help.hpp"

namespace box::cli {

namespace {

constexpr std::string_view program = R"(box-sessions: ends the sessions of Box users and groups.

Usage:
  box-sessions users  [ID|LOGIN]... [--file FILE]... [option]...
  box-sessions groups [ID]...       [--file FILE]... [option]...
  box-sessions resume JOURNAL [option]...        finish a run with a journal
  box-sessions report JOURNAL [option]...        state of each entry, and why
  box-sessions login  --oauth FILE [option]...   sign in by a browser
  box-sessions auth check [option]...            check the credentials
  box-sessions emulator [option]...              a local Box for practice
  box-sessions help [users|groups|resume|report|login|auth|emulator]
  box-sessions --version

In an incident, in this order:
  1. Cut off access first: reset passwords, deactivate accounts, revoke tokens.
     Otherwise people can simply sign in again.
  2. End the sessions:       box-sessions users --file users.csv
     For large lists, with a record of every entry:
                             box-sessions users --file users.csv --journal run
  3. Look at the admin events in Box: only they show whether the sessions really
     ended. Box accepts the request at once and ends the sessions later.

Try it without Box:
  box-sessions emulator --ca-out ca.pem                 (prints its URL)
  BOX_DEVELOPER_TOKEN=any box-sessions users 12345 --base-url URL --ca ca.pem
)";

/// The same for every command, as the type Exit has it.
constexpr std::string_view exitStatuses = R"(
Exit status:
  0    Box accepted everything; for other commands: done
  1    Box rejected entries, requests or credentials, or an entry is invalid
  2    stopped early: result unknown, Box unreachable, or output could not be
       written
  3    wrong arguments, configuration or input; nothing was sent
  4    the journal is unusable or could not be written
  130  stopped by you: Ctrl-C, SIGTERM, SIGHUP, or no yes to the question
)";

constexpr std::string_view users = R"(Usage: box-sessions users [ID|LOGIN]... [--file FILE]... [option]...

Asks Box to end the sessions of these users. All digits mean an id; an address
with an @ is a login. Deactivate the accounts or reset passwords first;
otherwise people can simply sign in again.

  box-sessions users 12345 ann@example.com
  box-sessions users --file leavers.csv --dry-run
  box-sessions users --file leavers.csv --yes --remaining rest.txt
  get-leavers | box-sessions users --file - --yes --json

Whose sessions:
  -f, --file FILE      a list, may be repeated; - is standard input. One entry a
                       line (# starts a comment line), or CSV whose header row
                       names the columns 'id', 'login' or both; where a row has
                       both, its id is used, and a row that begins with # is
                       refused. Blanks and byte order marks around an entry and
                       'mailto:' before it are removed; other characters that
                       nobody can see are refused, with their place. Every entry
                       is checked before anything is sent; duplicates are sent
                       once.
)";

constexpr std::string_view groups = R"(Usage: box-sessions groups [ID]... [--file FILE]... [option]...

Asks Box to end the sessions of all members of these groups. Deactivate the
accounts or reset passwords first; otherwise people can simply sign in again.

  box-sessions groups 777 778
  box-sessions groups --file groups.csv --dry-run
  get-groups | box-sessions groups --file - --yes --json

Whose sessions:
  -f, --file FILE      a list, may be repeated; - is standard input. One id a
                       line (# starts a comment line), or CSV whose header row
                       names the column 'group_id' or 'id'. Every id is checked
                       before anything is sent; duplicates are sent once.
)";

constexpr std::string_view resume = R"(Usage: box-sessions resume JOURNAL [option]...

Continues a run with --journal after a crash, an interruption or an outage.
Accepted entries are not sent again; calls in progress at the time of a crash
are. List, host and account have to be the same. The journal says where the list
is, --batch and --suppress-notifications. It never says where credentials go:
name another host than Box's with --base-url as before. A journal is as good as
its owner: its checksums find damage, they are not signatures.

  box-sessions resume run.journal --ccg --client-id ID ...

  -f, --file FILE      the list, where it is in another place now
      --batch N        at most N entries in a call (as it was)
      --as-user ID     act for this user, as the run before did; needed with
                       --yes, otherwise the question shows the user
      --retry-rejected  send the entries again that Box has rejected, after the
                       cause is mended
      --unchecked-account  continue where Box does not say whose these
                       credentials are; you know that it is the same account
)";

constexpr std::string_view report = R"(Usage: box-sessions report JOURNAL [option]...

Shows the state of each entry of the list: accepted, rejected (with Box's
reason), invalid, duplicate, in doubt or not sent. It asks nobody: it reads the
journal, also of a run in progress, and the list.

  box-sessions report run.journal
  box-sessions report run.journal --csv > report.csv

  -f, --file FILE      the list, where it is in another place now
      --csv            CSV; values that a spreadsheet could run as a formula get
                       a leading '
      --json           JSON, one object a line
  -h, --help
)";

constexpr std::string_view journalOptions =
    R"(      --journal FILE   for lists of any length: keep in FILE (mode 0600, a new
                       one) what is sent and what Box answers. The run is paced;
                       calls that fail are retried, and split until the bad
                       entries stand alone; invalid entries are reported and
                       skipped. Ctrl-C once: finish requests in progress, then
                       stop; twice: stop at once. 'box-sessions resume FILE'
                       continues, also after a crash. The list is one --file
With --journal:
)";

constexpr std::string_view bulkOptions =
    R"(      --rate N         at most N calls a second (15; it starts with 12); none:
                       no limit
      --concurrency N  at most N calls at the same time (8)
      --in-doubt retry|report  entries that an earlier run got no answer for:
                       send them again, or only report them (send again what is
                       less than 24 hours old)
      --keep-going     try every entry, also where Box rejects all of them the
                       same way or more than half of 1,000. Normally the run
                       stops then: account or scope may be the wrong one

)";

constexpr std::string_view bulkOutput =
    R"(
What it says (results on standard output, all else on standard error):
      --json           plan, progress, entries, summary as JSON, one a line
  -q, --quiet          errors only, and JSON
  -v, --verbose        what happens on the network too
  -h, --help
)";

constexpr std::string_view listOptions =
    R"(      --batch N        at most N entries in a call (100). Calls go out one after
                       another; the first that fails ends the run.
      --remaining FILE  keep in FILE (mode 0600) what Box has not accepted; give
                       it to --file to continue. FILE is a new one, or that of
                       an earlier run
)";

constexpr std::string_view credentials =
    R"(Credentials, one way (no secret is ever taken from an argument):
      --token-file FILE  a developer token; - is standard input. Nobody but you
                       may be able to read the file; a pipe, <(...), will do.
                       Without it the environment variable BOX_DEVELOPER_TOKEN;
                       with neither you are asked, if there is a terminal
      --ccg            client credentials: an app with --client-id (or
                       BOX_CLIENT_ID) and its secret in --client-secret-file
                       FILE (or BOX_CLIENT_SECRET), acting for --enterprise-id
                       (or BOX_ENTERPRISE_ID) or --user-id (or BOX_USER_ID),
                       not both
      --jwt-config FILE  the configuration file of Box's console, mode 0600;
                       with --user-id, as that user
      --oauth FILE     the token file that 'box-sessions login' wrote, with
                       --client-id and --client-secret-file as above
      --client-id ID, --client-secret-file FILE, --enterprise-id ID,
      --user-id ID     see above
      --token-cache FILE  with --ccg and --jwt-config: keep the token in FILE
                       (mode 0600) between runs. One FILE for one Box, app and
                       subject: it is refused for others
Environment variables of the other ways are ignored; all of them are removed
from the program's environment.
)";

constexpr std::string_view asUser = "      --as-user ID     act for this user (As-User)\n";

constexpr std::string_view furtherOptions =
    R"(
How:
  -n, --dry-run        check everything, show the plan, send nothing;
                       credentials are not read
  -y, --yes            act without asking; needed where there is no terminal
      --timeout TIME   for one call with its retries: 30s, 1m30s (120s)
      --base-url URL   where Box is, without /2.0 (https://api.box.com)
      --ca FILE        trust these certificates (PEM) and not the system's
      --header 'NAME: VALUE'  an extra header, may be repeated; nothing secret,
                       and no As-User (see --as-user)
      --suppress-notifications  have Box send no mails about it
)";

constexpr std::string_view proxy =
    R"(      --proxy URL      use a proxy: http://HOST:PORT or https:; env: use the
                       environment's HTTPS_PROXY and NO_PROXY
      --proxy-user NAME  user name for the proxy
      --proxy-password-file FILE  the password; - is standard input; else you
                       are asked
)";

constexpr std::string_view outputOptions =
    R"(
What it says (results on standard output, all else on standard error):
      --json           results as JSON, one object a line
  -q, --quiet          errors only, and JSON
  -v, --verbose        what happens on the network too
  -h, --help
)";

constexpr std::string_view login = R"(Usage: box-sessions login --oauth FILE [option]...

Signs a person in by a browser (OAuth 2.0) and keeps the tokens in FILE, for
--oauth of the other commands. It prints the address to open, waits for the
browser to come back to this machine, and exchanges the code that it brings.

  box-sessions login --oauth tokens --client-id ID --client-secret-file secret
  box-sessions users --file leavers.csv --oauth tokens --client-id ID ...

Box sends browsers only to addresses that stand in its console, under OAuth 2.0
Redirect URIs, letter for letter: choose one with --port or --redirect-url and
enter it there, http://127.0.0.1:8080/callback for example.

      --oauth FILE     where to keep the tokens (mode 0600); needed
      --client-id ID   of the app; else BOX_CLIENT_ID
      --client-secret-file FILE  its secret; - is standard input; else
                       BOX_CLIENT_SECRET; else you are asked
      --port N         listen at http://127.0.0.1:N/callback; 0: a free port (0)
      --redirect-url URL  listen there: http://127.0.0.1:PORT/PATH, or localhost
                       (both of its addresses)
      --paste          do not listen: open the address anywhere, and paste the
                       one that the browser ends at, though it cannot open it,
                       within 30 seconds; --redirect-url may then be any that
                       stands in the console
      --wait TIME      for the browser (5m)
      --timeout TIME   for the exchange with its repeats (120s)
      --base-url URL   where Box is (https://api.box.com)
      --oauth2-url URL  where people sign in
                       (https://account.box.com/api/oauth2); needed with
                       --base-url
      --ca FILE        trust these certificates (PEM) and not the system's
)";

constexpr std::string_view loginEnd = R"(  -h, --help
)";

constexpr std::string_view auth = R"(Usage: box-sessions auth check [option]...

Gets a token in the way that you choose, asks Box whose it is (GET
/2.0/users/me), and says so. Shows no secret and changes nothing.

  box-sessions auth check --jwt-config config.json
  box-sessions auth check --oauth tokens --client-id ID --json

)";

constexpr std::string_view authOptions = R"(
How:
      --timeout TIME   for everything (120s)
      --base-url URL   where Box is (https://api.box.com)
      --ca FILE        trust these certificates (PEM) and not the system's
)";

constexpr std::string_view authEnd = R"(      --json           print JSON, one object a line
  -h, --help
)";

constexpr std::string_view emulator = R"(Usage: box-sessions emulator [option]...

Serves Box's two calls and its ways to authenticate on this machine until it is
interrupted (Ctrl-C). It accepts, refuses and limits as Box does, and prints
each termination that it accepts and each request for a token. Nothing is ever
really terminated.

  box-sessions emulator --ca-out ca.pem --client-id app \
      --client-secret-file secret
  box-sessions auth check --ccg --client-id app --client-secret-file secret \
      --enterprise-id 5 --base-url URL --ca ca.pem
  box-sessions login --oauth tokens --client-id app \
      --client-secret-file secret \
      --base-url URL --oauth2-url URL/api/oauth2 --ca ca.pem

      --address ADDR   numeric address to listen on (127.0.0.1); another one may
                       let the network in
      --port N         port; 0 takes a free one (0)
      --token-file FILE  accept only this access token (any)
      --client-id ID   accept only this app, with the secret in
      --client-secret-file FILE  and only tokens that were given to it (any)
      --jwt-public-key KEYID=FILE  a public key (PEM) of the app's, by its id in
                       the configuration file; may be repeated
      --token-lifetime SECONDS  of the tokens that it gives (3600)
      --ca-out FILE    write the certificate for --ca here (a temporary file)
      --ready-file FILE  write the base URL here, in one step, once it listens
      --unknown-user ID|LOGIN  answer 404 for this user, may be repeated
      --rate-limit N   answer 429 after N calls a minute (no limit)
      --latency MS     wait so long before each answer (0)
      --json           print JSON, one object a line
  -h, --help
)";

std::string optionsText(std::string_view subcommand) {
  const auto terminating = [](std::string_view what) {
    return std::string(what)
        .append(listOptions)
        .append(journalOptions)
        .append(bulkOptions)
        .append(credentials)
        .append(asUser)
        .append(furtherOptions)
        .append(proxy)
        .append(outputOptions);
  };
  if (subcommand == "users") return terminating(users);
  if (subcommand == "groups") return terminating(groups);
  if (subcommand == "resume") {
    return std::string(resume)
        .append(bulkOptions)
        .append(credentials)
        .append(furtherOptions)
        .append(proxy)
        .append(bulkOutput);
  }
  if (subcommand == "report") return std::string(report);
  if (subcommand == "login") return std::string(login).append(proxy).append(loginEnd);
  if (subcommand == "auth")
    return std::string(auth).append(credentials).append(authOptions).append(proxy).append(authEnd);
  return std::string(subcommand == "emulator" ? emulator : program);
}

}  // namespace

std::string helpText(std::string_view subcommand) { return optionsText(subcommand).append(exitStatuses); }

}  // namespace box::cli
