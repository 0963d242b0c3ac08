#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <box/bulk/bulk_termination.hpp>

#include "cli/entries.hpp"
#include "cli/list/columns.hpp"
#include "cli/redirect.hpp"

namespace box::cli {

/// The program's exit status, with the same meaning for every command. Scripts rely on the numbers, so they never
/// change.
enum class Exit : int {
  accepted = 0,  ///< Box accepted everything, or the command succeeded
  /// Box rejected entries, a request or the credentials; invalid entries were skipped; or a person refused to sign in.
  rejected = 1,
  stopped = 2,        ///< stopped early: time is up, a result is unknown, Box is unreachable, or output was lost
  usage = 3,          ///< the arguments, the configuration or the input are wrong; nothing was sent
  journal = 4,        ///< the journal cannot be used, or could not be written
  signedInAgain = 5,  ///< a person who was followed has signed in again
  /// The operator stopped it: SIGINT, SIGTERM, SIGHUP, or an answer other than yes. One signal is the normal end of
  /// `follow --watch` and of `emulator`, which then have another status.
  interrupted = 130,
};

/// The arguments are wrong. what() says how to correct them, and shows no value that might be a secret.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How the program authenticates to Box.
enum class Method { developerToken, ccg, jwt, oauth };

/// The options about authentication; only those that belong to `method` are set. The path "-" means standard input.
struct CredentialArguments {
  Method method = Method::developerToken;
  std::optional<std::string> tokenFile;
  std::optional<std::string> clientId;
  std::optional<std::string> clientSecretFile;
  std::optional<std::string> enterpriseId;
  std::optional<std::string> userId;
  std::optional<std::string> jwtConfigFile;
  std::optional<std::string> oauthFile;
  std::optional<std::string> tokenCacheFile;
};

/// Where Box is, and how long calls to it may take.
struct ConnectionArguments {
  std::optional<std::string> baseUrl;
  std::optional<std::string> oauth2Url;  ///< only for `login`
  std::optional<std::string> caFile;
  std::optional<std::chrono::milliseconds> timeout;  ///< the limit of one call, or of a whole run over a list
  std::optional<std::string> proxy;                  ///< a URL without user and password, or "env"
  std::optional<std::string> proxyUser;              ///< only with `proxy`
  std::optional<std::string> proxyPasswordFile;      ///< only with `proxyUser`; "-" means standard input
};

/// What the commands that call Box have in common. Not every command has all of these options.
struct CallArguments {
  CredentialArguments credentials;
  ConnectionArguments connection;
  /// The options that a later command needs to reach the same Box with the same credentials, and their values; that of
  /// a flag is empty. None of them is a secret.
  std::vector<std::pair<std::string, std::string>> wayToBox;
  std::string credentialsFrom;  ///< the configuration file that has chosen the credentials; empty: none has
  bool readsStandardInput = false;
  bool json = false;
  std::optional<std::string> log;  ///< the file to which events and messages are appended
  bool quiet = false;
  bool verbose = false;
};

/// How a run proceeds, and where its journal is.
struct BulkArguments {
  std::optional<std::string>
      journal;  ///< not set: the default place, where the list is longer than a batch or the run is followed
  bool noJournal = false;
  bool skipInvalid = false;    ///< send the valid entries although others are invalid, also with --yes
  std::optional<double> rate;  ///< calls a second; infinity: unlimited
  std::optional<std::size_t> concurrency;
  InDoubt inDoubt = InDoubt::retryFresh;
  bool retryRejected = false;     ///< only for `resume`
  bool uncheckedAccount = false;  ///< only for `resume`: continue although Box does not say whose the credentials are
  bool keepGoing = false;         ///< continue although Box rejects all requests in the same way, or most entries
};

/// The users whom Box is to list. One of the first four members chooses them, `statuses` narrows the choice, and each
/// flag includes users who are left out otherwise.
struct SelectionArguments {
  std::vector<std::string> groups;    ///< ids or names
  std::optional<std::string> domain;  ///< without the @
  std::optional<std::string> loginPrefix;
  bool everyone = false;
  std::vector<std::string> statuses;  ///< empty: all of them
  bool appUsers = false;
  bool me = false;      ///< include the user whose credentials these are
  bool admins = false;  ///< include administrators, whom the account may not be able to manage

  bool isGiven() const noexcept { return !groups.empty() || domain || loginPrefix || everyone; }
};

/// Arguments of `box-sessions list …`. The path "-" means standard input.
struct ListArguments : CallArguments {
  SelectionArguments selection;
  std::vector<std::string> excludeFiles;  ///< lists of users to leave out
  std::optional<std::string> outputFile;
};

/// Arguments of `box-sessions users …` and `box-sessions groups …`. The path "-" means standard input.
struct TerminateArguments : CallArguments {
  Target target = Target::users;
  std::vector<std::string> entries;
  std::vector<std::string> files;
  SelectionArguments selection;  ///< used instead of entries and files
  ColumnOptions columns;
  std::vector<std::string> excludeFiles;  ///< lists of users whose sessions must not end
  bool excludeUnmatched = false;          ///< accept such a list although some of its entries are not in the run's
  bool excludeMe = false;                 ///< leave out the user in whose name the run acts, too
  std::size_t batch = 100;
  std::optional<std::string> remainingFile;
  BulkArguments bulk;

  /// The options that the command to continue the run has again, and their values; that of a flag is empty.
  std::vector<std::pair<std::string, std::string>> continued;

  std::optional<std::string> asUser;
  std::vector<std::pair<std::string, std::string>> headers;
  bool suppressNotifications = false;
  std::optional<std::chrono::milliseconds> follow;  ///< how long to follow the people after the run

  bool dryRun = false;
  bool check = false;  ///< a dry run asks Box for the account
  bool yes = false;

  /// Whether Box has to be asked before the list is known: for its users, or for the account to exclude.
  bool asksBoxForTheList() const noexcept { return excludeMe || selection.isGiven(); }
  /// Whether the command asks Box anything; a dry run may do so too.
  bool asksBox() const noexcept { return !dryRun || check || asksBoxForTheList(); }
};

/// Arguments of `box-sessions resume …`, with a journal. `files` is empty, or names the new place of the list. They do
/// not yet contain what the journal says.
struct ResumeArguments : TerminateArguments {
  bool batchGiven = false;
};

/// Arguments of `box-sessions follow …`.
struct FollowArguments : CallArguments {
  std::string journal;
  std::optional<std::string> file;
  std::chrono::milliseconds window = std::chrono::minutes(15);
  bool watch = false;  ///< follow until the operator stops it; `window` is not used
  std::chrono::milliseconds interval = std::chrono::seconds(10);
  double rate = 1;  ///< requests a second; infinity: unlimited
  bool backfill = false;
  std::chrono::milliseconds logLag = std::chrono::minutes(10);  ///< see FollowOptions::historyLag
  std::vector<std::string> evidenceTypes, signInTypes;          ///< in addition to those of the library
};

enum class ReportForm { table, csv, markdown, json };

/// Arguments of `box-sessions report …`.
struct ReportArguments {
  std::string journal;  ///< empty: show which journals there are
  std::optional<std::string> file;
  ReportForm form = ReportForm::table;
  bool excel = false;                    ///< CSV begins with a byte order mark, which Excel needs
  std::optional<std::string> htmlFile;   ///< write an HTML page instead of the rows
  std::vector<std::string_view> states;  ///< show only entries in these states, by name; empty: all
};

/// Arguments of `box-sessions login …`.
struct LoginArguments : CallArguments {
  bool paste = false;
  LoopbackAddress redirect;                ///< not used with `paste`
  std::optional<std::string> redirectUrl;  ///< only with `paste`; not set: the one in Box's console
  std::chrono::milliseconds wait = std::chrono::minutes(5);
};

/// Arguments of `box-sessions auth check …`.
struct AuthCheckArguments : CallArguments {};

/// Arguments of `box-sessions emulator …`.
struct EmulatorArguments {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::optional<std::string> tokenFile;
  std::optional<std::string> caOut;
  std::optional<std::string> readyFile;
  std::vector<std::string> unknownUsers, forbiddenUsers;
  std::size_t rateLimit = 0;
  int fail = 0;                             ///< the status of calls that end sessions; 0: none fails
  std::uint64_t failAfter = 0;              ///< how many of these calls do not fail before the first failure
  std::optional<std::uint64_t> failCalls;   ///< how many fail then; not set: all
  std::optional<std::uint64_t> retryAfter;  ///< seconds in Retry-After of a 429, and of a call that fails
  std::chrono::milliseconds latency{0};
  std::optional<std::string> clientId;
  std::optional<std::string> clientSecretFile;
  std::vector<std::pair<std::string, std::string>> jwtPublicKeys;  ///< ids of keys and their PEM files
  std::optional<std::chrono::seconds> tokenLifetime;
  std::optional<std::chrono::milliseconds> signInAfter;  ///< everybody signs in again this long after a termination
  bool json = false;
};

struct ShowHelp {
  std::string topic;  ///< a subcommand; empty: the whole program
};
struct ShowVersion {};

enum class Shell { bash, zsh, fish };

/// Arguments of `box-sessions completion …`.
struct PrintCompletion {
  Shell shell = Shell::bash;
};
/// `box-sessions manual`, which the build runs to make the man page.
struct PrintManual {};

using Command =
    std::variant<TerminateArguments, ResumeArguments, ListArguments, FollowArguments, ReportArguments, LoginArguments,
                 AuthCheckArguments, EmulatorArguments, ShowHelp, ShowVersion, PrintCompletion, PrintManual>;

/// The text of a configuration file, and its path for messages.
struct ConfigText {
  std::string path;
  std::string text;
  std::string home{};  ///< the folder that "~" means; empty where $HOME does not name one
};

/// Reads the file that --config names, or without that option the file in the usual place. Gives no value where that
/// option is missing and no file is in the usual place.
using ReadConfig = std::function<std::optional<ConfigText>(const std::optional<std::string>& path)>;

/// Receives each path of the command line and of the configuration file, and the emulator's --address, before it is
/// used: from then on the output hides what looks like a secret in it (typed_paths.hpp).
using NotePath = std::function<void(const std::string& path)>;

/// Parses the arguments that follow the program's name. `readConfig` is called for commands that have --config. Both
/// functions may be empty. *Errors*: UsageError, and those of `readConfig`.
Command parseArguments(std::span<const char* const> arguments, const ReadConfig& readConfig = {},
                       const NotePath& notePath = {});

}  // namespace box::cli
