#include "cli/report.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/error.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <box/error.hpp>

#include "cli/error_text.hpp"
#include "cli/event_text.hpp"

namespace box::cli {
namespace {

using namespace std::chrono_literals;

CallEntries someUsers() {
  CallEntries entries;
  entries.ids = {"12", "13"};
  entries.logins = {"ann@example.com"};
  return entries;
}

SessionTerminationMessage boxAnswer() {
  SessionTerminationMessage message;
  message.message = "Request is successful, please check the admin events for the status of the job";
  message.boxRequestId = "0abc9b12d65c2807c212003c203d3099a";
  return message;
}

BoxSdkError failure(error_code code, Fate fate, Phase phase = Phase::read) {
  ErrorDetails details;
  details.context = "terminateUsersSessions";
  details.fate = fate;
  details.phase = phase;
  return BoxSdkError(code, std::move(details));
}

BoxSdkError refusal(Errc code, int status) {
  ErrorDetails details;
  details.context = "terminateUsersSessions";
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
  EXPECT_EQ(exitFor(failure(Errc::tokenUnavailable, Fate::rejected)), Exit::rejected);
  EXPECT_EQ(exitFor(failure(asio::error::operation_aborted, Fate::inDoubt)), Exit::interrupted);
}

TEST(CliReport, SaysAcceptedAndWhoseRequestIdItIs) {
  EXPECT_EQ(acceptedText({Target::users, 1, 1}, someUsers(), boxAnswer()),
            "accepted: 3 users (2 ids, 1 login), Box request id 0abc9b12d65c2807c212003c203d3099a: Request "
            "is successful, please check the admin events"
            " for the status of the job\n");
  CallEntries groups;
  groups.ids = {"7"};
  EXPECT_TRUE(
      acceptedText({Target::groups, 2, 3}, groups, boxAnswer()).starts_with("call 2 of 3: accepted: 1 group, Box"));
}

TEST(CliReport, SaysThatACutAnswerIsAcceptedAllTheSame) {
  SessionTerminationMessage message;
  message.bodyIntact = false;
  const std::string text = acceptedText({}, someUsers(), message);
  EXPECT_TRUE(contains(text, "accepted: 3 users")) << text;
  EXPECT_TRUE(contains(text, "cut short")) << text;
}

TEST(CliReport, EscapesAndSanitizesWhatTheServerSays) {
  SessionTerminationMessage message;
  message.message = "\x1b]0;owned\x07 Bearer abcdefghijklmnopqrstuvwxyz0123456789";
  const std::string text = acceptedText({}, someUsers(), message);
  EXPECT_FALSE(contains(text, "\x1b")) << text;
  EXPECT_FALSE(contains(text, "\x07")) << text;
  EXPECT_FALSE(contains(text, "abcdefghijklmnopqrstuvwxyz")) << text;
  const std::string object = boost::json::serialize(acceptedJson({}, someUsers(), message));
  EXPECT_FALSE(contains(object, "abcdefghijklmnopqrstuvwxyz")) << object;
}

TEST(CliReport, GivesAcceptedAsJson) {
  EXPECT_EQ(
      boost::json::serialize(acceptedJson({Target::users, 1, 2}, someUsers(), boxAnswer())),
      R"({"event":"accepted","target":"users","call":1,"calls":2,"ids":["12","13"],"logins":["ann@example.com"],)"
      R"("boxRequestId":"0abc9b12d65c2807c212003c203d3099a","message":"Request is successful, please check the admin events for the status of the job",)"
      R"("bodyIntact":true})");
}

TEST(CliReport, TellsAFailureWithFateAttemptsIdsAndAdvice) {
  const std::string text = failedText({Target::users, 2, 3}, someUsers(), refusal(Errc::forbidden, 403));
  for (const std::string_view part :
       {"call 2 of 3: 3 users (2 ids, 1 login): ", "rejected: Box answered and refused it",
        "1: status 500 in phase response, 30 ms", "2: after a wait of 1.5 s, status 403", "box-request-id: 0header",
        "request_id:    body1", "retry after:   100 s", "12 13 ann@example.com", "advice:", "--journal FILE",
        "forbidden"}) {
    EXPECT_TRUE(contains(text, part)) << part << "\nin\n" << text;
  }
}

TEST(CliReport, ShowsTheFirstEntriesOfALargeCall) {
  CallEntries entries;
  for (int i = 100; i < 125; ++i) entries.ids.push_back(std::to_string(i));
  const std::string text = failedText({}, entries, failure(Errc::connectFailed, Fate::notSent));
  EXPECT_TRUE(contains(text, "109 … and 15 more")) << text;
  EXPECT_FALSE(contains(text, "110")) << text;
}

TEST(CliReport, GivesAFailureAsJson) {
  const auto object = failedJson({Target::users, 1, 1}, someUsers(), refusal(Errc::forbidden, 403));
  EXPECT_EQ(object.at("event"), "failed");
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

TEST(CliReport, AdvisesOnEveryErrorThatAnOperatorCanMend) {
  EXPECT_TRUE(contains(hintFor(refusal(Errc::unauthorized, 401)), "60 minutes"));
  EXPECT_TRUE(contains(hintFor(refusal(Errc::notFound, 404), 5), "--journal FILE"));
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

TEST(CliReport, AdvisesForTheCauseAndNotForAnother) {
  for (const Errc code : {Errc::notFound, Errc::badRequest, Errc::forbidden}) {
    EXPECT_FALSE(contains(hintFor(refusal(code, 400), 1), "--journal")) << "one entry need not be looked for";
    EXPECT_TRUE(contains(hintFor(refusal(code, 400), 2), "--journal"));
  }
  ErrorDetails details;
  details.fate = Fate::rejected;
  details.api.emplace();
  details.api->wwwAuthenticate = R"(Bearer realm="Service", error="insufficient_scope")";
  const BoxSdkError scope(make_error_code(Errc::forbidden), details);
  EXPECT_TRUE(contains(hintFor(scope, 100), "scope"));
  EXPECT_FALSE(contains(hintFor(scope, 100), "--journal")) << "no entry is the reason";
  details.api->wwwAuthenticate.clear();
  EXPECT_TRUE(contains(hintFor(BoxSdkError(make_error_code(Errc::rateLimited), details), 1), "a few minutes"));
  EXPECT_TRUE(contains(hintFor(failure(Errc::proxyAuthenticationFailed, Fate::notSent)), "NTLM"));
  ErrorDetails slow;
  slow.phase = Phase::handshake;
  EXPECT_TRUE(contains(hintFor(BoxSdkError(make_error_code(Errc::callTimeout), slow)), "TLS handshake did not finish"));
}

TEST(CliReport, AsksWhatItIsAboutToDo) {
  EntryList entries;
  entries.add("12");
  entries.add("13");
  EXPECT_EQ(questionText(Plan(Target::users, entries, 100), "api.box.com", ""),
            "This signs out 2 users at api.box.com. Continue? [y/N] ");
  EXPECT_EQ(questionText(Plan(Target::groups, entries, 100), "api.box.com", "5"),
            "This signs out the members of 2 groups at api.box.com, as user 5. Continue? [y/N] ");
}

TEST(CliReport, ShowsThePlan) {
  EntryList entries;
  for (const char* const entry : {"1", "2", "3"}) entries.add(entry);
  const Plan plan(Target::users, entries, 2);
  EXPECT_EQ(planText(plan, "https://api.box.com", ""),
            "Would sign out 3 users at https://api.box.com with 2 calls of at most 2. Nothing was sent.\n");
  EXPECT_EQ(
      boost::json::serialize(planJson(plan, "https://api.box.com", "5")),
      R"({"event":"plan","target":"users","entries":3,"calls":2,"batch":2,"baseUrl":"https://api.box.com","asUser":"5"})");
}

TEST(CliReport, SumsUp) {
  Tally tally;
  tally.of(Fate::accepted) += 100;
  EXPECT_EQ(summaryText(Target::users, tally), "100 users: 100 accepted\n");
  tally.of(Fate::rejected) += 50;
  tally.of(Fate::inDoubt) += 2;
  tally.of(Fate::notSent) += 3;
  EXPECT_EQ(summaryText(Target::users, tally), "155 users: 100 accepted, 50 rejected, 2 in doubt, 3 not sent\n");
  EXPECT_EQ(
      boost::json::serialize(summaryJson(Target::groups, tally, Exit::rejected)),
      R"({"event":"summary","target":"groups","entries":155,"accepted":100,"rejected":50,"inDoubt":2,"notSent":3,)"
      R"("exitStatus":1})");
}

TEST(CliReport, KeepsWhatRemainsAsAListThatCanBeReadAgain) {
  EntryList entries;
  for (const char* const entry : {"1", "2", "3", "4", "5"}) entries.add(entry);
  const Plan plan(Target::users, entries, 2);
  const BoxSdkError rejected = refusal(Errc::forbidden, 403);
  const BoxSdkError inDoubt = failure(Errc::callTimeout, Fate::inDoubt);
  const BoxSdkError notSent = failure(Errc::connectFailed, Fate::notSent);
  EXPECT_EQ(remainingText(plan, 0, nullptr), "# not sent\n1\n2\n3\n4\n5\n");
  EXPECT_EQ(remainingText(plan, 1, &rejected), "# rejected by Box\n3\n4\n# not sent\n5\n");
  EXPECT_EQ(remainingText(plan, 1, &inDoubt), "# in doubt\n3\n4\n# not sent\n5\n");
  EXPECT_EQ(remainingText(plan, 1, &notSent), "# not sent\n3\n4\n5\n");
  EXPECT_EQ(remainingText(plan, 2, &rejected), "# rejected by Box\n5\n");
  EXPECT_EQ(remainingText(plan, 3, nullptr), "");
}

TEST(CliReport, WritesEventsOnOneLine) {
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
