#include "pipeline/explain.hpp"
#include "pipeline/judge.hpp"
#include "pipeline/redactor.hpp"
#include "support/json.hpp"
#include "support/responses.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace box {

namespace {

using test::response;

class Redaction : public testing::Test {
 protected:
  /// Everything of this response that is kept or shown.
  std::string shown(FetchResponse r) {
    NetworkRequest request(
        std::make_shared<const Operation>("doIt", "POST", "/a", ExpectedStatus(202), Idempotency::idempotent),
        NetworkSession());
    request.secrets = {Secret("a client secret")};
    const Secret secret(token);
    Attempt attempt;
    attempt.answered = true;
    attempt.statusCode = r.statusCode;
    attempt.code = Errc::badRequest;
    attempt.response = std::move(r);
    explain(attempt, request, &secret);
    const ApiErrorInfo& info = *attempt.api;
    const ClientError& e = info.clientError;
    std::string all = attempt.context + info.boxRequestId + info.wwwAuthenticate + info.contentType;
    for (const auto* text : {&e.type, &e.code, &e.message, &e.contextInfo, &e.helpUrl, &e.requestId}) {
      all += text->value_or("");
    }
    return all;
  }

  const std::string token = "DEVtoken12345678";  // looks like an ordinary word
};

TEST_F(Redaction, TakesTheTokenOutWhereverTheServerRepeatsIt) {
  for (const char* field : {"type", "code", "message", "help_url", "request_id", "error", "error_description"}) {
    const std::string text = shown(response(400, "{\"" + std::string(field) + "\":\"x-" + token + "-y\"}"));
    EXPECT_EQ(text.find(token), std::string::npos) << field << ": " << text;
  }
  EXPECT_EQ(shown(response(400, "{\"context_info\":{\"a\":\"" + token + "\"}}")).find(token), std::string::npos);
  EXPECT_EQ(shown(response(400, "<title>" + token + "</title>", "text/html")).find(token), std::string::npos);
  for (const char* name : {"box-request-id", "WWW-Authenticate"}) {
    FetchResponse r = response(401);
    r.headers.append(name, "Bearer error=\"" + token + "\"");
    r.headers.append("box-request-id", token);
    const std::string text = shown(r);
    EXPECT_EQ(text.find(token), std::string::npos) << name << ": " << text;
  }
  // The token is written with JSON's escapes, or is at the end of what is kept.
  EXPECT_EQ(shown(response(400, "{\"code\":\"\\u0044EVtoken12345678\"}")).find(token), std::string::npos);
  const std::string edge = std::string(4090, 'm') + token;
  EXPECT_EQ(shown(response(400, "{\"message\":\"" + edge + "\"}")).find("DEV"), std::string::npos);
}

TEST_F(Redaction, SearchesTheBeginningOfALongBody) {
  const std::string page = "<title>first</title>" + std::string(longestParsedAtOnce, ' ');
  EXPECT_THAT(shown(response(503, page, "text/html")), testing::HasSubstr("first"));
  const std::string late = std::string(longestParsedAtOnce + 1, ' ') + "<title>last</title>";
  EXPECT_THAT(shown(response(503, late, "text/html")), testing::Not(testing::HasSubstr("last")));
}

TEST_F(Redaction, TakesTheSecretsOfATokenRequestOut) {
  const std::string text = shown(response(400, R"({"error":"x","error_description":"a client secret is wrong"})"));
  EXPECT_EQ(text.find("a client secret"), std::string::npos) << text;
  EXPECT_NE(text.find("[redacted] is wrong"), std::string::npos) << text;
}

TEST_F(Redaction, TakesTheTokenOutOfASuccess) {
  FetchResponse r = response(202, "{\"message\":\"" + token + "\"}");
  r.headers.append("Box-Request-Id", "x" + token);
  r.headers.append("X-Echo", "first");
  r.headers.append("X-Echo", token + token);
  redactAnswer(r, Secret(token));
  ASSERT_EQ(r.headers.size(), 4U) << "with its content type";
  EXPECT_EQ(r.headers[2].value, "first");
  EXPECT_EQ(r.headers[3].value, "[redacted][redacted]");
  EXPECT_EQ(r.body, "{\"message\":\"[redacted]\"}");
  EXPECT_EQ(r.headers.get("box-request-id"), "x[redacted]");
  FetchResponse plain = response(202, "{}");
  plain.headers.append("box-request-id", "0abc");
  redactAnswer(plain, Secret(token));
  EXPECT_EQ(plain.headers.get("box-request-id"), "0abc");
}

TEST(Redactor, LeavesOutSecretsOfEightCharactersAndMore) {
  // Shorter values would match ordinary words.
  for (const auto& [secret, expected] :
       {std::pair("12345678", "a [redacted] b"), std::pair("1234567", "a 12345678 b")}) {
    const Secret kept(secret);
    Redactor redact;
    redact.add(kept);
    EXPECT_EQ(redact("a 12345678 b"), expected) << secret;
  }
}

TEST(Redactor, LeavesOutEveryRepetition) {
  const Secret first("12345678"), second("abcdefgh");
  Redactor redact;
  redact.add(first);
  redact.add(second);
  EXPECT_EQ(redact("1234567812345678 and abcdefgh, 123456781234"),
            "[redacted][redacted] and [redacted], [redacted]1234");
  EXPECT_EQ(redact("12345678"), "[redacted]");
  EXPECT_EQ(redact(""), "");
}

/// A failure that has everything that a failure can have.
BoxSdkError fullError() {
  ErrorDetails details;
  details.operation = "oauth2/token";
  details.context = "the vault is down";
  details.cause = boost::asio::error::connection_reset;
  details.atProxy = true;
  details.nested = std::make_exception_ptr(std::runtime_error("of the vault"));
  return BoxSdkError(make_error_code(Errc::connectFailed), std::move(details));
}

/// An attempt that ends by this exception.
void endBy(Attempt& attempt, const std::exception_ptr& exception, bool cancelled) {
  const Thrown thrown(exception, cancelled);
  judgeException(attempt, thrown, exception);
  explainException(attempt, thrown, *defaultDataSanitizer());
}

TEST(Attempt, AFailureKeepsNothingOfTheOneBeforeIt) {
  Attempt attempt;
  attempt.fail(fullError(), Phase::token);
  EXPECT_EQ(attempt.code, Errc::connectFailed);
  EXPECT_EQ(attempt.cause, boost::asio::error::connection_reset);
  EXPECT_EQ(attempt.phase, Phase::token);
  EXPECT_EQ(attempt.kind, FailureKind::final);
  EXPECT_TRUE(attempt.atProxy);
  EXPECT_TRUE(attempt.foreign);
  attempt.fail(Errc::clientClosed, Phase::backoff);
  EXPECT_EQ(attempt.code, Errc::clientClosed);
  EXPECT_EQ(attempt.phase, Phase::backoff);
  EXPECT_FALSE(attempt.cause);
  EXPECT_FALSE(attempt.atProxy);
}

TEST(ExplainException, KeepsAllOfAnErrorOfTheLibrary) {
  Attempt attempt;
  endBy(attempt, std::make_exception_ptr(fullError()), false);
  EXPECT_EQ(attempt.code, Errc::connectFailed);
  EXPECT_EQ(attempt.cause, boost::asio::error::connection_reset);
  EXPECT_EQ(attempt.context, "oauth2/token: the vault is down");
  EXPECT_TRUE(attempt.atProxy);
  ASSERT_TRUE(attempt.foreign);
  EXPECT_THROW(std::rethrow_exception(attempt.foreign), std::runtime_error);
}

TEST(ExplainException, KeepsNothingOfAnEarlierFailure) {
  const auto cancellation = std::make_exception_ptr(boost::system::system_error(boost::asio::error::operation_aborted));
  for (const auto& exception : {cancellation, std::make_exception_ptr(std::runtime_error("of an interceptor"))}) {
    Attempt attempt;
    attempt.cause = boost::asio::error::connection_reset;
    attempt.atProxy = true;
    attempt.phase = Phase::write;
    endBy(attempt, exception, true);
    EXPECT_FALSE(attempt.cause) << attempt.context;
    EXPECT_FALSE(attempt.atProxy) << attempt.context;
    EXPECT_EQ(attempt.phase, Phase::write) << attempt.context;
  }
}

TEST(Explain, HasAReasonForEachFailure) {
  const NetworkRequest request(
      std::make_shared<const Operation>("doIt", "POST", "/a", ExpectedStatus(202), Idempotency::idempotent),
      NetworkSession());
  for (int phase = 0; phase <= static_cast<int>(Phase::backoff); ++phase) {
    Attempt attempt;
    attempt.fail(make_error_code(Errc::connectionLost), static_cast<Phase>(phase));
    attempt.cause = boost::system::errc::make_error_code(boost::system::errc::connection_reset);
    explain(attempt, request, nullptr);
    EXPECT_GT(attempt.context.size(), 8U) << phase;
    EXPECT_NE(attempt.context.find(attempt.cause.message()), std::string::npos) << attempt.context;
  }
}

class Explained : public testing::Test {
 protected:
  std::string contextOf(Attempt& attempt) {
    explain(attempt, request, nullptr);
    return attempt.context;
  }
  const NetworkRequest request{
      std::make_shared<const Operation>("doIt", "POST", "/a", ExpectedStatus(202), Idempotency::idempotent),
      NetworkSession()};
};

TEST_F(Explained, OnlyTheFirstAttemptMaySayThatNothingWasSent) {
  for (const unsigned number : {1U, 2U}) {
    Attempt attempt;
    attempt.number = number;
    attempt.fail(boost::asio::error::operation_aborted, Phase::prepare);
    EXPECT_EQ(contextOf(attempt), number == 1 ? "before anything was sent" : "before the next attempt was sent");
  }
}

TEST_F(Explained, ACancellationAfterTheAcceptanceSaysSo) {
  Attempt attempt;
  attempt.fate = Fate::accepted;
  attempt.answered = true;
  attempt.response = response(202, "{}");
  EXPECT_EQ(contextOf(attempt), "cancelled after the acceptance");
}

TEST_F(Explained, ACancellationInTheMiddleOfAnAnswerIsNoAnswer) {
  Attempt attempt;
  attempt.response.statusCode = 503;
  attempt.response.bodyIntact = false;
  attempt.answered = attempt.responseBegun = true;
  attempt.fail(boost::asio::error::operation_aborted, Phase::read);
  judge(attempt, *request.operation, false);
  EXPECT_EQ(attempt.fate, Fate::inDoubt);
  EXPECT_EQ(attempt.statusCode, 503);
  EXPECT_EQ(contextOf(attempt), "in the middle of the answer");
  EXPECT_FALSE(attempt.api) << "the call failed because of the caller";
}

TEST_F(Explained, AStepThatHasExplainedItselfKeepsItsText) {
  Attempt attempt;
  attempt.context = "TLS with box.test: its certificate has expired";
  EXPECT_EQ(contextOf(attempt), "TLS with box.test: its certificate has expired");
}

TEST_F(Explained, ACauseThatIsTheCodeIsNotRepeated) {
  Attempt attempt;
  attempt.fail(boost::asio::error::operation_aborted, Phase::read);
  attempt.cause = attempt.code;
  EXPECT_EQ(contextOf(attempt), "waiting for the answer");
}

TEST_F(Explained, AnAnswerThatHasBegunWasNotWaitedFor) {
  Attempt attempt;
  attempt.fail(make_error_code(Errc::readTimeout), Phase::read);
  attempt.responseBegun = true;
  EXPECT_EQ(contextOf(attempt), "in the middle of the answer");
}

TEST_F(Explained, AnotherSuccessSaysWhatWasExpected) {
  const auto explained = [&](int status) {
    Attempt attempt;
    attempt.answered = true;
    attempt.response = response(status, "{}");
    attempt.response.headers.append("Retry-After", "7");
    contextOf(attempt);
    EXPECT_EQ(attempt.retryAfter, std::chrono::nanoseconds(std::chrono::seconds(7)));
    return attempt.context.find("where 202 was expected") != std::string::npos;
  };
  EXPECT_TRUE(explained(200));
  EXPECT_TRUE(explained(399));
  EXPECT_FALSE(explained(400));
  EXPECT_FALSE(explained(202)) << "a page in HTML";
}

TEST(ExplainException, ShowsTheTextOfTheCallersOwnException) {
  Attempt named, nameless;
  const std::string who = "an interceptor, a policy, the data sanitizer or the Authentication has thrown an exception";
  endBy(named, std::make_exception_ptr(std::runtime_error("no room for ann@example.com")), false);
  EXPECT_EQ(named.context, who + ": no room for [login]");
  endBy(nameless, std::make_exception_ptr(42), false);
  EXPECT_EQ(nameless.context, who);
}

TEST_F(Redaction, ATokenThatIsTooShortIsNotTakenOut) {
  FetchResponse r = response(202, "a 1234567 12345678");
  redactAnswer(r, Secret("1234567"));
  EXPECT_EQ(r.body, "a 1234567 12345678") << "it would match ordinary words";
  redactAnswer(r, Secret("12345678"));
  EXPECT_EQ(r.body, "a 1234567 [redacted]");
  FetchResponse whole = response(202, "12345678");
  redactAnswer(whole, Secret("12345678"));
  EXPECT_EQ(whole.body, "[redacted]");
}

}  // namespace
}  // namespace box
