#include "pipeline/judge.hpp"

#include <ostream>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <gtest/gtest.h>

#include "box/observe/observer.hpp"
#include "support/responses.hpp"

namespace box {

void PrintTo(FailureKind kind, std::ostream* out) { *out << toString(kind); }
void PrintTo(Fate fate, std::ostream* out) { *out << toString(fate); }

namespace {

using test::response;

TEST(JudgeResponse, KnowsEveryStatus) {
  struct {
    std::vector<int> statuses;
    Errc code;
    FailureKind kind;
    Fate fate;
  } const rows[] = {
      {{200, 201, 203, 204, 206, 299}, Errc::unexpectedResponse, FailureKind::permanent, Fate::inDoubt},
      {{300, 301, 302, 303, 304, 307, 308, 399}, Errc::unexpectedResponse, FailureKind::permanent, Fate::rejected},
      {{400}, Errc::badRequest, FailureKind::permanent, Fate::rejected},
      {{401}, Errc::unauthorized, FailureKind::auth, Fate::rejected},
      {{403}, Errc::forbidden, FailureKind::permanent, Fate::rejected},
      {{404}, Errc::notFound, FailureKind::permanent, Fate::rejected},
      {{402, 405, 407, 409, 410, 413, 415, 422, 431, 451, 499},
       Errc::requestRefused,
       FailureKind::permanent,
       Fate::rejected},
      {{408, 425}, Errc::requestRefused, FailureKind::transient, Fate::rejected},
      {{429}, Errc::rateLimited, FailureKind::throttle, Fate::rejected},
      {{500}, Errc::serverError, FailureKind::transient, Fate::rejected},
      {{502, 503, 504, 520, 521, 522, 523, 524, 529}, Errc::serverError, FailureKind::transient, Fate::inDoubt},
      {{501, 505, 506, 507, 508, 510, 511, 525, 530, 599}, Errc::serverError, FailureKind::permanent, Fate::rejected},
  };
  for (const auto& row : rows) {
    for (const int status : row.statuses) {
      SCOPED_TRACE(status);
      const Verdict verdict = judgeResponse(response(status), 202, "POST");
      EXPECT_FALSE(verdict.success);
      EXPECT_EQ(verdict.code, row.code);
      EXPECT_EQ(verdict.kind, row.kind);
      EXPECT_EQ(verdict.fate, row.fate);
    }
  }
}

TEST(JudgeResponse, TakesTheExpectedStatusForSuccessWhateverItsBodyHolds) {
  for (const char* type :
       {"", "application/json", "application/octet-stream", "text/plain", "text/htm", "x-text/html"}) {
    for (const char* body : {"", "{}", "nonsense", "{\"message\":"}) {
      const Verdict verdict = judgeResponse(response(202, body, type), 202, "POST");
      EXPECT_TRUE(verdict.success) << type << body;
      EXPECT_EQ(verdict.fate, Fate::accepted);
    }
  }
  EXPECT_TRUE(judgeResponse(response(200), 200, "POST").success) << "a token request expects 200";
  EXPECT_FALSE(judgeResponse(response(202), 200, "POST").success);
}

TEST(JudgeResponse, TakesAnAcceptanceWithRetryAfterForAnAcceptance) {  // F03
  FetchResponse r = response(202, "{}");
  r.headers.append("Retry-After", "100");
  EXPECT_TRUE(judgeResponse(r, 202, "POST").success);
}

TEST(JudgeResponse, TakesNoPageInHtmlForBoxsAnswer) {  // F16
  for (const char* type : {"text/html", "Text/HTML; charset=utf-8", "text/html;charset=x"}) {
    const Verdict verdict = judgeResponse(response(202, "<html>", type), 202, "POST");
    EXPECT_FALSE(verdict.success) << type;
    EXPECT_EQ(verdict.code, Errc::unexpectedResponse);
    EXPECT_EQ(verdict.kind, FailureKind::permanent) << "another answer would be no different";
    EXPECT_EQ(verdict.fate, Fate::inDoubt);
  }
  EXPECT_EQ(judgeResponse(response(503, "<html>", "text/html"), 202, "POST").kind, FailureKind::transient)
      << "an error is one";
}

TEST(JudgeResponse, TakesNoAnswerThatHasNoBodyForAPageInHtml) {
  EXPECT_TRUE(judgeResponse(response(204, "", "text/html"), ExpectedStatus(), "DELETE").success);
  EXPECT_TRUE(judgeResponse(response(205, "", "text/html"), ExpectedStatus(), "POST").success);
  EXPECT_TRUE(judgeResponse(response(200, "", "text/html"), ExpectedStatus(), "HEAD").success);
}

TEST(JudgeFailure, GivesEveryCodeItsKind) {
  struct {
    Errc code;
    FailureKind kind;
  } const rows[] = {
      {Errc::connectFailed, FailureKind::connect},
      {Errc::connectTimeout, FailureKind::connect},
      {Errc::resolveFailed, FailureKind::dns},
      {Errc::resolveTimeout, FailureKind::dns},
      {Errc::hostNotFound, FailureKind::hostNotFound},
      {Errc::proxyFailed, FailureKind::proxy},
      {Errc::proxyRefused, FailureKind::permanent},
      {Errc::proxyAuthenticationFailed, FailureKind::permanent},
      {Errc::localResource, FailureKind::local},
      {Errc::tlsVerificationFailed, FailureKind::tlsFatal},
      {Errc::tlsProtocolError, FailureKind::tlsFatal},
      {Errc::tlsNotTls, FailureKind::tlsNotTls},
      {Errc::protocolError, FailureKind::protocol},
      {Errc::responseTooLarge, FailureKind::protocol},
      {Errc::attemptTimeout, FailureKind::timeout},
      {Errc::handshakeTimeout, FailureKind::timeout},
      {Errc::proxyTimeout, FailureKind::timeout},
      {Errc::writeTimeout, FailureKind::timeout},
      {Errc::readTimeout, FailureKind::timeout},
      {Errc::poolTimeout, FailureKind::waiting},
      {Errc::poolExhausted, FailureKind::waiting},
      {Errc::callTimeout, FailureKind::final},
      {Errc::clientClosed, FailureKind::final},
      {Errc::invalidRequest, FailureKind::final},
      {Errc::invalidConfiguration, FailureKind::final},
      {Errc::tokenUnavailable, FailureKind::auth},
      {Errc::signInRequired, FailureKind::auth},
      {Errc::proxyAuthenticationRequired, FailureKind::permanent},
      {Errc::proxyAuthenticationUnsupported, FailureKind::permanent},
      {Errc::extensionFailed, FailureKind::final},
      {Errc::unexpectedResponse, FailureKind::permanent},
      {Errc::badRequest, FailureKind::permanent},
      {Errc::unauthorized, FailureKind::auth},
      {Errc::forbidden, FailureKind::permanent},
      {Errc::notFound, FailureKind::permanent},
      {Errc::rateLimited, FailureKind::throttle},
      {Errc::requestRefused, FailureKind::permanent},
      {Errc::serverError, FailureKind::transient},
      {Errc::credentialsInvalid, FailureKind::auth},
      {Errc::appNotAuthorized, FailureKind::auth},
      {Errc::refreshTokenExpired, FailureKind::auth},
      {Errc::clockSkew, FailureKind::auth},
      {Errc::stateMismatch, FailureKind::auth},
  };
  // The kind of connectionLost depends on more than the code; the next test has it.
  std::set<std::string_view> listed = {toString(Errc::connectionLost)};
  for (const auto& row : rows) {
    listed.insert(toString(row.code));
    Failure failure;
    failure.code = row.code;
    for (const bool reused : {false, true}) {
      for (const bool begun : {false, true}) {
        EXPECT_EQ(judgeFailure(failure.code, reused, begun), row.kind) << failure.code.message();
      }
    }
  }
  for (int value = 1; value < 10'000; ++value) {
    const std::string_view name = toString(static_cast<Errc>(value));
    EXPECT_TRUE(name == "unknown" || listed.contains(name)) << name;
  }
}

TEST(JudgeFailure, CallsAConnectionStaleOnlyWhereItWasReusedAndSilent) {
  Failure failure;
  failure.code = Errc::connectionLost;
  EXPECT_EQ(judgeFailure(failure.code, true, false), FailureKind::stale);
  EXPECT_EQ(judgeFailure(failure.code, true, true), FailureKind::transport);
  EXPECT_EQ(judgeFailure(failure.code, false, false), FailureKind::transport);
  EXPECT_EQ(judgeFailure(failure.code, false, true), FailureKind::transport);
}

TEST(JudgeFailure, TakesACancellationForFinal) {
  Failure failure;
  failure.code = boost::asio::error::operation_aborted;
  EXPECT_EQ(judgeFailure(failure.code, true, false), FailureKind::final);
}

Operation accepting202() { return Operation("terminate", "POST", "/", 202, Idempotency::idempotent); }

Attempt answered(int status, error_code code = error_code()) {
  Attempt attempt;
  attempt.answered = true;
  attempt.fate = Fate::inDoubt;
  attempt.response = response(status);
  attempt.code = code;
  return attempt;
}

TEST(Judge, TakesAnAnswerForMoreThanWhatBrokeAfterIt) {
  for (const error_code code : {error_code(), make_error_code(Errc::readTimeout), make_error_code(Errc::connectionLost),
                                make_error_code(Errc::clientClosed)}) {
    Attempt attempt = answered(202, code);
    attempt.cause = boost::asio::error::connection_reset;
    judge(attempt, accepting202(), true);
    EXPECT_FALSE(attempt.failed()) << code;
    EXPECT_EQ(attempt.fate, Fate::accepted);
    EXPECT_EQ(attempt.phase, Phase::response);
    EXPECT_EQ(attempt.cause, error_code()) << "what broke later is not the cause of the status";
    attempt = answered(403, code);
    attempt.cause = boost::asio::error::connection_reset;
    judge(attempt, accepting202(), false);
    EXPECT_EQ(attempt.code, Errc::forbidden);
    EXPECT_EQ(attempt.cause, error_code());
    EXPECT_EQ(attempt.statusCode, 403);
  }
}

TEST(Judge, TakesAPageForAPageAlsoWhereAnInterceptorHasEmptiedIt) {
  Attempt attempt = answered(202);
  attempt.response = response(202, "<html>", "text/html");
  for (int turn = 0; turn < 2; ++turn) {
    judge(attempt, accepting202(), false);
    EXPECT_EQ(attempt.code, Errc::unexpectedResponse) << turn;
    EXPECT_EQ(attempt.fate, Fate::inDoubt) << turn;
    attempt.response.body.clear();
  }
}

TEST(Judge, KeepsACancellationAfterAnAnswer) {
  Attempt attempt = answered(202, boost::asio::error::operation_aborted);
  judge(attempt, accepting202(), true);
  EXPECT_EQ(attempt.code, boost::asio::error::operation_aborted);
  EXPECT_EQ(attempt.kind, FailureKind::final);
  EXPECT_EQ(attempt.fate, Fate::accepted);
}

TEST(Judge, LetsNoInterceptorUnmakeASuccess) {
  Attempt attempt = answered(503);
  judge(attempt, accepting202(), true);
  EXPECT_FALSE(attempt.failed());
  EXPECT_EQ(attempt.fate, Fate::accepted);
}

TEST(Judge, TakesAResponseThatLacksTheBodyWhichWasAskedForForNone) {
  const Operation reading("getUsers", "GET", "/", 200, Idempotency::idempotent, false, true);
  for (const Errc code : {Errc::readTimeout, Errc::connectionLost, Errc::responseTooLarge}) {
    Attempt attempt = answered(200, code);
    attempt.response.bodyIntact = false;
    judge(attempt, reading, false);
    EXPECT_EQ(attempt.code, code);
    EXPECT_EQ(attempt.fate, Fate::inDoubt);
    EXPECT_EQ(attempt.kind, kindOf(code));
  }
  Attempt coded = answered(200);
  coded.response.bodyIntact = false;
  judge(coded, reading, false);
  EXPECT_EQ(coded.code, Errc::protocolError);
  EXPECT_NE(coded.context.find("coding"), std::string::npos);

  Attempt refused = answered(403, Errc::connectionLost);
  refused.response.bodyIntact = false;
  judge(refused, reading, false);
  EXPECT_EQ(refused.code, Errc::forbidden) << "the status of an error says enough";
  Attempt statusOnly = answered(202);
  statusOnly.response.bodyIntact = false;
  judge(statusOnly, accepting202(), false);
  EXPECT_FALSE(statusOnly.failed()) << "no body was asked for";
  Attempt unanswered = answered(200, Errc::connectionLost);
  unanswered.answered = unanswered.response.bodyIntact = false;
  judge(unanswered, reading, false);
  EXPECT_EQ(unanswered.code, Errc::connectionLost);
  Attempt whole = answered(200);
  judge(whole, reading, false);
  EXPECT_EQ(whole.fate, Fate::accepted);
  whole.response.bodyIntact = false;
  judge(whole, reading, true);
  EXPECT_FALSE(whole.failed()) << "an interceptor cannot unmake a success";
  Attempt cancelled = answered(200);
  cancelled.fail(boost::asio::error::operation_aborted, Phase::read);
  cancelled.response.bodyIntact = false;
  judge(cancelled, reading, false);
  EXPECT_EQ(cancelled.code, boost::asio::error::operation_aborted);
  EXPECT_EQ(cancelled.fate, Fate::accepted);
}

TEST(Judge, NeverRetriesForATokenWhatTheTokenRequestHasRetried) {
  Attempt attempt;
  attempt.fail(make_error_code(Errc::connectFailed), Phase::token);
  judge(attempt, accepting202(), false);
  EXPECT_EQ(attempt.kind, FailureKind::final);
  attempt.fail(make_error_code(Errc::connectFailed), Phase::connect);
  judge(attempt, accepting202(), false);
  EXPECT_EQ(attempt.kind, FailureKind::connect);
}

TEST(Judge, AnExceptionAfterBytesWereSentBelongsToTheAnswer) {
  const auto phaseAfter = [](Fate fate, Phase phase) {
    Attempt attempt;
    attempt.fate = fate;
    attempt.phase = phase;
    const auto exception = std::make_exception_ptr(std::runtime_error("of an interceptor"));
    judgeException(attempt, Thrown(exception, false), exception);
    EXPECT_EQ(attempt.code, Errc::extensionFailed);
    EXPECT_EQ(attempt.kind, FailureKind::final);
    return attempt.phase;
  };
  EXPECT_EQ(phaseAfter(Fate::inDoubt, Phase::prepare), Phase::read);
  EXPECT_EQ(phaseAfter(Fate::notSent, Phase::prepare), Phase::prepare);
  EXPECT_EQ(phaseAfter(Fate::inDoubt, Phase::write), Phase::write);
}

TEST(Judge, AnExceptionKeepsItsCode) {
  Attempt attempt;
  const auto exception =
      std::make_exception_ptr(boost::system::system_error(make_error_code(boost::asio::error::connection_reset)));
  judgeException(attempt, Thrown(exception, false), exception);
  EXPECT_EQ(attempt.code, Errc::extensionFailed);
  EXPECT_EQ(attempt.cause, boost::asio::error::connection_reset);
  EXPECT_EQ(attempt.foreign, exception);
}

}  // namespace
}  // namespace box
