#include "box/error.hpp"

#include <exception>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

namespace box {
namespace {

constexpr int first = static_cast<int>(Errc::invalidRequest), last = static_cast<int>(Errc::clockSkew);

TEST(ErrorCategory, HasAMessageOfItsOwnForEveryCode) {
  std::set<std::string> messages;
  for (int value = first; value <= last; ++value) {
    const std::string message = error_code(value, errorCategory()).message();
    EXPECT_NE(message, "unknown error") << value;
    EXPECT_TRUE(messages.insert(message).second) << message;
  }
  EXPECT_STREQ(errorCategory().name(), "box");
  EXPECT_EQ(error_code(0, errorCategory()).message(), "unknown error");
  EXPECT_EQ(error_code(last + 1, errorCategory()).message(), "unknown error");
  EXPECT_EQ(error_code(-1, errorCategory()).message(), "unknown error");
}

TEST(ErrorCondition, PutsEveryCodeIntoItsGroup) {
  const std::set<Errc> timeout = {Errc::callTimeout,      Errc::attemptTimeout, Errc::poolTimeout,
                                  Errc::resolveTimeout,   Errc::connectTimeout, Errc::proxyTimeout,
                                  Errc::handshakeTimeout, Errc::writeTimeout,   Errc::readTimeout};
  const std::set<Errc> network = {Errc::hostNotFound,  Errc::resolveFailed, Errc::connectFailed,
                                  Errc::proxyFailed,   Errc::proxyRefused,  Errc::proxyAuthenticationFailed,
                                  Errc::localResource, Errc::connectionLost};
  const std::set<Errc> tls = {Errc::tlsVerificationFailed, Errc::tlsProtocolError, Errc::tlsNotTls};
  const std::set<Errc> response = {Errc::protocolError, Errc::responseTooLarge, Errc::unexpectedResponse};
  const std::set<Errc> api = {Errc::badRequest,  Errc::unauthorized,   Errc::forbidden,  Errc::notFound,
                              Errc::rateLimited, Errc::requestRefused, Errc::serverError};
  for (int value = first; value <= last; ++value) {
    const auto e = static_cast<Errc>(value);
    const error_code code = e;
    SCOPED_TRACE(code.message());
    EXPECT_EQ(code == ErrorCondition::timeout, timeout.contains(e));
    EXPECT_EQ(code == ErrorCondition::network, network.contains(e));
    EXPECT_EQ(code == ErrorCondition::tls, tls.contains(e));
    EXPECT_EQ(code == ErrorCondition::response, response.contains(e));
    EXPECT_EQ(code == ErrorCondition::api, api.contains(e));
  }
}

TEST(ErrorCondition, HoldsNothingOfOtherCategories) {
  for (int condition = 1; condition <= 5; ++condition) {
    const auto c = static_cast<ErrorCondition>(condition);
    EXPECT_FALSE(error_code() == c);
    EXPECT_FALSE(error_code(boost::asio::error::operation_aborted) == c) << "the caller cancelled: that is no timeout";
    EXPECT_FALSE(error_code(static_cast<int>(Errc::readTimeout), boost::system::system_category()) == c);
    EXPECT_NE(make_error_condition(c).message(), "unknown condition");
  }
  EXPECT_EQ(boost::system::error_condition(99, errorConditionCategory()).message(), "unknown condition");
  EXPECT_FALSE(make_error_code(Errc::readTimeout) == boost::system::error_condition(99, errorConditionCategory()));
  EXPECT_STREQ(errorConditionCategory().name(), "box.condition");
}

TEST(ErrorNames, NameEveryFateAndPhase) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Fate::accepted); ++i) names.insert(toString(static_cast<Fate>(i)));
  EXPECT_EQ(names, (std::set<std::string_view>{"notSent", "inDoubt", "rejected", "accepted"}));
  names.clear();
  for (int i = 0; i <= static_cast<int>(Phase::backoff); ++i) names.insert(toString(static_cast<Phase>(i)));
  EXPECT_EQ(names.size(), 11U);
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(toString(static_cast<Fate>(99)), "unknown");
  EXPECT_EQ(toString(static_cast<Phase>(99)), "unknown");
}

ErrorDetails details(std::string context) {
  ErrorDetails d;
  d.context = std::move(context);
  d.fate = Fate::inDoubt;
  d.phase = Phase::read;
  d.cause = boost::asio::error::connection_reset;
  d.attempts.resize(2);
  d.elapsed = std::chrono::milliseconds(5);
  return d;
}

TEST(BoxSdkError, KnowsAllThatItWasGiven) {
  const BoxSdkError error(Errc::connectionLost, details("terminateUsersSessions: it was cut short"));
  EXPECT_EQ(error.code(), Errc::connectionLost);
  EXPECT_EQ(error.fate(), Fate::inDoubt);
  EXPECT_EQ(error.phase(), Phase::read);
  EXPECT_EQ(error.cause(), boost::asio::error::connection_reset);
  EXPECT_EQ(error.attempts().size(), 2U);
  EXPECT_EQ(error.elapsed(), std::chrono::milliseconds(5));
  EXPECT_EQ(error.api(), nullptr);
  const std::string_view what = error.what();
  EXPECT_NE(what.find("it was cut short"), std::string_view::npos) << what;
  EXPECT_NE(what.find("the connection was lost"), std::string_view::npos) << what;
}

TEST(BoxSdkError, SharesItsDetailsBetweenCopies) {
  const BoxSdkError error(Errc::connectionLost, details("x"));
  const BoxSdkError copy = error;  // NOLINT: the copy is what is looked at
  EXPECT_EQ(&copy.details(), &error.details());
}

TEST(BoxSdkError, HasASaneFormWithoutDetails) {
  const BoxSdkError none;
  EXPECT_FALSE(none.code());
  EXPECT_TRUE(none.attempts().empty());
  const BoxSdkError brief(Errc::invalidRequest, "because");
  EXPECT_EQ(brief.fate(), Fate::notSent);
  EXPECT_EQ(brief.details().context, "because");
}

BoxApiError apiError() {
  ErrorDetails d = details("403 Forbidden");
  d.fate = Fate::rejected;
  d.api.emplace();
  d.api->statusCode = 403;
  d.api->clientError.code = "access_denied";
  d.api->boxRequestId = "0abc";
  d.api->wwwAuthenticate = "Bearer";
  d.api->retryAfter = std::chrono::seconds(3);
  return BoxApiError(make_error_code(Errc::forbidden), std::move(d));
}

TEST(BoxApiError, ShowsTheResponsesSide) {
  const BoxApiError error = apiError();
  EXPECT_EQ(error.statusCode(), 403);
  EXPECT_EQ(error.clientError().code, "access_denied");
  EXPECT_EQ(error.boxRequestId(), "0abc");
  EXPECT_EQ(error.wwwAuthenticate(), "Bearer");
  EXPECT_EQ(error.retryAfter(), std::chrono::seconds(3));
  EXPECT_EQ(error.code(), ErrorCondition::api);
}

TEST(BoxApiError, IsThrownAsWhatItIsAlsoFromACopyThatWasCutToItsBase) {
  const BoxSdkError base = apiError();  // NOLINT: sliced on purpose
  ASSERT_NE(base.api(), nullptr);
  EXPECT_THROW(base.raise(), BoxApiError);
  try {
    BoxSdkError(Errc::connectionLost, "x").raise();
  } catch (const BoxApiError&) {
    ADD_FAILURE() << "there was no response";
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::connectionLost);
  }
}

// Coroutines of their own: g++ 12 destroys the captures of a lambda in an expression with co_await twice.
asio::awaitable<int> succeeds() { co_return 7; }
asio::awaitable<std::unique_ptr<int>> givesAnOnlyOne() { co_return std::make_unique<int>(9); }
asio::awaitable<int> failsWithSdkError() {
  throw BoxSdkError(Errc::callTimeout, "late");
  co_return 0;
}
asio::awaitable<int> failsWithApiError() {
  throw apiError();
  co_return 0;
}
asio::awaitable<int> failsOtherwise() {
  throw std::logic_error("the caller's own");
  co_return 0;
}

struct Seen {
  int value = 0, onlyOne = 0;
  bool done = false, otherThrown = false;
  error_code late;
  int status = 0;
};

asio::awaitable<void> tryAll(Seen& seen) {
  const CallResult<int> good = co_await tryAwait(succeeds());
  if (good) seen.value = *good;

  CallResult<std::unique_ptr<int>> only = co_await tryAwait(givesAnOnlyOne());
  if (only) seen.onlyOne = **only;

  const CallResult<int> late = co_await tryAwait(failsWithSdkError());
  if (!late) seen.late = late.error().code();
  try {
    late.value();
  } catch (const BoxApiError&) {
    ADD_FAILURE() << "no response";
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::callTimeout);
  }

  const CallResult<int> refused = co_await tryAwait(failsWithApiError());
  try {
    refused.value();
  } catch (const BoxApiError& error) {
    seen.status = error.statusCode();
  }

  try {
    co_await tryAwait(failsOtherwise());
  } catch (const std::logic_error&) {
    seen.otherThrown = true;
  }
  seen.done = true;
}

TEST(TryAwait, GivesAResultAndLetsForeignExceptionsThrough) {
  asio::io_context context;
  Seen seen;
  std::exception_ptr thrown;
  asio::co_spawn(context, tryAll(seen), [&](std::exception_ptr e) { thrown = e; });
  context.run();
  EXPECT_FALSE(thrown);
  EXPECT_TRUE(seen.done);
  EXPECT_EQ(seen.value, 7);
  EXPECT_EQ(seen.onlyOne, 9);
  EXPECT_EQ(seen.late, Errc::callTimeout);
  EXPECT_EQ(seen.status, 403);
  EXPECT_TRUE(seen.otherThrown);
}

}  // namespace
}  // namespace box
