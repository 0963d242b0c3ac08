// Tokens: who requests them, how often, and what happens to the calls that wait for one.
#include "support/box_test.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "box/auth/callback.hpp"
#include "box/auth/ccg.hpp"
#include "box/auth/jwt.hpp"
#include "box/auth/oauth.hpp"
#include "box/network/network_client.hpp"
#include "support/canaries.hpp"
#include "support/keys.hpp"
#include "support/policies.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::AccessToken;
using box::Errc;
using box::Fate;
using box::Phase;
using box::Secret;
using box::emulator::CloseManner;
using box::emulator::ConnectionPlan;
using box::emulator::Reply;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

/// A clock that a test sets.
class TestClock : public box::Clock {
 public:
  std::chrono::system_clock::time_point now() const noexcept override { return now_.load(); }
  void advance(std::chrono::system_clock::duration by) { now_.store(now_.load() + by); }

 private:
  std::atomic<std::chrono::system_clock::time_point> now_{std::chrono::system_clock::now()};
};

/// A storage that can fail, and that counts.
class TestStorage : public box::TokenStorage {
 public:
  box::asio::awaitable<Token> get() override { co_return token; }
  box::asio::awaitable<void> store(Token newer) override {
    if (full) throw box::BoxSdkError(Errc::tokenUnavailable, "the disk is full");
    ++stores;
    token = std::move(newer);
    co_return;
  }
  box::asio::awaitable<void> clear() override {
    token = nullptr;
    co_return;
  }

  Token token;
  bool full = false;
  int stores = 0;
};

class AuthenticationOf : public BoxTest {
 protected:
  AuthenticationOf() {
    options.clientId = "the-client";
    options.clientSecret = clientSecret;
    options.refreshTokens = {refreshToken};
  }

  void TearDown() override {
    if (storage->token) {
      Canaries::add("the access token", storage->token->value().reveal());
      Canaries::add("the new refresh token", storage->token->refreshToken().reveal());
    }
    for (const std::string& text : texts) EXPECT_EQ(Canaries::search(text), "");
    BoxTest::TearDown();
  }

  std::shared_ptr<box::BoxCcgAuth> ccg() {
    box::CcgConfig config;
    config.clientId = "the-client";
    config.clientSecret = Secret(clientSecret);
    config.enterpriseId = "4711";
    return std::make_shared<box::BoxCcgAuth>(config);
  }

  /// Signs in with a refresh token from `storage`.
  std::shared_ptr<box::BoxOAuth> oauth() {
    storage->token =
        std::make_shared<const AccessToken>(Secret("expired"), AccessToken::TimePoint(1s), Secret(refreshToken));
    box::OAuthConfig config;
    config.clientId = "the-client";
    config.clientSecret = Secret(clientSecret);
    config.tokenStorage = storage;
    return std::make_shared<box::BoxOAuth>(config);
  }

  box::NetworkSession withClock() { return session().withClock(clock); }

  std::vector<std::shared_ptr<Call>> startCalls(const box::BoxClient& client, std::size_t count) {
    std::vector<std::shared_ptr<Call>> calls;
    for (std::size_t i = 0; i < count; ++i) calls.push_back(start(client));
    return calls;
  }

  void expectAllAccepted(const std::vector<std::shared_ptr<Call>>& calls) {
    for (const auto& call : calls) {
      ASSERT_TRUE(isAccepted(*call));
      if (call->hasError()) texts.push_back(call->error().what());
    }
  }

  const std::string clientSecret = Canaries::make("the client secret");
  const std::string refreshToken = Canaries::make("the refresh token");
  std::shared_ptr<TestClock> clock = std::make_shared<TestClock>();
  std::shared_ptr<TestStorage> storage = std::make_shared<TestStorage>();
  std::vector<std::string> texts;
};

class Tokens : public AuthenticationOf {};

// ------------------------------------------------------------------------------------------------------- one at a time

TEST_F(Tokens, AThousandCallsOnAColdStartMakeOneTokenRequest) {
  const auto client = this->client(session().withPool({.maxWaiters = 2000}), ccg());
  const auto calls = startCalls(client, 1000);
  finish(calls);
  expectAllAccepted(calls);
  EXPECT_EQ(emulator().counts().tokenRequests, 1U);
  EXPECT_EQ(emulator().accepted().size(), 1000U);
}

TEST_F(Tokens, AThousandCallsWithASingleUseRefreshTokenMakeOneTokenRequest) {
  const auto client = this->client(session().withPool({.maxWaiters = 2000}), oauth());
  const auto calls = startCalls(client, 1000);
  finish(calls);
  expectAllAccepted(calls);
  EXPECT_EQ(emulator().counts().tokenRequests, 1U);
  EXPECT_NE(storage->token->refreshToken().reveal(), refreshToken);
  EXPECT_EQ(storage->stores, 1);
}

TEST_F(Tokens, FiftyCallsThatAreRefusedTogetherMakeOneTokenRequest) {
  const auto client = this->client(session(), ccg());
  ASSERT_TRUE(isAccepted(*await(client)));
  emulator().expireAllTokens();
  const auto calls = startCalls(client, 50);
  finish(calls);
  expectAllAccepted(calls);
  EXPECT_EQ(emulator().counts().tokenRequests, 2U);
}

TEST_F(Tokens, ALateRefusalOfAnOlderTokenRefreshesNothing) {
  const auto auth = ccg();
  const auto client = this->client(session(), auth);
  ASSERT_TRUE(isAccepted(*await(client)));
  const auto old = auth->currentToken(std::chrono::system_clock::now());
  emulator().expireAllTokens();
  ASSERT_TRUE(isAccepted(*await(client)));
  ASSERT_EQ(emulator().counts().tokenRequests, 2U);

  std::shared_ptr<const AccessToken> given;
  box::asio::co_spawn(
      io(),
      [&]() -> box::asio::awaitable<void> {
        const box::TokenContext context = client.tokenContext();
        given = co_await auth->refreshToken(old, context);
      },
      box::asio::detached);
  runUntil([&] { return given != nullptr; });
  EXPECT_NE(given, old);
  EXPECT_EQ(emulator().counts().tokenRequests, 2U);
}

TEST_F(Tokens, ATokenRefusedForEverCostsTwoPostsAndOneRefresh) {
  const auto client = this->client(session(), ccg());
  ASSERT_TRUE(isAccepted(*await(client)));
  emulator().setDefault(Reply::status(401));
  const auto call = await(client);
  EXPECT_TRUE(failed(*call, Errc::unauthorized, Fate::rejected));
  EXPECT_EQ(call->attempts(), 2U);
  EXPECT_EQ(emulator().counts().tokenRequests, 2U);
}

// ------------------------------------------------------------------------------------------- those who wait, and leave

TEST_F(Tokens, OneCallersCancellationOrDeadlineDisturbsNoOther) {
  emulator().scriptOAuth(Reply::asBox().after(200ms));
  const auto client = this->client(session(), ccg());
  const auto first = start(client);  // begins the token request, which the next calls join
  runUntil([&] { return emulator().counts().tokenRequests == 1; });
  const auto hasty = start(about(client, 1ms));
  const auto other = start(client);
  first->cancel();
  finish({first, hasty, other});
  EXPECT_TRUE(isCancelled(*first, Fate::notSent, Phase::token));
  EXPECT_TRUE(failed(*hasty, Errc::callTimeout, Fate::notSent, Phase::token));
  EXPECT_TRUE(isAccepted(*other));
  EXPECT_EQ(emulator().counts().tokenRequests, 1U);
}

TEST_F(Tokens, ARequestThatNobodyWaitsForIsGivenUp) {
  emulator().scriptOAuth(Reply::hang());
  const auto client = this->client(session(), ccg());
  const auto call = start(client);
  runUntil([&] { return emulator().counts().tokenRequests == 1; });
  call->cancel();
  finish(call);
  EXPECT_TRUE(isCancelled(*call, Fate::notSent, Phase::token));
  runOut();  // run() returns, because no work is left
  EXPECT_TRUE(isAccepted(*await(client))) << "the next call requests a new token";
  EXPECT_EQ(emulator().counts().tokenRequests, 2U);
}

TEST_F(Tokens, ClosingTheClientEndsTheWait) {
  emulator().scriptOAuth(Reply::hang());
  auto client = this->client(session(), ccg());
  const auto calls = startCalls(client, 3);
  runUntil([&] { return emulator().counts().tokenRequests == 1; });
  client.close();
  finish(calls);
  for (const auto& call : calls) EXPECT_TRUE(failed(*call, Errc::clientClosed, Fate::notSent, Phase::token));
}

TEST_F(Tokens, AClientThatIsClosedDoesNotTakeTheTokenOfAnotherWithIt) {
  emulator().scriptOAuth(Reply::hang());
  const auto auth = ccg();
  auto closed = this->client(session(), auth);
  const auto open = this->client(session(), auth);
  const auto first = start(closed);
  runUntil([&] { return emulator().counts().tokenRequests == 1; });
  const auto second = start(open);
  runReady();
  closed.close();
  finish({first, second});
  EXPECT_TRUE(failed(*first, Errc::clientClosed, Fate::notSent, Phase::token));
  EXPECT_TRUE(isAccepted(*second));
  EXPECT_EQ(emulator().counts().tokenRequests, 2U);
}

TEST_F(Tokens, AnIoContextThatGoesInTheMiddleLeavesTheAuthenticationUsable) {
  emulator().scriptOAuth(Reply::hang());
  const auto auth = ccg();
  {
    box::asio::io_context other(1);
    const box::BoxClient client(other.get_executor(), auth, session());
    const auto call = Call::start(other.get_executor(), about(client));
    const auto end = std::chrono::steady_clock::now() + patience;
    while (emulator().counts().tokenRequests == 0 && std::chrono::steady_clock::now() < end) other.run_one_for(2ms);
    ASSERT_EQ(emulator().counts().tokenRequests, 1U);
  }
  EXPECT_TRUE(isAccepted(*await(client(session(), auth))));
}

TEST_F(Tokens, TheDeadlineCoversTheToken) {
  emulator().scriptOAuth(Reply::hang());
  const auto client = this->client(session(), ccg());
  const auto call = await(about(client, 50ms));
  EXPECT_TRUE(failed(*call, Errc::callTimeout, Fate::notSent, Phase::token));
}

// -------------------------------------------------------------------------------------------------- before they expire

class Renewal : public AuthenticationOf {
 protected:
  Renewal() { options.tokenLifetime = 1h; }
};

TEST_F(Renewal, ComesBeforeTheExpiry) {
  const auto client = this->client(withClock(), ccg());
  ASSERT_TRUE(isAccepted(*await(client)));
  clock->advance(58min);
  ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().tokenRequests, 1U);
  clock->advance(1min + 1s);
  ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().tokenRequests, 2U);
  EXPECT_THAT(recorder->attempts(), Each(testing::Field(&box::AttemptRecord::statusCode, testing::AnyOf(200, 202))))
      << "no 401 was needed";
}

TEST_F(Renewal, ThatFailsForAPassingReasonLeavesTheOldTokenInUse) {
  const auto client = this->client(withClock().withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(1)), ccg());
  ASSERT_TRUE(isAccepted(*await(client)));
  clock->advance(59min + 1s);
  emulator().scriptOAuth(Reply::status(503));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().tokenRequests, 2U);
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().tokenRequests, 2U) << "not every call requests a token";
  clock->advance(11s);
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().tokenRequests, 3U) << "after some time a call requests a token again";
}

TEST_F(Renewal, ThatFailsForGoodEndsTheCall) {
  const auto client = this->client(withClock(), ccg());
  ASSERT_TRUE(isAccepted(*await(client)));
  clock->advance(59min + 1s);
  emulator().scriptOAuth(Reply::status(400).body(R"({"error":"invalid_client","error_description":"x"})"));
  EXPECT_TRUE(failed(*await(client), Errc::credentialsInvalid, Fate::notSent, Phase::token));
}

TEST_F(Renewal, IsWaitedForByOneCallOnly) {
  const auto client = this->client(withClock(), ccg());
  ASSERT_TRUE(isAccepted(*await(client)));
  clock->advance(59min + 1s);
  emulator().scriptOAuth(Reply::hang());
  const auto first = start(client);
  runUntil([&] { return emulator().counts().tokenRequests == 2; });
  EXPECT_TRUE(isAccepted(*await(client))) << "the call used the old token, which is valid";
  EXPECT_FALSE(first->done());
  first->cancel();
  finish(first);
}

TEST_F(Renewal, IsWaitedForNoLongerThanItMayTake) {
  const auto client = this->client(withClock(), ccg());
  ASSERT_TRUE(isAccepted(*await(client)));
  clock->advance(59min + 1s);
  emulator().scriptOAuth(Reply::hang());
  const auto call = await(client);  // waits five seconds and then uses the old token; all other limits are 30 s or more
  EXPECT_TRUE(isAccepted(*call));
  EXPECT_LT(call->elapsed(), 25s);
  EXPECT_TRUE(isAccepted(*await(client))) << "the next call does not wait";
  EXPECT_EQ(emulator().counts().tokenRequests, 2U);
}

TEST_F(Renewal, LeavesACallWithAShortDeadlineTheTimeForItsRequest) {
  const auto client = this->client(withClock(), ccg());
  ASSERT_TRUE(isAccepted(*await(client)));
  clock->advance(59min + 1s);
  emulator().scriptOAuth(Reply::hang());
  EXPECT_TRUE(isAccepted(*await(about(client, 5s)))) << "the old token is valid";
}

TEST_F(Renewal, ThatIsTooLateFailsWithItsOwnReason) {
  const auto client = this->client(withClock().withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(1)), ccg());
  ASSERT_TRUE(isAccepted(*await(client)));
  clock->advance(61min);
  emulator().scriptOAuth(Reply::status(503));
  EXPECT_TRUE(failed(*await(client), Errc::serverError, Fate::notSent, Phase::token));
  EXPECT_EQ(emulator().counts().requests, 3U);
}

// Twenty minutes of tokens that expire after two seconds. The client's clock and the server's tokens expire
// independently, so that calls in progress learn of it in both ways.
TEST_F(Renewal, HundredsOfExpiriesUnderLoadFailNoCall) {
  options.tokenLifetime = 2s;
  const auto client = this->client(withClock(), ccg());
  std::mt19937 random(4711);
  std::size_t calls = 0;
  for (int elapsed = 0; elapsed < 20 * 60; elapsed += 2) {
    auto started = startCalls(client, 4);
    if (random() % 2 == 0) clock->advance(2s);
    for (unsigned i = 0; i < random() % 3; ++i) runReady();
    emulator().expireAllTokens();
    const auto more = startCalls(client, 4);
    started.insert(started.end(), more.begin(), more.end());
    // A call can fail only if its token expires twice while it is in progress.
    finish(started);
    expectAllAccepted(started);
    clock->advance(2s);
    calls += started.size();
  }
  EXPECT_EQ(calls, 4800U);
  EXPECT_GE(emulator().counts().tokenRequests, 600U);
}

// ------------------------------------------------------------------------------------------------------ what goes out

TEST_F(Tokens, TokenRequestsCarryNothingOfTheSessionAndNoInterceptorSeesThem) {
  std::vector<std::string> seen;
  const auto interceptor = std::make_shared<InterceptBy>(
      [&](box::InterceptedRequest& request) { seen.push_back(request.url); }, [](box::FetchResponse&) {});
  const auto client = this->client(session().withInterceptors({interceptor}), ccg())
                          .withAsUserHeader("17")
                          .withExtraHeaders({{"X-Incident", "4711"}})
                          .withSuppressedNotifications();
  ASSERT_TRUE(isAccepted(*await(client)));
  const auto requests = emulator().requests();
  ASSERT_THAT(requests, SizeIs(2));
  for (const char* name : {"As-User", "X-Incident", "Box-Notifications", "Authorization"}) {
    EXPECT_EQ(requests[0].header(name), "") << name;
    EXPECT_NE(requests[1].header(name), "") << name;
  }
  EXPECT_EQ(requests[0].target, "/oauth2/token");
  EXPECT_EQ(requests[0].header("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U) << "token requests and calls use the same pool";
  EXPECT_THAT(seen, Each(HasSubstr("terminate_sessions")));
}

TEST_F(Tokens, TokenRequestsAreRepeatedByThePolicyAndTheCallAroundThemIsNot) {
  emulator().scriptOAuth({Reply::status(503), Reply::status(500)});
  const auto client = this->client(session(), ccg());
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().tokenRequests, 3U);

  emulator().expireAllTokens();
  emulator().scriptOAuth(Reply::status(503).times(100));
  const auto call = await(client);
  EXPECT_TRUE(failed(*call, Errc::serverError, Fate::rejected, Phase::token));
  EXPECT_EQ(emulator().counts().tokenRequests, 8U) << "5 attempts, not 25";
}

TEST_F(Tokens, AStaleConnectionCostsATokenRequestNothing) {
  const auto client = this->client(session(), ccg());
  emulator().script(Reply::asBox().thenClose(CloseManner::reset));
  ASSERT_TRUE(isAccepted(*await(client)));
  emulator().expireAllTokens();
  emulator().scriptOAuth(Reply::close());
  EXPECT_TRUE(isAccepted(*await(client)));
}

TEST_F(Tokens, AnAnswerThatIsCutShortIsAskedForAgain) {
  emulator().scriptOAuth(Reply::asBox().processed().cutBody(10));
  EXPECT_TRUE(isAccepted(*await(client(session(), oauth()))));
  EXPECT_EQ(emulator().counts().tokenRequests, 2U);
}

TEST_F(Tokens, AnAnswerInACodingThatWasNotAskedForSaysSo) {
  const Reply coded = Reply::asBox().processed().header("Content-Encoding", "gzip");
  emulator().scriptOAuth({coded, coded});
  const auto call = await(client(session(), oauth()));
  ASSERT_TRUE(failed(*call, Errc::tokenUnavailable, Fate::notSent, Phase::token));
  EXPECT_THAT(call->error().what(), AllOf(HasSubstr("content coding"), Not(HasSubstr("cut short"))));
  EXPECT_EQ(emulator().counts().tokenRequests, 1U);
}

// ------------------------------------------------------------------------------------------------- failures told apart

TEST_F(Tokens, WrongCredentialsSaySo) {
  box::CcgConfig config;
  config.clientId = "the-client";
  config.clientSecret = Secret(Canaries::make("the wrong secret"));
  config.enterpriseId = "4711";
  const auto call = await(client(session(), std::make_shared<box::BoxCcgAuth>(config)));
  EXPECT_TRUE(failed(*call, Errc::credentialsInvalid, Fate::notSent, Phase::token));
  ASSERT_NE(call->error().api(), nullptr);
  EXPECT_EQ(call->error().api()->statusCode, 400);
  EXPECT_THAT(call->error().what(), AllOf(HasSubstr("client secret"), HasSubstr("oauth2/token")));
  texts.push_back(call->error().what());
  EXPECT_EQ(emulator().counts().tokenRequests, 1U) << "the token request is not repeated";
}

TEST_F(Tokens, AnAppThatIsNotAuthorisedSaysSo) {
  options.subjectIds = {"1"};
  const auto call = await(client(session(), ccg()));
  EXPECT_TRUE(failed(*call, Errc::appNotAuthorized, Fate::notSent, Phase::token));
  EXPECT_THAT(call->error().what(), HasSubstr("administrator"));
}

TEST_F(Tokens, AnExpiredRefreshTokenSaysSo) {
  options.refreshTokens.clear();
  const auto call = await(client(session(), oauth()));
  EXPECT_TRUE(failed(*call, Errc::refreshTokenExpired, Fate::notSent, Phase::token));
  EXPECT_THAT(call->error().what(), HasSubstr("sign in again"));
  texts.push_back(call->error().what());
}

TEST_F(Tokens, AnExpiredRefreshTokenSaysSoAlsoBehindA401) {
  const auto client = this->client(session(), oauth());
  ASSERT_TRUE(isAccepted(*await(client)));
  emulator().expireAllTokens();
  emulator().scriptOAuth(
      Reply::status(400).body(R"({"error":"invalid_grant","error_description":"Refresh token has expired"})"));
  const auto call = await(client);
  EXPECT_TRUE(failed(*call, Errc::refreshTokenExpired, Fate::rejected, Phase::token));
}

TEST_F(Tokens, NobodyHasSignedInYet) {
  const auto auth = oauth();
  storage->token = nullptr;
  const auto call = await(client(session(), auth));
  EXPECT_TRUE(failed(*call, Errc::signInRequired, Fate::notSent, Phase::token));
  EXPECT_THAT(call->error().what(), HasSubstr("a person must sign in first"));
}

TEST_F(Tokens, AnUnreachableTokenEndpointKeepsItsCode) {
  const auto session = this->session().withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(2));
  emulator().stop();
  const auto call = await(client(session, ccg()));
  EXPECT_TRUE(failed(*call, Errc::connectFailed, Fate::notSent, Phase::token));
  EXPECT_EQ(call->error().code(), box::ErrorCondition::network);
}

TEST_F(Tokens, ARedirectOfTheTokenEndpointIsNeverFollowed) {
  box::emulator::Emulator elsewhere;
  for (const int status : {302, 307, 308}) {
    emulator().scriptOAuth(Reply::redirect(status, elsewhere.baseUrl() + "/oauth2/token"));
    const auto call = await(client(session(), ccg()));
    ASSERT_TRUE(call->hasError());
    EXPECT_EQ(call->error().fate(), Fate::notSent);
    EXPECT_EQ(call->error().api() != nullptr ? call->error().api()->statusCode : 0, status) << call->describe();
    EXPECT_THAT(call->error().what(), Not(HasSubstr("/oauth2/token")));
  }
  EXPECT_EQ(elsewhere.counts().connectionsAccepted, 0U);
}

TEST_F(Tokens, APageInsteadOfATokenIsNoToken) {
  emulator().scriptOAuth(
      Reply::status(200).body("<html><title>Sign in to the hotel</title></html>", "text/html").times(9));
  const auto call = await(client(session(), ccg()));
  EXPECT_TRUE(failed(*call, Errc::unexpectedResponse, Fate::notSent, Phase::token));
}

// ----------------------------------------------------------------------------------------------------------------- JWT

class Jwt : public AuthenticationOf {
 protected:
  Jwt() { options.jwtPublicKeys = {{"k3y1d", publicPem(rsaKey())}}; }

  box::JwtConfig config() {
    const std::string pem = pkcs8Pem(rsaKey(), passphrase);
    Canaries::add("the private key", std::string_view(pem).substr(100, 200));
    box::JwtConfig config;
    config.clientId = "the-client";
    config.clientSecret = Secret(clientSecret);
    config.publicKeyId = "k3y1d";
    config.privateKey = Secret(pem);
    config.privateKeyPassphrase = Secret(passphrase);
    config.enterpriseId = "4711";
    return config;
  }

  const std::string passphrase = Canaries::make("the passphrase");
};

TEST_F(Jwt, EveryAlgorithmIsTakenByAServerThatVerifies) {
  for (const auto algorithm : {box::JwtAlgorithm::RS256, box::JwtAlgorithm::RS384, box::JwtAlgorithm::RS512}) {
    box::JwtConfig changed = config();
    changed.algorithm = algorithm;
    EXPECT_TRUE(isAccepted(*await(client(session(), std::make_shared<box::BoxJwtAuth>(changed)))));
  }
  EXPECT_EQ(emulator().counts().tokenRequests, 3U) << "no assertion was refused";
}

TEST_F(Jwt, EachAssertionHasAnIdOfItsOwn) {
  const auto client = this->client(session(), std::make_shared<box::BoxJwtAuth>(config()));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(isAccepted(*await(client)));
    emulator().expireAllTokens();
  }
  EXPECT_EQ(emulator().counts().tokenRequests, 3U)
      << "an id used twice would be refused, and repaired by a further request";
}

class JwtSkew : public Jwt, public testing::WithParamInterface<std::chrono::seconds> {};

TEST_P(JwtSkew, IsRepairedOnceAndRemembered) {
  options.clockOffset = GetParam();
  const auto client = this->client(session(), std::make_shared<box::BoxJwtAuth>(config()));
  ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().tokenRequests, 2U);
  emulator().expireAllTokens();
  ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().tokenRequests, 3U);
}

INSTANTIATE_TEST_SUITE_P(Clocks, JwtSkew, testing::Values(-3600s, -120s, 120s, 86400s));

TEST_F(Jwt, AServerThatRefusesItsOwnTimeIsAskedTwiceOnly) {
  emulator().scriptOAuth(Reply::status(400)
                             .body(R"({"error":"invalid_grant","error_description":"Please check the 'exp' claim."})")
                             .times(9));
  const auto call = await(client(session(), std::make_shared<box::BoxJwtAuth>(config())));
  EXPECT_TRUE(failed(*call, Errc::clockSkew, Fate::notSent, Phase::token));
  EXPECT_EQ(emulator().counts().tokenRequests, 2U);
  EXPECT_THAT(call->error().what(), HasSubstr("clock"));
}

TEST_F(Jwt, AKeyThatBoxDoesNotKnowIsToldWithTheRemedy) {
  box::JwtConfig changed = config();
  changed.privateKey = Secret(pkcs8Pem(otherRsaKey()));
  changed.privateKeyPassphrase = Secret();
  const auto call = await(client(session(), std::make_shared<box::BoxJwtAuth>(changed)));
  EXPECT_TRUE(failed(*call, Errc::credentialsInvalid, Fate::notSent, Phase::token));
  EXPECT_THAT(call->error().what(), HasSubstr("public key id"));
  texts.push_back(call->error().what());
}

TEST_F(Jwt, EachSubjectHasItsToken) {
  options.subjectIds = {"4711"};
  const auto auth = std::make_shared<box::BoxJwtAuth>(config());
  EXPECT_TRUE(isAccepted(*await(client(session(), auth))));
  EXPECT_TRUE(failed(*await(client(session(), auth->withUserSubject("17"))), Errc::appNotAuthorized, Fate::notSent));
  EXPECT_TRUE(isAccepted(*await(client(session(), auth->withUserSubject("17")->withEnterpriseSubject("4711")))));
}

TEST_F(Tokens, EachSubjectOfClientCredentialsHasItsToken) {
  options.subjectIds = {"17"};
  box::CcgConfig config;
  config.clientId = "the-client";
  config.clientSecret = Secret(clientSecret);
  config.userId = "17";
  const auto auth = std::make_shared<box::BoxCcgAuth>(config);
  EXPECT_TRUE(isAccepted(*await(client(session(), auth))));
  EXPECT_TRUE(
      failed(*await(client(session(), auth->withEnterpriseSubject("4711"))), Errc::appNotAuthorized, Fate::notSent));
  EXPECT_TRUE(isAccepted(*await(client(session(), auth->withEnterpriseSubject("4711")->withUserSubject("17")))));
}

// -------------------------------------------------------------------------------------------- a source of the caller's

/// Gets the emulator's tokens by its own request, and counts them.
class Vault {
 public:
  box::asio::awaitable<AccessToken> operator()(box::TokenContext context) {
    ++asked;
    box::asio::steady_timer timer(co_await box::asio::this_coro::executor, 20ms);
    co_await timer.async_wait(box::asio::use_awaitable);
    if (down) throw box::BoxSdkError(Errc::connectFailed, "the vault is down");
    co_return AccessToken(Secret("vault-" + std::to_string(asked)), context.session.clock()->now() + lifetime);
  }

  int asked = 0;
  bool down = false;
  std::chrono::seconds lifetime = 1h;
};

TEST_F(Tokens, OfASourceOfTheCallersAreRequestedOnceForAllWhoWait) {
  options.accessTokens = {"vault-1", "vault-2", "vault-3"};
  const auto vault = std::make_shared<Vault>();
  const auto source = [vault](box::TokenContext context) { return (*vault)(std::move(context)); };
  const auto auth = std::make_shared<box::CallbackAuth>(source);
  const box::BoxClient client = this->client(withClock(), auth);
  const auto calls = startCalls(client, 100);
  finish(calls);
  expectAllAccepted(calls);
  EXPECT_EQ(vault->asked, 1);

  emulator().expireToken("vault-1");
  const auto more = startCalls(client, 20);
  finish(more);
  expectAllAccepted(more);
  EXPECT_EQ(vault->asked, 2) << "after a 401";

  clock->advance(1h - 30s);
  vault->down = true;
  EXPECT_TRUE(isAccepted(*await(client))) << "the old token is still valid";
  EXPECT_EQ(vault->asked, 3);
  clock->advance(1min);
  EXPECT_TRUE(failed(*await(client), Errc::connectFailed, Fate::notSent, Phase::token));
}

TEST_F(Tokens, OfASourceThatEndsByItselfAreRequestedOnceAndNoCallIsCancelled) {
  const std::vector<std::function<void()>> throwers = {
      [] { throw boost::system::system_error(box::asio::error::operation_aborted); },
      [] { throw box::BoxSdkError(box::asio::error::operation_aborted, {}); }};
  for (const auto& thrower : throwers) {
    int asked = 0;
    const auto source = [&](box::TokenContext) -> box::asio::awaitable<AccessToken> {
      ++asked;
      box::asio::steady_timer timer(co_await box::asio::this_coro::executor, 20ms);
      co_await timer.async_wait(box::asio::use_awaitable);
      thrower();
      co_return AccessToken(Secret("never"));
    };
    const auto client = this->client(session(), std::make_shared<box::CallbackAuth>(source));
    const auto calls = startCalls(client, 20);
    finish(calls);
    for (const auto& call : calls) {
      ASSERT_TRUE(failed(*call, Errc::extensionFailed, Fate::notSent, Phase::token));
      EXPECT_EQ(call->error().cause(), box::asio::error::operation_aborted);
      EXPECT_TRUE(call->error().nested());
    }
    EXPECT_EQ(asked, 1);
  }
}

TEST_F(Tokens, OfASourceThatThrowsAfterA401LeaveNoAnswerInTheError) {
  const std::vector<std::function<void()>> throwers = {
      [] { throw std::runtime_error("the vault is closed"); },
      [] { throw boost::system::system_error(box::asio::error::operation_aborted); }};
  for (const auto& thrower : throwers) {
    int asked = 0;
    const auto source = [&](box::TokenContext) -> box::asio::awaitable<AccessToken> {
      if (++asked > 1) thrower();
      co_return AccessToken(Secret("refused"));
    };
    emulator().clear();
    emulator().script(Reply::status(401));
    const auto call = await(this->client(session(), std::make_shared<box::CallbackAuth>(source)));
    ASSERT_TRUE(call->hasError());
    EXPECT_EQ(call->error().code(), Errc::extensionFailed) << call->describe();
    EXPECT_EQ(call->error().fate(), Fate::rejected);
    EXPECT_EQ(call->error().api(), nullptr);
    EXPECT_EQ(asked, 2);
  }
}

TEST(CallbackAuth, NeedsAFunctionAndAMargin) {
  const auto none = [] { box::CallbackAuth auth{box::CallbackAuth::Source()}; };
  EXPECT_THROW(none(), box::BoxSdkError);
  const auto early = [] { box::CallbackAuth auth{Vault(), -1s}; };
  EXPECT_THROW(early(), box::BoxSdkError);
}

// ------------------------------------------------------------------------------------------------------------- storage

TEST_F(Tokens, ATokenThatCannotBeStoredIsNotUsedAndTheOldStateStays) {
  const auto client = this->client(session(), oauth());
  storage->full = true;
  const auto call = await(client);
  EXPECT_TRUE(failed(*call, Errc::tokenUnavailable, Fate::notSent, Phase::token));
  EXPECT_THAT(call->error().what(), HasSubstr("the disk is full"));
  EXPECT_EQ(storage->token->refreshToken().reveal(), refreshToken);
  EXPECT_EQ(emulator().counts().requests, 1U) << "the new token was not used";
  storage->full = false;
  EXPECT_TRUE(isAccepted(*await(client))) << "the request had the old refresh token";
}

TEST_F(Tokens, ATokenThatSomebodyElseStoredIsUsedInsteadOfARefresh) {
  options.accessTokens = {"from-another-process"};
  const auto client = this->client(session(), oauth());
  ASSERT_TRUE(isAccepted(*await(client)));
  emulator().expireToken(std::string(storage->token->value().reveal()));
  storage->token = std::make_shared<const AccessToken>(Secret("from-another-process"),
                                                       std::chrono::system_clock::now() + 1h, Secret("newer"));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().tokenRequests, 1U);
}

TEST_F(Tokens, AStoredTokenThatIsGoodIsUsedAtTheStart) {
  options.accessTokens = {"from-the-storage"};
  const auto auth = oauth();
  storage->token = std::make_shared<const AccessToken>(Secret("from-the-storage"),
                                                       std::chrono::system_clock::now() + 1h, Secret(refreshToken));
  EXPECT_TRUE(isAccepted(*await(client(session(), auth))));
  EXPECT_EQ(emulator().counts().tokenRequests, 0U);
}

TEST_F(Tokens, AStoredTokenOfAnotherIsSentNowhere) {
  const auto auth = oauth();
  const box::BoxClient client = this->client(session(), auth);
  ASSERT_TRUE(isAccepted(*await(client)));
  const box::TokenBinding own = storage->token->binding();
  EXPECT_EQ(own.baseUrl, session().baseUrls().baseUrl);
  EXPECT_EQ(own.clientId, "the-client");
  const std::size_t calls = emulator().counts().requests, tokens = emulator().counts().tokenRequests;
  for (std::string box::TokenBinding::*part :
       {&box::TokenBinding::baseUrl, &box::TokenBinding::clientId, &box::TokenBinding::subject}) {
    box::TokenBinding other = own;
    other.*part = "another";
    auto next = oauth();
    storage->token = std::make_shared<const AccessToken>(storage->token->withBinding(other));
    const box::BoxClient second = this->client(session(), next);
    const auto call = await(second);
    EXPECT_TRUE(failed(*call, Errc::tokenUnavailable, Fate::notSent, Phase::token));
    EXPECT_THAT(call->error().what(), AllOf(HasSubstr("another"), HasSubstr("the-client"), HasSubstr(own.baseUrl)));
    texts.push_back(call->error().what());
  }
  EXPECT_EQ(emulator().counts().requests, calls);
  EXPECT_EQ(emulator().counts().tokenRequests, tokens);
}

TEST_F(Tokens, AStoredTokenIsSentWhereWhatIsKnownOfItsBindingIsTheSame) {
  const box::BoxClient client = this->client(session(), oauth());
  ASSERT_TRUE(isAccepted(*await(client)));
  const std::shared_ptr<const AccessToken> issued = storage->token;
  const box::TokenBinding own = issued->binding();
  for (std::string box::TokenBinding::*part :
       {&box::TokenBinding::baseUrl, &box::TokenBinding::clientId, &box::TokenBinding::subject}) {
    box::TokenBinding known = own;
    (known.*part).clear();
    const auto next = oauth();
    storage->token = std::make_shared<const AccessToken>(issued->withBinding(known));
    EXPECT_TRUE(isAccepted(*await(this->client(session(), next))));
  }
}

/// Gives tokens without keeping one.
class TokenGiver : public box::Authentication {
 public:
  std::shared_ptr<const AccessToken> currentToken(AccessToken::TimePoint) const noexcept override { return nullptr; }

  int requests = 0, inProgress = 0, most = 0;

 private:
  box::asio::awaitable<Token> requestToken(Token, box::TokenContext) override {
    ++requests;
    most = std::max(most, ++inProgress);
    box::asio::steady_timer timer(co_await box::asio::this_coro::executor, 20ms);
    co_await timer.async_wait(box::asio::use_awaitable);
    --inProgress;
    co_return std::make_shared<const AccessToken>(Secret("a-token-that-was-given"));
  }
};

TEST_F(Tokens, AnAuthenticationOfTheCallersIsAskedOnceForAHundredCalls) {
  options.accessTokens = {"a-token-that-was-given"};
  const auto vault = std::make_shared<TokenGiver>();
  const auto client = this->client(session(), vault), other = this->client(session(), vault);
  std::vector<std::shared_ptr<Call>> started;
  for (int i = 0; i < 50; ++i) {
    started.push_back(start(client));
    started.push_back(start(other));
  }
  finish(started);
  expectAllAccepted(started);
  EXPECT_EQ(vault->requests, 1);
  EXPECT_EQ(vault->most, 1);
}

TEST_F(Tokens, ATokenCallThatIsCancelledThrowsBoxSdkError) {
  class Hanging : public TestStorage {
   public:
    box::asio::awaitable<Token> get() override {
      box::asio::steady_timer timer(co_await box::asio::this_coro::executor, 1h);
      co_await timer.async_wait(box::asio::use_awaitable);
      co_return nullptr;
    }
  };
  storage = std::make_shared<Hanging>();
  const auto waiting = oauth();
  const auto client = this->client(session(), waiting);
  box::asio::cancellation_signal stop;
  std::exception_ptr ended;
  box::asio::co_spawn(io(), waiting->revokeToken(client.tokenContext()),
                      box::asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e) { ended = e; }));
  box::asio::steady_timer timer(io(), 20ms);
  timer.async_wait([&](boost::system::error_code) { stop.emit(box::asio::cancellation_type::terminal); });
  runUntil([&] { return ended != nullptr; });
  try {
    std::rethrow_exception(ended);
  } catch (const box::BoxSdkError& error) {
    EXPECT_EQ(error.code(), boost::asio::error::operation_aborted);
    EXPECT_EQ(error.phase(), Phase::token);
  }
}

TEST_F(Tokens, AnExceptionOfTheStorageEndsTheCallWithIt) {
  class Broken : public TestStorage {
   public:
    box::asio::awaitable<Token> get() override {
      throw std::runtime_error("broken");
      co_return nullptr;
    }
  };
  storage = std::make_shared<Broken>();
  const auto call = await(client(session(), oauth()));
  ASSERT_TRUE(failed(*call, Errc::extensionFailed, Fate::notSent, Phase::token));
  ASSERT_TRUE(call->error().nested());
  EXPECT_THROW(std::rethrow_exception(call->error().nested()), std::runtime_error);
}

// ---------------------------------------------------------------------------------------------- code, scopes, revoking

template <class T>
class Outcome {
 public:
  std::optional<T> value;
  std::optional<box::BoxSdkError> error;
  bool done = false;
};

class Operations : public AuthenticationOf {
 protected:
  using Token = std::shared_ptr<const AccessToken>;

  template <class T>
  Outcome<T> run(box::asio::awaitable<T> operation) {
    Outcome<T> outcome;
    box::asio::co_spawn(io(), keep(std::move(operation), outcome), box::asio::detached);
    runUntil([&] { return outcome.done; });
    if (outcome.error) texts.push_back(outcome.error->what());
    return outcome;
  }
  Outcome<int> run(box::asio::awaitable<void> operation) {
    Outcome<int> outcome;
    box::asio::co_spawn(io(), keepNothing(std::move(operation), outcome), box::asio::detached);
    runUntil([&] { return outcome.done; });
    return outcome;
  }

 private:
  template <class T>
  static box::asio::awaitable<void> keep(box::asio::awaitable<T> operation, Outcome<T>& outcome) {
    try {
      T result = co_await std::move(operation);
      outcome.value = std::move(result);
    } catch (const box::BoxSdkError& error) {
      outcome.error = error;
    }
    outcome.done = true;
  }
  static box::asio::awaitable<void> keepNothing(box::asio::awaitable<void> operation, Outcome<int>& outcome) {
    try {
      co_await std::move(operation);
      outcome.value = 0;
    } catch (const box::BoxSdkError& error) {
      outcome.error = error;
    }
    outcome.done = true;
  }
};

TEST_F(Operations, ACodeIsExchangedOnceStoredAndUsed) {
  options.authorizationCodes = {"the-code"};
  const auto auth = oauth();
  storage->token = nullptr;
  const auto client = this->client(session(), auth);
  const auto first = run(auth->getTokensAuthorizationCodeGrant(Secret("the-code"), client.tokenContext()));
  ASSERT_TRUE(first.value);
  EXPECT_EQ(storage->token, *first.value);
  EXPECT_FALSE(storage->token->refreshToken().empty());
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().tokenRequests, 1U);

  const auto again = run(auth->getTokensAuthorizationCodeGrant(Secret("the-code"), client.tokenContext()));
  ASSERT_TRUE(again.error);
  EXPECT_EQ(again.error->code(), Errc::tokenUnavailable);
  EXPECT_THAT(again.error->what(), HasSubstr("30 seconds"));
}

TEST_F(Operations, ATokenIsNotSentToAnotherBaseUrl) {
  const auto client = this->client(session(), ccg());
  ASSERT_TRUE(isAccepted(*await(client)));
  const auto before = emulator().counts();
  const auto elsewhere = client.withCustomBaseUrls(box::BaseUrls(emulator().baseUrl() + "/gateway"));
  const auto call = await(elsewhere);
  EXPECT_TRUE(failed(*call, Errc::tokenUnavailable, Fate::notSent, Phase::token));
  EXPECT_THAT(call->error().what(), HasSubstr("/gateway"));
  EXPECT_EQ(emulator().counts().requests, before.requests);
  EXPECT_EQ(emulator().counts().tokenRequests, before.tokenRequests);
  EXPECT_TRUE(isAccepted(*await(client)));
}

TEST_F(Operations, ARevokedTokenIsRefusedAndForgotten) {
  const auto auth = oauth();
  const auto client = this->client(session(), auth);
  ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_TRUE(run(auth->revokeToken(client.tokenContext())).value);
  EXPECT_EQ(storage->token, nullptr);
  const auto call = await(client);
  EXPECT_TRUE(failed(*call, Errc::signInRequired, Fate::notSent, Phase::token));
  EXPECT_TRUE(run(auth->revokeToken(client.tokenContext())).value) << "without a stored token nothing happens";
}

TEST_F(Operations, ADownscopedTokenCanDoLess) {
  const auto auth = ccg();
  const auto client = this->client(session(), auth);
  const auto lesser = run(auth->downscopeToken({"item_preview"}, "", client.tokenContext()));
  ASSERT_TRUE(lesser.value) << lesser.error->what();
  const auto lesserAuth = std::make_shared<box::BoxDeveloperTokenAuth>((*lesser.value)->value());
  EXPECT_TRUE(failed(*await(this->client(session(), lesserAuth)), Errc::forbidden, Fate::rejected));
  EXPECT_TRUE(isAccepted(*await(client)));
  const auto none = run(auth->downscopeToken({}, "", client.tokenContext()));
  ASSERT_TRUE(none.error);
  EXPECT_EQ(none.error->code(), Errc::invalidRequest);
}

TEST_F(Operations, MakeRequestAsksAnythingOfBoxAndNobodyElse) {
  const auto client = this->client(session(), ccg());
  box::FetchOptions request;
  request.method = "GET";
  request.url = "https://example.com/2.0/users/me";
  std::optional<box::BoxSdkError> error;
  bool done = false;
  box::asio::co_spawn(
      io(),
      [&]() -> box::asio::awaitable<void> {
        try {
          co_await client.makeRequest(request);
        } catch (const box::BoxSdkError& failure) {
          error = failure;
        }
        done = true;
      },
      box::asio::detached);
  runUntil([&] { return done; });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), Errc::invalidRequest);
  EXPECT_EQ(emulator().counts().requests, 0U) << "no token was requested or sent";
}

/// Makes a call of makeRequest() and waits for its end.
class AnyRequest : public Operations {
 protected:
  Outcome<box::FetchResponse> send(const box::BoxClient& client, box::FetchOptions request) {
    return run(client.makeRequest(std::move(request)));
  }
  void answer(std::function<std::optional<Reply>(const std::string& method)> by) {
    emulator().setResponder([by](const box::emulator::RequestInfo& info) { return by(info.method); });
  }
};

TEST_F(AnyRequest, HasAQueryAndTakesAnySuccess) {
  const auto client = this->client();
  answer([](const std::string&) { return Reply::status(200).body("{\"id\":\"1\"}"); });
  box::FetchOptions request;
  request.url = "/2.0/users/me?fields=id";
  request.params = {{"filter", "M\xc3\xbcller & Co"}};
  const auto outcome = send(client, request);
  ASSERT_TRUE(outcome.value) << outcome.error->what();
  EXPECT_EQ(outcome.value->body, "{\"id\":\"1\"}");
  EXPECT_EQ(emulator().requests().back().target, "/2.0/users/me?fields=id&filter=M%C3%BCller%20%26%20Co");
  EXPECT_EQ(emulator().requests().back().header("Content-Length"), "");
  request.expectedStatus = 204;
  const auto other = send(client, request);
  ASSERT_TRUE(other.error);
  EXPECT_EQ(other.error->code(), Errc::unexpectedResponse);
  EXPECT_THAT(other.error->what(), testing::HasSubstr("200 where 204 was expected"));
}

TEST_F(AnyRequest, IsNotSentTwiceWhereThatCouldDoHarm) {
  const auto client = this->client(session().withBackoffPolicy(std::make_shared<FixedBackoff>(1ms)));
  answer([](const std::string&) { return Reply::status(201).cutAfter(0, CloseManner::reset); });
  const auto count = [&](const char* method, std::optional<box::Idempotency> said) {
    const std::size_t before = emulator().counts().requests;
    box::FetchOptions request;
    request.method = method;
    request.url = "/2.0/users";
    request.idempotency = said;
    const auto outcome = send(client, request);
    EXPECT_TRUE(outcome.error && outcome.error->fate() == Fate::inDoubt) << method;
    return emulator().counts().requests - before;
  };
  EXPECT_EQ(count("POST", std::nullopt), 1U);
  EXPECT_EQ(count("PATCH", std::nullopt), 1U);
  EXPECT_GT(count("GET", std::nullopt), 1U);
  EXPECT_GT(count("DELETE", std::nullopt), 1U);
  EXPECT_GT(count("POST", box::Idempotency::idempotent), 1U);
  EXPECT_EQ(count("GET", box::Idempotency::notIdempotent), 1U);
}

TEST_F(AnyRequest, IsToldToThePolicy) {
  std::vector<std::string> seen;
  const auto policy = std::make_shared<RetryBy>([&](const box::AttemptOutcome& outcome) {
    seen.push_back(std::string(outcome.operation) + " " + std::string(outcome.method) +
                   (outcome.idempotency == box::Idempotency::idempotent ? " idempotent" : ""));
    return box::RetryDecision::stop;
  });
  const auto client = this->client(session().withRetryPolicy(policy));
  answer([](const std::string&) { return Reply::status(503); });
  box::FetchOptions request;
  request.method = "POST";
  request.url = "/2.0/users";
  request.operation = "createUser";
  EXPECT_TRUE(send(client, request).error);
  EXPECT_FALSE(isAccepted(*await(client)));
  EXPECT_THAT(seen, testing::ElementsAre("createUser POST", "terminateUsersSessions POST idempotent"));
}

TEST_F(Operations, ANetworkClientOfTheCallersCannotMakeAnAcceptanceOfAnotherStatus) {
  class Mock : public box::NetworkClient {
   public:
    box::asio::awaitable<box::FetchResponse> fetch(box::NetworkRequest) override {
      box::FetchResponse response;
      response.statusCode = status;
      co_return response;
    }
    int status = 503;
  };
  const auto mock = std::make_shared<Mock>();
  const auto client = this->client(session().withNetworkClient(mock));
  for (const int status : {503, 0, 200}) {
    mock->status = status;
    EXPECT_TRUE(failed(*await(client), Errc::unexpectedResponse, Fate::inDoubt)) << status;
  }
  mock->status = 202;
  EXPECT_TRUE(isAccepted(*await(client)));
}

}  // namespace
