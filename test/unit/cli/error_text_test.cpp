#include "cli/error_text.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/error.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <box/error.hpp>

#include "cli/bulk_account.hpp"
#include "cli/event_text.hpp"
#include "cli/identity.hpp"
#include "cli/option_words.hpp"

namespace box::cli {
namespace {

using namespace std::chrono_literals;

BoxSdkError failure(error_code code, Fate fate, Phase phase = Phase::read) {
  ErrorDetails details;
  details.operation = "terminateUsersSessions";
  details.fate = fate;
  details.phase = phase;
  return BoxSdkError(code, std::move(details));
}

BoxSdkError refusal(Errc code, int status) {
  ErrorDetails details;
  details.operation = "terminateUsersSessions";
  details.fate = Fate::rejected;
  details.phase = Phase::response;
  AttemptRecord first;
  first.number = 1;
  first.code = make_error_code(Errc::serverError);
  first.statusCode = 500;
  first.phase = Phase::response;
  first.fate = Fate::inDoubt;
  first.elapsed = 30ms;
  AttemptRecord second = first;
  second.number = 2;
  second.code = make_error_code(code);
  second.statusCode = status;
  second.fate = Fate::rejected;
  second.waited = 1500ms;
  details.attempts = {first, second};
  ApiErrorInfo api;
  api.statusCode = status;
  api.boxRequestId = "0header";
  api.clientError.requestId = "body1";
  api.clientError.code = "some_code";
  api.clientError.message = "no \x1b[31mway";
  api.retryAfter = 100s;
  details.api = std::move(api);
  return BoxSdkError(make_error_code(code), std::move(details));
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

TEST(CliExit, FollowsTheFateOfTheCall) {
  EXPECT_EQ(exitFor(refusal(Errc::forbidden, 403)), Exit::rejected);
  EXPECT_EQ(exitFor(refusal(Errc::rateLimited, 429)), Exit::rejected);
  EXPECT_EQ(exitFor(failure(Errc::serverError, Fate::inDoubt)), Exit::stopped);
  EXPECT_EQ(exitFor(failure(Errc::callTimeout, Fate::inDoubt)), Exit::stopped);
  EXPECT_EQ(exitFor(failure(Errc::connectFailed, Fate::notSent)), Exit::stopped);
  EXPECT_EQ(exitFor(failure(Errc::tlsVerificationFailed, Fate::notSent)), Exit::stopped);
  EXPECT_EQ(exitFor(failure(Errc::invalidRequest, Fate::notSent)), Exit::usage);
  EXPECT_EQ(exitFor(failure(Errc::tokenUnavailable, Fate::notSent)), Exit::usage);
  EXPECT_EQ(exitFor(failure(Errc::signInRequired, Fate::notSent)), Exit::usage);
  EXPECT_EQ(exitFor(failure(Errc::tokenUnavailable, Fate::rejected)), Exit::rejected);
  EXPECT_EQ(exitFor(failure(asio::error::operation_aborted, Fate::inDoubt)), Exit::interrupted);
}

TEST(CliErrorText, TellsAFailureWithAttemptsAndIds) {
  const std::string text = failureLines(refusal(Errc::forbidden, 403));
  for (const std::string_view part :
       {"1: status 500 in phase response, 30 ms", "2: after a wait of 1.5 s, status 403", "box-request-id: 0header",
        "request_id:    body1", "retry after:   100 s", "forbidden"}) {
    EXPECT_TRUE(contains(text, part)) << part << "\nin\n" << text;
  }
}

TEST(CliErrorText, EscapesAndSanitizesWhatTheServerSays) {
  const std::string text = fromServer("\x1b]0;owned\x07 Bearer abcdefghijklmnopqrstuvwxyz0123456789");
  EXPECT_FALSE(contains(text, "\x1b")) << text;
  EXPECT_FALSE(contains(text, "\x07")) << text;
  EXPECT_FALSE(contains(text, "abcdefghijklmnopqrstuvwxyz")) << text;
}

TEST(CliErrorText, GivesAFailureAsJson) {
  boost::json::object object;
  addFailure(object, refusal(Errc::forbidden, 403));
  EXPECT_EQ(object.at("fate"), "rejected");
  EXPECT_EQ(object.at("error"), "forbidden");
  EXPECT_EQ(object.at("status"), 403);
  EXPECT_EQ(object.at("boxCode"), "some_code");
  EXPECT_EQ(object.at("boxRequestId"), "0header");
  EXPECT_EQ(object.at("requestId"), "body1");
  EXPECT_EQ(object.at("retryAfterMs"), 100'000);
  ASSERT_EQ(object.at("attempts").as_array().size(), 2U);
  EXPECT_EQ(object.at("attempts").as_array()[1].at("waitedMs"), 1500);
  EXPECT_FALSE(contains(boost::json::serialize(object), "\\u001b"));
}

TEST(CliErrorText, AdvisesOnEveryErrorThatAnOperatorCanMend) {
  EXPECT_TRUE(contains(hintFor(refusal(Errc::unauthorized, 401)), "--base-url"));
  EXPECT_TRUE(contains(hintFor(refusal(Errc::notFound, 404)), "check the ids and logins"));
  EXPECT_TRUE(contains(hintFor(refusal(Errc::rateLimited, 429)), "100 s"));
  EXPECT_TRUE(contains(hintFor(failure(Errc::tlsVerificationFailed, Fate::notSent)), "--ca"));
  EXPECT_TRUE(contains(hintFor(failure(Errc::hostNotFound, Fate::notSent)), "--base-url"));
  EXPECT_TRUE(contains(hintFor(failure(Errc::proxyAuthenticationFailed, Fate::notSent)), "--proxy-user"));
  EXPECT_TRUE(contains(hintFor(failure(Errc::proxyRefused, Fate::notSent)), "--proxy"));
  EXPECT_TRUE(contains(hintFor(failure(Errc::callTimeout, Fate::notSent)), "--timeout"));
  EXPECT_FALSE(contains(hintFor(failure(Errc::callTimeout, Fate::notSent)), "again"));
  EXPECT_TRUE(contains(hintFor(failure(Errc::callTimeout, Fate::inDoubt)), "again"));
  EXPECT_TRUE(contains(hintFor(failure(asio::error::operation_aborted, Fate::inDoubt)), "again"));
  EXPECT_EQ(hintFor(failure(asio::error::operation_aborted, Fate::notSent)), "");
}

TEST(CliErrorText, OnlyACallThatEndsSessionsIsSaidToEndNewOnes) {
  for (const Errc code : {Errc::callTimeout, Errc::readTimeout, Errc::connectionLost, Errc::serverError}) {
    const BoxSdkError error = failure(code, Fate::inDoubt);
    EXPECT_TRUE(contains(hintFor(error), "signed out again")) << toString(code);
    EXPECT_FALSE(contains(hintFor(error, Purpose::read), "signed")) << toString(code);
    EXPECT_FALSE(contains(adviceForIdentity(error), "signed")) << toString(code);
    EXPECT_NE(hintFor(error, Purpose::read), "") << toString(code);
  }
}

TEST(CliErrorText, ARequiredQuestionForTheAccountGetsTheTimeOfTheRun) {
  EXPECT_EQ(longestQuestion(AccountNeed::required, 10min), 10min);
  EXPECT_EQ(longestQuestion(AccountNeed::required, std::nullopt), 30s);
  EXPECT_EQ(longestQuestion(AccountNeed::wanted, 10min), 10s);
  EXPECT_EQ(longestQuestion(AccountNeed::wanted, 6s), 2s) << "most of the time is for ending sessions";
  EXPECT_EQ(longestQuestion(AccountNeed::wanted, std::nullopt), 10s);
}

TEST(CliErrorText, AdvisesForTheCauseAndNotForAnother) {
  ErrorDetails details;
  details.fate = Fate::rejected;
  details.api.emplace();
  details.api->wwwAuthenticate = R"(Bearer realm="Service", error="insufficient_scope")";
  const BoxSdkError scope(make_error_code(Errc::forbidden), details);
  EXPECT_TRUE(contains(hintFor(scope), "scope"));
  details.api->wwwAuthenticate.clear();
  EXPECT_TRUE(contains(hintFor(BoxSdkError(make_error_code(Errc::rateLimited), details)), "a few minutes"));
  details.attempts.resize(2);
  const BoxSdkError replaced(make_error_code(Errc::unauthorized), details);
  EXPECT_TRUE(contains(hintFor(replaced), "even the token that it has just given"));
  EXPECT_FALSE(contains(hintFor(replaced), "60 minutes"));
  details.attempts.resize(1);
  const BoxSdkError expired(make_error_code(Errc::unauthorized), details);
  EXPECT_TRUE(contains(hintFor(expired), "If the token is younger than 60 minutes"));
  EXPECT_FALSE(contains(hintFor(expired), "just given"));
  EXPECT_TRUE(contains(hintFor(failure(Errc::proxyAuthenticationUnsupported, Fate::notSent)), "NTLM"));
  EXPECT_TRUE(contains(hintFor(failure(Errc::proxyAuthenticationRequired, Fate::notSent)), "Add --proxy-user"));
  EXPECT_TRUE(
      contains(inOptionWords(failure(Errc::proxyRefused, Fate::notSent)), "the proxy refused to connect to Box"));
  for (const Errc code : {Errc::signInRequired, Errc::refreshTokenExpired}) {
    EXPECT_TRUE(contains(hintFor(failure(code, Fate::notSent)), "box-sessions login"));
  }
  for (const Errc code : {Errc::hostNotFound, Errc::connectFailed}) {
    ErrorDetails proxy;
    EXPECT_TRUE(contains(hintFor(BoxSdkError(make_error_code(code), proxy)), "--base-url"));
    proxy.atProxy = true;
    EXPECT_FALSE(contains(hintFor(BoxSdkError(make_error_code(code), proxy)), "--base-url"));
  }
  ErrorDetails slow;
  slow.phase = Phase::handshake;
  EXPECT_TRUE(contains(hintFor(BoxSdkError(make_error_code(Errc::callTimeout), slow)), "TLS handshake did not finish"));
  for (const Phase phase : {Phase::resolve, Phase::connect, Phase::proxy, Phase::handshake}) {
    const BoxSdkError unreached = failure(Errc::callTimeout, Fate::notSent, phase);
    EXPECT_TRUE(contains(hintFor(unreached), "--proxy")) << toString(phase);
    EXPECT_FALSE(contains(hintFor(unreached), "--timeout")) << toString(phase);
    EXPECT_TRUE(isUnreached(unreached)) << toString(phase);
  }
  EXPECT_TRUE(isUnreached(failure(Errc::handshakeTimeout, Fate::notSent, Phase::handshake)));
  EXPECT_FALSE(isUnreached(failure(Errc::callTimeout, Fate::notSent, Phase::pool)));
  EXPECT_FALSE(isUnreached(failure(Errc::readTimeout, Fate::inDoubt)));
  EXPECT_FALSE(isUnreached(failure(asio::error::operation_aborted, Fate::notSent, Phase::connect)));
}

TEST(CliErrorText, WritesEventsOnOneLine) {
  event::CallStarted started{1, "terminateUsersSessions", "POST", "https://api.box.com/2.0/users/terminate_sessions"};
  EXPECT_EQ(eventText(started), "call 1: POST https://api.box.com/2.0/users/terminate_sessions");
  event::RetryScheduled retry{1, 2, FailureKind::throttle, 100s};
  EXPECT_EQ(eventText(retry), "call 1: waits 100 s before attempt 2 (throttle)");
  event::ConnectionOpened opened{1, "api.box.com", 443, "TLSv1.3", true, "", 12ms};
  EXPECT_EQ(eventText(opened), "connection 1: api.box.com port 443, TLSv1.3 resumed, 12 ms");
  event::ConnectionOpened proxied{2, "api.box.com", 443, "TLSv1.3", false, "proxy.example", 12ms};
  EXPECT_EQ(eventText(proxied), "connection 2: api.box.com port 443 through proxy.example, TLSv1.3, 12 ms");
  event::ConnectionClosed closed{1, event::CloseReason::idle, 1};
  EXPECT_EQ(eventText(closed), "connection 1: closed (idle) after 1 request");
  AttemptRecord record;
  record.number = 1;
  record.statusCode = 202;
  record.phase = Phase::response;
  record.fate = Fate::accepted;
  record.elapsed = 40ms;
  EXPECT_EQ(eventText(event::AttemptEnded{1, record}),
            "call 1: attempt 1: status 202 in phase response, 40 ms, accepted");
  event::CallEnded ended{1, make_error_code(Errc::forbidden), Fate::rejected, 403, 2, 45ms};
  EXPECT_EQ(eventText(ended), "call 1: rejected after 45 ms, 2 attempts: Box refused for lack of permission");
}

}  // namespace
}  // namespace box::cli
