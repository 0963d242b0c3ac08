// Ends the sessions of one person and of everyone in one group.
//
//   BOX_TOKEN=... USER_ID=12345 USER_LOGIN=ann@example.com GROUP_ID=67890 ./minimal
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <box/box.hpp>

namespace asio = boost::asio;

struct User {
  std::string login;
};
struct Group {
  std::string id;
};

std::string getEnvVar(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

asio::awaitable<void> endSessions(std::string token, User user, Group group) {
  box::BoxClient client{co_await asio::this_coro::executor, std::make_shared<box::BoxDeveloperTokenAuth>(token)};

  // To try it without Box: `box-sessions emulator --ca-out ca.pem`, and SSL_CERT_FILE=ca.pem here.
  const std::string baseUrl = getEnvVar("BOX_BASE_URL");
  if (!baseUrl.empty()) client = client.withCustomBaseUrls(box::BaseUrls(baseUrl));

  box::SessionTerminationMessage message = co_await client.sessionTermination.terminateUsersSessions({
      .userIds = {getEnvVar("USER_ID")},
      .userLogins = {user.login},
  });
  std::cout << "Box accepted it: " << message.message.value_or("(no text)") << '\n';

  co_await client.sessionTermination.terminateGroupsSessions({.groupIds = {group.id}});
}

int main() {
  asio::io_context io;
  asio::co_spawn(io, endSessions(getEnvVar("BOX_TOKEN"), User{getEnvVar("USER_LOGIN")}, Group{getEnvVar("GROUP_ID")}),
                 [](std::exception_ptr failure) {
                   if (failure) std::rethrow_exception(failure);
                 });
  try {
    io.run();
  } catch (const box::BoxSdkError& error) {
    std::cerr << error.what() << " (the request: " << box::toString(error.fate()) << ")\n";
    return 1;
  }
}
