#include "box/bulk/bulk_entry.hpp"

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bulk/call_reply.hpp"

namespace {

using box::BulkChecker;
using box::BulkEntry;
using box::BulkTarget;
using box::CallReply;
using box::Errc;

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

BulkChecker::Finding look(BulkChecker& checker, std::string value, std::string fault = "") {
  BulkEntry entry;
  entry.value = std::move(value);
  entry.fault = std::move(fault);
  return checker.check(entry);
}

TEST(BulkChecker, TellsIdsAndLoginsFromWhatCannotBeSent) {
  BulkChecker checker(BulkTarget::users);
  EXPECT_THAT(look(checker, "123").invalid, IsEmpty());
  EXPECT_THAT(look(checker, "a@example.com").invalid, IsEmpty());
  EXPECT_THAT(look(checker, "").invalid, HasSubstr("empty"));
  EXPECT_THAT(look(checker, "12a").invalid, HasSubstr("neither an id"));
  EXPECT_THAT(look(checker, "a@example.com\r").invalid, HasSubstr("control character"));
  EXPECT_THAT(look(checker, "5", "row has no id").invalid, HasSubstr("row has no id"));
  EXPECT_EQ(checker.count(), 6U);
}

TEST(BulkChecker, GroupsHaveNoLogins) {
  BulkChecker checker(BulkTarget::groups);
  EXPECT_THAT(look(checker, "a@example.com").invalid, HasSubstr("groups have no login"));
}

TEST(BulkChecker, ADuplicateNamesTheFirstAndWhatIsInvalidIsNone) {
  BulkChecker checker(BulkTarget::users);
  look(checker, "1");
  look(checker, "x");
  look(checker, "x");
  EXPECT_THAT(look(checker, "x").original, testing::Eq(std::nullopt));
  EXPECT_THAT(look(checker, "1").original, Optional(0U));
  EXPECT_THAT(look(checker, "01").original, testing::Eq(std::nullopt));
  look(checker, "a@example.com");
  EXPECT_THAT(look(checker, "a@example.com").original, Optional(6U));
}

TEST(BulkChecker, LoginsThatDifferInCaseOnlyAreDuplicates) {
  BulkChecker checker(BulkTarget::users);
  look(checker, "ann@example.com");
  EXPECT_THAT(look(checker, "ANN@Example.COM").original, Optional(0U));
  EXPECT_TRUE(look(checker, "anne@example.com").canBeSent());
  const std::string longest = std::string(64, 'x') + "@" + std::string(251, 'y') + ".com";
  ASSERT_TRUE(look(checker, longest).canBeSent());
  EXPECT_THAT(look(checker, longest.substr(0, longest.size() - 1) + "M").original, Optional(3U));
  EXPECT_TRUE(look(checker, longest.substr(0, longest.size() - 1) + "n").canBeSent());
}

TEST(BulkChecker, TakesNoTwoEntriesForOneWhateverTheirLength) {
  BulkChecker checker(BulkTarget::users);
  std::vector<std::string> entries;
  for (const char digit : {'0', '1', '9'}) {
    for (std::size_t length = 1; length <= 20; ++length) entries.emplace_back(length, digit);
  }
  for (std::size_t zeros = 1; zeros < 20; ++zeros) entries.push_back(std::string(zeros, '0') + "1");
  entries.insert(entries.end(), {"18446744073709551616", "18446744073709551617", "9999999999999999998", "a@example.com",
                                 "1@example.com", "_@example.com", "`@example.com"});
  std::uint64_t index = 0;
  for (const std::string& entry : entries) {
    EXPECT_TRUE(look(checker, entry).canBeSent()) << entry;
    EXPECT_THAT(look(checker, entry).original, Optional(index)) << entry;
    index += 2;
  }
}

CallReply of(box::error_code code, box::Fate fate, int status = 0) {
  box::ErrorDetails details;
  details.fate = fate;
  if (status != 0) {
    details.api.emplace();
    details.api->statusCode = status;
    details.api->boxRequestId = "id";
    details.api->clientError.code = "why";
    details.api->retryAfter = std::chrono::seconds(7);
  }
  return box::replyOf(box::BoxSdkError(code, std::move(details)));
}

TEST(CallReply, SortsErrorsByWhatComesNext) {
  using Kind = CallReply::Kind;
  using box::Fate;
  for (const int status : {400, 403, 404, 405, 409, 410, 413, 422}) {
    EXPECT_EQ(of(Errc::requestRefused, Fate::rejected, status).kind, Kind::refused) << status;
  }
  for (const int status : {408, 425, 500, 502, 503, 504}) {
    EXPECT_EQ(of(Errc::serverError, Fate::inDoubt, status).kind, Kind::temporary) << status;
  }
  EXPECT_EQ(of(Errc::rateLimited, Fate::rejected, 429).kind, Kind::throttled);
  EXPECT_EQ(of(Errc::unauthorized, Fate::rejected, 401).kind, Kind::fatal);
  EXPECT_EQ(of(Errc::tlsVerificationFailed, Fate::notSent).kind, Kind::fatal);
  EXPECT_EQ(of(Errc::proxyAuthenticationFailed, Fate::notSent).kind, Kind::fatal);
  EXPECT_EQ(of(Errc::proxyAuthenticationRequired, Fate::notSent).kind, Kind::fatal);
  EXPECT_EQ(of(Errc::proxyAuthenticationUnsupported, Fate::notSent).kind, Kind::fatal);
  EXPECT_EQ(of(Errc::invalidRequest, Fate::notSent).kind, Kind::fatal);
  EXPECT_EQ(of(Errc::clientClosed, Fate::notSent).kind, Kind::fatal);
  EXPECT_EQ(of(Errc::hostNotFound, Fate::notSent).kind, Kind::wrongAddress);
  EXPECT_EQ(of(Errc::proxyRefused, Fate::notSent).kind, Kind::wrongAddress);
  EXPECT_EQ(of(Errc::callTimeout, Fate::inDoubt).kind, Kind::temporary);
  EXPECT_EQ(of(Errc::unexpectedResponse, Fate::inDoubt, 200).kind, Kind::temporary);
  EXPECT_EQ(of(Errc::connectionLost, Fate::inDoubt).kind, Kind::temporary);
  EXPECT_EQ(of(boost::system::errc::make_error_code(boost::system::errc::operation_canceled), Fate::inDoubt).kind,
            Kind::temporary);
  const CallReply reply = of(Errc::rateLimited, Fate::rejected, 429);
  EXPECT_EQ(reply.retryAfter, std::chrono::seconds(7));
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.code, "why");
  EXPECT_EQ(reply.requestId, "id");
  ASSERT_TRUE(reply.error);
  EXPECT_EQ(reply.error->code(), Errc::rateLimited);
}

TEST(CallReply, AnAcceptedCallHasThe202AndItsRequestId) {
  box::SessionTerminationMessage message;
  message.boxRequestId = "id";
  const CallReply reply = box::replyOf(message);
  EXPECT_EQ(reply.kind, CallReply::Kind::accepted);
  EXPECT_EQ(reply.fate, box::Fate::accepted);
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.requestId, "id");
}

TEST(CallReply, ACallThatWasCancelledAfterTheHeaderOfThe202IsAccepted) {
  box::ErrorDetails details;
  details.fate = box::Fate::accepted;
  const CallReply reply = box::replyOf(box::BoxSdkError(boost::asio::error::operation_aborted, details));
  EXPECT_EQ(reply.kind, CallReply::Kind::accepted);
  EXPECT_EQ(reply.fate, box::Fate::accepted);
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.message, "");
}

TEST(CallReply, AnotherExceptionEndsTheRunAndLeavesTheCallInDoubt) {
  const CallReply reply = box::replyOf(std::make_exception_ptr(std::runtime_error("no room")));
  EXPECT_EQ(reply.kind, CallReply::Kind::fatal);
  EXPECT_EQ(reply.fate, box::Fate::inDoubt);
  EXPECT_EQ(reply.message, "no room");
  EXPECT_EQ(box::describe(std::make_exception_ptr(42)), "an unknown exception");
}

TEST(CallReply, OnlyAStatusFrom400To499ConcernsTheEntries) {
  using box::Fate;
  EXPECT_EQ(of(Errc::requestRefused, Fate::rejected, 400).kind, CallReply::Kind::refused);
  EXPECT_EQ(of(Errc::requestRefused, Fate::rejected, 499).kind, CallReply::Kind::refused);
  EXPECT_EQ(of(Errc::unexpectedResponse, Fate::rejected, 399).kind, CallReply::Kind::temporary);
  EXPECT_EQ(of(Errc::unexpectedResponse, Fate::rejected, 500).kind, CallReply::Kind::temporary);
}

/// The reply for a call without a token, where the request for the token has failed in this way.
CallReply ofToken(Errc code, box::Fate fate, int status, std::optional<box::FailureKind> kind = std::nullopt) {
  box::ErrorDetails details;
  details.phase = box::Phase::token;
  details.fate = fate;
  details.kind = kind;
  details.api.emplace();
  details.api->statusCode = status;
  return box::replyOf(box::BoxSdkError(code, std::move(details)));
}

TEST(CallReply, ARefusedRequestForATokenConcernsNoEntry) {
  using Kind = CallReply::Kind;
  using box::Fate;
  // The second one is that of a call whose token was refused with 401 before.
  for (const Fate fate : {Fate::notSent, Fate::rejected}) {
    EXPECT_EQ(ofToken(Errc::badRequest, fate, 400).kind, Kind::fatal);
    EXPECT_EQ(ofToken(Errc::forbidden, fate, 403).kind, Kind::fatal);
    EXPECT_EQ(ofToken(Errc::notFound, fate, 404).kind, Kind::fatal);
    EXPECT_EQ(ofToken(Errc::requestRefused, fate, 405).kind, Kind::fatal);
    EXPECT_EQ(ofToken(Errc::requestRefused, fate, 408, box::FailureKind::transient).kind, Kind::temporary);
    EXPECT_EQ(ofToken(Errc::serverError, fate, 501, box::FailureKind::permanent).kind, Kind::temporary);
    EXPECT_EQ(ofToken(Errc::rateLimited, fate, 429).kind, Kind::temporary) << "it says nothing about the rate of calls";
  }
}

TEST(CallReply, TheTokenEndpointsAnswerIsNotThatOfTheCall) {
  box::ErrorDetails details;
  details.phase = box::Phase::token;
  details.fate = box::Fate::rejected;
  details.api.emplace();
  details.api->statusCode = 400;
  details.api->clientError.code = "invalid_client";
  details.api->boxRequestId = "of-the-token";
  details.attempts.resize(2);
  details.attempts.back().statusCode = 401;
  CallReply reply = box::replyOf(box::BoxSdkError(Errc::credentialsInvalid, details));
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.tokenStatus, 400) << "an outage shows the last answer";
  const box::BulkVerdictDetails verdict = box::verdictWith(box::BulkVerdict::notDone, reply);
  EXPECT_EQ(verdict.status, 401);
  EXPECT_EQ(verdict.code, "");
  EXPECT_EQ(verdict.requestId, "");
  details.fate = box::Fate::notSent;
  details.attempts.clear();
  EXPECT_EQ(box::replyOf(box::BoxSdkError(Errc::credentialsInvalid, details)).status, 0);
}

TEST(CallReply, AReusedConnectionThatWasClosedIsStale) {
  box::ErrorDetails details;
  details.fate = box::Fate::inDoubt;
  details.kind = box::FailureKind::stale;
  EXPECT_EQ(box::replyOf(box::BoxSdkError(Errc::connectionLost, details)).kind, CallReply::Kind::stale);
  details.kind.reset();
  EXPECT_EQ(box::replyOf(box::BoxSdkError(Errc::connectionLost, details)).kind, CallReply::Kind::temporary);
}

}  // namespace
