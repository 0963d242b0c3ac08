// Measures the longest handler that each public operation runs on the caller's event loop, and compares it with that of
// a handshake with plain Asio. A second thread of this process runs the emulator.
//
//   box_bench_handlers --key=FILE    an RSA key, PEM, which signs the assertions of the JWT; 4096 bits for the figures
//
// For each operation it prints the number of handlers, the CPU time of the longest, the number of connections opened,
// and how often a handler opened a file, waited for a disk or looked a name up. test/cost runs it under callgrind,
// which counts the instructions of each call of oneHandler().
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <box/box.hpp>
#include <box/bulk/bulk_termination.hpp>
#include <box/bulk/file_journal.hpp>
#include <box/emulator/emulator.hpp>
#include <box/follow/follower.hpp>

#include "support/blocking_calls.hpp"
#include "support/load.hpp"

namespace asio = boost::asio;
using namespace box::bench;

// callgrind finds the function by this name.
extern "C" [[gnu::noinline]] void oneHandler(asio::io_context& io) { io.run_one(); }

namespace {

/// CPU time of this thread. It does not include other programs on the machine.
double milliseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

const char* separator = "";

/// Runs the operation on a loop that has nothing else to do, and prints the cost of its handlers.
void measure(const box::emulator::Emulator& emulator, asio::io_context& io, const char* name,
             asio::awaitable<void> operation) {
  bool done = false;
  std::exception_ptr failure;
  asio::co_spawn(io, std::move(operation), [&](std::exception_ptr thrown) {
    failure = std::move(thrown);
    done = true;
  });
  unsigned handlers = 0;
  double longest = 0;
  const std::uint64_t before = blockingCalls(), connected = emulator.counts().connectionsAccepted;
  while (!done) {
    const double start = milliseconds();
    oneHandler(io);
    longest = std::max(longest, milliseconds() - start);
    ++handlers;
  }
  const std::uint64_t blocking = blockingCalls() - before;
  if (failure) std::rethrow_exception(failure);
  std::printf("%s{\"operation\":\"%s\",\"handlers\":%u,\"longestMs\":%.3f,\"connections\":%llu,\"blocking\":%llu}",
              separator, name, handlers, longest,
              static_cast<unsigned long long>(emulator.counts().connectionsAccepted - connected),
              static_cast<unsigned long long>(blocking));
  separator = ",\n";
}

class Folder {
 public:
  Folder() {
    if (::mkdtemp(path_.data()) == nullptr) Load::fail("no folder can be made");
  }
  ~Folder() {
    for (const char* name : {"/token", "/token.lock", "/journal"}) ::unlink((path_ + name).c_str());
    ::rmdir(path_.c_str());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_ = "/tmp/box-handlers-XXXXXX";
};

constexpr std::size_t people = 1000, eventsOfAPage = 500, entries = 40'000, entriesOfACall = 4'000, followed = 20'000;

std::string keyFile(int argc, char** argv) {
  constexpr std::string_view name = "--key=";
  if (argc == 2 && std::string_view(argv[1]).starts_with(name)) return argv[1] + name.size();
  Load::fail("usage: box_bench_handlers --key=FILE");
}

std::string contentOf(const std::string& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string publicHalf(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&::BIO_free_all)> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                           &::BIO_free_all),
      out(BIO_new(BIO_s_mem()), &::BIO_free_all);
  const std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), &::EVP_PKEY_free);
  if (!key || PEM_write_bio_PUBKEY(out.get(), key.get()) != 1) Load::fail("--key has no private key");
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

/// A Box with users, events and an app.
box::emulator::EmulatorOptions boxWith(const std::string& privateKey) {
  box::emulator::EmulatorOptions options;
  options.clientId = "client";
  options.clientSecret = "secret";
  options.accessTokens = {token};
  options.jwtPublicKeys = {{"key", publicHalf(privateKey)}};
  options.authorizationCodes = {"code"};
  options.subjectIds = {"77"};
  options.directory.groups.push_back({"5", "Staff"});
  for (std::size_t i = 0; i < people; ++i) {
    const std::string id = std::to_string(10'000'000 + i);
    options.directory.users.push_back({id, "Person " + id, "person" + id + "@example.com"});
    options.directory.memberships.push_back({std::to_string(i + 1), "5", id});
  }
  return options;
}

/// Runs one operation after the other, each with a new client and a new loop.
class Bench {
 public:
  explicit Bench(const std::string& privateKey) : privateKey_(privateKey), emulator_(boxWith(privateKey)) {
    box::TlsOptions tls;
    tls.caPem = emulator_.caPem();
    session_ = session_.withTls(tls).withCustomBaseUrls(box::BaseUrls(emulator_.baseUrl()));
  }

  void run() {
    handshake();
    terminations();
    lists();
    tokens();
    bulk();
    following();
  }

 private:
  using Auth = std::shared_ptr<box::Authentication>;
  using Operation = std::function<asio::awaitable<void>(box::BoxClient&)>;

  void with(const char* name, const Operation& operation, Auth auth = nullptr) {
    asio::io_context io(1);
    if (!auth) auth = std::make_shared<box::BoxDeveloperTokenAuth>(token);
    box::BoxClient client(io.get_executor(), std::move(auth), session_);
    measure(emulator_, io, name, operation(client));
  }

  static asio::awaitable<void> shakeHands(std::uint16_t port, asio::ssl::context& context) {
    asio::ssl::stream<asio::ip::tcp::socket> stream(co_await asio::this_coro::executor, context);
    const asio::ip::tcp::endpoint at(asio::ip::address_v4::loopback(), port);
    co_await stream.next_layer().async_connect(at, asio::use_awaitable);
    co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  }

  void handshake() {
    asio::io_context io(1);
    asio::ssl::context context(asio::ssl::context::tls_client);
    const std::string ca = emulator_.caPem();
    context.add_certificate_authority(asio::buffer(ca));
    context.set_verify_mode(asio::ssl::verify_peer);
    context.set_verify_callback(asio::ssl::host_name_verification("localhost"));
    measure(emulator_, io, "plain Asio: a handshake", shakeHands(emulator_.port(), context));
  }

  static asio::awaitable<void> terminate(box::BoxClient& client, std::vector<std::string> ids) {
    co_await client.sessionTermination.terminateUsersSessions({.userIds = ids});
  }

  void terminations() {
    with("terminateUsersSessions, on a new connection",
         [](box::BoxClient& client) { return terminate(client, {"1"}); });
    with("terminateUsersSessions, 10,000 ids",
         [](box::BoxClient& client) { return terminate(client, makeIds(10'000)); });
  }

  static asio::awaitable<void> readAll(box::BoxClient& client) {
    box::UserReader reader = client.users.readUsers();
    while (co_await reader.next()) {
    }
  }
  static asio::awaitable<void> events(box::BoxClient& client) {
    co_await client.events.getEvents({.streamType = "admin_logs", .limit = std::int64_t{eventsOfAPage}});
  }
  static asio::awaitable<void> memberships(box::BoxClient& client) {
    co_await client.memberships.getGroupMemberships("5", {.queryParams = {.limit = std::int64_t{people}}});
  }

  void lists() {
    for (std::size_t i = 0; i < eventsOfAPage; ++i) {
      box::emulator::EmulatorEvent event;
      event.type = i % 2 == 0 ? "REMOVE_LOGIN_ACTIVITY_DEVICE" : "LOGIN";
      event.userId = std::to_string(10'000'000 + i % people);
      emulator_.addEvent(event);
    }
    with("readUsers, 1,000 users", [](box::BoxClient& client) { return readAll(client); });
    with("getGroupMemberships, 1,000 members", [](box::BoxClient& client) { return memberships(client); });
    with("getEvents, 500 events", [](box::BoxClient& client) { return events(client); });
  }

  static asio::awaitable<void> retrieve(Auth auth, box::BoxClient& client) {
    co_await auth->retrieveToken(client.tokenContext());
  }
  static asio::awaitable<void> signInAndOut(std::shared_ptr<box::BoxOAuth> auth, box::BoxClient& client) {
    co_await auth->getTokensAuthorizationCodeGrant(box::Secret("code"), client.tokenContext());
    co_await auth->downscopeToken("item_preview", "", client.tokenContext());
    co_await auth->revokeToken(client.tokenContext());
  }

  void tokens() {
    const Folder folder;
    box::JwtConfig jwt;
    jwt.clientId = "client";
    jwt.clientSecret = box::Secret("secret");
    jwt.publicKeyId = "key";
    jwt.privateKey = box::Secret(privateKey_);
    jwt.enterpriseId = "77";
    const auto assertion = std::make_shared<box::BoxJwtAuth>(jwt);
    with(
        "a token by JWT, RSA 4096", [&](box::BoxClient& client) { return retrieve(assertion, client); }, assertion);
    box::OAuthConfig oauth;
    oauth.clientId = "client";
    oauth.clientSecret = box::Secret("secret");
    oauth.tokenStorage = std::make_shared<box::FileTokenStorage>(folder.file("token"));
    const auto person = std::make_shared<box::BoxOAuth>(oauth);
    with(
        "OAuth: a token by a code, downscoped, revoked; kept in a file",
        [&](box::BoxClient& client) { return signInAndOut(person, client); }, person);
  }

  static asio::awaitable<void> terminateAll(box::BoxClient& client, std::vector<std::string> ids,
                                            std::shared_ptr<box::BulkJournal> journal) {
    box::BulkOptions options;
    options.batchSize = entriesOfACall;
    options.rate.start = options.rate.cap = std::numeric_limits<double>::infinity();
    const box::BulkTermination termination(client.sessionTermination, options);
    const box::BulkSummary summary =
        co_await termination.run(box::bulkSource(std::move(ids)), nullptr, std::move(journal));
    if (summary.counts.accepted != entries) Load::fail("not everybody was accepted");
  }

  void bulk() {
    const Folder folder;
    const auto journal = box::FileJournal::create(folder.file("journal"), box::JournalHeader());
    with("BulkTermination, 40,000 users, 4,000 in a call, with a journal",
         [&](box::BoxClient& client) { return terminateAll(client, makeIds(entries), journal); });
  }

  static asio::awaitable<void> follow(box::BoxClient& client, std::vector<box::FollowTarget> targets) {
    box::FollowOptions options;
    options.rate.start = options.rate.cap = 1000;
    const box::Follower follower(client, options);
    box::FollowMark mark;
    mark.position = std::to_string(box::emulator::EmulatorEventSettings().firstPosition);
    mark.time = std::chrono::system_clock::now() - std::chrono::hours(1);
    const box::FollowSummary seen = co_await follower.follow(std::move(targets), mark, std::chrono::nanoseconds(0));
    if (seen.evidence == 0) Load::fail("nothing was seen");
  }

  void following() {
    std::vector<box::FollowTarget> targets;
    for (std::size_t i = 0; i < followed; ++i) targets.push_back({std::to_string(10'000'000 + i), ""});
    with("Follower, 20,000 people, a page of 500 events",
         [&](box::BoxClient& client) { return follow(client, targets); });
  }

  const std::string privateKey_;
  box::emulator::Emulator emulator_;
  box::NetworkSession session_;
};

}  // namespace

int main(int argc, char** argv) try {
  const std::string privateKey = contentOf(keyFile(argc, argv));
  if (blockingCalls() == 0) Load::fail("that a file was read has not been noticed");
  std::printf("[");
  Bench(privateKey).run();
  std::printf("]\n");
} catch (const std::exception& error) {
  Load::fail(error.what());
}
