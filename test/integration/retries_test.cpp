// What is retried, how often and after which time, and with which result a call ends.
#include "support/box_test.hpp"

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "box/policy/retry_simulation.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::DefaultRetryPolicy;
using box::Errc;
using box::FailureKind;
using box::Fate;
using box::Phase;
using box::RetryDecision;
using box::emulator::CloseManner;
using box::emulator::Reply;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Retries : public BoxTest {
 protected:
  const box::BoxApiError apiError(const Call& call) {
    EXPECT_TRUE(call.hasError() && call.error().api() != nullptr) << call.describe();
    return box::BoxApiError(call.error());
  }
};

// ------------------------------------------------------------------------------------------------------------ statuses

class RetriesOfStatuses : public Retries, public testing::WithParamInterface<int> {};

TEST_P(RetriesOfStatuses, APassingOneIsRepeatedUntilItPasses) {
  emulator().script(Reply::status(GetParam()).times(2));
  EXPECT_TRUE(isAccepted(*await(client())));
  EXPECT_EQ(emulator().counts().requests, 3U);
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
  ASSERT_THAT(recorder->retries(), SizeIs(2));
  const FailureKind kind = GetParam() == 429 ? FailureKind::throttle : FailureKind::transient;
  for (unsigned i = 0; i < 2; ++i) {
    EXPECT_EQ(recorder->retries()[i].attempt, i + 2);
    EXPECT_EQ(recorder->retries()[i].kind, kind);
    EXPECT_EQ(recorder->retries()[i].delay, 1ms);
  }
  ASSERT_THAT(recorder->ended(), SizeIs(1));
  EXPECT_EQ(recorder->ended()[0].attempts, 3U);
  EXPECT_EQ(recorder->ended()[0].statusCode, 202);
  EXPECT_EQ(recorder->ended()[0].fate, Fate::accepted);
  EXPECT_THAT(emulator().accepted(), SizeIs(1));
}

TEST_P(RetriesOfStatuses, OneThatStaysEndsTheCallAfterFiveAttempts) {
  emulator().setDefault(Reply::status(GetParam()));
  const auto call = await(client());
  const bool settled = GetParam() == 429 || GetParam() == 500 || GetParam() == 408 || GetParam() == 425;
  const Errc code = GetParam() == 429 ? Errc::rateLimited : GetParam() < 500 ? Errc::requestRefused : Errc::serverError;
  EXPECT_TRUE(failed(*call, code, settled ? Fate::rejected : Fate::inDoubt, Phase::response));
  EXPECT_EQ(call->attempts(), 5U);
  EXPECT_EQ(emulator().counts().requests, 5U);
  EXPECT_EQ(apiError(*call).statusCode(), GetParam());
  EXPECT_EQ(call->error().kind(), GetParam() == 429 ? FailureKind::throttle : FailureKind::transient);
  EXPECT_THAT(call->error().what(), HasSubstr("after 5 attempts"));
}

INSTANTIATE_TEST_SUITE_P(All, RetriesOfStatuses, testing::Values(408, 425, 429, 500, 502, 503, 504, 520, 524, 529));

struct Refusal {
  int status;
  Errc code;
};

class RetriesOfRefusals : public Retries, public testing::WithParamInterface<Refusal> {};

TEST_P(RetriesOfRefusals, ALastingOneIsNotRepeated) {
  emulator().setDefault(Reply::status(GetParam().status));
  const auto call = await(client());
  EXPECT_TRUE(failed(*call, GetParam().code, Fate::rejected, Phase::response));
  EXPECT_EQ(apiError(*call).statusCode(), GetParam().status);
  EXPECT_EQ(call->code(), box::ErrorCondition::api);
  EXPECT_EQ(emulator().counts().requests, 1U);
  EXPECT_THAT(recorder->retries(), IsEmpty());
  // A refusal is an answer too, so that the connection can be used again.
  emulator().setDefault();
  EXPECT_THAT(recorder->closed(), testing::SizeIs(testing::Le(1U)));
}

INSTANTIATE_TEST_SUITE_P(All, RetriesOfRefusals,
                         testing::Values(Refusal{400, Errc::badRequest}, Refusal{403, Errc::forbidden},
                                         Refusal{404, Errc::notFound}, Refusal{405, Errc::requestRefused},
                                         Refusal{409, Errc::requestRefused}, Refusal{413, Errc::requestRefused},
                                         Refusal{415, Errc::requestRefused}, Refusal{501, Errc::serverError},
                                         Refusal{505, Errc::serverError}),
                         [](const auto& param) { return std::to_string(param.param.status); });

TEST_F(Retries, AnErrorsConnectionIsUsedAgain) {
  emulator().script({Reply::status(404), Reply::status(500)});
  const auto client = this->client();
  await(client);
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
}

class RetriesOfRedirects : public Retries, public testing::WithParamInterface<int> {};

TEST_P(RetriesOfRedirects, AreNeverFollowed) {
  box::emulator::Emulator elsewhere;
  const std::string path = "/2.0/users/terminate_sessions";
  for (const std::string& target : {elsewhere.baseUrl() + path, emulator().baseUrl() + path, path,
                                    "http://localhost:" + std::to_string(elsewhere.port()) + path}) {
    emulator().clear();
    emulator().script(Reply::redirect(GetParam(), target));
    const auto call = await(client());
    ASSERT_TRUE(call->hasError());
    EXPECT_EQ(call->code(), Errc::unexpectedResponse) << call->describe();
    EXPECT_EQ(call->attempts(), 1U);
    EXPECT_EQ(emulator().counts().requests, 1U);
    EXPECT_THAT(emulator().accepted(), IsEmpty());
  }
  EXPECT_EQ(elsewhere.counts().connectionsAccepted, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, RetriesOfRedirects, testing::Values(301, 302, 303, 307, 308));

TEST_F(Retries, AnotherSuccessThanTheDocumentedOneIsNone) {
  for (const int status : {200, 201, 204}) {
    emulator().clear();
    emulator().setDefault(Reply::status(status));
    const auto call = await(client());
    EXPECT_TRUE(failed(*call, Errc::unexpectedResponse, Fate::inDoubt, Phase::response)) << status;
    EXPECT_THAT(call->error().what(), HasSubstr(std::to_string(status) + " where 202 was expected"));
    EXPECT_EQ(emulator().counts().requests, 1U);
  }
}

TEST_F(Retries, APageInHtmlIsNoAcceptance) {
  emulator().setDefault(
      Reply::status(202).body("<html><head><title>Log in</title></head></html>", "text/html; charset=utf-8"));
  const auto call = await(client());
  EXPECT_TRUE(failed(*call, Errc::unexpectedResponse, Fate::inDoubt, Phase::response));
  EXPECT_THAT(call->error().what(), HasSubstr("Log in"));
  EXPECT_EQ(emulator().counts().requests, 1U);
}

// --------------------------------------------------------------------------------------------------------- Retry-After

TEST_F(Retries, RetryAfterInSecondsIsTheLeastThatIsWaited) {
  emulator().script(Reply::status(429).retryAfter("1"));
  EXPECT_TRUE(isAccepted(*await(client())));
  ASSERT_THAT(recorder->retries(), SizeIs(1));
  EXPECT_GE(recorder->retries()[0].delay, 1s);
  EXPECT_LE(recorder->retries()[0].delay, 1100ms);
  const auto requests = emulator().requests();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_GE(requests[1].steadyTime - requests[0].steadyTime, 1s);
}

TEST_F(Retries, RetryAfterAsADateCountsFromTheServersOwnDate) {
  options.clockOffset = std::chrono::hours(-24 * 365);
  const std::string then = "Sun, 06 Nov 1994 08:49:38 GMT", date = "Sun, 06 Nov 1994 08:49:37 GMT";
  emulator().script(Reply::status(503).header("Date", date).retryAfter(then));
  EXPECT_TRUE(isAccepted(*await(client())));
  ASSERT_THAT(recorder->retries(), SizeIs(1));
  EXPECT_GE(recorder->retries()[0].delay, 1s);
  EXPECT_LE(recorder->retries()[0].delay, 1100ms);
}

TEST_F(Retries, RetryAfterThatIsShorterThanTheBackoffOrNonsenseChangesNothing) {
  for (const char* value : {"0", "-1", "1.5", "inf", "soon", "", "Sun, 06 Nov 1994 08:49:37 GMT", "0x10"}) {
    recorder->clear();
    emulator().script(Reply::status(429).retryAfter(value));
    EXPECT_TRUE(isAccepted(*await(client()))) << value;
    ASSERT_THAT(recorder->retries(), SizeIs(1));
    EXPECT_EQ(recorder->retries()[0].delay, 1ms) << value;
  }
}

TEST_F(Retries, RetryAfterBeyondTheDeadlineEndsTheCallAtOnce) {
  for (const char* value : {"100", "999999999999999999999999999999"}) {
    emulator().clear();
    emulator().script(Reply::status(429).retryAfter(value));
    const auto call = await(about(client(), 20s));
    EXPECT_TRUE(failed(*call, Errc::rateLimited, Fate::rejected, Phase::response));
    EXPECT_EQ(emulator().counts().requests, 1U);
    EXPECT_GE(apiError(*call).retryAfter().value(), 100s);
    EXPECT_LT(call->elapsed(), 15s);
    EXPECT_THAT(call->error().what(), AllOf(HasSubstr("Retry-After"), HasSubstr("deadline")));
  }
  EXPECT_THAT(recorder->retries(), IsEmpty());
}

TEST_F(Retries, AnAcceptanceWithRetryAfterIsNotRepeated) {
  emulator().setDefault(Reply::asBox().retryAfter("1"));
  EXPECT_TRUE(isAccepted(*await(client())));
  EXPECT_EQ(emulator().counts().requests, 1U);
  EXPECT_THAT(recorder->retries(), IsEmpty());
}

TEST_F(Retries, TheRateLimitOfTheEmulatorIsKept) {
  options.rateLimitCalls = 1;
  options.rateLimitWindow = 900ms;
  options.retryAfterSeconds = 1;
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_TRUE(isAccepted(*await(client)));
  ASSERT_THAT(recorder->retries(), SizeIs(testing::Ge(1U)));
  for (const auto& retry : recorder->retries()) {
    EXPECT_EQ(retry.kind, FailureKind::throttle);
    EXPECT_GE(retry.delay, 1s);
  }
}

// ----------------------------------------------------------------------------------------------------------------- 401

TEST_F(Retries, ARefusedDeveloperTokenEndsTheCallWithTheRemedy) {
  emulator().expireToken(secretToken);
  const auto call = await(client());
  EXPECT_TRUE(failed(*call, Errc::unauthorized, Fate::rejected));
  EXPECT_EQ(emulator().counts().requests, 1U);
  EXPECT_EQ(apiError(*call).statusCode(), 401);
  EXPECT_THAT(apiError(*call).wwwAuthenticate(), HasSubstr("Bearer"));
  EXPECT_THAT(call->error().what(), HasSubstr("developer token"));
  EXPECT_THAT(recorder->tokensRequested(), ElementsAre(true));
}

/// Has an expired token, and gets new ones.
class RefreshingAuth : public box::Authentication {
 public:
  explicit RefreshingAuth(std::string renewed) : renewed_(std::move(renewed)) {}

  std::shared_ptr<const box::AccessToken> currentToken(box::AccessToken::TimePoint) const noexcept override {
    return current_;
  }
  int refreshes = 0;

 private:
  box::asio::awaitable<Token> requestToken(Token refused, box::TokenContext context) override {
    ++refreshes;
    EXPECT_NE(context.route, nullptr) << "a token request goes the way of the call that waits for it";
    EXPECT_EQ(refused, current_);
    current_ = std::make_shared<const box::AccessToken>(box::Secret(renewed_));
    co_return current_;
  }

  std::string renewed_;
  std::shared_ptr<const box::AccessToken> current_ = std::make_shared<const box::AccessToken>(box::Secret(secretToken));
};

TEST_F(Retries, ARefusedTokenIsRefreshedOnceAndTheCallRepeatedAtOnce) {
  emulator().expireToken(secretToken);
  const auto refreshing = std::make_shared<RefreshingAuth>("renewed");
  const auto client = this->client(session().withBackoffPolicy(std::make_shared<FixedBackoff>(60s)), refreshing);
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(refreshing->refreshes, 1);
  const auto requests = emulator().requests();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_NE(requests[0].header("Authorization"), requests[1].header("Authorization"));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
  // The new token is kept for later calls.
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(refreshing->refreshes, 1);
  EXPECT_EQ(emulator().counts().requests, 3U);
}

TEST_F(Retries, ATokenRefusedForEverIsTriedTwice) {
  emulator().setDefault(Reply::status(401));
  const auto refreshing = std::make_shared<RefreshingAuth>("renewed");
  const auto call = await(client(session(), refreshing));
  EXPECT_TRUE(failed(*call, Errc::unauthorized, Fate::rejected, Phase::response));
  EXPECT_EQ(emulator().counts().requests, 2U);
  EXPECT_EQ(refreshing->refreshes, 1);
  EXPECT_EQ(call->attempts(), 2U);
}

/// Has a token that Box refuses, and cannot get another one.
class FailingAuth : public box::Authentication {
 public:
  std::shared_ptr<const box::AccessToken> currentToken(box::AccessToken::TimePoint) const noexcept override {
    return current_;
  }

 private:
  box::asio::awaitable<Token> requestToken(Token, box::TokenContext) override {
    box::ErrorDetails details;
    details.context = "the vault has no token";
    details.atProxy = true;
    details.nested = std::make_exception_ptr(std::runtime_error("of the vault"));
    details.api.emplace();
    details.api->statusCode = 400;
    details.api->boxRequestId = "of-the-vault";
    throw box::BoxApiError(make_error_code(Errc::tokenUnavailable), std::move(details));
    co_return current_;
  }

  std::shared_ptr<const box::AccessToken> current_ = std::make_shared<const box::AccessToken>(box::Secret(secretToken));
};

TEST_F(Retries, ARefusalWithoutAnotherTokenIsReportedWithItsOwnResponse) {
  emulator().expireToken(secretToken);
  const auto call = await(client(session(), std::make_shared<FailingAuth>()));
  ASSERT_TRUE(failed(*call, Errc::unauthorized, Fate::rejected, Phase::response));
  EXPECT_EQ(apiError(*call).statusCode(), 401);
  EXPECT_THAT(apiError(*call).wwwAuthenticate(), HasSubstr("Bearer"));
  EXPECT_NE(apiError(*call).boxRequestId(), "of-the-vault");
  EXPECT_FALSE(call->error().atProxy());
  EXPECT_FALSE(call->error().nested());
  EXPECT_THAT(call->error().what(), AllOf(HasSubstr("401 Unauthorized"), HasSubstr("; the vault has no token")));
}

TEST_F(Retries, ATokenWithoutTheRightIsRefusedForGood) {
  options.underprivilegedTokens = {secretToken};
  const auto call = await(client());
  EXPECT_TRUE(failed(*call, Errc::forbidden, Fate::rejected));
  EXPECT_EQ(emulator().counts().requests, 1U);
  EXPECT_THAT(call->error().what(), HasSubstr("insufficient_scope"));
}

// ------------------------------------------------------------------------------------------------------------ policies

TEST_F(Retries, ThePolicyOfTheSessionIsAsked) {
  emulator().setDefault(Reply::status(404));
  std::vector<box::AttemptOutcome> seen;
  const auto policy = std::make_shared<RetryBy>([&](const box::AttemptOutcome& outcome) {
    seen.push_back(outcome);
    return outcome.attempt < 3 ? RetryDecision::retry : RetryDecision::stop;
  });
  const auto call = await(client(session().withRetryPolicy(policy)));
  EXPECT_TRUE(failed(*call, Errc::notFound, Fate::rejected));
  EXPECT_EQ(emulator().counts().requests, 3U);
  ASSERT_THAT(seen, SizeIs(3));
  EXPECT_EQ(seen[0].statusCode, 404);
  EXPECT_EQ(seen[0].kind, FailureKind::permanent);
  EXPECT_EQ(seen[2].attempt, 3U);
  EXPECT_EQ(seen[2].sameKind, 3U);
}

TEST_F(Retries, APolicyThatThrowsAfterAResponseIsNoErrorOfTheApi) {
  emulator().setDefault(Reply::status(503));
  const auto policy =
      std::make_shared<RetryBy>([](const box::AttemptOutcome&) -> RetryDecision { throw std::runtime_error("a bug"); });
  const auto ofPolicy = await(client(session().withRetryPolicy(policy)));
  EXPECT_TRUE(failed(*ofPolicy, Errc::extensionFailed, Fate::inDoubt));
  EXPECT_EQ(ofPolicy->error().api(), nullptr) << "the response is not the reason";
  EXPECT_THAT(ofPolicy->error().attempts(), SizeIs(1));

  const auto backoff = std::make_shared<BackoffBy>(
      [](const box::BackoffContext&) -> std::chrono::milliseconds { throw std::runtime_error("a bug"); });
  const auto ofBackoff = await(client(session().withBackoffPolicy(backoff)));
  EXPECT_TRUE(failed(*ofBackoff, Errc::extensionFailed, Fate::inDoubt));
  EXPECT_EQ(ofBackoff->error().api(), nullptr);
}

TEST_F(Retries, AnInterceptorDoesNotSeeTheTokenThatAResponseRepeats) {
  std::vector<std::string> seen;
  const auto interceptor = std::make_shared<InterceptBy>(nullptr, [&](box::FetchResponse& response) {
    seen.push_back(response.body);
    seen.emplace_back(response.headers.get("X-Echo").value_or("none"));
  });
  const auto client = this->client(session().withInterceptors({interceptor}));
  for (const int status : {202, 403}) {
    emulator().setDefault(Reply::status(status)
                              .header("X-Echo", std::string("Bearer ") + secretToken)
                              .body(std::string("{\"message\":\"") + secretToken + "\"}"));
    await(client);
  }
  const std::string body = "{\"message\":\"[redacted]\"}", header = "Bearer [redacted]";
  EXPECT_THAT(seen, ElementsAre(body, header, body, header));
}

TEST_F(Retries, AnotherPolicyForAClientKeepsItsConnections) {
  const auto first = client();
  await(first);
  emulator().setDefault(Reply::status(503));
  const auto twice = std::make_shared<DefaultRetryPolicy>(2);
  const auto second = first.withNetworkSession(first.networkSession().withRetryPolicy(twice));
  EXPECT_TRUE(failed(*await(second), Errc::serverError, Fate::inDoubt));
  EXPECT_EQ(emulator().counts().requests, 3U);
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
}

TEST_F(Retries, WhatConnectionsAreMadeWithIsAClientsForGood) {
  const auto first = client();
  const box::NetworkSession& its = first.networkSession();
  box::TlsOptions tls = its.tls();
  tls.minVersion = box::TlsOptions::MinVersion::tls13;
  const auto objection = [&](const box::NetworkSession& session) -> std::string {
    try {
      first.withNetworkSession(session);
    } catch (const box::BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidConfiguration);
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(objection(its.withTimeouts({.call = 7s})), "none");
  EXPECT_THAT(objection(its.withPool({.maxConnections = 3})), HasSubstr("PoolOptions cannot be changed"));
  EXPECT_THAT(objection(its.withTls(tls)), HasSubstr("TlsOptions cannot be changed"));
  EXPECT_THAT(objection(its.withObserver(nullptr)), HasSubstr("observer cannot be changed"));
}

TEST_F(Retries, ThePolicyOfTheCallIsAskedInPlaceOfTheSessions) {
  emulator().setDefault(Reply::status(503));
  const auto client = this->client();
  const auto never = std::make_shared<DefaultRetryPolicy>(1);
  const auto call = await(client.sessionTermination.terminateUsersSessions({.userIds = {"1"}}, {.retryPolicy = never}));
  EXPECT_TRUE(failed(*call, Errc::serverError, Fate::inDoubt));
  EXPECT_EQ(emulator().counts().requests, 1U);
  await(client);
  EXPECT_EQ(emulator().counts().requests, 6U);
}

TEST_F(Retries, RepeatsAtOnceAreHonouredOnce) {
  emulator().setDefault(Reply::status(503));
  const auto policy = std::make_shared<RetryBy>([](const box::AttemptOutcome& outcome) {
    return outcome.attempt < 3 ? RetryDecision::retryAtOnce : RetryDecision::stop;
  });
  await(client(session().withRetryPolicy(policy)));
  ASSERT_THAT(recorder->retries(), SizeIs(3));
  EXPECT_EQ(recorder->retries()[0].delay, 0ms);
  EXPECT_EQ(recorder->retries()[1].delay, 1ms);
  EXPECT_EQ(recorder->retries()[2].delay, 1ms);
}

TEST_F(Retries, TheStrictPolicyDoesNotRepeatWhatIsInDoubt) {
  const auto strict = std::make_shared<DefaultRetryPolicy>(5, box::RetryInDoubt::never);
  const auto client = this->client(session().withRetryPolicy(strict));
  for (const Reply& reply : {Reply::status(503), Reply::close(CloseManner::reset)}) {
    emulator().clear();
    emulator().script(reply);
    const auto call = await(client);
    ASSERT_TRUE(call->hasError());
    EXPECT_EQ(call->error().fate(), Fate::inDoubt) << call->describe();
    EXPECT_EQ(emulator().counts().requests, 1U);
  }
  // What was refused or not sent is retried.
  emulator().clear();
  emulator().script(Reply::status(429));
  emulator().scriptConnection(box::emulator::ConnectionPlan::closeAtOnce());
  EXPECT_TRUE(isAccepted(*await(this->client(session().withRetryPolicy(strict)))));
}

TEST_F(Retries, WhatWasRefusedOnceIsNotToldAsNotSent) {
  emulator().script(Reply::status(500).connectionClose());
  emulator().scriptConnection(box::emulator::ConnectionPlan::normal());
  emulator().setDefaultConnection(box::emulator::ConnectionPlan::closeAtOnce());
  const auto call = await(this->client());
  EXPECT_TRUE(failed(*call, Errc::connectionLost, Fate::rejected));
  ASSERT_GT(call->attempts(), 1U);
  EXPECT_EQ(call->error().attempts().back().fate, Fate::notSent);
  EXPECT_EQ(recorder->ended().at(0).fate, Fate::rejected);
}

TEST_F(Retries, AnEmptyBudgetEndsTheCall) {
  emulator().setDefault(Reply::status(503));
  const auto budget = std::make_shared<box::TokenRetryBudget>(2);
  const auto call = await(client(session().withRetryBudget(budget)));
  EXPECT_TRUE(failed(*call, Errc::serverError, Fate::inDoubt));
  EXPECT_EQ(emulator().counts().requests, 3U);
  EXPECT_THAT(call->error().what(), HasSubstr("budget"));
}

TEST_F(Retries, ABudgetIsSharedByTheClientsThatHaveIt) {
  const auto budget = std::make_shared<box::TokenRetryBudget>(3);
  const auto one = client(session().withRetryBudget(budget)), other = client(session().withRetryBudget(budget));
  emulator().setDefault(Reply::status(503));
  EXPECT_EQ(await(one)->attempts(), 4U);
  EXPECT_EQ(await(other)->attempts(), 1U);
  emulator().setDefault();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(isAccepted(*await(other)));
  EXPECT_EQ(budget->balance(), 1.0);
  emulator().setDefault(Reply::status(503));
  EXPECT_EQ(await(one)->attempts(), 2U);
}

TEST_F(Retries, ACallWaitsAsItsSimulationDoes) {
  box::RetryRules rules;
  rules.policy = std::make_shared<box::DefaultRetryPolicy>(4);
  rules.backoff = std::make_shared<BackoffBy>([](const box::BackoffContext& context) {
    return std::chrono::milliseconds(context.kind == FailureKind::throttle ? 5 : context.retry);
  });
  box::RetrySimulation simulation(rules);
  emulator().script({Reply::status(503), Reply::status(429), Reply::status(500), Reply::status(503)});
  const auto call = await(client(session().withRetryPolicy(rules.policy).withBackoffPolicy(rules.backoff)));
  EXPECT_EQ(call->attempts(), 4U);
  for (const Recorder::Retry& retry : recorder->retries()) {
    const int status = recorder->attempts().at(retry.attempt - 2).statusCode;
    const box::RetryStep step = simulation.fail(box::AttemptOutcome::ofStatus(status));
    EXPECT_EQ(step.ending, box::RetryEnding::none) << status;
    EXPECT_EQ(step.delay, retry.delay) << status;
  }
  EXPECT_EQ(simulation.attempts(), 3U);
  EXPECT_EQ(simulation.fail(box::AttemptOutcome::ofStatus(503)).ending, box::RetryEnding::exhausted);
}

TEST_F(Retries, TheObserverSeesACallWithARepeatInOrder) {
  emulator().script(Reply::status(503));
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(
      recorder->sequence(),
      "CallStarted AttemptStarted ConnectionOpened AttemptEnded RetryScheduled AttemptStarted AttemptEnded CallEnded");
  EXPECT_THAT(recorder->text(), HasSubstr("terminateUsersSessions POST https://localhost:"));
  ASSERT_THAT(recorder->attempts(), SizeIs(2));
  EXPECT_EQ(recorder->attempts()[0].statusCode, 503);
  EXPECT_EQ(recorder->attempts()[0].code, Errc::serverError);
  EXPECT_EQ(recorder->attempts()[1].statusCode, 202);
  EXPECT_FALSE(recorder->attempts()[1].code);
  EXPECT_TRUE(recorder->attempts()[1].reusedConnection);
  EXPECT_EQ(recorder->attempts()[1].waited, 1ms);
}

class Shouting : public box::DataSanitizer {
 public:
  std::string sanitize(std::string_view) const override { return "<cleaned>"; }
};

TEST_F(Retries, TheDataSanitizerOfTheSessionCleansTheServersText) {
  const std::string leak = std::string("user ") + secretLogin + " with Bearer " + secretToken;
  emulator().script({Reply::error(400, "bad", leak), Reply::error(400, "bad", leak)});
  const auto own = await(client(session().withDataSanitizer(std::make_shared<Shouting>())));
  EXPECT_THAT(own->error().what(), AllOf(HasSubstr("<cleaned>"), Not(HasSubstr("user"))));
  const auto usual = await(client());
  EXPECT_THAT(usual->error().what(), AllOf(HasSubstr("user [login]"), HasSubstr("[redacted]")));
  // A caller can get the text as it was received, except for the token.
  EXPECT_EQ(apiError(*usual).clientError().message, std::string("user ") + secretLogin + " with Bearer [redacted]");
}

// ------------------------------------------------------------------------------------------------------------- answers

TEST_F(Retries, AClientErrorIsGivenFieldByField) {
  emulator().script(
      Reply::status(400)
          .header("box-request-id", "0abc123")
          .body(R"({"type":"error","status":400,"code":"bad_request","message":"Bad","help_url":"https://h",)"
                R"("request_id":"req1","context_info":{"errors":[{"name":"user_ids"}]}})"));
  const auto call = await(client());
  const auto error = apiError(*call);
  EXPECT_EQ(error.clientError().type, "error");
  EXPECT_EQ(error.clientError().status, 400);
  EXPECT_EQ(error.clientError().code, "bad_request");
  EXPECT_EQ(error.clientError().message, "Bad");
  EXPECT_EQ(error.clientError().helpUrl, "https://h");
  EXPECT_EQ(error.clientError().requestId, "req1");
  EXPECT_EQ(error.clientError().contextInfo, R"({"errors":[{"name":"user_ids"}]})");
  EXPECT_EQ(error.boxRequestId(), "0abc123");
  EXPECT_THAT(error.what(), AllOf(HasSubstr("400 Bad Request: Bad, "), HasSubstr("0abc123"), HasSubstr("req1")));
}

TEST_F(Retries, AnErrorsBodyMayBeAnything) {
  const std::vector<std::pair<std::string, std::string>> bodies = {{"", "application/octet-stream"},
                                                                   {"<html><title>502</title>", "text/html"},
                                                                   {"{\"code\":", "application/json"},
                                                                   {"[1,2]", "application/json"},
                                                                   {R"({"code":7,"status":"x"})", "application/json"},
                                                                   {std::string(1000, '['), "application/json"},
                                                                   {"\xff\xfe\x00", "text/plain"}};
  for (const auto& [body, type] : bodies) {
    emulator().script(Reply::status(404).body(body, type));
    const auto call = await(client());
    EXPECT_TRUE(failed(*call, Errc::notFound, Fate::rejected));
    EXPECT_EQ(apiError(*call).statusCode(), 404);
    EXPECT_EQ(apiError(*call).clientError().code, std::nullopt);
    EXPECT_EQ(call->error().api()->contentType, type);
  }
}

TEST_F(Retries, AnAcceptanceWhoseBodyIsCutHolds) {
  for (const CloseManner manner : {CloseManner::fin, CloseManner::closeNotify, CloseManner::reset}) {
    emulator().clear();
    emulator().script(Reply::asBox().cutBody(5, manner));
    const auto call = await(client());
    ASSERT_TRUE(isAccepted(*call));
    EXPECT_FALSE(call->message().bodyIntact);
    EXPECT_EQ(call->message().rawJson, "");
    EXPECT_EQ(call->message().message, std::nullopt);
    EXPECT_EQ(call->message().boxRequestId, emulator().requests().at(0).boxRequestId);
    EXPECT_EQ(emulator().counts().requests, 1U);
  }
}

TEST_F(Retries, AnAcceptanceWhoseBodyStallsOrIsTooLargeHolds) {
  box::TimeoutOptions timeouts;
  timeouts.bodyIdle = 50ms;
  box::ResponseLimits limits;
  limits.bodyBytes = 1000;
  const auto client = this->client(session().withTimeouts(timeouts).withResponseLimits(limits));
  for (const Reply& reply : {Reply::asBox().stallBody(3), Reply::status(202).body(std::string(1001, 'x')),
                             Reply::asBox().chunked(1).stallBody(10), Reply::asBox().untilClose(CloseManner::fin)}) {
    emulator().clear();
    emulator().script(reply);
    const auto call = await(client);
    ASSERT_TRUE(isAccepted(*call));
    EXPECT_FALSE(call->message().bodyIntact);
    EXPECT_EQ(emulator().counts().requests, 1U);
  }
}

TEST_F(Retries, AHeaderThatIsCutIsRepeated) {
  emulator().script({Reply::asBox().cutAfter(1), Reply::asBox().cutAfter(20, CloseManner::closeNotify),
                     Reply::asBox().cutAfter(40, CloseManner::reset)});
  EXPECT_TRUE(isAccepted(*await(client())));
  ASSERT_THAT(recorder->retries(), SizeIs(3));
  for (const auto& retry : recorder->retries()) EXPECT_EQ(retry.kind, FailureKind::transport);
  for (unsigned i = 0; i < 3; ++i) EXPECT_EQ(recorder->attempts()[i].fate, Fate::inDoubt);
}

TEST_F(Retries, ChunkedSlowAndInterimAnswersAreRead) {
  const auto client = this->client();
  for (const Reply& reply : {Reply::asBox().chunked(3), Reply::asBox().slowly(0ms, 1),
                             Reply::asBox().interim(100).interim(103), Reply::asBox().untilClose()}) {
    emulator().script(reply);
    const auto call = await(client);
    ASSERT_TRUE(isAccepted(*call));
    EXPECT_TRUE(call->message().bodyIntact);
    EXPECT_NE(call->message().message, std::nullopt);
  }
}

struct Nonsense {
  const char* name;
  Reply reply;
  Errc code;
};

class RetriesOfNonsense : public Retries, public testing::WithParamInterface<Nonsense> {};

TEST_P(RetriesOfNonsense, AnAnswerThatIsNoneIsAskedForOnceMore) {
  emulator().setDefault(GetParam().reply);
  const auto call = await(client());
  EXPECT_TRUE(failed(*call, GetParam().code, Fate::inDoubt, Phase::read));
  EXPECT_EQ(emulator().counts().requests, 2U);
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
  EXPECT_EQ(call->code(), box::ErrorCondition::response);
}

INSTANTIATE_TEST_SUITE_P(
    All, RetriesOfNonsense,
    testing::Values(
        Nonsense{"Garbage", Reply::raw("what do you want?\r\n\r\n"), Errc::protocolError},
        Nonsense{"AnotherVersion", Reply::raw("HTTP/2.0 202 Accepted\r\nContent-Length: 0\r\n\r\n"),
                 Errc::protocolError},
        Nonsense{"StatusOutOfRange", Reply::raw("HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n"), Errc::protocolError},
        Nonsense{"SwitchingProtocols", Reply::raw("HTTP/1.1 101 Switching Protocols\r\n\r\n"), Errc::protocolError},
        Nonsense{"EndlessInterim", Reply::endless(box::emulator::Endless::interimResponses), Errc::responseTooLarge},
        Nonsense{"EndlessHeader", Reply::endless(box::emulator::Endless::headers), Errc::responseTooLarge},
        Nonsense{"HugeHeader", Reply::asBox().header("X-Huge", std::string(20'000, 'x')), Errc::responseTooLarge}),
    [](const auto& param) { return std::string(param.param.name); });

TEST_F(Retries, AnAcceptanceStandsWhateverItSaysOfItsBody) {
  const Reply replies[] = {
      Reply::raw("HTTP/1.1 202 Accepted\r\nContent-Length: -1\r\n\r\n"),
      Reply::raw("HTTP/1.1 202 Accepted\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
      Reply::raw("HTTP/1.1 202 Accepted\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      Reply::asBox().header("Content-Encoding", "gzip")};
  for (const Reply& reply : replies) {
    emulator().clear();
    emulator().script(reply);
    const auto call = await(client());
    ASSERT_TRUE(isAccepted(*call));
    EXPECT_FALSE(call->message().bodyIntact);
    EXPECT_EQ(emulator().counts().requests, 1U);
  }
}

TEST_F(Retries, LimitsBehindAHeaderEndTheBodyOnly) {
  using box::emulator::Endless;
  for (const Endless what : {Endless::chunkExtension, Endless::chunks, Endless::trailers}) {
    emulator().clear();
    emulator().setDefault(Reply::endless(what));
    const auto call = await(client());
    // With any status, the call ends.
    EXPECT_TRUE(call->accepted() || call->hasError()) << call->describe();
    EXPECT_LE(emulator().counts().requests, 5U);
  }
}

}  // namespace
