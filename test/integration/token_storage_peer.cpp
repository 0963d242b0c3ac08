// Another process of the test, which shares the token's file.
//
//   box_token_storage_peer increment PATH COUNT
//                          replaces the refresh token by the next number, COUNT times, each time under the lock
//   box_token_storage_peer refresh PATH COUNT URL CA
//                          treats its token as refused and makes a call with the next one, until it has refreshed
//                          COUNT times itself; it also uses tokens that other processes have refreshed
//   box_token_storage_peer hold PATH               locks, writes "held", and keeps the lock until it is killed
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include "box/auth/oauth.hpp"
#include "box/auth/token_storage.hpp"
#include "box/client.hpp"
#include "box/observe/observer.hpp"

namespace {

using box::AccessToken;
using box::FileTokenStorage;
using box::Secret;
using Token = std::shared_ptr<const AccessToken>;

boost::asio::awaitable<void> increment(FileTokenStorage& storage, int count) {
  const box::Deadline deadline(std::chrono::seconds(60));
  for (int i = 0; i < count; ++i) {
    const std::shared_ptr<void> lock = co_await storage.lock(deadline);
    Token token = co_await storage.get();
    int number = 0;
    if (token) number = std::stoi(std::string(token->refreshToken().reveal()));
    token = std::make_shared<const AccessToken>(Secret("access"), std::nullopt, Secret(std::to_string(number + 1)));
    co_await storage.store(token);
  }
}

boost::asio::awaitable<void> hold(FileTokenStorage& storage) {
  const box::Deadline deadline(std::chrono::seconds(60));
  const std::shared_ptr<void> lock = co_await storage.lock(deadline);
  std::puts("held");
  std::fflush(stdout);
  for (;;) ::pause();
}

/// Counts the token requests of this process.
class Requests : public box::Observer {
 public:
  void onEvent(const box::Event& event) override {
    const auto* call = std::get_if<box::event::CallStarted>(&event);
    if (call != nullptr && call->operation == "oauth2/token") ++count;
  }
  int count = 0;
};

boost::asio::awaitable<void> refresh(std::shared_ptr<FileTokenStorage> storage, int count, std::string url,
                                     std::string caFile) {
  box::OAuthConfig config;
  config.clientId = "the-client";
  config.clientSecret = Secret("the-secret");
  config.tokenStorage = storage;
  const auto auth = std::make_shared<box::BoxOAuth>(config);
  const auto requests = std::make_shared<Requests>();
  box::TlsOptions tls;
  tls.caFile = caFile;
  const box::NetworkSession session =
      box::NetworkSession().withTls(tls).withCustomBaseUrls(box::BaseUrls(url)).withObserver(requests);
  const auto executor = co_await boost::asio::this_coro::executor;
  const box::BoxClient client(executor, auth, session);
  const std::vector<std::string> users = {"1"};
  Token token;
  constexpr int most = 100000;
  for (int i = 0; i < most && requests->count < count; ++i) {
    if (token) {
      token = co_await auth->refreshToken(token, client.tokenContext());
    } else {
      token = co_await auth->retrieveToken(client.tokenContext());
    }
    // The first use of the new access token ends the old refresh token.
    co_await client.sessionTermination.terminateUsersSessions({.userIds = users});
  }
}

void run(boost::asio::awaitable<void> work) {
  boost::asio::io_context io(1);
  std::exception_ptr failure;
  boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr e) { failure = std::move(e); });
  io.run();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

int main(int count, char** arguments) try {
  if (count < 3) return 2;
  const auto shared = std::make_shared<FileTokenStorage>(arguments[2]);
  FileTokenStorage& storage = *shared;
  const std::string_view command = arguments[1];
  if (command == "increment" && count == 4) {
    run(increment(storage, std::atoi(arguments[3])));
  } else if (command == "refresh" && count == 6) {
    run(refresh(shared, std::atoi(arguments[3]), arguments[4], arguments[5]));
  } else if (command == "hold") {
    run(hold(storage));
  } else {
    return 2;
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
