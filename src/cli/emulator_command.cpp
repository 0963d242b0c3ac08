#include <chrono>
#include <csignal>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <box/emulator/emulator.hpp>
#include <box/support/asio.hpp>

#include "cli/commands.hpp"
#include "cli/secrets.hpp"
#include "cli/system/process.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

namespace json = boost::json;
using emulator::AcceptedTermination;

constexpr std::size_t maxKeyBytes = 64 * 1024;

/// Longer than clients keep an idle connection, and short enough that open connections cannot fill the memory.
constexpr std::chrono::seconds idleLimit{60};

bool isLoopback(const std::string& address) {
  boost::system::error_code invalid;
  const asio::ip::address parsed = asio::ip::make_address(address, invalid);
  return !invalid && parsed.is_loopback();
}

/// The file with the certificate that clients must trust: at the path of the arguments, or else a temporary file that
/// is removed when the emulator ends.
class CaFile {
 public:
  CaFile(const std::optional<std::string>& path, const std::string& pem) : temporary_(!path) {
    if (path) {
      writeFile(*path, pem, Readers::everybody);
      path_ = *path;
    } else {
      path_ = makeTemporaryFile("box-sessions-ca-", ".pem", pem);
    }
  }
  ~CaFile() {
    if (temporary_) removeFile(path_);
  }
  CaFile(const CaFile&) = delete;
  CaFile& operator=(const CaFile&) = delete;

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  bool temporary_;
};

std::string readyText(const emulator::Emulator& server, const std::string& caPath) {
  const std::string ca = printable(caPath);
  const std::string url = server.baseUrl();
  return "ready: " + url + "\noauth: " + server.oauth2Url() + "\nca:    " + ca +
         "\ntry:   BOX_DEVELOPER_TOKEN=... box-sessions users 12345 --base-url " + url + " --ca " + ca +
         "\n       box-sessions login --oauth tokens --client-id ID --base-url " + url + " --oauth2-url " +
         server.oauth2Url() + " --ca " + ca + "\n";
}

json::object readyJson(const emulator::Emulator& server, const std::string& caPath) {
  json::object out;
  out["event"] = "ready";
  out["baseUrl"] = server.baseUrl();
  out["oauth2Url"] = server.oauth2Url();
  out["port"] = server.port();
  out["caFile"] = validUtf8(caPath);
  return out;
}

std::string tokenText(const emulator::RequestRecord& request) {
  return "token: " + printable(request.grantType) + ", answered " + std::to_string(request.status) + "\n";
}

json::object tokenJson(const emulator::RequestRecord& request) {
  json::object out;
  out["event"] = "token";
  out["grantType"] = validUtf8(request.grantType);
  out["status"] = request.status;
  return out;
}

std::string acceptedText(const AcceptedTermination& accepted) {
  std::string out = "accepted " + std::to_string(accepted.sequence) + ":";
  const auto add = [&out](const char* name, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    out.append(" ").append(name);
    for (const std::string& text : texts) out += " " + printable(text);
  };
  add("users", accepted.userIds);
  add("logins", accepted.userLogins);
  add("groups", accepted.groupIds);
  if (!accepted.asUser.empty()) out += ", as user " + printable(accepted.asUser);
  return out + ", box-request-id " + accepted.boxRequestId + "\n";
}

json::object acceptedJson(const AcceptedTermination& accepted) {
  const bool users = accepted.kind == emulator::TerminationKind::users;
  const auto listed = [](const std::vector<std::string>& texts) {
    json::array out;
    for (const std::string& text : texts) out.emplace_back(validUtf8(text));
    return out;
  };
  json::object out;
  out["event"] = "accepted";
  out["sequence"] = accepted.sequence;
  out["target"] = users ? "users" : "groups";
  out["ids"] = listed(users ? accepted.userIds : accepted.groupIds);
  if (users) out["logins"] = listed(accepted.userLogins);
  if (!accepted.asUser.empty()) out["asUser"] = validUtf8(accepted.asUser);
  out["boxRequestId"] = accepted.boxRequestId;
  return out;
}

/// Users and groups to practise with.
emulator::EmulatorDirectory practiceDirectory() {
  emulator::EmulatorDirectory out;
  out.users = {{"101", "Ada Example", "ada@example.com"},
               {"102", "Ben Example", "ben@example.com", "inactive"},
               {"103", "Cleo Example", "cleo@example.com", "active", "coadmin"},
               {"201", "Dan Partner", "dan@partner.example"},
               {"202", "Eve Partner", "eve@partner.example"}};
  out.groups = {{"501", "Partners"}, {"502", "Partners EMEA"}};
  out.memberships = {{"1", "501", "201"}, {"2", "501", "202"}, {"3", "501", "102"}, {"4", "502", "202"}};
  return out;
}

void signInAgain(emulator::Emulator& server, const AcceptedTermination& accepted, std::chrono::milliseconds after) {
  emulator::EmulatorEvent event{.type = "LOGIN"};
  event.createdAt = std::chrono::system_clock::now() + after;
  event.delay = after;
  for (const std::string& id : accepted.userIds) {
    event.userId = id;
    server.addEvent(event);
  }
  for (const std::string& group : accepted.groupIds) {
    for (const emulator::EmulatorMembership& membership : practiceDirectory().memberships) {
      if (membership.groupId != group) continue;
      event.userId = membership.userId;
      server.addEvent(event);
    }
  }
  event.userId.clear();
  for (const std::string& login : accepted.userLogins) {
    json::object source;
    source["type"] = "user";
    source["login"] = validUtf8(login);
    event.sourceJson = json::serialize(source);
    server.addEvent(event);
  }
}

emulator::EmulatorOptions optionsOf(const EmulatorArguments& arguments) {
  emulator::EmulatorOptions options;
  options.address = arguments.address;
  options.port = arguments.port;
  options.rateLimitCalls = arguments.rateLimit;
  if (arguments.retryAfter) options.retryAfterSeconds = static_cast<int>(*arguments.retryAfter);
  options.latency = arguments.latency;
  options.directory = practiceDirectory();
  options.maxRecords = 1;  // each is printed when it arrives, so none need be kept
  options.idleClose = idleLimit;
  for (const std::string& user : arguments.unknownUsers) {
    (isLogin(user) ? options.unknownUserLogins : options.unknownUserIds).push_back(user);
  }
  for (const std::string& user : arguments.forbiddenUsers) {
    (isLogin(user) ? options.forbiddenUserLogins : options.forbiddenUserIds).push_back(user);
  }
  if (arguments.tokenFile) {
    const Secret token = readSecret(*arguments.tokenFile, SecretKind::accessToken);
    options.accessTokens.emplace_back(token.reveal());
  }
  if (arguments.clientId) {
    options.clientId = *arguments.clientId;
    options.clientSecret = readSecret(*arguments.clientSecretFile, SecretKind::clientSecret).reveal();
  }
  for (const auto& [keyId, file] : arguments.jwtPublicKeys) {
    options.jwtPublicKeys.push_back({keyId, readWholeFile(file, maxKeyBytes)});
  }
  if (arguments.tokenLifetime) options.tokenLifetime = *arguments.tokenLifetime;
  return options;
}

/// Makes calls that end sessions fail as --fail says.
void addFailures(emulator::Emulator& server, const EmulatorArguments& arguments) {
  if (arguments.fail == 0) return;
  emulator::Reply reply = emulator::Reply::status(arguments.fail);
  if (arguments.retryAfter) reply = reply.retryAfter(std::to_string(*arguments.retryAfter));
  const std::uint64_t begin = arguments.failAfter;
  const std::uint64_t count = arguments.failCalls.value_or(std::numeric_limits<std::uint64_t>::max());
  server.setResponder([=, calls = std::uint64_t{0}](const emulator::RequestInfo& request) mutable {
    const bool isTermination = request.method == "POST" && request.target.ends_with("/terminate_sessions");
    const std::uint64_t call = isTermination ? calls++ : 0;
    const bool fails = isTermination && call >= begin && call - begin < count;
    return fails ? std::optional(reply) : std::nullopt;
  });
}

}  // namespace

Exit runEmulator(const EmulatorArguments& arguments, const Console& console) {
  asio::io_context context(1);
  // A shell starts a command in the background with SIGINT ignored; the emulator is stopped by it all the same.
  asio::signal_set signals(context, SIGINT, SIGTERM);
  for (const int signal : stopSignals()) signals.add(signal);
  signals.async_wait([&context](const boost::system::error_code&, int) { context.stop(); });

  emulator::EmulatorOptions options = optionsOf(arguments);
  std::optional<emulator::Emulator> server;
  // This runs on the emulator's thread, which must not wait for a slow terminal.
  options.onAccepted = [&](const AcceptedTermination& accepted) {
    asio::post(context, [&, accepted] {
      if (arguments.signInAfter && server->running()) signInAgain(*server, accepted, *arguments.signInAfter);
      console.result(arguments.json ? json::serialize(acceptedJson(accepted)) + "\n" : acceptedText(accepted));
    });
  };
  options.onRequest = [&arguments, &console, &context](const emulator::RequestRecord& request) {
    if (request.grantType.empty()) return;
    asio::post(context, [&arguments, &console, request] {
      console.result(arguments.json ? json::serialize(tokenJson(request)) + "\n" : tokenText(request));
    });
  };

  try {
    server.emplace(std::move(options));
  } catch (const std::system_error& error) {
    throw FileError("cannot listen on " + printable(arguments.address) + " port " + std::to_string(arguments.port) +
                    ": " + printable(error.code().message()));
  } catch (const std::runtime_error& error) {
    throw FileError("the emulator cannot be set up with these options: " + printable(error.what()));
  }
  addFailures(*server, arguments);
  if (!isLoopback(arguments.address)) {
    console.complain("--address " + printable(arguments.address) +
                     " lets other machines use this emulator: take 127.0.0.1 unless that is what you want");
  }
  const CaFile ca(arguments.caOut, server->caPem());
  console.result(arguments.json ? json::serialize(readyJson(*server, ca.path())) + "\n"
                                : readyText(*server, ca.path()));
  if (arguments.readyFile) writeFile(*arguments.readyFile, server->baseUrl() + "\n", Readers::everybody);

  context.run();
  server->stop();
  context.restart();
  context.poll();  // print the requests that were accepted last
  return Exit::accepted;
}

}  // namespace box::cli
