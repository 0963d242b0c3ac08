#include "box/error.hpp"

#include <exception>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

namespace box {
namespace {

// Logs contain these numbers, and people rely on them: none ever changes or gets a second meaning.
const std::map<std::string_view, int> numbers = {
    {"invalidRequest", 1001},
    {"invalidConfiguration", 1002},
    {"clientClosed", 1003},
    {"extensionFailed", 1004},
    {"callTimeout", 2001},
    {"attemptTimeout", 2002},
    {"poolTimeout", 2003},
    {"resolveTimeout", 2004},
    {"connectTimeout", 2005},
    {"proxyTimeout", 2006},
    {"handshakeTimeout", 2007},
    {"writeTimeout", 2008},
    {"readTimeout", 2009},
    {"localResource", 3001},
    {"poolExhausted", 3002},
    {"hostNotFound", 3003},
    {"resolveFailed", 3004},
    {"connectFailed", 3005},
    {"connectionLost", 3006},
    {"proxyFailed", 3101},
    {"proxyRefused", 3102},
    {"proxyAuthenticationFailed", 3103},
    {"proxyAuthenticationRequired", 3104},
    {"proxyAuthenticationUnsupported", 3105},
    {"tlsVerificationFailed", 4001},
    {"tlsProtocolError", 4002},
    {"tlsNotTls", 4003},
    {"protocolError", 5001},
    {"responseTooLarge", 5002},
    {"unexpectedResponse", 5003},
    {"badRequest", 6001},
    {"unauthorized", 6002},
    {"forbidden", 6003},
    {"notFound", 6004},
    {"rateLimited", 6005},
    {"requestRefused", 6006},
    {"serverError", 6007},
    {"tokenUnavailable", 7001},
    {"credentialsInvalid", 7002},
    {"appNotAuthorized", 7003},
    {"refreshTokenExpired", 7004},
    {"clockSkew", 7005},
    {"stateMismatch", 7006},
    {"signInRequired", 7007},
};

/// All codes, which are the numbers with a name.
std::vector<Errc> allCodes() {
  std::vector<Errc> codes;
  for (int value = -10; value < 10'000; ++value) {
    if (toString(static_cast<Errc>(value)) != "unknown") codes.push_back(static_cast<Errc>(value));
  }
  return codes;
}

TEST(ErrorCategory, GivesEveryCodeItsNameAndNumberForEver) {
  std::map<std::string_view, int> found;
  for (const Errc e : allCodes()) EXPECT_TRUE(found.emplace(toString(e), static_cast<int>(e)).second) << toString(e);
  EXPECT_EQ(found, numbers);
}

TEST(ErrorCategory, HasAMessageForEveryCode) {
  std::set<std::string> messages;
  for (const Errc e : allCodes()) {
    const std::string message = make_error_code(e).message();
    EXPECT_NE(message, "unknown error") << toString(e);
    EXPECT_TRUE(messages.insert(message).second) << message;
  }
  EXPECT_STREQ(errorCategory().name(), "box");
  for (const int value : {-1, 0, 1, 1000, 1005, 2010, 3106, 7008}) {
    EXPECT_EQ(error_code(value, errorCategory()).message(), "unknown error") << value;
  }
}

// A second copy of the library in the same process has another object with the same id.
TEST(ErrorCategory, HasAnIdByWhichCopiesOfItAreEqual) {
  struct Copy final : boost::system::error_category {
    explicit Copy(boost::ulong_long_type id) : error_category(id) {}
    const char* name() const noexcept override { return "copy"; }
    std::string message(int) const override { return "copy"; }
  };
  const Copy category(0xb0c56d0f6f1e27a3), condition(0x8e3d1c9a52b7f46d);
  EXPECT_EQ(errorCategory(), category);
  EXPECT_EQ(errorConditionCategory(), condition);
  EXPECT_NE(errorCategory(), errorConditionCategory());
  const error_code code(static_cast<int>(Errc::readTimeout), category);
  EXPECT_EQ(code, Errc::readTimeout);
  EXPECT_EQ(code, ErrorCondition::timeout);
  EXPECT_EQ(kindOf(code), FailureKind::timeout);
}

TEST(ErrorCondition, PutsEveryCodeIntoTheGroupsThatItsCommentNames) {
  const std::set<Errc> timeout = {Errc::callTimeout,      Errc::attemptTimeout, Errc::poolTimeout,
                                  Errc::resolveTimeout,   Errc::connectTimeout, Errc::proxyTimeout,
                                  Errc::handshakeTimeout, Errc::writeTimeout,   Errc::readTimeout};
  const std::set<Errc> network = {Errc::hostNotFound,   Errc::resolveFailed, Errc::resolveTimeout, Errc::connectFailed,
                                  Errc::connectTimeout, Errc::proxyFailed,   Errc::proxyRefused,   Errc::proxyTimeout,
                                  Errc::connectionLost, Errc::localResource};
  const std::set<Errc> tls = {Errc::tlsVerificationFailed, Errc::tlsProtocolError, Errc::tlsNotTls};
  const std::set<Errc> response = {Errc::protocolError, Errc::responseTooLarge, Errc::unexpectedResponse};
  const std::set<Errc> api = {Errc::badRequest,  Errc::unauthorized,   Errc::forbidden,  Errc::notFound,
                              Errc::rateLimited, Errc::requestRefused, Errc::serverError};
  const std::set<Errc> authentication = {Errc::unauthorized,     Errc::tokenUnavailable,    Errc::credentialsInvalid,
                                         Errc::appNotAuthorized, Errc::refreshTokenExpired, Errc::clockSkew,
                                         Errc::stateMismatch,    Errc::signInRequired};
  const std::set<Errc> credentials = {Errc::proxyAuthenticationFailed, Errc::proxyAuthenticationRequired,
                                      Errc::proxyAuthenticationUnsupported};
  std::set<Errc> proxy = credentials;
  proxy.insert({Errc::proxyFailed, Errc::proxyRefused, Errc::proxyTimeout});
  for (const Errc e : allCodes()) {
    const error_code code = e;
    SCOPED_TRACE(code.message());
    EXPECT_EQ(code == ErrorCondition::timeout, timeout.contains(e));
    EXPECT_EQ(code == ErrorCondition::network, network.contains(e));
    EXPECT_EQ(code == ErrorCondition::tls, tls.contains(e));
    EXPECT_EQ(code == ErrorCondition::response, response.contains(e));
    EXPECT_EQ(code == ErrorCondition::api, api.contains(e));
    EXPECT_EQ(code == ErrorCondition::authentication, authentication.contains(e));
    EXPECT_EQ(code == ErrorCondition::proxy, proxy.contains(e));
    EXPECT_EQ(code == ErrorCondition::proxyAuthentication, credentials.contains(e));
  }
}

TEST(ErrorCondition, ANumberThatIsNoGroupHoldsNothing) {
  for (const int number : {-31, -1, 0, 9, 33, 64, 1'000}) {
    const boost::system::error_condition condition(number, errorConditionCategory());
    for (const Errc code : {Errc::callTimeout, Errc::connectFailed, Errc::unauthorized, Errc::proxyFailed}) {
      EXPECT_FALSE(make_error_code(code) == condition) << number;
    }
    EXPECT_EQ(condition.message(), "unknown condition") << number;
  }
}

TEST(ErrorCondition, HoldsNothingOfOtherCategories) {
  for (int condition = 1; condition <= 8; ++condition) {
    const auto c = static_cast<ErrorCondition>(condition);
    EXPECT_FALSE(error_code() == c);
    EXPECT_FALSE(error_code(boost::asio::error::operation_aborted) == c)
        << "a cancellation by the caller is not a timeout";
    EXPECT_FALSE(error_code(static_cast<int>(Errc::readTimeout), boost::system::system_category()) == c);
    EXPECT_NE(make_error_condition(c).message(), "unknown condition");
  }
  for (const int condition : {-1, 0, 9, 99}) {
    EXPECT_EQ(boost::system::error_condition(condition, errorConditionCategory()).message(), "unknown condition");
    EXPECT_FALSE(make_error_code(Errc::readTimeout) ==
                 boost::system::error_condition(condition, errorConditionCategory()));
  }
  EXPECT_STREQ(errorConditionCategory().name(), "box.condition");
}

TEST(ErrorKind, FollowsFromTheCodeWhereNothingElseIsSaid) {
  EXPECT_EQ(BoxSdkError(Errc::rateLimited, "").kind(), FailureKind::throttle);
  EXPECT_EQ(BoxSdkError(Errc::connectionLost, "").kind(), FailureKind::transport);
  EXPECT_EQ(BoxSdkError(Errc::callTimeout, "").kind(), FailureKind::final);
  EXPECT_EQ(BoxSdkError(error_code(), ErrorDetails()).kind(), FailureKind::final);
  EXPECT_EQ(BoxSdkError(boost::asio::error::operation_aborted, ErrorDetails()).kind(), FailureKind::final);
  ErrorDetails stale;
  stale.kind = FailureKind::stale;
  EXPECT_EQ(BoxSdkError(Errc::connectionLost, stale).kind(), FailureKind::stale);
}

TEST(ErrorNames, NameEveryFatePhaseAndKind) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Fate::accepted); ++i) names.insert(toString(static_cast<Fate>(i)));
  EXPECT_EQ(names, (std::set<std::string_view>{"notSent", "inDoubt", "rejected", "accepted"}));
  names.clear();
  for (int i = 0; i <= static_cast<int>(Phase::backoff); ++i) names.insert(toString(static_cast<Phase>(i)));
  EXPECT_EQ(names.size(), 11U);
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(toString(static_cast<Fate>(99)), "unknown");
  EXPECT_EQ(toString(static_cast<Phase>(99)), "unknown");
  names.clear();
  for (int i = 0; i <= static_cast<int>(FailureKind::final); ++i) names.insert(toString(static_cast<FailureKind>(i)));
  EXPECT_EQ(names.size(), 17U);
  EXPECT_FALSE(names.contains("unknown"));
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

TEST(BoxSdkError, BeginsWithTheNameOfTheOperationWhichTheReasonLeavesOut) {
  ErrorDetails failed = details("it was cut short");
  failed.operation = "terminateUsersSessions";
  const BoxSdkError error(Errc::connectionLost, failed);
  EXPECT_EQ(error.operation(), "terminateUsersSessions");
  EXPECT_EQ(error.details().context, "it was cut short");
  EXPECT_TRUE(std::string_view(error.what()).starts_with("terminateUsersSessions: it was cut short: the connection"))
      << error.what();
  EXPECT_EQ("terminateUsersSessions: " + std::string(error.reason()), error.what());
  failed.context.clear();
  const BoxSdkError brief(Errc::connectionLost, failed);
  EXPECT_TRUE(brief.reason().starts_with("the connection was lost")) << brief.reason();
  EXPECT_EQ("terminateUsersSessions: " + std::string(brief.reason()), brief.what());
  const BoxSdkError nameless(Errc::connectionLost, details("why"));
  EXPECT_EQ(nameless.operation(), "");
  EXPECT_EQ(nameless.reason(), nameless.what());
  failed.operation = std::string("a\0bcdefgh", 9);
  EXPECT_EQ(BoxSdkError(Errc::connectionLost, failed).reason(), "") << "what() ends where the name has a NUL";
  failed.operation = "terminateUsersSessions";
  EXPECT_FALSE(error.atProxy());
  failed.atProxy = true;
  EXPECT_TRUE(BoxSdkError(Errc::connectFailed, failed).atProxy());
}

TEST(BoxSdkError, SharesItsDetailsBetweenCopies) {
  const BoxSdkError error(Errc::connectionLost, details("x"));
  const BoxSdkError copy = error;  // NOLINT: the test examines the copy
  EXPECT_EQ(&copy.details(), &error.details());
}

TEST(BoxSdkError, HasASaneFormWithoutDetails) {
  static_assert(!std::is_default_constructible_v<BoxSdkError>, "there is no error without a reason");
  const BoxSdkError brief(Errc::invalidRequest, "because");
  EXPECT_EQ(brief.fate(), Fate::notSent);
  EXPECT_TRUE(brief.attempts().empty());
  EXPECT_EQ(brief.details().context, "because");
  EXPECT_FALSE(brief.nested());
  EXPECT_FALSE(CallResult<int>(7).error().code()) << "a success has no error";
}

TEST(BoxSdkError, KeepsTheCallersExceptionThatEndedTheCall) {
  ErrorDetails d;
  d.nested = std::make_exception_ptr(std::logic_error("the caller's own"));
  const BoxSdkError error(Errc::invalidRequest, std::move(d));
  EXPECT_THROW(std::rethrow_exception(error.nested()), std::logic_error);
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

TEST(BoxApiError, IsOfAnEmptyResponseWhereNoneIsGiven) {
  const BoxApiError made(Errc::forbidden, details("made by hand"));
  const BoxApiError converted(BoxSdkError(Errc::connectionLost, details("no response")));
  for (const BoxApiError* error : {&made, &converted}) {
    EXPECT_EQ(error->statusCode(), 0);
    EXPECT_EQ(error->boxRequestId(), "");
    EXPECT_EQ(error->wwwAuthenticate(), "");
    EXPECT_FALSE(error->clientError().code);
    EXPECT_FALSE(error->retryAfter());
    EXPECT_EQ(error->fate(), Fate::inDoubt) << "the other members are unchanged";
  }
}

// These are functions and not lambdas: g++ 12 destroys a lambda's captures twice in an expression with co_await.
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

asio::awaitable<void> succeedsWithNothing() { co_return; }
asio::awaitable<void> failsWithNothing() {
  throw BoxSdkError(Errc::forbidden, "no");
  co_return;
}

/// Can only be moved, and has no default constructor.
struct Moved {
  explicit Moved(int given) : value(given) {}
  Moved(Moved&&) = default;
  int value;
};
asio::awaitable<Moved> givesMoved() { co_return Moved(5); }

asio::awaitable<void> tryOthers(bool& done) {
  const CallResult<void> nothing = co_await tryAwait(succeedsWithNothing());
  EXPECT_TRUE(nothing);
  const CallResult<void> failed = co_await tryAwait(failsWithNothing());
  EXPECT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Errc::forbidden);
  EXPECT_THROW(failed.value(), BoxSdkError);
  const CallResult<Moved> moved = co_await tryAwait(givesMoved());
  EXPECT_EQ(moved->value, 5);
  done = true;
}

TEST(TryAwait, TakesVoidAndValuesThatAreOnlyMoved) {
  asio::io_context context;
  bool done = false;
  asio::co_spawn(context, tryOthers(done), [](std::exception_ptr thrown) { EXPECT_FALSE(thrown); });
  context.run();
  EXPECT_TRUE(done);
}

asio::awaitable<void> notes(bool& begun) {
  begun = true;
  co_return;
}

/// Awaits a call after the coroutine was cancelled.
asio::awaitable<void> triesLate(asio::cancellation_signal& cancel, bool& begun) {
  co_await asio::post(asio::use_awaitable);  // before the first suspension Asio 1.26's co_spawn loses a cancellation
  cancel.emit(asio::cancellation_type::terminal);
  co_await tryAwait(notes(begun));
}

TEST(TryAwait, IsNotBegunInACoroutineThatIsCancelledAlready) {
  asio::io_context context;
  asio::cancellation_signal cancel;
  bool begun = false;
  error_code code;
  const auto ended = [&](std::exception_ptr thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
      code = error.code();
    }
  };
  asio::co_spawn(context, triesLate(cancel, begun), asio::bind_cancellation_slot(cancel.slot(), ended));
  context.run();
  EXPECT_EQ(code, boost::asio::error::operation_aborted);
  EXPECT_FALSE(begun);
}

}  // namespace
}  // namespace box
