// Makes each call that reads, once with every argument and once with none, to the server at a URL: box_prism_client URL
// CA-FILE
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <box/box.hpp>

namespace asio = boost::asio;

namespace {

int failures = 0;

/// Runs a call to its end, and prints its result.
template <class T>
void expect(const char* what, asio::io_context& io, asio::awaitable<T> call, bool answered = true) {
  io.restart();
  asio::co_spawn(io, box::tryAwait(std::move(call)), [&](std::exception_ptr thrown, box::CallResult<T> result) {
    if (thrown) std::rethrow_exception(thrown);
    const bool good = result.has_value() == answered;
    if (!good) ++failures;
    std::printf("%s %s%s%s\n", good ? "ok  " : "FAIL", what, result ? "" : ": ", result ? "" : result.error().what());
  });
  io.run();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s URL CA-FILE\n", argv[0]);
    return 2;
  }
  box::TlsOptions tls;
  tls.caFile = argv[2];
  const auto session = box::NetworkSession().withTls(tls).withCustomBaseUrls(box::BaseUrls(argv[1]));
  asio::io_context io;
  const box::BoxClient client(io.get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>("any-token"), session);

  expect("getUsers", io, client.users.getUsers());
  expect("getUsers by offset", io,
         client.users.getUsers({.filterTerm = "ann+x@example.com",
                                .userType = "managed",
                                .externalAppUserId = "my-user-1234",
                                .fields = {"id", "login", "is_platform_access_only"},
                                .offset = 1'000,
                                .limit = 1'000}));
  expect("getUsers by marker", io,
         client.users.getUsers({.usemarker = true, .marker = "JV9IRGZmieiBasejOG9yDCRNgd2ymoZI"}));
  expect("getUserMe", io, client.users.getUserMe());
  expect("getUserMe with fields", io, client.users.getUserMe({.fields = {"id", "role"}}));
  expect("getUserById", io, client.users.getUserById("12345"));
  expect("getUserById with fields", io, client.users.getUserById("12345", {.queryParams = {.fields = {"id", "role"}}}));
  expect("getGroups", io, client.groups.getGroups());
  expect("getGroups with all", io,
         client.groups.getGroups({.filterTerm = "Staff", .fields = {"id", "name"}, .limit = 1'000, .offset = 1'000}));
  expect("getGroupMemberships", io, client.memberships.getGroupMemberships("57645"));
  expect("getGroupMemberships with all", io,
         client.memberships.getGroupMemberships("57645", {.queryParams = {.limit = 1'000, .offset = 1'000}}));
  expect("getEvents", io, client.events.getEvents());
  expect("getEvents of the stream", io,
         client.events.getEvents({.streamType = "admin_logs_streaming",
                                  .streamPosition = "1348790499819",
                                  .limit = 500,
                                  .eventType = {"LOGIN", "REMOVE_LOGIN_ACTIVITY_DEVICE"}}));
  const auto now = std::chrono::system_clock::now();
  expect("getEvents of a time", io,
         client.events.getEvents(
             {.streamType = "admin_logs", .createdAfter = now - std::chrono::hours(1), .createdBefore = now}));
  // Checks that the server refuses what its document does not allow.
  expect("a refusal", io, client.events.getEvents({.streamType = "admin_logs", .eventType = {"NO_SUCH_TYPE"}}), false);
  std::printf("%d failed\n", failures);
  return failures == 0 ? 0 : 1;
}
