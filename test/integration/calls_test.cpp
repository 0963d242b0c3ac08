// What a call sends, and what it returns.
#include "support/box_test.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace box::test;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Accepted = box::emulator::AcceptedTermination;

class Calls : public BoxTest {
 protected:
  /// From now on the bodies of requests are kept.
  void keepBodies() {
    emulator().setResponder([this](const box::emulator::RequestInfo& request) -> std::optional<box::emulator::Reply> {
      const std::lock_guard lock(mutex_);
      bodies_.push_back(request.body);
      return std::nullopt;
    });
  }
  std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }
  box::emulator::RequestRecord lastRequest() {
    const auto requests = emulator().requests();
    return requests.empty() ? box::emulator::RequestRecord() : requests.back();
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> bodies_;
};

struct User {
  std::string login;
};
struct Group {
  std::string id;
};
std::string getEnvVar(const char*) { return "11446498"; }

// The sample of design.md, except for the client's third argument.
asio::awaitable<void> sample(box::NetworkSession session, std::string token, User user, Group group,
                             std::string* text) {
  box::BoxClient client{co_await asio::this_coro::executor, std::make_shared<box::BoxDeveloperTokenAuth>(token),
                        session};

  box::SessionTerminationMessage message = co_await client.sessionTermination.terminateUsersSessions({
      .userIds = {getEnvVar("USER_ID")},
      .userLogins = {user.login},
  });
  co_await client.sessionTermination.terminateGroupsSessions({.groupIds = {group.id}});
  *text = message.message.value_or("no message");
}

TEST_F(Calls, TheSampleOfTheDesignWorksEndToEnd) {
  std::string text;
  bool ended = false;
  const User user{secretLogin};
  const Group group{"1234567"};
  asio::co_spawn(io(), sample(session(), secretToken, user, group, &text), [&](std::exception_ptr failure) {
    EXPECT_FALSE(failure);
    ended = true;
  });
  runOut();
  EXPECT_TRUE(ended);
  EXPECT_THAT(text, HasSubstr("check the admin events"));
  const std::vector<Accepted> accepted = emulator().accepted();
  ASSERT_THAT(accepted, SizeIs(2));
  EXPECT_THAT(accepted[0].userIds, ElementsAre("11446498"));
  EXPECT_THAT(accepted[0].userLogins, ElementsAre(secretLogin));
  EXPECT_THAT(accepted[1].groupIds, ElementsAre("1234567"));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
}

TEST_F(Calls, UsersAreNamedInTheRequestAsBoxDocumentsIt) {
  keepBodies();
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client.sessionTermination.terminateUsersSessions(
      {.userIds = {"11", "22"}, .userLogins = {"a@example.com", "ü+b@example.com"}}))));
  EXPECT_TRUE(isAccepted(*await(client.sessionTermination.terminateUsersSessions({.userIds = {"33"}}))));
  EXPECT_TRUE(isAccepted(*await(client.sessionTermination.terminateUsersSessions({.userLogins = {"c@example.com"}}))));
  EXPECT_THAT(bodies(), SizeIs(3));
  namespace json = boost::json;
  EXPECT_EQ(json::parse(bodies().at(0)),
            (json::value{{"user_ids", {"11", "22"}}, {"user_logins", {"a@example.com", "ü+b@example.com"}}}));
  // Box requires both lists, even if one is empty.
  EXPECT_EQ(json::parse(bodies().at(1)).at("user_ids"), json::value(json::array{"33"}));
  EXPECT_EQ(json::parse(bodies().at(2)).at("user_logins"), json::value(json::array{"c@example.com"}));
  EXPECT_THAT(emulator().accepted(), SizeIs(3));
}

TEST_F(Calls, GroupsAreNamedInTheRequestAsBoxDocumentsIt) {
  keepBodies();
  const auto client = this->client();
  const std::vector<std::string> ids = {"11", "22", "33"};
  EXPECT_TRUE(isAccepted(*await(client.sessionTermination.terminateGroupsSessions({.groupIds = ids}))));
  ASSERT_THAT(bodies(), SizeIs(1));
  EXPECT_EQ(boost::json::parse(bodies().at(0)), (boost::json::value{{"group_ids", {"11", "22", "33"}}}));
  EXPECT_EQ(lastRequest().method, "POST");
  EXPECT_EQ(lastRequest().target, "/2.0/groups/terminate_sessions");
  EXPECT_EQ(lastRequest().header("Content-Type"), "application/json");
  ASSERT_THAT(emulator().accepted(), SizeIs(1));
  EXPECT_THAT(emulator().accepted()[0].groupIds, ElementsAre("11", "22", "33"));
}

TEST_F(Calls, TheAnswerGivesBoxesMessageItsJsonAndTheRequestId) {
  const auto call = await(client());
  ASSERT_TRUE(isAccepted(*call));
  EXPECT_EQ(boost::json::parse(call->message().rawJson).at("message").as_string(), call->message().message.value());
  EXPECT_TRUE(call->message().bodyIntact);
  EXPECT_EQ(call->message().boxRequestId, lastRequest().boxRequestId);
  EXPECT_THAT(call->message().boxRequestId, Not(IsEmpty()));
}

TEST_F(Calls, AnAnswerThatIsNoJsonIsAcceptedAllTheSame) {
  using box::emulator::Reply;
  emulator().script({Reply::status(202).noBody(), Reply::status(202).body("accepted"), Reply::status(202).body("[1]"),
                     Reply::status(202).body(R"({"message":7})")});
  const auto client = this->client();
  for (const char* body : {"", "accepted", "[1]", R"({"message":7})"}) {
    const auto call = await(client);
    ASSERT_TRUE(isAccepted(*call)) << body;
    EXPECT_EQ(call->message().message, std::nullopt);
    EXPECT_EQ(call->message().rawJson, body);
  }
  EXPECT_EQ(emulator().counts().requests, 4U);
}

TEST_F(Calls, AnAnswerThatIsTooLongToBeParsedOnTheEventLoopIsKeptAsItIs) {
  const std::string body = R"({"message":"done","more":")" + std::string(std::size_t{32} * 1024, 'x') + "\"}";
  emulator().script({box::emulator::Reply::status(202).body(body)});
  const auto call = await(client());
  ASSERT_TRUE(isAccepted(*call));
  EXPECT_EQ(call->message().message, std::nullopt);
  EXPECT_EQ(call->message().rawJson, body);
}

TEST_F(Calls, HeadersOfTheClientAndOfTheCallArrive) {
  const std::map<std::string, std::string> ofTheCall = {{"X-Call", "2"}, {"X-Both", "call"}};
  const auto client = this->client().withAsUserHeader("778899").withSuppressedNotifications().withExtraHeaders(
      {{"X-Client", "1"}, {"X-Both", "client"}});
  EXPECT_TRUE(isAccepted(*await(
      client.sessionTermination.terminateUsersSessions({.userIds = {"1"}}, {.headers = {.extraHeaders = ofTheCall}}))));
  EXPECT_EQ(lastRequest().header("As-User"), "778899");
  EXPECT_EQ(lastRequest().header("Box-Notifications"), "off");
  EXPECT_EQ(lastRequest().header("X-Client"), "1");
  EXPECT_EQ(lastRequest().header("X-Call"), "2");
  EXPECT_EQ(lastRequest().header("X-Both"), "call");
  EXPECT_EQ(emulator().accepted().at(0).asUser, "778899");

  // The headers belonged to that call only.
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(lastRequest().header("X-Call"), "");
  EXPECT_EQ(lastRequest().header("X-Both"), "client");
  EXPECT_EQ(lastRequest().header("As-User"), "778899");
}

TEST_F(Calls, ARequestThatAnotherNetworkClientHasMadeIsCheckedBeforeItIsSent) {
  const auto client = this->client();
  const auto operation = std::make_shared<const box::Operation>("own", "POST", "/2.0/users/terminate_sessions", 202,
                                                                box::Idempotency::idempotent);
  const auto sent = [&](const std::function<void(box::NetworkRequest&)>& change) {
    box::NetworkRequest request(operation, client.networkSession());
    request.auth = client.auth();
    request.body = R"({"user_ids":["1"],"user_logins":[]})";
    change(request);
    return result(client.tokenContext().client->fetch(std::move(request)));
  };
  const std::vector<std::function<void(box::NetworkRequest&)>> changes = {
      [](box::NetworkRequest& r) { r.headers.append("X-A", "1\r\nX-Injected: 2"); },
      [](box::NetworkRequest& r) { r.headers.append("Authorization", "Bearer mine"); },
      [](box::NetworkRequest& r) { r.query = "a=b HTTP/1.1\r\nX-Injected: 2"; },
      [](box::NetworkRequest& r) { r.contentType = "text/plain\r\nX-Injected: 2"; },
  };
  for (const auto& change : changes) {
    const auto response = sent(change);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), box::Errc::invalidRequest) << response.error().what();
    EXPECT_EQ(response.error().fate(), box::Fate::notSent);
  }
  EXPECT_EQ(emulator().counts().connectionsAccepted, 0U);
  EXPECT_TRUE(sent([](box::NetworkRequest&) {}));
  EXPECT_THAT(emulator().accepted(), SizeIs(1));
}

TEST_F(Calls, CopiesShareTheConnectionAndLoseNoSettingInAnyOrder) {
  box::TimeoutOptions timeouts;
  timeouts.call = 77s;
  const auto tagger =
      std::make_shared<InterceptBy>([](box::InterceptedRequest& o) { o.headers.set("X-Tag", "t"); }, nullptr);
  const box::BaseUrls urls(emulator().baseUrl());
  const auto plain = client();
  const std::vector<box::BoxClient> copies = {plain.withAsUserHeader("5")
                                                  .withSuppressedNotifications()
                                                  .withExtraHeaders({{"X-A", "1"}})
                                                  .withCustomBaseUrls(urls)
                                                  .withTimeouts(timeouts)
                                                  .withInterceptors({tagger}),
                                              plain.withInterceptors({tagger})
                                                  .withTimeouts(timeouts)
                                                  .withCustomBaseUrls(urls)
                                                  .withExtraHeaders({{"X-A", "1"}})
                                                  .withSuppressedNotifications()
                                                  .withAsUserHeader("5"),
                                              plain.withTimeouts(timeouts)
                                                  .withExtraHeaders({{"X-A", "1"}})
                                                  .withAsUserHeader("5")
                                                  .withInterceptors({tagger})
                                                  .withSuppressedNotifications()
                                                  .withCustomBaseUrls(urls)};
  for (const box::BoxClient& copy : copies) {
    EXPECT_EQ(copy.networkSession().timeouts().call, 77s);
    EXPECT_EQ(copy.networkSession().baseUrls().baseUrl, urls.baseUrl);
    EXPECT_TRUE(isAccepted(*await(copy)));
    EXPECT_EQ(lastRequest().header("As-User"), "5");
    EXPECT_EQ(lastRequest().header("Box-Notifications"), "off");
    EXPECT_EQ(lastRequest().header("X-A"), "1");
    EXPECT_EQ(lastRequest().header("X-Tag"), "t");
  }
  // The client from which the copies were made has not changed.
  EXPECT_TRUE(isAccepted(*await(plain)));
  EXPECT_EQ(lastRequest().header("As-User"), "");
  EXPECT_EQ(lastRequest().header("X-Tag"), "");
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
  EXPECT_EQ(recorder->opened().size(), 1U);
}

TEST_F(Calls, TwoClientsDoNotShareConnections) {
  const auto one = client(), other = client();
  EXPECT_TRUE(isAccepted(*await(one)));
  EXPECT_TRUE(isAccepted(*await(other)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
}

TEST_F(Calls, APathInTheBaseUrlStandsBeforeTheCalls) {
  emulator().setDefault(box::emulator::Reply::status(202));
  const auto client = this->client().withCustomBaseUrls(box::BaseUrls(emulator().baseUrl() + "/gateway/"));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(lastRequest().target, "/gateway/2.0/users/terminate_sessions");
}

TEST_F(Calls, ArgumentsThatBoxWouldRefuseAreNotSent) {
  const auto client = this->client();
  const std::vector<std::string> badLogin = {"a@example.com\r\nX-Evil: 1"};
  const auto& manager = client.sessionTermination;
  for (const auto& call :
       {await(manager.terminateUsersSessions({})), await(manager.terminateUsersSessions({.userIds = {"1", "x"}})),
        await(manager.terminateUsersSessions({.userLogins = badLogin})), await(manager.terminateGroupsSessions({})),
        await(manager.terminateGroupsSessions({.groupIds = {""}})),
        await(manager.terminateUsersSessions({.userIds = {"1"}}, {.headers = {.extraHeaders = {{"Host", "x"}}}})),
        await(manager.terminateUsersSessions({.userIds = {"1"}},
                                             {.headers = {.extraHeaders = {{"X-A", "1\r\nX-B: 2"}}}}))}) {
    EXPECT_TRUE(failed(*call, box::Errc::invalidRequest, box::Fate::notSent, box::Phase::prepare));
  }
  EXPECT_EQ(emulator().counts().connectionsAccepted, 0U);
}

TEST_F(Calls, TheRequestIsWhatBoxExpects) {
  EXPECT_TRUE(isAccepted(*await(client())));
  const auto request = lastRequest();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/2.0/users/terminate_sessions");
  EXPECT_EQ(request.header("Host"), "localhost:" + std::to_string(emulator().port()));
  EXPECT_THAT(request.header("Authorization"), testing::StartsWith("Bearer sha256:"));
  EXPECT_EQ(request.header("Content-Length"), std::to_string(request.bodySize));
  EXPECT_EQ(request.header("Transfer-Encoding"), "");
  EXPECT_THAT(request.header("User-Agent"), HasSubstr("box-sessions"));
}

TEST_F(Calls, TryAwaitGivesTheErrorAsAValue) {
  emulator().script(box::emulator::Reply::status(404));
  const auto client = this->client();
  bool failedSo = false;
  asio::co_spawn(io(), box::tryAwait(about(client)),
                 [&](std::exception_ptr, box::CallResult<box::SessionTerminationMessage> result) {
                   failedSo = result.has_error() && result.error().code() == box::Errc::notFound &&
                              result.error().api() != nullptr && result.error().api()->statusCode == 404;
                   EXPECT_THROW(result.value(), box::BoxApiError);
                 });
  runOut();
  EXPECT_TRUE(failedSo);
}

TEST_F(Calls, ALargeBodyArrivesWhole) {
  options.maxBodySize = 64U * 1024U * 1024U;
  std::vector<std::string> ids(100'000);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = std::to_string(10'000'000'000 + i);
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client.sessionTermination.terminateUsersSessions({.userIds = ids}))));
  ASSERT_THAT(emulator().accepted(), SizeIs(1));
  EXPECT_EQ(emulator().accepted()[0].userIds, ids);
}

TEST_F(Calls, AnAnswerToHeadHasNoBody) {
  emulator().setDefault(box::emulator::Reply::status(200).body(R"({"type":"user"})"));
  const auto client = this->client();
  box::FetchOptions request;
  request.method = "HEAD";
  request.url = "/2.0/users/me";
  request.expectedStatus = 200;
  std::vector<bool> intact;
  asio::co_spawn(
      io(),
      [&]() -> asio::awaitable<void> {
        for (int i = 0; i < 2; ++i) {
          const box::FetchResponse response = co_await client.makeRequest(request);
          intact.push_back(response.bodyIntact && response.body.empty());
        }
      },
      [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
  runUntil([&] { return intact.size() == 2; });
  EXPECT_THAT(intact, ElementsAre(true, true));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U) << "nobody waits for a body, and the connection is used again";
}

}  // namespace
