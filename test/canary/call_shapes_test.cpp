// The forms in which users write the calls. g++ 12 destroys an ordinary aggregate in braces next to co_await twice, and
// does not compile its std::initializer_list; the views and constructors of the public headers avoid both. Each string
// here is too long for the small-string buffer, so that a second destruction frees memory twice: AddressSanitizer
// always detects that, and glibc mostly.
#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <box/box.hpp>

#ifndef BOX_CANARY_SUITE
#define BOX_CANARY_SUITE Canary
#endif

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// Records requests and answers 202. It does not keep the NetworkRequest itself, which refers to the session, and so to
// the client.
class RecordingClient : public box::NetworkClient {
 public:
  struct Request {
    std::string body;
    box::HttpHeaders headers;
    box::Deadline deadline;
    std::shared_ptr<const box::RetryPolicy> retryPolicy;
    std::vector<std::shared_ptr<box::Interceptor>> interceptors;
  };

  asio::awaitable<box::FetchResponse> fetch(box::NetworkRequest options) override {
    return answer(this, std::move(options));
  }

  std::vector<Request> requests;

 private:
  static asio::awaitable<box::FetchResponse> answer(RecordingClient* self, box::NetworkRequest options) {
    // The call leaves the caller's stack, as a real request does.
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    Request request;
    request.body = std::move(options.body);
    request.headers = std::move(options.headers);
    request.deadline = options.deadline;
    request.retryPolicy = std::move(options.retryPolicy);
    request.interceptors = options.session.interceptors();
    self->requests.push_back(std::move(request));
    box::FetchResponse response;
    response.statusCode = 202;
    response.body = R"({"message":"Request accepted and is being processed"})";
    co_return response;
  }
};

// An id of 17 digits, which is too long for the small-string buffer.
std::string id(int n) { return std::to_string(90000000000000000 + n); }
std::string login(int n) { return "a.person.with.a.long.name." + std::to_string(n) + "@example.com"; }

class BOX_CANARY_SUITE : public testing::Test {
 protected:
  box::BoxClient makeClient() {
    return box::BoxClient(io_.get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>("token"),
                          box::NetworkSession().withNetworkClient(network_));
  }

  // Runs a coroutine to its end and rethrows its exception.
  void run(asio::awaitable<void> coroutine) {
    bool ended = false;
    asio::co_spawn(io_, std::move(coroutine), [&](std::exception_ptr failure) {
      ended = true;
      if (failure) std::rethrow_exception(failure);
    });
    io_.restart();
    io_.run();
    EXPECT_TRUE(ended);
  }

  // The list with this name in the body of the n-th request.
  std::vector<std::string> sent(const char* list, std::size_t n = 0) {
    std::vector<std::string> items;
    if (n >= network_->requests.size()) return {"no such request"};
    const boost::json::value body = boost::json::parse(network_->requests[n].body);
    if (const boost::json::value* array = body.as_object().if_contains(list)) {
      for (const boost::json::value& item : array->as_array()) items.emplace_back(item.as_string());
    }
    return items;
  }

  asio::io_context io_;
  std::shared_ptr<RecordingClient> network_ = std::make_shared<RecordingClient>();
};

struct User {
  std::string login;
};
struct Group {
  std::string id;
};
std::string getEnvVar(const char*) { return id(1); }

// The sample of the README, except for the client's third argument.
asio::awaitable<void> sample(box::NetworkSession session, std::string token, User user, Group group) {
  box::BoxClient client{co_await asio::this_coro::executor, std::make_shared<box::BoxDeveloperTokenAuth>(token),
                        session};

  box::SessionTerminationMessage message = co_await client.sessionTermination.terminateUsersSessions({
      .userIds = {getEnvVar("USER_ID")},
      .userLogins = {user.login},
  });
  co_await client.sessionTermination.terminateGroupsSessions({.groupIds = {group.id}});
  EXPECT_EQ(message.message, "Request accepted and is being processed");
}

TEST_F(BOX_CANARY_SUITE, TheSampleWorksAsItStands) {
  run(sample(box::NetworkSession().withNetworkClient(network_), "token", User{login(1)}, Group{id(2)}));
  EXPECT_THAT(sent("user_ids"), ElementsAre(id(1)));
  EXPECT_THAT(sent("user_logins"), ElementsAre(login(1)));
  EXPECT_THAT(sent("group_ids", 1), ElementsAre(id(2)));
}

asio::awaitable<void> severalStringsInBraces(box::BoxClient client) {
  const std::string named = id(3);
  co_await client.sessionTermination.terminateUsersSessions(
      {.userIds = {id(1), id(2), named, "4", std::string_view("5")}, .userLogins = {login(1), login(2)}});
}

TEST_F(BOX_CANARY_SUITE, SeveralStringsStandInBraces) {
  run(severalStringsInBraces(makeClient()));
  EXPECT_THAT(sent("user_ids"), ElementsAre(id(1), id(2), id(3), "4", "5"));
  EXPECT_THAT(sent("user_logins"), ElementsAre(login(1), login(2)));
}

asio::awaitable<void> containersInBraces(box::BoxClient client) {
  std::vector<std::string> ids = {id(1), id(2), id(3)};
  std::set<std::string> logins = {login(1), login(2)};
  co_await client.sessionTermination.terminateUsersSessions({.userIds = ids, .userLogins = logins});
  co_await client.sessionTermination.terminateUsersSessions({.userIds = std::move(ids)});
  co_await client.sessionTermination.terminateGroupsSessions({logins});
}

TEST_F(BOX_CANARY_SUITE, ContainersStandInBraces) {
  try {
    run(containersInBraces(makeClient()));
    ADD_FAILURE() << "the logins were used as group ids";
  } catch (const box::BoxSdkError& error) {
    EXPECT_EQ(error.code(), box::Errc::invalidRequest);
  }
  ASSERT_EQ(network_->requests.size(), 2u);
  EXPECT_THAT(sent("user_ids", 0), ElementsAre(id(1), id(2), id(3)));
  EXPECT_THAT(sent("user_logins", 0), ElementsAre(login(1), login(2)));
  EXPECT_THAT(sent("user_ids", 1), ElementsAre(id(1), id(2), id(3)));
}

std::vector<std::string> makeIds() { return {id(1), id(2)}; }

asio::awaitable<void> temporaryContainer(box::BoxClient client) {
  co_await client.sessionTermination.terminateUsersSessions({.userIds = makeIds(), .userLogins = {login(1)}});
}

TEST_F(BOX_CANARY_SUITE, ATemporaryContainerStandsInBraces) {
  run(temporaryContainer(makeClient()));
  EXPECT_THAT(sent("user_ids"), ElementsAre(id(1), id(2)));
}

asio::awaitable<void> owningBodies(box::BoxClient client) {
  const std::vector<std::string> ids = {id(1), id(2)};
  const std::vector<std::string> logins = {login(1)};
  box::TerminateUsersSessionsRequestBody body(ids, logins);
  co_await client.sessionTermination.terminateUsersSessions(body);
  co_await client.sessionTermination.terminateUsersSessions(std::move(body));
  co_await client.sessionTermination.terminateUsersSessions(box::TerminateUsersSessionsRequestBody(ids, logins));
  co_await client.sessionTermination.terminateUsersSessions(box::TerminateUsersSessionsRequestBody(ids));
  co_await client.sessionTermination.terminateGroupsSessions(box::TerminateGroupsSessionsRequestBody(ids));
}

TEST_F(BOX_CANARY_SUITE, AnOwningBodyIsTakenAsLvalueAndAsRvalue) {
  run(owningBodies(makeClient()));
  ASSERT_EQ(network_->requests.size(), 5u);
  for (std::size_t n = 0; n < 4; ++n) EXPECT_THAT(sent("user_ids", n), ElementsAre(id(1), id(2))) << n;
  for (std::size_t n = 0; n < 3; ++n) EXPECT_THAT(sent("user_logins", n), ElementsAre(login(1))) << n;
  EXPECT_THAT(sent("user_logins", 3), IsEmpty());
  EXPECT_THAT(sent("group_ids", 4), ElementsAre(id(1), id(2)));
}

// The client and all arguments of the call are destroyed before the call is awaited.
asio::awaitable<box::SessionTerminationMessage> madeFromWhatGoes(std::optional<box::BoxClient>& client) {
  std::vector<std::string> ids = {id(1), id(2)};
  std::map<std::string, std::string> headers = {{"X-A-Long-Header-Name-For-Trials", "a value that is long enough"}};
  auto policy = std::make_shared<box::DefaultRetryPolicy>(2);
  asio::awaitable<box::SessionTerminationMessage> call = client->sessionTermination.terminateUsersSessions(
      {.userIds = ids, .userLogins = {login(1)}},
      {.headers = {.extraHeaders = headers}, .deadline = 30s, .retryPolicy = policy});
  client.reset();
  return call;
}

asio::awaitable<void> awaitedLater(std::optional<box::BoxClient>& client) {
  asio::awaitable<box::SessionTerminationMessage> call = madeFromWhatGoes(client);
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  const box::SessionTerminationMessage message = co_await std::move(call);
  EXPECT_EQ(message.message, "Request accepted and is being processed");
}

TEST_F(BOX_CANARY_SUITE, AnAwaitableOutlivesItsArgumentsAndTheClient) {
  std::optional<box::BoxClient> client = makeClient();
  run(awaitedLater(client));
  EXPECT_THAT(sent("user_ids"), ElementsAre(id(1), id(2)));
  EXPECT_THAT(sent("user_logins"), ElementsAre(login(1)));
  ASSERT_EQ(network_->requests.size(), 1u);
  EXPECT_EQ(network_->requests[0].headers.get("x-a-long-header-name-for-trials"), "a value that is long enough");
  EXPECT_NE(network_->requests[0].retryPolicy, nullptr);
}

asio::awaitable<void> neverAwaited(box::BoxClient client) {
  { auto call = client.sessionTermination.terminateUsersSessions({.userIds = {id(1)}, .userLogins = {login(1)}}); }
  co_await client.sessionTermination.terminateUsersSessions({.userIds = {id(2)}});
}

TEST_F(BOX_CANARY_SUITE, AnAwaitableThatNobodyAwaitsSendsNothing) {
  run(neverAwaited(makeClient()));
  ASSERT_EQ(network_->requests.size(), 1u);
  EXPECT_THAT(sent("user_ids"), ElementsAre(id(2)));
}

asio::awaitable<void> allOptionals(box::BoxClient client) {
  co_await client.sessionTermination.terminateUsersSessions(
      {.userIds = {id(1)}}, {.headers = {.extraHeaders = {{"X-A", "1"}}},
                             .deadline = 30s,
                             .retryPolicy = std::make_shared<box::DefaultRetryPolicy>(1)});
  co_await client.sessionTermination.terminateGroupsSessions(
      {.groupIds = {id(2)}}, {.headers = {.extraHeaders = {{"X-A", login(1)}, {"X-B", login(2)}}},
                              .deadline = std::chrono::steady_clock::now() + 1h});
  co_await client.sessionTermination.terminateGroupsSessions({.groupIds = {id(3)}}, {.deadline = box::unlimited});
}

TEST_F(BOX_CANARY_SUITE, OptionalsStandInBraces) {
  run(allOptionals(makeClient()));
  ASSERT_EQ(network_->requests.size(), 3u);
  EXPECT_EQ(network_->requests[0].headers.get("X-A"), "1");
  EXPECT_NE(network_->requests[0].retryPolicy, nullptr);
  EXPECT_TRUE(network_->requests[0].deadline.isSet());
  EXPECT_EQ(network_->requests[1].headers.get("X-A"), login(1));
  EXPECT_EQ(network_->requests[1].headers.get("X-B"), login(2));
  EXPECT_EQ(network_->requests[1].retryPolicy, nullptr);
}

class Tagger final : public box::Interceptor {};

asio::awaitable<void> intercepted(box::BoxClient client, std::shared_ptr<Tagger> tagger,
                                  std::shared_ptr<box::Interceptor> base) {
  co_await client.withInterceptors({tagger}).sessionTermination.terminateUsersSessions({.userIds = {id(1)}});
  co_await client.withInterceptors({tagger, base}).sessionTermination.terminateUsersSessions({.userIds = {id(1)}});
  co_await client.withInterceptors({std::make_shared<Tagger>()})
      .withInterceptors({})
      .sessionTermination.terminateUsersSessions({.userIds = {id(1)}});
}

TEST_F(BOX_CANARY_SUITE, InterceptorsOfAnyClassStandInBraces) {
  const auto tagger = std::make_shared<Tagger>();
  const std::shared_ptr<box::Interceptor> base = std::make_shared<box::Interceptor>();
  run(intercepted(makeClient(), tagger, base));
  ASSERT_EQ(network_->requests.size(), 3u);
  EXPECT_THAT(network_->requests[0].interceptors, ElementsAre(tagger));
  EXPECT_THAT(network_->requests[1].interceptors, ElementsAre(tagger, base));
  EXPECT_EQ(network_->requests[2].interceptors.size(), 1u);
}

asio::awaitable<void> tried(box::BoxClient client) {
  const box::CallResult<box::SessionTerminationMessage> good =
      co_await box::tryAwait(client.sessionTermination.terminateUsersSessions(
          {.userIds = {id(1)}, .userLogins = {login(1)}}, {.deadline = 30s}));
  EXPECT_TRUE(good.has_value());
  const box::CallResult<box::SessionTerminationMessage> bad =
      co_await box::tryAwait(client.sessionTermination.terminateUsersSessions({.userIds = {login(1)}}));
  EXPECT_TRUE(bad.has_error());
  EXPECT_EQ(bad.error().code(), box::Errc::invalidRequest);
}

TEST_F(BOX_CANARY_SUITE, TryAwaitTakesTheSameShapes) {
  run(tried(makeClient()));
  EXPECT_THAT(sent("user_ids"), ElementsAre(id(1)));
}

asio::awaitable<void> inConditions(box::BoxClient client) {
  if ((co_await client.sessionTermination.terminateUsersSessions({.userIds = {id(1)}})).bodyIntact) {
    for (int i = 2; i < 4; ++i) {
      co_await client.sessionTermination.terminateUsersSessions({.userIds = {id(i)}, .userLogins = {login(i)}});
    }
  }
  EXPECT_EQ((co_await client.sessionTermination.terminateGroupsSessions({.groupIds = {id(4)}})).message,
            "Request accepted and is being processed");
}

TEST_F(BOX_CANARY_SUITE, CallsStandInConditionsAndLoops) {
  run(inConditions(makeClient()));
  EXPECT_EQ(network_->requests.size(), 4u);
}

}  // namespace
