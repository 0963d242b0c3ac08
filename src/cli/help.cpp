#include "cli/help.hpp"

namespace box::cli {

namespace {

constexpr std::string_view program = R"(box-sessions: ends the sessions of Box users and groups.

Usage:
  box-sessions users  [ID|LOGIN]... [--file FILE]... [option]...
  box-sessions groups [ID]...       [--file FILE]... [option]...
  box-sessions emulator [option]...    a Box of your own, for trials
  box-sessions help [users|groups|emulator]
  box-sessions --version

In an incident, in this order:
  1. Take away what lets people in: reset passwords, deactivate accounts, revoke
     tokens. Who can still sign in will simply do so again.
  2. End the sessions:       box-sessions users --file users.csv
  3. Look at the admin events in Box: they alone tell what came of it. Box
     accepts the request at once and ends the sessions later, in its own jobs.

Try it without Box:
  box-sessions emulator --ca-out ca.pem                 (prints its URL)
  BOX_DEVELOPER_TOKEN=any box-sessions users 12345 --base-url URL --ca ca.pem

Exit status:
  0    Box accepted everything
  1    Box refused a call; nothing was sent after it
  2    stopped early: no answer that settles it, no way to Box, output lost
  3    wrong arguments, configuration or input; nothing was sent
  130  interrupted
)";

constexpr std::string_view users = R"(Usage: box-sessions users [ID|LOGIN]... [--file FILE]... [option]...

Asks Box to end the sessions of these users. Digits are an id, what has an @ is
a login. Deactivate accounts or reset passwords before: else people just sign in
again.

  box-sessions users 12345 ann@example.com
  box-sessions users --file leavers.csv --dry-run
  box-sessions users --file leavers.csv --yes --remaining rest.txt
  get-leavers | box-sessions users --file - --yes --json

Whose sessions:
  -f, --file FILE      a list, may be repeated; - is standard input. One entry a
                       line (# starts a comment line), or CSV whose header row
                       names the columns 'id', 'login' or both; where a row has
                       both, its id is used. Every entry is checked before
                       anything is sent; duplicates are sent once.
)";

constexpr std::string_view groups = R"(Usage: box-sessions groups [ID]... [--file FILE]... [option]...

Asks Box to end the sessions of all members of these groups. Deactivate accounts
or reset passwords before: else people just sign in again.

  box-sessions groups 777 778
  box-sessions groups --file groups.csv --dry-run
  get-groups | box-sessions groups --file - --yes --json

Whose sessions:
  -f, --file FILE      a list, may be repeated; - is standard input. One id a
                       line (# starts a comment line), or CSV whose header row
                       names the column 'group_id' or 'id'. Every id is checked
                       before anything is sent; duplicates are sent once.
)";

constexpr std::string_view commonOptions =
    R"(      --batch N        at most N entries in a call (100). Calls go out one after
                       another; the first that fails ends the run.
      --remaining FILE  keep in FILE (mode 0600) what Box has not accepted; give
                       it to --file to go on

Who asks (a token is never taken from an argument):
      --token-file FILE  the access token; - is standard input. Nobody but you
                       may be able to read the file; a pipe, <(...), will do
      BOX_DEVELOPER_TOKEN  this environment variable, where no file is given.
                       With neither you are asked, if there is a terminal
      --as-user ID     act for this user (As-User)

How:
  -n, --dry-run        check everything, show the plan, send nothing; needs no
                       token
  -y, --yes            act without asking; needed where nobody can answer
      --timeout TIME   for one call with its repeats: 30s, 1m30s (120s)
      --base-url URL   where Box is (https://api.box.com)
      --ca FILE        trust these certificates (PEM) and not the system's
      --header 'NAME: VALUE'  an extra header, may be repeated; nothing secret
      --suppress-notifications  have Box send no mails about it

What it says (results on standard output, all else on standard error):
      --json           results as JSON, one object a line
  -q, --quiet          errors only, and JSON
  -v, --verbose        what happens on the network too
  -h, --help

Exit status: 0 Box accepted everything; 1 Box refused a call; 2 stopped early or
in doubt; 3 wrong arguments, configuration or input, nothing was sent; 130
interrupted.
)";

constexpr std::string_view emulator = R"(Usage: box-sessions emulator [option]...

Serves Box's two calls on this machine until it is interrupted (Ctrl-C). It
accepts, refuses and limits as Box does, and prints each termination that it
accepts. Nothing is ever really terminated.

      --address ADDR   numeric address to listen on (127.0.0.1); another one may
                       let the network in
      --port N         port; 0 takes a free one (0)
      --token-file FILE  accept only this access token (any)
      --ca-out FILE    write the certificate for --ca here (a temporary file)
      --ready-file FILE  write the base URL here, in one step, once it listens
      --unknown-user ID|LOGIN  answer 404 for this user, may be repeated
      --rate-limit N   answer 429 after N calls a minute (no limit)
      --latency MS     wait so long before each answer (0)
      --json           print JSON, one object a line
  -h, --help

Exit status: 0 ended by a signal; 2 output lost; 3 it cannot be set up so.
)";

}  // namespace

std::string helpText(std::string_view subcommand) {
  if (subcommand == "users") return std::string(users).append(commonOptions);
  if (subcommand == "groups") return std::string(groups).append(commonOptions);
  return std::string(subcommand == "emulator" ? emulator : program);
}

}  // namespace box::cli
