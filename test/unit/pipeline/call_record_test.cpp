#include "pipeline/call_record.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "box/observe/observer.hpp"
#include "box/policy/retry_budget.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(FateOfBoth, OnlyAnAcceptanceSettlesADoubtAndARefusalIsNotForgotten) {
  const Fate n = Fate::notSent, d = Fate::inDoubt, r = Fate::rejected, a = Fate::accepted;
  const struct {
    Fate before, last, both;
  } rows[] = {{n, n, n}, {n, d, d}, {n, r, r}, {n, a, a}, {d, n, d}, {d, d, d},
              {d, r, d}, {d, a, a}, {r, n, r}, {r, d, d}, {r, r, r}, {r, a, a}};
  for (const auto& row : rows) {
    EXPECT_EQ(fateOfBoth(row.before, row.last), row.both) << toString(row.before) << ", " << toString(row.last);
  }
}

class Recorder : public Observer {
 public:
  void onEvent(const Event& event) override {
    if (const auto* started = std::get_if<event::CallStarted>(&event)) {
      order += "call ";
      url = started->url;
    }
    if (std::holds_alternative<event::AttemptStarted>(event)) order += "attempt ";
    if (const auto* over = std::get_if<event::AttemptEnded>(&event)) {
      order += "over ";
      last = over->record;
    }
    if (const auto* over = std::get_if<event::CallEnded>(&event)) {
      order += "end";
      ended.emplace(*over);
    }
  }

  std::string order, url;
  AttemptRecord last;
  std::optional<event::CallEnded> ended;
};

class TheCallRecord : public testing::Test {
 protected:
  TheCallRecord() { request.query = "a=b"; }

  void attempt(CallRecord& record, Errc code, Fate fate, int status = 0) {
    tried = Attempt();
    record.begin(tried, 3ms, now);
    tried.code = code;
    tried.fate = fate;
    tried.statusCode = status;
    tried.kind = FailureKind::transport;
    tried.context = "the reason";
    record.end(tried, now);
  }
  BoxSdkError failure(CallRecord& record, RetryEnding ending = RetryEnding::none) {
    try {
      record.fail(tried, now, ending);
    } catch (const BoxSdkError& error) {
      return error;
    }
  }

  NetworkRequest request{
      std::make_shared<const Operation>("doIt", "POST", "/2.0/it", ExpectedStatus(202), Idempotency::notIdempotent),
      NetworkSession()};
  Recorder recorder;
  Attempt tried;
  CallRecord::Clock::time_point now = CallRecord::Clock::now();
};

TEST_F(TheCallRecord, ShowsNoIdInAPath) {
  request.operation = std::make_shared<const Operation>("getIt", "GET", "/2.0/users/12345", ExpectedStatus(200),
                                                        Idempotency::idempotent, false, true, "/2.0/users/{user_id}");
  const CallRecord record(&recorder, 7, request, now);
  EXPECT_EQ(recorder.url, "https://api.box.com/2.0/users/{user_id}");
}

TEST_F(TheCallRecord, TellsWhatHappensInOrder) {
  CallRecord record(&recorder, 7, request, now);
  EXPECT_EQ(recorder.url, "https://api.box.com/2.0/it") << "a query may name a user";
  attempt(record, Errc::connectionLost, Fate::inDoubt);
  EXPECT_EQ(recorder.last.number, 1U);
  EXPECT_EQ(recorder.last.waited, 3ms);
  EXPECT_EQ(recorder.last.code, Errc::connectionLost);
  record.begin(tried, 0ms, now);
  tried.code = error_code();
  tried.fate = Fate::accepted;
  record.end(tried, now);
  record.succeed(tried.response, now);
  EXPECT_EQ(recorder.order, "call attempt over attempt over end");
  EXPECT_EQ(recorder.ended->call, 7U);
  EXPECT_EQ(recorder.ended->attempts, 2U);
  EXPECT_EQ(recorder.ended->fate, Fate::accepted);
}

TEST_F(TheCallRecord, TellsHowLongAttemptsAndCallHaveTaken) {
  CallRecord record(&recorder, 1, request, now);
  now += 5ms;
  record.begin(tried, 5ms, now);
  now += 7ms;
  record.end(tried, now);
  EXPECT_EQ(recorder.last.elapsed, 7ms);
  now += 1ms;
  record.succeed(tried.response, now);
  EXPECT_EQ(tried.response.elapsed, 13ms);
  EXPECT_EQ(recorder.ended->elapsed, 13ms);
}

TEST_F(TheCallRecord, TellsThePolicyWhatItIsAbout) {
  CallRecord record(nullptr, 1, request, now);
  record.begin(tried, 0ms, now);
  EXPECT_EQ(tried.operation, "doIt");
  EXPECT_EQ(tried.method, "POST");
  EXPECT_EQ(tried.idempotency, Idempotency::notIdempotent);
}

TEST_F(TheCallRecord, EndsWithAnErrorThatKnowsEverything) {
  CallRecord record(&recorder, 1, request, now);
  attempt(record, Errc::connectionLost, Fate::inDoubt);
  attempt(record, Errc::connectFailed, Fate::notSent);
  const BoxSdkError error = failure(record, RetryEnding::budget);
  EXPECT_EQ(error.code(), Errc::connectFailed);
  EXPECT_EQ(error.fate(), Fate::inDoubt);
  EXPECT_EQ(error.kind(), FailureKind::transport);
  ASSERT_EQ(error.attempts().size(), 2U);
  EXPECT_EQ(error.attempts()[0].code, Errc::connectionLost);
  EXPECT_EQ(error.operation(), "doIt");
  EXPECT_EQ(error.details().context, "the reason; after 2 attempts: the retry budget is used up");
  EXPECT_EQ(recorder.order, "call attempt over attempt over end");
  EXPECT_EQ(recorder.ended->code, Errc::connectFailed);
}

TEST_F(TheCallRecord, EndsAnAttemptThatIsInProgressWithTheCall) {
  CallRecord record(&recorder, 1, request, now);
  record.begin(tried, 0ms, now);
  tried.fate = Fate::inDoubt;
  tried.code = Errc::clientClosed;
  const BoxSdkError error = failure(record);
  EXPECT_EQ(error.fate(), Fate::inDoubt);
  EXPECT_EQ(error.attempts().size(), 1U);
  EXPECT_EQ(recorder.order, "call attempt over end");
}

TEST_F(TheCallRecord, TellsTheEndWhereTheCoroutineIsDestroyed) {
  { const CallRecord record(&recorder, 1, request, now); }
  EXPECT_EQ(recorder.order, "call end");
  EXPECT_EQ(recorder.ended->code, boost::asio::error::operation_aborted) << "it has not succeeded";
  EXPECT_EQ(recorder.ended->fate, Fate::notSent);
}

TEST_F(TheCallRecord, KnowsTheFateOfTheAttemptThatIsDestroyedWithTheCoroutine) {
  {
    CallRecord record(&recorder, 1, request, now);
    record.begin(tried, 0ms, now);
    tried.fate = Fate::inDoubt;
  }
  EXPECT_EQ(recorder.ended->code, boost::asio::error::operation_aborted);
  EXPECT_EQ(recorder.ended->fate, Fate::inDoubt);
}

TEST_F(TheCallRecord, TellsTheEndOfTheAttemptThatIsDestroyedWithTheCoroutine) {
  {
    CallRecord record(&recorder, 1, request, now);
    record.begin(tried, 0ms, now);
    tried.fate = Fate::inDoubt;
  }
  EXPECT_EQ(recorder.order, "call attempt over end");
  EXPECT_EQ(recorder.last.number, 1U);
  EXPECT_EQ(recorder.last.code, boost::asio::error::operation_aborted) << "it has not succeeded";
  EXPECT_EQ(recorder.last.fate, Fate::inDoubt);
  EXPECT_EQ(recorder.last.phase, Phase::read);
}

TEST_F(TheCallRecord, KeepsTheReasonOfAFailedAttemptThatIsDestroyedWithTheCoroutine) {
  {
    CallRecord record(&recorder, 1, request, now);
    record.begin(tried, 0ms, now);
    tried.fail(Errc::connectFailed, Phase::connect);
  }
  EXPECT_EQ(recorder.order, "call attempt over end");
  EXPECT_EQ(recorder.last.code, Errc::connectFailed);
  EXPECT_EQ(recorder.last.phase, Phase::connect);
  EXPECT_EQ(recorder.ended->fate, Fate::notSent);
}

TEST_F(TheCallRecord, PaysASuccessIntoTheBudget) {
  const auto budget = std::make_shared<TokenRetryBudget>(10);
  AttemptOutcome lost;
  budget->withdraw(lost);
  request.session = request.session.withRetryBudget(budget);
  CallRecord record(nullptr, 1, request, now);
  const double before = budget->balance();
  record.succeed(tried.response, now);
  EXPECT_GT(budget->balance(), before);
}

TEST_F(TheCallRecord, SaysHowManyAttemptsThereWereAndWhyNoMore) {
  const struct {
    RetryEnding ending;
    std::string text;
  } rows[] = {{RetryEnding::none, "the reason"},
              {RetryEnding::permanent, "the reason"},
              {RetryEnding::exhausted, "the reason; after 1 attempt"},
              {RetryEnding::budget, "the reason; after 1 attempt: the retry budget is used up"},
              {RetryEnding::deadline, "the reason; after 1 attempt: the deadline leaves no time for another"}};
  for (const auto& row : rows) {
    CallRecord record(nullptr, 1, request, now);
    attempt(record, Errc::connectionLost, Fate::inDoubt);
    EXPECT_EQ(failure(record, row.ending).details().context, row.text);
  }
  CallRecord silent(nullptr, 1, request, now);
  attempt(silent, Errc::connectionLost, Fate::inDoubt);
  tried.context.clear();
  EXPECT_EQ(failure(silent, RetryEnding::exhausted).details().context, "after 1 attempt");
}

TEST_F(TheCallRecord, GivesTheErrorWhatTheLastAttemptKnows) {
  request.tag = "incident 4711";
  CallRecord record(&recorder, 7, request, now);
  attempt(record, Errc::proxyFailed, Fate::rejected, 502);
  tried.phase = Phase::proxy;
  tried.cause = boost::asio::error::connection_reset;
  tried.atProxy = true;
  tried.foreign = std::make_exception_ptr(42);
  now += 9ms;
  const BoxSdkError error = failure(record);
  EXPECT_EQ(error.phase(), Phase::proxy);
  EXPECT_EQ(error.cause(), boost::asio::error::connection_reset);
  EXPECT_TRUE(error.atProxy());
  EXPECT_TRUE(error.nested());
  EXPECT_EQ(error.elapsed(), 9ms);
  EXPECT_EQ(error.call(), 7U);
  EXPECT_EQ(error.tag(), "incident 4711");
  EXPECT_EQ(error.api(), nullptr);
  EXPECT_EQ(recorder.ended->elapsed, 9ms);
  EXPECT_EQ(recorder.ended->fate, Fate::rejected);
  EXPECT_EQ(recorder.ended->statusCode, 502);
}

TEST_F(TheCallRecord, AFailureWithoutAKindHasThatOfItsCode) {
  CallRecord record(nullptr, 1, request, now);
  attempt(record, Errc::connectionLost, Fate::inDoubt);
  tried.kind = FailureKind::final;
  EXPECT_EQ(failure(record).kind(), FailureKind::transport);
}

TEST_F(TheCallRecord, TheErrorOfATokenRequestKeepsItsKind) {
  CallRecord record(nullptr, 1, request, now);
  tried = Attempt();
  record.begin(tried, 0ms, now);
  ErrorDetails details;
  details.kind = FailureKind::transient;  // a 408
  tried.fail(BoxSdkError(make_error_code(Errc::requestRefused), details), Phase::token);
  record.end(tried, now);
  const BoxSdkError error = failure(record);
  EXPECT_EQ(error.code(), Errc::requestRefused);
  EXPECT_EQ(error.kind(), FailureKind::transient);
  EXPECT_EQ(tried.kind, FailureKind::final) << "only the Authentication retries token requests";
}

TEST_F(TheCallRecord, AnAnswerOfBoxIsAnApiError) {
  CallRecord record(nullptr, 1, request, now);
  attempt(record, Errc::notFound, Fate::rejected, 404);
  tried.api = std::make_unique<ApiErrorInfo>();
  tried.api->statusCode = 404;
  try {
    record.fail(tried, now, RetryEnding::none);
    ADD_FAILURE();
  } catch (const BoxApiError& error) {
    EXPECT_EQ(error.api()->statusCode, 404);
  }
}

TEST_F(TheCallRecord, TellsTheEndOnce) {
  {
    CallRecord record(&recorder, 1, request, now);
    attempt(record, Errc::connectFailed, Fate::notSent);
    failure(record, RetryEnding::none);
  }
  EXPECT_EQ(recorder.order, "call attempt over end");
}

TEST_F(TheCallRecord, TellsTheResponseWhichCallItAnswers) {
  CallRecord record(&recorder, 7, request, now);
  attempt(record, Errc::connectionLost, Fate::inDoubt);
  record.begin(tried, 0ms, now);
  EXPECT_EQ(tried.response.call, 7U);
  EXPECT_EQ(tried.response.attempts, 2U);
  tried.code = error_code();
  record.end(tried, now);
  FetchResponse response;
  record.succeed(response, now);
  EXPECT_EQ(response.call, 7U);
  EXPECT_EQ(response.attempts, 2U);
}

}  // namespace
}  // namespace box
