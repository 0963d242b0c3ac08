// Another process beside the test: it shares the token's file.
//
//   box_token_storage_peer increment PATH COUNT    under the lock, COUNT times: the refresh token becomes the next number
//   box_token_storage_peer hold PATH               locks, writes "held", and keeps the lock until it is killed
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "box/auth/token_storage.hpp"

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
  FileTokenStorage storage(arguments[2]);
  const std::string_view command = arguments[1];
  if (command == "increment" && count == 4) {
    run(increment(storage, std::atoi(arguments[3])));
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
