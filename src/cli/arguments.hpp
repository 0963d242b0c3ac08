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

/// What the program's exit status says, the same for every command. Part of its interface: scripts rely on it.
enum class Exit : int {
  accepted = 0,  ///< Box accepted everything; done
  rejected =
      1,  ///< Box rejected entries, a request or the credentials, or an entry is invalid; a person refused to sign in
  stopped = 2,        ///< stopped early: time is up, result unknown, Box unreachable, or output could not be written
  usage = 3,          ///< arguments, configuration or input are wrong; nothing was sent
  journal = 4,        ///< the journal is unusable or could not be written
  signedInAgain = 5,  ///< somebody who was followed has signed in again
  interrupted = 130,  ///< the operator stopped it: SIGINT, SIGTERM, SIGHUP, or no yes to the question
};

/// The arguments are wrong; what() says how to put it right. Repeats no value that might be secret.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How the program proves to Box who asks.
enum class Method { developerToken, ccg, jwt, oauth };

/// The options about that. Only those of the method are set. A path "-" means standard input.
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

  /// How many of the files are standard input.
  int standardInputs() const;
};

/// Where Box is, and for how long it is asked.
struct ConnectionArguments {
  std::optional<std::string> baseUrl;
  std::optional<std::string> oauth2Url;  ///< of login only
  std::optional<std::string> caFile;
  std::optional<std::chrono::milliseconds> timeout;  ///< of one call; of a run over a list, of all of it
  std::optional<std::string> proxy;                  ///< a URL without credentials, or "env"
  std::optional<std::string> proxyUser;              ///< only with `proxy`
  std::optional<std::string> proxyPasswordFile;      ///< only with `proxyUser`; "-" means standard input

  /// How many of the files with secrets are standard input.
  int standardInputs() const;
};

/// How a run goes, and where it keeps its record.
struct BulkArguments {
  std::optional<std::string> journal;  ///< none: in the program's own place, where the list is longer than a batch
  bool noJournal = false;
  bool skipInvalid = false;    ///< send the others without asking
  std::optional<double> rate;  ///< calls a second; infinity: no limit
  std::optional<std::size_t> concurrency;
  InDoubt inDoubt = InDoubt::retryFresh;
  bool retryRejected = false;     ///< of resume only
  bool uncheckedAccount = false;  ///< of resume only: also where Box does not say whose the credentials are
  bool keepGoing = false;         ///< also where Box rejects every request the same way, or most
};

/// Whom Box lists: by one of the first four, and which of them.
struct SelectionArguments {
  std::vector<std::string> groups;    ///< ids or names
  std::optional<std::string> domain;  ///< without the @
  std::optional<std::string> loginPrefix;
  bool everyone = false;
  std::vector<std::string> statuses;  ///< empty: any
  bool appUsers = false;
  bool me = false;      ///< the user in whose name the program acts
  bool admins = false;  ///< administrators whom the account may not manage

  bool isGiven() const noexcept { return !groups.empty() || domain || loginPrefix || everyone; }
};

/// `box-sessions list …`. A path "-" means standard input.
struct ListArguments {
  SelectionArguments selection;
  std::vector<std::string> exceptFiles;  ///< who is left out
  std::optional<std::string> outputFile;
  CredentialArguments credentials;
  ConnectionArguments connection;
  bool json = false;
};

/// `box-sessions users …` and `box-sessions groups …`. A path "-" means standard input.
struct TerminateArguments {
  Target target = Target::users;
  std::vector<std::string> entries;
  std::vector<std::string> files;
  SelectionArguments selection;  ///< in place of entries and files
  ColumnOptions columns;
  std::vector<std::string> excludeFiles;  ///< who must stay
  bool excludeMe = false;                 ///< and the user in whose name the run acts
  std::size_t batch = 100;
  std::optional<std::string> remainingFile;
  BulkArguments bulk;

  CredentialArguments credentials;
  ConnectionArguments connection;
  std::optional<std::string> asUser;
  std::vector<std::pair<std::string, std::string>> headers;
  bool suppressNotifications = false;
  std::optional<std::chrono::milliseconds> follow;  ///< for how long the people are followed after the run

  bool dryRun = false;
  bool check = false;  ///< a dry run asks Box for the account
  bool yes = false;
  bool json = false;
  std::optional<std::string> log;  ///< the file to which events are appended
  bool quiet = false;
  bool verbose = false;

  bool readsStandardInput() const;
  /// The list is not known before Box has been asked for it, or for the account.
  bool asksBoxForTheList() const noexcept { return excludeMe || selection.isGiven(); }
  /// Also where it ends no sessions.
  bool asksBox() const noexcept { return !dryRun || check || asksBoxForTheList(); }
};

/// `box-sessions resume …`: what stands in the journal is not in here yet.
struct ResumeArguments {
  TerminateArguments run;  ///< with a journal; `files`: none, or one that is in another place now
  bool batchGiven = false;
};

/// `box-sessions follow …`
struct FollowArguments {
  std::string journal;
  std::optional<std::string> file;
  std::chrono::milliseconds window = std::chrono::minutes(15);
  bool watch = false;  ///< until it is stopped, in place of `window`
  std::chrono::milliseconds interval = std::chrono::seconds(10);
  double rate = 1;  ///< requests a second; infinity: no limit
  bool backfill = false;
  std::vector<std::string> evidenceTypes, signInTypes;  ///< besides those of the library
  std::optional<std::string> log;                       ///< the file to which events are appended

  CredentialArguments credentials;
  ConnectionArguments connection;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

enum class ReportForm { table, csv, markdown, json };

/// `box-sessions report …`
struct ReportArguments {
  std::string journal;
  std::optional<std::string> file;
  ReportForm form = ReportForm::table;
  bool excel = false;                   ///< CSV with a byte order mark
  std::optional<std::string> htmlFile;  ///< a page instead of the rows
  std::vector<BulkState> states;        ///< only entries in these; empty: all
};

/// `box-sessions login …`
struct LoginArguments {
  CredentialArguments credentials;
  ConnectionArguments connection;
  bool paste = false;
  LoopbackAddress redirect;                ///< not with `paste`
  std::optional<std::string> redirectUrl;  ///< with `paste`; none: the one in Box's console
  std::chrono::milliseconds wait = std::chrono::minutes(5);
};

/// `box-sessions auth check …`
struct AuthCheckArguments {
  CredentialArguments credentials;
  ConnectionArguments connection;
  bool json = false;
};

/// `box-sessions emulator …`
struct EmulatorArguments {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::optional<std::string> tokenFile;
  std::optional<std::string> caOut;
  std::optional<std::string> readyFile;
  std::vector<std::string> unknownUsers;
  std::size_t rateLimit = 0;
  std::chrono::milliseconds latency{0};
  std::optional<std::string> clientId;
  std::optional<std::string> clientSecretFile;
  std::vector<std::pair<std::string, std::string>> jwtPublicKeys;  ///< id of a key and its PEM file
  std::optional<std::chrono::seconds> tokenLifetime;
  std::optional<std::chrono::milliseconds> signInAfter;  ///< everybody signs in again so long after a termination
  bool json = false;
};

struct ShowHelp {
  std::string topic;  ///< a subcommand; empty: the program
};
struct ShowVersion {};

enum class Shell { bash, zsh, fish };

/// `box-sessions completion …`
struct PrintCompletion {
  Shell shell = Shell::bash;
};
/// `box-sessions manual`, which the build calls to make the man page.
struct PrintManual {};

using Command =
    std::variant<TerminateArguments, ResumeArguments, ListArguments, FollowArguments, ReportArguments, LoginArguments,
                 AuthCheckArguments, EmulatorArguments, ShowHelp, ShowVersion, PrintCompletion, PrintManual>;

/// A configuration file's text, with its path for messages.
struct ConfigText {
  std::string path;
  std::string text;
  std::string home{};  ///< the folder that "~" means; empty where the environment does not say it
};

/// Reads the file that --config names, or without that option the file in the usual place. Gives no value where that
/// option is missing and no file is in the usual place.
using ReadConfig = std::function<std::optional<ConfigText>(const std::optional<std::string>& path)>;

/// Understands the arguments that follow the program's name. `readConfig` is called for commands that have --config; it
/// may be empty. *Errors*: UsageError, and those of `readConfig`.
Command parseArguments(std::span<const char* const> arguments, const ReadConfig& readConfig = {});

}  // namespace box::cli
