// What may be destroyed while a call is in progress, what happens when the client closes, and what happens when an
// object of the caller throws.
#include "support/station_test.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::Errc;
using box::Fate;
using box::Phase;
using box::emulator::Reply;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto muchEarlier = 25s;

class Lifetime : public StationTest, public testing::WithParamInterface<Station> {};

TEST_P(Lifetime, TheIoContextMayGoWithACallInEachPhase) {
  {
    const auto client = arrange(GetParam());
    const auto call = reach(*client);
    EXPECT_FALSE(call->done());
  }
  // The client is destroyed. The call's frame has everything that the call needs, and is destroyed with the io_context.
  destroyIo();
}

TEST_P(Lifetime, TheCallersSignalMayGoBeforeTheIoContextWithACallInEachPhase) {
  auto signal = std::make_unique<boost::asio::cancellation_signal>();
  {
    const auto client = arrange(GetParam());
    boost::asio::co_spawn(io(), makeCall(*client),
                          boost::asio::bind_cancellation_slot(signal->slot(), boost::asio::detached));
    reach();
  }
  signal.reset();
  destroyIo();
}

TEST_P(Lifetime, TheClientMayGoWithACallInEachPhase) {
  auto client = arrange(GetParam());
  const auto call = reach(*client);
  client.reset();
  runReady();
  EXPECT_FALSE(call->done()) << call->describe();
  if (GetParam() == Station::token || GetParam() == Station::resolve || GetParam() == Station::pool) {
    release();
    finish(call);
    EXPECT_TRUE(isAccepted(*call));
  } else {
    call->cancel();
    finish(call);
    EXPECT_TRUE(isCancelled(*call, fateAt(GetParam()), phaseAt(GetParam())));
  }
  awaitNothingOpen();
}

TEST_P(Lifetime, ClosingFromAnotherThreadEndsACallInEachPhase) {
  const auto client = arrange(GetParam());
  const auto call = reach(*client);
  std::thread closer([&] { client->close(); });
  if (GetParam() == Station::token) {
    // The library cannot make the caller's authentication end; after it, nothing is sent any more.
    closer.join();
    release();
  }
  finish(call);
  if (closer.joinable()) closer.join();
  EXPECT_TRUE(failed(*call, Errc::clientClosed, fateAt(GetParam())));
  EXPECT_LT(call->elapsed(), muchEarlier);
  release();

  const std::size_t requests = emulator().counts().requests;
  EXPECT_TRUE(failed(*await(*client), Errc::clientClosed, Fate::notSent));
  EXPECT_TRUE(failed(*await(client->withAsUserHeader("1")), Errc::clientClosed, Fate::notSent));
  EXPECT_EQ(emulator().counts().requests, requests);
  client->close();  // a second close() has no effect
  runOut();
  awaitNothingOpen();
}

INSTANTIATE_TEST_SUITE_P(Everywhere, Lifetime, testing::ValuesIn(allStations()),
                         [](const auto& param) { return toString(param.param); });

class LifetimeOfArguments : public BoxTest {};

TEST_F(LifetimeOfArguments, AnAwaitableThatIsNeverAwaitedCostsNothing) {
  const auto client = this->client();
  { const auto never = about(client); }
  std::optional<box::asio::awaitable<box::SessionTerminationMessage>> stored(about(client));
  runOut();
  EXPECT_EQ(emulator().counts().connectionsAccepted, 0U);
  EXPECT_THAT(recorder->sequence(), IsEmpty());
}

TEST_F(LifetimeOfArguments, ArgumentsAndClientMayGoBeforeTheAwaiting) {
  std::optional<box::asio::awaitable<box::SessionTerminationMessage>> stored;
  {
    const auto client = this->client();
    const std::vector<std::string> ids = {"10000000000000000001", "10000000000000000002"};
    const std::string login = "somebody.with.a.long.name@example.com";
    const std::string header(100, 'h');
    const auto policy = std::make_shared<box::DefaultRetryPolicy>(2);
    stored = client.sessionTermination.terminateUsersSessions(
        {.userIds = ids, .userLogins = {login}},
        {.headers = {.extraHeaders = {{"X-Long", header}}}, .deadline = 30s, .retryPolicy = policy});
  }
  EXPECT_TRUE(isAccepted(*await(std::move(*stored))));
  ASSERT_THAT(emulator().accepted(), SizeIs(1));
  EXPECT_THAT(emulator().accepted()[0].userIds, ElementsAre("10000000000000000001", "10000000000000000002"));
  EXPECT_THAT(emulator().accepted()[0].userLogins, ElementsAre("somebody.with.a.long.name@example.com"));
  EXPECT_EQ(emulator().requests()[0].header("X-Long"), std::string(100, 'h'));
  runUntil([&] { return emulator().counts().openConnections == 0; });
}

TEST_F(LifetimeOfArguments, TheManagerMayGoBeforeTheAwaiting) {
  std::optional<box::asio::awaitable<box::SessionTerminationMessage>> stored;
  {
    const auto manager = std::make_unique<box::SessionTerminationManager>(client().sessionTermination);
    stored = manager->terminateGroupsSessions({.groupIds = {"1"}});
  }
  EXPECT_TRUE(isAccepted(*await(std::move(*stored))));
}

// ------------------------------------------------------------------------------------------- other people's exceptions

class Thrown : public std::runtime_error {
 public:
  Thrown() : std::runtime_error("thrown by the test") {}
};

class LifetimeOfExceptions : public BoxTest {
 protected:
  /// The exception is nested in an error that has the call's fate, and the client continues to use the slot of its only
  /// connection.
  void expectNested(const box::NetworkSession& settings, Fate fate) {
    box::PoolOptions pool;
    pool.maxConnections = 1;
    const auto client = this->client(settings.withPool(pool));
    const auto call = await(client);
    ASSERT_TRUE(failed(*call, Errc::extensionFailed, fate));
    ASSERT_TRUE(call->error().nested());
    EXPECT_THROW(std::rethrow_exception(call->error().nested()), Thrown);
    EXPECT_THAT(call->error().what(), HasSubstr("thrown by the test"));
    EXPECT_THAT(recorder->ended(), SizeIs(1));
    throwing = false;
    EXPECT_TRUE(isAccepted(*await(client)));
  }

  bool throwing = true;
};

TEST_F(LifetimeOfExceptions, OfTheRetryPolicyEndTheCall) {
  emulator().script(Reply::status(503));
  expectNested(
      session().withRetryPolicy(std::make_shared<RetryBy>([](const auto&) -> box::RetryDecision { throw Thrown(); })),
      Fate::inDoubt);
}

TEST_F(LifetimeOfExceptions, OfTheBackoffPolicyEndTheCall) {
  emulator().script(Reply::status(503));
  expectNested(session().withBackoffPolicy(
                   std::make_shared<BackoffBy>([](const auto&) -> std::chrono::milliseconds { throw Thrown(); })),
               Fate::inDoubt);
}

TEST_F(LifetimeOfExceptions, OfAnInterceptorBeforeTheRequestEndTheCall) {
  const auto before = [this](box::InterceptedRequest&) {
    if (throwing) throw Thrown();
  };
  expectNested(session().withInterceptors({std::make_shared<InterceptBy>(before, nullptr)}), Fate::notSent);
  EXPECT_EQ(emulator().counts().requests, 1U);
}

TEST_F(LifetimeOfExceptions, OfAnInterceptorAfterARefusalEndTheCall) {
  emulator().script(Reply::status(503));
  const auto after = [this](box::FetchResponse&) {
    if (throwing) throw Thrown();
  };
  expectNested(session().withInterceptors({std::make_shared<InterceptBy>(nullptr, after)}), Fate::inDoubt);
  EXPECT_EQ(emulator().counts().requests, 2U);
  // The response was read completely.
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
}

TEST_F(LifetimeOfExceptions, OfAnInterceptorCannotUnmakeAnAcceptance) {
  for (const bool ours : {false, true}) {
    const auto after = [ours](box::FetchResponse&) {
      if (ours) throw box::BoxSdkError(Errc::invalidRequest, "not so");
      throw Thrown();
    };
    EXPECT_TRUE(
        isAccepted(*await(client(session().withInterceptors({std::make_shared<InterceptBy>(nullptr, after)})))));
  }
  EXPECT_EQ(emulator().counts().requests, 2U);
}

TEST_F(LifetimeOfExceptions, OfTheLibrarysOwnKindFromAnInterceptorTellTheFate) {
  emulator().script(Reply::status(503));
  const auto after = [](box::FetchResponse&) { throw box::BoxSdkError(Errc::invalidRequest, "not so"); };
  const auto call = await(client(session().withInterceptors({std::make_shared<InterceptBy>(nullptr, after)})));
  ASSERT_TRUE(call->hasError());
  EXPECT_EQ(call->code(), Errc::invalidRequest);
  EXPECT_EQ(call->error().fate(), Fate::inDoubt) << call->describe();
  EXPECT_THAT(call->error().what(), HasSubstr("not so"));
}

// A budget must not throw: its functions are noexcept, and the compiler requires this of every derived class.
static_assert(noexcept(std::declval<box::RetryBudget&>().withdraw(std::declval<const box::AttemptOutcome&>())));
static_assert(noexcept(std::declval<box::RetryBudget&>().deposit()));

class ThrowingObserver : public box::Observer {
 public:
  void onEvent(const box::Event&) override { throw Thrown(); }
};

TEST_F(LifetimeOfExceptions, OfTheObserverAreItsOwnAffair) {
  emulator().script({Reply::status(503), Reply::asBox().connectionClose()});
  const auto client = this->client(session().withObserver(std::make_shared<ThrowingObserver>()));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_TRUE(isAccepted(*await(client)));
}

/// Throws the given exception.
class ThrowingAuthentication : public box::Authentication {
 public:
  explicit ThrowingAuthentication(std::function<void()> thrower) : throw_(std::move(thrower)) {}
  std::shared_ptr<const box::AccessToken> currentToken(box::AccessToken::TimePoint) const noexcept override {
    return nullptr;
  }

 private:
  box::asio::awaitable<Token> requestToken(Token, box::TokenContext) override {
    throw_();
    co_return nullptr;
  }

  std::function<void()> throw_;
};

TEST_F(LifetimeOfExceptions, OfTheAuthenticationEndTheCall) {
  const auto auth = std::make_shared<ThrowingAuthentication>([] { throw Thrown(); });
  const auto call = await(client(session(), auth));
  ASSERT_TRUE(failed(*call, Errc::extensionFailed, Fate::notSent, Phase::token));
  ASSERT_TRUE(call->error().nested());
  EXPECT_THROW(std::rethrow_exception(call->error().nested()), Thrown);
  EXPECT_EQ(emulator().counts().connectionsAccepted, 0U);
}

TEST_F(LifetimeOfExceptions, OfTheSanitizerEndTheCall) {
  class Throwing : public box::DataSanitizer {
   public:
    std::string sanitize(std::string_view) const override { throw Thrown(); }
  };
  emulator().script(Reply::status(403).body(R"({"code": "forbidden", "message": "no"})"));
  const auto call = await(client(session().withDataSanitizer(std::make_shared<Throwing>())));
  ASSERT_TRUE(failed(*call, Errc::extensionFailed, Fate::rejected));
  ASSERT_TRUE(call->error().nested());
  EXPECT_THROW(std::rethrow_exception(call->error().nested()), Thrown);
  EXPECT_THAT(call->error().what(), testing::Not(HasSubstr("thrown by the test")));
  EXPECT_THAT(recorder->ended(), SizeIs(1));
}

TEST_F(LifetimeOfExceptions, AfterAWholeRefusalLeaveItsFate) {
  const auto after = [](box::FetchResponse&) { throw Thrown(); };
  const auto client = this->client(session().withInterceptors({std::make_shared<InterceptBy>(nullptr, after)}));
  for (const int status : {302, 400, 401, 408, 429, 500, 502, 504}) {
    emulator().script(Reply::status(status));
    const auto call = await(client);
    const Fate fate = status < 502 ? Fate::rejected : Fate::inDoubt;
    EXPECT_TRUE(failed(*call, Errc::extensionFailed, fate, Phase::response)) << status << call->describe();
  }
}

TEST_F(LifetimeOfExceptions, WithoutACodeAreNoSuccess) {
  const auto thrower = [] { throw box::BoxSdkError(box::error_code(), {}); };
  const auto noToken = await(client(session(), std::make_shared<ThrowingAuthentication>(thrower)));
  ASSERT_TRUE(failed(*noToken, Errc::extensionFailed, Fate::notSent, Phase::token));
  EXPECT_TRUE(noToken->error().nested());
  const auto before = [&](box::InterceptedRequest&) { thrower(); };
  const auto intercepted = await(client(session().withInterceptors({std::make_shared<InterceptBy>(before, nullptr)})));
  ASSERT_TRUE(failed(*intercepted, Errc::extensionFailed, Fate::notSent));
  EXPECT_TRUE(intercepted->error().nested());
  EXPECT_EQ(emulator().counts().requests, 0U);
}

TEST_F(LifetimeOfExceptions, OfADirectTokenCallAreNested) {
  const std::vector<std::function<void()>> throwers = {
      [] { throw Thrown(); },
      [] { throw 1; },
      [] { throw box::BoxSdkError(box::error_code(), {}); },
      [] { throw boost::system::system_error(box::asio::error::access_denied); },
      [] { throw boost::system::system_error(box::asio::error::operation_aborted); },
      [] { throw box::BoxSdkError(box::asio::error::operation_aborted, {}); }};
  for (const auto& thrower : throwers) {
    const auto auth = std::make_shared<ThrowingAuthentication>(thrower);
    std::optional<box::CallResult<box::Authentication::Token>> result;
    box::asio::co_spawn(io(), box::tryAwait(auth->retrieveToken(client().tokenContext())),
                        [&](std::exception_ptr thrown, box::CallResult<box::Authentication::Token> ended) {
                          EXPECT_FALSE(thrown);
                          result.emplace(std::move(ended));
                        });
    runUntil([&] { return result.has_value(); });
    ASSERT_TRUE(result->has_error());
    EXPECT_EQ(result->error().code(), Errc::extensionFailed);
    EXPECT_EQ(result->error().phase(), Phase::token);
    EXPECT_TRUE(result->error().nested());
  }
}

TEST_F(LifetimeOfExceptions, OfACancellationThatNobodyAskedForAreNoCancellation) {
  const std::vector<std::function<void()>> throwers = {
      [] { throw boost::system::system_error(box::asio::error::operation_aborted); },
      [] { throw box::BoxSdkError(box::asio::error::operation_aborted, {}); }};
  for (const auto& thrower : throwers) {
    const auto expectForeign = [&](const box::NetworkSession& settings, Fate fate) {
      const auto call = await(client(settings));
      ASSERT_TRUE(failed(*call, Errc::extensionFailed, fate));
      EXPECT_TRUE(call->error().nested());
      EXPECT_EQ(call->error().cause(), box::asio::error::operation_aborted);
    };
    const auto before = [&](box::InterceptedRequest&) { thrower(); };
    expectForeign(session().withInterceptors({std::make_shared<InterceptBy>(before, nullptr)}), Fate::notSent);
    const auto after = [&](box::FetchResponse&) { thrower(); };
    emulator().script(Reply::status(400));
    expectForeign(session().withInterceptors({std::make_shared<InterceptBy>(nullptr, after)}), Fate::rejected);
    const auto retry = [&](const auto&) -> box::RetryDecision {
      thrower();
      return {};
    };
    emulator().script(Reply::status(503));
    expectForeign(session().withRetryPolicy(std::make_shared<RetryBy>(retry)), Fate::inDoubt);
    class Throwing : public box::DataSanitizer {
     public:
      explicit Throwing(std::function<void()> thrower) : throw_(std::move(thrower)) {}
      std::string sanitize(std::string_view) const override {
        throw_();
        return {};
      }

     private:
      std::function<void()> throw_;
    };
    emulator().script(Reply::status(403).body(R"({"code": "forbidden", "message": "no"})"));
    expectForeign(session().withDataSanitizer(std::make_shared<Throwing>(thrower)), Fate::rejected);
  }
}

TEST_F(LifetimeOfExceptions, OfANetworkClientOfTheCallersAreNested) {
  class Broken : public box::NetworkClient {
   public:
    explicit Broken(std::function<void()> thrower) : throw_(std::move(thrower)) {}
    box::asio::awaitable<box::FetchResponse> fetch(box::NetworkRequest) override {
      throw_();
      co_return box::FetchResponse();
    }

   private:
    std::function<void()> throw_;
  };
  const std::vector<std::function<void()>> throwers = {
      [] { throw Thrown(); }, [] { throw 1; },
      [] { throw boost::system::system_error(box::asio::error::operation_aborted); }};
  for (const auto& thrower : throwers) {
    const auto client = this->client(session().withNetworkClient(std::make_shared<Broken>(thrower)));
    const auto call = await(client);
    ASSERT_TRUE(failed(*call, Errc::extensionFailed, Fate::inDoubt));
    EXPECT_TRUE(call->error().nested());
    EXPECT_THAT(call->error().what(), HasSubstr("terminateUsersSessions"));
  }
  const auto mine = [] { throw box::BoxSdkError(Errc::connectFailed, "mine"); };
  const auto client = this->client(session().withNetworkClient(std::make_shared<Broken>(mine)));
  EXPECT_TRUE(failed(*await(client), Errc::connectFailed, Fate::notSent));
}

// -------------------------------------------------------------------------------------------------------- interceptors

TEST_F(LifetimeOfExceptions, InterceptorsSeeEachAttemptInOrderAndNeverTheToken) {
  std::string order, seen;
  const auto make = [&](const std::string& name) {
    return std::make_shared<InterceptBy>(
        [&, name](box::InterceptedRequest& request) {
          order += name + "> ";
          for (const box::HeaderView header : request.headers) seen.append(header.name).append(header.value);
          request.headers.append("X-Seen", name);
        },
        [&, name](box::FetchResponse&) { order += "<" + name + " "; });
  };
  emulator().script(Reply::status(503));
  EXPECT_TRUE(isAccepted(*await(client(session().withInterceptors({make("a")}).withInterceptors({make("b")})))));
  EXPECT_EQ(order, "a> b> <b <a a> b> <b <a ");
  EXPECT_THAT(seen, testing::Not(HasSubstr(secretToken)));
  // A header that was added in the first attempt is not in the second one.
  for (const auto& request : emulator().requests()) {
    EXPECT_EQ(std::count_if(request.headers.begin(), request.headers.end(),
                            [](const auto& h) { return h.first == "X-Seen"; }),
              2);
  }
}

TEST_F(LifetimeOfExceptions, AnInterceptorCannotUnmakeAnAcceptance) {
  const auto after = [](box::FetchResponse& response) { response.statusCode = 503; };
  const auto call = await(client(session().withInterceptors({std::make_shared<InterceptBy>(nullptr, after)})));
  EXPECT_TRUE(isAccepted(*call));
  EXPECT_EQ(emulator().counts().requests, 1U);
}

TEST_F(LifetimeOfExceptions, AnInterceptorSendsTheTokenToItsOwnOriginOnly) {
  box::emulator::Emulator elsewhere;
  std::string url = elsewhere.baseUrl() + "/2.0/users/me";
  const auto client = this->client(session().withInterceptors(
      {std::make_shared<InterceptBy>([&](box::InterceptedRequest& request) { request.url = url; }, nullptr)}));
  EXPECT_TRUE(failed(*await(client), Errc::invalidRequest, Fate::notSent));
  EXPECT_EQ(elsewhere.counts().connectionsAccepted, 0U);
  for (const char* other : {"/../x", "/%2e%2e/x", " x", "/x#y"}) {
    url = emulator().baseUrl() + other;
    EXPECT_TRUE(failed(*await(client), Errc::invalidRequest, Fate::notSent)) << other;
  }
  EXPECT_EQ(emulator().counts().connectionsAccepted, 0U) << "objections to a request cost no connection";
  url = emulator().baseUrl() + "/2.0/users/terminate_sessions?trace=1";
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().requests().back().target, "/2.0/users/terminate_sessions?trace=1");
}

TEST_F(LifetimeOfExceptions, WhatAnInterceptorHasChangedIsValidated) {
  const std::vector<std::function<void(box::InterceptedRequest&)>> changes = {
      [](box::InterceptedRequest& request) { request.headers.append("X-A", "1\r\nX-Evil: 2"); },
      [](box::InterceptedRequest& request) { request.headers.append("Authorization", "Bearer evil"); },
      [](box::InterceptedRequest& request) { request.method = "POST /evil HTTP/1.1\r\nX-Evil:"; },
      [](box::InterceptedRequest& request) { request.contentType = "text/plain\r\nX-Evil: 2"; },
      [](box::InterceptedRequest& request) { request.url += "?a=b HTTP/1.1\r\nX-Evil: 2"; },
  };
  for (const auto& before : changes) {
    const auto call = await(client(session().withInterceptors({std::make_shared<InterceptBy>(before, nullptr)})));
    EXPECT_TRUE(failed(*call, Errc::invalidRequest, Fate::notSent));
  }
  EXPECT_EQ(emulator().counts().connectionsAccepted, 0U) << "an objection to a request costs no connection";
}

class LifetimeOfHandlers : public BoxTest {};

TEST_F(LifetimeOfHandlers, ACallMayBeMadeWhereAnotherCompletes) {
  const auto client = this->client();
  int accepted = 0;
  std::function<void()> next = [&] {
    box::asio::co_spawn(io(), about(client), [&](std::exception_ptr failure, const box::SessionTerminationMessage&) {
      EXPECT_EQ(failure, nullptr);
      if (!failure && ++accepted < 3) next();
    });
  };
  next();
  runUntil([&] { return accepted == 3; });
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
  EXPECT_EQ(emulator().counts().requests, 3U);
}

}  // namespace
