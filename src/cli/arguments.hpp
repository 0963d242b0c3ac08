#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/entries.hpp"

namespace box::cli {

/// What the program's exit status says. Part of its interface: scripts rely on it.
enum class Exit : int {
  accepted = 0,       ///< Box accepted everything
  rejected = 1,       ///< Box refused a call
  stopped = 2,        ///< stopped early: in doubt, no way to Box, output lost, answered with no
  usage = 3,          ///< arguments, configuration or input are wrong; nothing was sent
  interrupted = 130,  ///< by SIGINT, SIGTERM or SIGHUP
};

/// The arguments are wrong; what() says how to put it right. Repeats no value that might be secret.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `box-sessions users …` and `box-sessions groups …`. A path "-" means standard input.
struct TerminateArguments {
  Target target = Target::users;
  std::vector<std::string> entries;
  std::vector<std::string> files;
  std::size_t batch = 100;
  std::optional<std::string> remainingFile;

  std::optional<std::string> tokenFile;
  std::optional<std::string> baseUrl;
  std::optional<std::string> caFile;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<std::string> asUser;
  std::vector<std::pair<std::string, std::string>> headers;
  bool suppressNotifications = false;

  bool dryRun = false;
  bool yes = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;

  bool readsStandardInput() const;
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
  bool json = false;
};

struct ShowHelp {
  std::string topic;  ///< a subcommand; empty: the program
};
struct ShowVersion {};

using Command = std::variant<TerminateArguments, EmulatorArguments, ShowHelp, ShowVersion>;

/// Understands the arguments that follow the program's name. *Errors*: UsageError.
Command parseArguments(std::span<const char* const> arguments);

/// All options of a subcommand, as "--name": each must stand in its help.
std::vector<std::string> optionNames(const std::string& subcommand);

}  // namespace box::cli
