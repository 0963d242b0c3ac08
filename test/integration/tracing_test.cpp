// A call can be found in everything that is said about it: by its number, and by the tag that its caller gave it.
#include "support/box_test.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/co_spawn.hpp>

#include "box/auth/ccg.hpp"
#include "box/error.hpp"
#include "box/network/fetch.hpp"

namespace {

using namespace box::test;
using box::Errc;
using box::Fate;
using box::emulator::Reply;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

using Label = std::pair<std::uint64_t, std::string>;  // a call's number and tag

/// Keeps the number and the tag of each event about a call.
class Labels : public box::Observer {
 public:
  void onEvent(const box::Event& event) override {
    std::visit(
        [&](const auto& e) {
          if constexpr (requires { e.call; }) all.emplace_back(e.call, e.tag);
        },
        event);
    if (const auto* started = std::get_if<box::event::CallStarted>(&event)) {
      started_.emplace_back(started->operation, Label(started->call, started->tag));
    }
    if (const auto* wanted = std::get_if<box::event::TokenRequested>(&event))
      tokens.emplace_back(wanted->call, wanted->tag);
    if (const auto* waited = std::get_if<box::event::PoolWaited>(&event)) waits.emplace_back(waited->call, waited->tag);
  }

  std::optional<Label> started(const std::string& operation) const {
    for (const auto& [name, label] : started_) {
      if (name == operation) return label;
    }
    return std::nullopt;
  }

  std::vector<Label> all, tokens, waits;

 private:
  std::vector<std::pair<std::string, Label>> started_;
};

class Tracing : public BoxTest {
 protected:
  box::BoxClient observed() { return client(session().withObserver(labels)); }
  std::shared_ptr<Call> tagged(const box::BoxClient& client, std::string_view tag) {
    return await(client.sessionTermination.terminateUsersSessions({.userIds = {"1"}}, {.tag = tag}));
  }
  box::CallResult<box::FetchResponse> send(const box::BoxClient& client, box::FetchOptions request) {
    std::optional<box::CallResult<box::FetchResponse>> result;
    box::asio::co_spawn(
        io(), box::tryAwait(client.makeRequest(std::move(request))),
        [&](std::exception_ptr, box::CallResult<box::FetchResponse> ended) { result.emplace(std::move(ended)); });
    runUntil([&] { return result.has_value(); });
    return std::move(result).value();
  }

  std::shared_ptr<Labels> labels = std::make_shared<Labels>();
};

TEST_F(Tracing, EventsInterceptorsAndTheMessageNameTheCall) {
  std::vector<Label> before, after;
  const auto interceptor = std::make_shared<InterceptBy>(
      [&](box::InterceptedRequest& request) { before.emplace_back(request.call(), request.tag()); },
      [&](box::FetchResponse& response) { after.emplace_back(response.call, std::to_string(response.attempts)); });
  emulator().script(Reply::status(503));
  const auto client = this->client(session().withObserver(labels).withInterceptors({interceptor}));
  const auto first = tagged(client, "incident 4711");
  ASSERT_TRUE(isAccepted(*first));
  const Label label(first->message().call, "incident 4711");
  EXPECT_EQ(label.first, 1U);
  EXPECT_EQ(first->message().attempts, 2U);
  EXPECT_GT(first->message().elapsed, 0ns);
  EXPECT_LE(first->message().elapsed, first->elapsed());
  EXPECT_FALSE(first->message().boxRequestId.empty());
  // CallStarted, two AttemptStarted and AttemptEnded, RetryScheduled, CallEnded
  EXPECT_THAT(labels->all, AllOf(SizeIs(7), Each(label)));
  EXPECT_THAT(before, ElementsAre(label, label));
  EXPECT_THAT(after, ElementsAre(Label(1, "1"), Label(1, "2")));

  labels->all.clear();
  EXPECT_EQ(await(client)->message().call, 2U);
  EXPECT_THAT(labels->all, Each(Label(2, ""))) << "a call without a tag has none";
}

TEST_F(Tracing, AnErrorNamesTheCall) {
  emulator().setDefault(Reply::error(403, "access_denied", "no"));
  const auto call = tagged(observed(), "incident 4711");
  EXPECT_EQ(call->error().call(), 1U);
  EXPECT_EQ(call->error().tag(), "incident 4711");
  EXPECT_EQ(box::BoxApiError(call->error()).tag(), "incident 4711");
  EXPECT_THAT(call->error().what(), Not(HasSubstr("4711"))) << "the caller shows it where it wants to";
  EXPECT_THAT(labels->all, Each(Label(1, "incident 4711")));
}

TEST_F(Tracing, ARefusedCallHasItsTagButNoNumberAndNoEvents) {
  const auto client = observed();
  const auto call =
      await(client.sessionTermination.terminateGroupsSessions({.groupIds = {"x"}}, {.tag = "incident 4711"}));
  ASSERT_TRUE(failed(*call, Errc::invalidRequest, Fate::notSent));
  EXPECT_EQ(call->error().call(), 0U);
  EXPECT_EQ(call->error().tag(), "incident 4711");
  box::FetchOptions request;
  request.url = "elsewhere";
  request.tag = "4712";
  const auto other = send(client, request);
  ASSERT_TRUE(other.has_error());
  EXPECT_EQ(other.error().tag(), "4712");
  EXPECT_THAT(labels->all, SizeIs(0));
}

TEST_F(Tracing, ATagIsShortAndPrintable) {
  const auto client = observed();
  EXPECT_TRUE(isAccepted(*tagged(client, std::string(128, '~'))));
  EXPECT_TRUE(isAccepted(*tagged(client, " a b ")));
  for (const auto& [tag, reason] : std::vector<std::pair<std::string, std::string>>{
           {std::string(129, 'a'), "the tag is longer than 128 characters"},
           {"ab\n", "the tag must be printable ASCII; character 3 is not"},
           {std::string("a\0b", 3), "character 2"},
           {"\x7f", "character 1"},
           {"m\xc3\xbcller", "character 2"}}) {
    const auto call = tagged(client, tag);
    ASSERT_TRUE(failed(*call, Errc::invalidRequest, Fate::notSent)) << reason;
    EXPECT_THAT(call->error().what(), AllOf(HasSubstr("terminateUsersSessions: "), HasSubstr(reason)));
    EXPECT_EQ(call->error().tag(), "");
    box::FetchOptions request;
    request.url = "/2.0/users/me";
    request.tag = tag;
    const auto other = send(client, request);
    ASSERT_TRUE(other.has_error()) << reason;
    EXPECT_THAT(other.error().what(), AllOf(HasSubstr("makeRequest: "), HasSubstr(reason)));
    EXPECT_EQ(other.error().tag(), "");
  }
  EXPECT_EQ(emulator().counts().requests, 2U);
}

TEST_F(Tracing, AnyOtherRequestTellsTheSame) {
  emulator().script({Reply::status(503), Reply::status(200).body("{}")});
  box::FetchOptions request;
  request.url = "/2.0/users/me";
  request.tag = "4711";
  const auto response = send(observed(), request);
  ASSERT_TRUE(response.has_value()) << response.error().what();
  EXPECT_EQ(response->call, 1U);
  EXPECT_EQ(response->attempts, 2U);
  EXPECT_GT(response->elapsed, 0ns);
  EXPECT_EQ(response->boxRequestId(), response->headers.get("box-request-id"));
  EXPECT_THAT(labels->all, Each(Label(1, "4711")));
}

TEST_F(Tracing, ATagIsNotSent) {
  EXPECT_TRUE(isAccepted(*tagged(observed(), "incident-4711")));
  const auto headers = emulator().requests().back().headers;
  for (const auto& [name, value] : headers) EXPECT_THAT(value, Not(HasSubstr("4711"))) << name;
}

TEST_F(Tracing, ATokenRequestIsACallOfItsOwnWithoutATag) {
  options.clientId = "app";
  options.clientSecret = "secret";
  box::CcgConfig config;
  config.clientId = "app";
  config.clientSecret = box::Secret("secret");
  config.enterpriseId = "1";
  const auto client = this->client(session().withObserver(labels), std::make_shared<box::BoxCcgAuth>(config));
  const auto call = tagged(client, "4711");
  ASSERT_TRUE(isAccepted(*call));
  const Label label(call->message().call, "4711");
  EXPECT_EQ(labels->started("terminateUsersSessions"), label);
  EXPECT_THAT(labels->tokens, ElementsAre(label)) << "the call that waits is the one that is named";
  const auto token = labels->started("oauth2/token");
  ASSERT_TRUE(token);
  EXPECT_NE(token->first, label.first);
  EXPECT_EQ(token->second, "");
}

TEST_F(Tracing, AWaitForAConnectionIsThatOfACall) {
  const auto client = this->client(session().withObserver(labels).withPool({.maxConnections = 1}));
  const auto start = [&](std::string_view tag) {
    return this->start(client.sessionTermination.terminateUsersSessions({.userIds = {"1"}}, {.tag = tag}));
  };
  finish({start("first"), start("second")});
  EXPECT_THAT(labels->waits, Contains(Pair(testing::_, "second")));
}

}  // namespace
