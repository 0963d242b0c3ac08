// Requests for tokens without a network: who begins a request, who joins it, and what it gives.
#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <gtest/gtest.h>

#include "box/auth/callback.hpp"
#include "box/auth/ccg.hpp"
#include "box/auth/oauth.hpp"
#include "box/auth/token_storage.hpp"
#include "box/error.hpp"
#include "box/network/network_client.hpp"
#include "box/support/clock.hpp"
#ifndef _WIN32
#include "support/forked.hpp"
#endif
#include "support/sanitizers.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;
using Token = std::shared_ptr<const AccessToken>;

Token tokenOf(const char* text) { return std::make_shared<const AccessToken>(Secret(text)); }

/// Keeps no token, and gives the next answer of a list each time.
class Source : public Authentication {
 public:
  struct Answer {
    Token token;
    std::chrono::milliseconds after{0};
  };

  Token currentToken(AccessToken::TimePoint) const noexcept override { return nullptr; }

  std::deque<Answer> answers;
  int requests = 0;

 private:
  asio::awaitable<Token> requestToken(Token, TokenContext) override {
    ++requests;
    const Answer answer = answers.empty() ? Answer() : answers.front();
    if (!answers.empty()) answers.pop_front();
    asio::steady_timer timer(co_await asio::this_coro::executor, answer.after);
    co_await timer.async_wait(asio::use_awaitable);
    co_return answer.token;
  }
};

/// The result of an awaitable.
struct Outcome {
  Token token;
  error_code code;
  std::optional<BoxSdkError> error;
  bool done = false;
};

std::shared_ptr<Outcome> start(asio::io_context& io, asio::awaitable<Token> work,
                               asio::cancellation_slot slot = asio::cancellation_slot()) {
  const auto outcome = std::make_shared<Outcome>();
  auto ended = [outcome](std::exception_ptr thrown, Token token) {
    outcome->done = true;
    outcome->token = std::move(token);
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const BoxSdkError& error) {
      outcome->code = error.code();
      outcome->error = error;
    }
  };
  asio::co_spawn(io, std::move(work), asio::bind_cancellation_slot(slot, std::move(ended)));
  return outcome;
}

Outcome run(asio::awaitable<Token> work) {
  asio::io_context io(1);
  const auto outcome = start(io, std::move(work));
  io.run_for(10s);
  return *outcome;
}

TokenContext context(std::chrono::milliseconds limit, Deadline deadline = Deadline()) {
  return TokenContext(nullptr, NetworkSession().withTimeouts({.call = limit}), deadline);
}

std::string textOf(const Token& token) { return token ? std::string(token->value().reveal()) : "none"; }

TEST(TokenRequests, OneOnAnIoContextThatWasStoppedIsReplacedWhenItsTimeIsUp) {
  asio::io_context stopped(1);
  const auto source = std::make_shared<Source>();
  source->answers = {{tokenOf("never"), 1h}, {tokenOf("the-second")}};
  start(stopped, source->retrieveToken(context(40ms)));
  for (int i = 0; i < 100 && source->requests == 0; ++i) stopped.poll();
  ASSERT_EQ(source->requests, 1);
  // This call may still wait for the first request without success; after that, the request's time is up.
  Outcome outcome = run(source->retrieveToken(context(40ms)));
  if (!outcome.token) outcome = run(source->retrieveToken(context(10s)));
  EXPECT_EQ(textOf(outcome.token), "the-second");
  EXPECT_EQ(source->requests, 2);
}

#ifndef _WIN32
TEST(TokenRequests, OneOfTheParentIsNotWaitedForInAForkedChild) {
  if (test::underThreadSanitizer) GTEST_SKIP() << "it does not follow a fork";
  asio::io_context io(1);
  const auto source = std::make_shared<Source>();
  source->answers = {{tokenOf("of-the-parent"), 1h}, {tokenOf("of-the-child")}};
  start(io, source->retrieveToken(context(1min)));
  for (int i = 0; i < 100 && source->requests == 0; ++i) io.poll();
  ASSERT_EQ(source->requests, 1);
  test::Forked child([&] { return textOf(run(source->retrieveToken(context(1min, Deadline(5s)))).token); });
  EXPECT_EQ(child.result(), "of-the-child");
}
#endif

/// Its first request fails, because the client of the call that asked is closed.
class OfAClosedClient : public Authentication {
 public:
  Token currentToken(AccessToken::TimePoint) const noexcept override { return nullptr; }
  int requests = 0;

 private:
  asio::awaitable<Token> requestToken(Token, TokenContext) override {
    if (++requests == 1) throw BoxSdkError(Errc::clientClosed, "the client of the first call");
    co_return tokenOf("another");
  }
};

TEST(TokenRequests, OneThatEndsWithTheCallersOwnClientIsNotRepeated) {
  const auto auth = std::make_shared<OfAClosedClient>();
  EXPECT_EQ(run(auth->retrieveToken(context(10s))).code, Errc::clientClosed);
  EXPECT_EQ(auth->requests, 1);
}

TEST(TokenRequests, OneThatEndsWithAnothersClientIsRepeated) {
  asio::io_context io(1);
  const auto auth = std::make_shared<OfAClosedClient>();
  const auto first = start(io, auth->retrieveToken(context(10s)));
  const auto second = start(io, auth->retrieveToken(context(10s)));
  io.run_for(10s);
  EXPECT_EQ(first->code, Errc::clientClosed);
  EXPECT_EQ(textOf(second->token), "another");
  EXPECT_EQ(auth->requests, 2);
}

TEST(TokenRequests, TheRefusedTokenIsNoAnswerWhereTheRequestKnewNothingOfTheRefusal) {
  asio::io_context io(1);
  const auto source = std::make_shared<Source>();
  source->answers = {{tokenOf("the-refused"), 5ms}, {tokenOf("the-new")}};
  const auto first = start(io, source->retrieveToken(context(10s)));
  for (int i = 0; i < 100 && source->requests == 0; ++i) io.poll();
  const auto refused = start(io, source->refreshToken(tokenOf("the-refused"), context(10s)));
  io.run_for(10s);
  EXPECT_EQ(textOf(first->token), "the-refused");
  EXPECT_EQ(textOf(refused->token), "the-new");
  EXPECT_EQ(source->requests, 2);
}

TEST(TokenRequests, TheRefusedTokenIsTheAnswerWhereNoOtherIsToBeHad) {
  const auto source = std::make_shared<Source>();
  source->answers = {{tokenOf("the-refused")}};
  EXPECT_EQ(textOf(run(source->refreshToken(tokenOf("the-refused"), context(10s))).token), "the-refused");
  EXPECT_EQ(source->requests, 1);
}

TEST(TokenRequests, OneWhoseIoContextIsGoneIsReplaced) {
  auto gone = std::make_unique<asio::io_context>(1);
  asio::io_context io(1);
  const auto source = std::make_shared<Source>();
  source->answers = {{tokenOf("never"), 1h}, {tokenOf("the-second")}};
  start(*gone, source->retrieveToken(context(10s)));
  for (int i = 0; i < 100 && source->requests == 0; ++i) gone->poll();
  const auto waiting = start(io, source->retrieveToken(context(10s)));
  for (int i = 0; i < 100; ++i) io.poll();
  ASSERT_EQ(source->requests, 1);
  EXPECT_FALSE(waiting->done);
  gone.reset();
  io.run_for(10s);
  EXPECT_EQ(textOf(waiting->token), "the-second");
}

TEST(TokenRequests, TheRefusedTokenIsTheAnswerWhereTheNextRequestGivesItToo) {
  asio::io_context io(1), others(1);
  const auto source = std::make_shared<Source>();
  source->answers = {{tokenOf("the-refused"), 300ms}, {tokenOf("the-refused"), 300ms}, {tokenOf("the-new")}};
  const auto more = asio::make_work_guard(others);
  // The next call knows nothing of the refusal either, and begins its request before the call that does.
  std::shared_ptr<Outcome> next;
  const auto beginNext = [&](const std::exception_ptr&, const Token&) {
    if (next) return;
    next = start(others, source->retrieveToken(context(10s)));
    for (int i = 0; i < 100 && source->requests == 1; ++i) others.poll();
  };
  asio::co_spawn(io, source->retrieveToken(context(10s)), beginNext);
  for (int i = 0; i < 100 && source->requests == 0; ++i) io.poll();
  const auto refused = start(io, source->refreshToken(tokenOf("the-refused"), context(10s)));
  asio::co_spawn(io, source->retrieveToken(context(10s)), beginNext);
  for (int i = 0; i < 1000 && !(refused->done && next && next->done); ++i) {
    io.run_for(5ms);
    others.run_for(5ms);
  }
  ASSERT_TRUE(next);
  EXPECT_EQ(textOf(next->token), "the-refused");
  EXPECT_EQ(textOf(refused->token), "the-refused");
  EXPECT_EQ(source->requests, 2);
}

/// While its current token is read, the request of another call ends.
class EndsWhileItIsRead : public Authentication {
 public:
  explicit EndsWhileItIsRead(asio::io_context& io) : io_(io), timer_(io, asio::steady_timer::time_point::max()) {}

  Token currentToken(AccessToken::TimePoint) const noexcept override {
    const Token before = current_;
    if (std::exchange(endsNow, false)) {
      timer_.cancel();
      for (int i = 0; i < 100; ++i) io_.poll();
    }
    return before;
  }

  mutable bool endsNow = false;
  int requests = 0;

 private:
  asio::awaitable<Token> requestToken(Token, TokenContext) override {
    ++requests;
    error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    current_ = tokenOf("the-issued");
    co_return current_;
  }

  asio::io_context& io_;
  mutable asio::steady_timer timer_;
  Token current_;
};

TEST(TokenRequests, OneThatEndsWhileTheCurrentTokenIsReadIsNotRepeated) {
  asio::io_context io(1);
  const auto auth = std::make_shared<EndsWhileItIsRead>(io);
  const auto first = start(io, auth->retrieveToken(context(10s)));
  for (int i = 0; i < 100 && auth->requests == 0; ++i) io.poll();
  auth->endsNow = true;
  const auto second = start(io, auth->retrieveToken(context(10s)));
  for (int i = 0; i < 100; ++i) io.poll();
  EXPECT_EQ(textOf(first->token), "the-issued");
  EXPECT_EQ(textOf(second->token), "the-issued");
  EXPECT_EQ(auth->requests, 1);
}

TEST(TokenRequests, OneMayBeForAnAuthenticationThatNothingShares) {
  Source source;
  source.answers = {{tokenOf("the-token")}};
  EXPECT_EQ(textOf(run(source.retrieveToken(context(10s))).token), "the-token");
}

TEST(TokenRequests, NoTokenIsAnError) {
  const auto source = std::make_shared<Source>();
  EXPECT_EQ(run(source->retrieveToken(context(10s))).code, Errc::tokenUnavailable);
}

/// An Authentication of a caller's own whose requests continue until end(), although they are cancelled.
class Stubborn : public Authentication {
 public:
  explicit Stubborn(bool keeps) : keeps_(keeps) {}
  Token currentToken(AccessToken::TimePoint) const noexcept override { return token_; }

  /// Ends the request in progress, if there is one.
  void end() {
    if (request_ != nullptr) request_->cancel();
  }

  int requests = 0, running = 0, most = 0;

 private:
  asio::awaitable<Token> requestToken(Token, TokenContext) override {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const std::string name = "token-" + std::to_string(++requests);
    most = std::max(most, ++running);
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    request_ = &timer;
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    request_ = nullptr;
    --running;
    const Token token = tokenOf(name.c_str());
    if (keeps_) token_ = token;
    co_return token;
  }

  const bool keeps_;
  Token token_;
  asio::steady_timer* request_ = nullptr;
};

TEST(TokenRequests, BeginAfterTheEndOfOneThatWasCancelled) {
  for (const bool keeps : {false, true}) {
    asio::io_context io(1);
    asio::cancellation_signal signal;
    const auto auth = std::make_shared<Stubborn>(keeps);
    const auto first = start(io, auth->retrieveToken(context(10s)), signal.slot());
    for (int i = 0; i < 100 && auth->requests == 0; ++i) io.poll();
    ASSERT_EQ(auth->running, 1);
    signal.emit(asio::cancellation_type::terminal);
    for (int i = 0; i < 100 && !first->done; ++i) io.poll();
    EXPECT_EQ(first->code, asio::error::operation_aborted);
    ASSERT_EQ(auth->running, 1);
    // The second one is cancelled while it waits for the first one, so the third one must wait for that one too.
    const auto second = start(io, auth->retrieveToken(context(10s)), signal.slot());
    for (int i = 0; i < 10; ++i) io.poll();
    signal.emit(asio::cancellation_type::terminal);
    for (int i = 0; i < 100 && !second->done; ++i) io.poll();
    EXPECT_EQ(second->code, asio::error::operation_aborted);
    const auto third = start(io, auth->retrieveToken(context(10s)));
    for (int i = 0; i < 10; ++i) io.poll();
    EXPECT_FALSE(third->done);
    for (int i = 0; i < 100 && !third->done; ++i) {
      auth->end();
      io.poll();
    }
    EXPECT_EQ(auth->most, 1);
    EXPECT_EQ(textOf(third->token), keeps ? "token-1" : "token-2");
    EXPECT_EQ(auth->requests, keeps ? 1 : 2);
  }
}

/// Cancels the work twice. The caller of the work lets only the first cancellation through.
Outcome cancelTwice(asio::io_context& io, asio::awaitable<Token> work) {
  asio::cancellation_signal signal;
  const auto outcome = start(io, std::move(work), signal.slot());
  for (int i = 0; i < 10; ++i) io.poll();
  EXPECT_FALSE(outcome->done);
  signal.emit(asio::cancellation_type::terminal);
  signal.emit(asio::cancellation_type::total);
  for (int i = 0; i < 10; ++i) io.poll();
  EXPECT_TRUE(outcome->done);
  return *outcome;
}

TEST(TokenRequests, ACancellationIsNotUndoneByAnotherThatTheCallerDoesNotLetThrough) {
  asio::io_context io(1);
  const auto source = std::make_shared<Source>();
  source->answers = {{tokenOf("never"), 1h}};
  const Outcome outcome = cancelTwice(io, source->retrieveToken(context(10s)));
  EXPECT_EQ(outcome.code, asio::error::operation_aborted);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->phase(), Phase::token);
}

/// An Authentication that a caller has written. It throws the given exception.
class Throwing : public Authentication {
 public:
  explicit Throwing(std::exception_ptr exception) : exception_(std::move(exception)) {}
  Token currentToken(AccessToken::TimePoint) const noexcept override { return nullptr; }

 private:
  asio::awaitable<Token> requestToken(Token, TokenContext) override {
    std::rethrow_exception(exception_);
    co_return nullptr;
  }

  std::exception_ptr exception_;
};

TEST(TokenRequests, AnExceptionOfTheCallersOwnCodeIsNamedWithoutItsText) {
  const std::exception_ptr exceptions[] = {std::make_exception_ptr(std::runtime_error("the vault's password is 4711")),
                                           std::make_exception_ptr(boost::system::system_error(
                                               asio::error::operation_aborted, "the vault's password is 4711"))};
  for (const std::exception_ptr& exception : exceptions) {
    const Outcome outcome = run(std::make_shared<Throwing>(exception)->retrieveToken(context(10s)));
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->phase(), Phase::token);
    EXPECT_EQ(outcome.error->details().context,
              "the token request: the token storage or the Authentication has thrown an exception");
    EXPECT_EQ(std::string(outcome.error->what()).find("4711"), std::string::npos) << outcome.error->what();
    EXPECT_NE(outcome.code, asio::error::operation_aborted) << "nobody has cancelled";
  }
}

/// Accepts a revocation, and does something before it answers.
class RevokingClient : public NetworkClient {
 public:
  asio::awaitable<FetchResponse> fetch(NetworkRequest) override {
    if (meanwhile) meanwhile();
    FetchResponse response;
    response.statusCode = 200;
    co_return response;
  }

  std::function<void()> meanwhile;
};

template <class Auth>
asio::awaitable<Token> revoke(std::shared_ptr<Auth> auth, TokenContext tokenContext) {
  co_await auth->revokeToken(std::move(tokenContext));
  co_return nullptr;
}

TEST(TokenRequests, ATokenThatIsBeingRevokedIsNotGivenAndANewerOneStays) {
  CcgConfig config;
  config.clientId = "the-client";
  config.clientSecret = Secret("the-client-secret");
  config.enterpriseId = "4711";
  const auto storage = std::make_shared<InMemoryTokenStorage>(tokenOf("the-revoked"));
  config.tokenStorage = storage;
  const auto auth = std::make_shared<BoxCcgAuth>(config);
  const auto client = std::make_shared<RevokingClient>();
  const TokenContext tokenContext(client, NetworkSession(), Deadline(10s));
  ASSERT_EQ(textOf(run(auth->retrieveToken(tokenContext)).token), "the-revoked");
  const AccessToken::TimePoint now = std::chrono::system_clock::now();
  ASSERT_EQ(textOf(auth->currentToken(now)), "the-revoked");

  std::string during;
  asio::io_context other(1);
  client->meanwhile = [&] {
    during = textOf(auth->currentToken(now));
    asio::co_spawn(other, storage->store(tokenOf("the-newer")), [](std::exception_ptr) {});
    other.run();
  };
  const Outcome revoked = run(revoke(auth, tokenContext));
  EXPECT_TRUE(revoked.done);
  EXPECT_FALSE(revoked.code);
  EXPECT_EQ(during, "none");
  EXPECT_EQ(textOf(run(storage->get()).token), "the-newer");
}

/// A clock that the test moves.
struct MovedClock : Clock {
  AccessToken::TimePoint now() const noexcept override { return time; }
  AccessToken::TimePoint time{std::chrono::hours(24 * 365 * 50)};
};

TEST(TokenRequests, ATokenThatExpiresWhileItsRenewalFailsIsNotGiven) {
  const auto clock = std::make_shared<MovedClock>();
  const NetworkSession session = NetworkSession().withClock(clock);
  bool first = true;
  const auto source = [&](TokenContext) -> asio::awaitable<AccessToken> {
    if (std::exchange(first, false)) co_return AccessToken(Secret("the-old"), clock->time + 60s);
    clock->time += 20s;
    ErrorDetails details;
    details.kind = FailureKind::transient;
    throw BoxSdkError(make_error_code(Errc::connectFailed), details);
  };
  const auto auth = std::make_shared<CallbackAuth>(source);
  const TokenContext tokenContext(nullptr, session, Deadline(10s));
  ASSERT_EQ(textOf(run(auth->retrieveToken(tokenContext)).token), "the-old");
  clock->time += 50s;
  const Outcome renewed = run(auth->retrieveToken(tokenContext));
  EXPECT_EQ(textOf(renewed.token), "none");
  EXPECT_EQ(renewed.code, Errc::connectFailed);
}

/// Renews a token before it expires, and the test decides how the renewal goes.
class EarlyRenewal : public testing::Test {
 protected:
  EarlyRenewal() {
    TokenBinding binding;
    binding.baseUrl = NetworkSession().baseUrls().baseUrl;
    old = AccessToken(Secret("the-old"), clock->time + 60s).withBinding(binding);
  }
  /// Afterwards the old token is valid for 10 s more, and due.
  void begin() {
    ASSERT_EQ(textOf(run(auth->retrieveToken(with(10s))).token), "the-old");
    clock->time += 50s;
  }
  TokenContext with(std::chrono::milliseconds deadline) const {
    return TokenContext(nullptr, session, Deadline(deadline));
  }

  std::shared_ptr<MovedClock> clock = std::make_shared<MovedClock>();
  NetworkSession session = NetworkSession().withClock(clock);
  std::chrono::milliseconds takes{0};  ///< how long a renewal takes
  std::function<void()> whenItBegins;  ///< called when a renewal begins
  bool fails = false;
  int requests = 0;
  std::shared_ptr<CallbackAuth> auth = std::make_shared<CallbackAuth>([this](const TokenContext&) { return source(); });

  asio::awaitable<AccessToken> source() {
    if (++requests == 1) co_return *old;
    if (whenItBegins) whenItBegins();
    asio::steady_timer timer(co_await asio::this_coro::executor, takes);
    co_await timer.async_wait(asio::use_awaitable);
    ErrorDetails details;
    details.kind = FailureKind::transient;
    if (fails) throw BoxSdkError(make_error_code(Errc::connectFailed), details);
    co_return AccessToken(Secret("the-new"));
  }

  std::optional<AccessToken> old;
};

TEST_F(EarlyRenewal, IsAwaitedAndGivesTheNewToken) {
  begin();
  takes = 5ms;
  EXPECT_EQ(textOf(run(auth->retrieveToken(with(10s))).token), "the-new");
}

TEST_F(EarlyRenewal, LeavesTheOldTokenWhereItFails) {
  begin();
  fails = true;
  EXPECT_EQ(textOf(run(auth->retrieveToken(with(10s))).token), "the-old");
  EXPECT_EQ(requests, 2);
}

TEST_F(EarlyRenewal, GivesTheOldTokenToTheCallsThatComeMeanwhile) {
  begin();
  takes = 1h;
  asio::io_context io(1);
  const auto first = start(io, auth->retrieveToken(with(1min)));
  for (int i = 0; i < 100 && requests == 1; ++i) io.poll();
  const auto second = start(io, auth->retrieveToken(with(1min)));
  for (int i = 0; i < 100; ++i) io.poll();
  EXPECT_EQ(textOf(second->token), "the-old");
  EXPECT_FALSE(first->done);
}

/// Its current token is always read just before another call begins a renewal.
class ReadEarly : public CallbackAuth {
 public:
  using CallbackAuth::CallbackAuth;
  Token currentToken(AccessToken::TimePoint) const noexcept override { return nullptr; }
};

TEST_F(EarlyRenewal, GivesTheOldTokenToACallThatLearnsOfItLate) {
  auth = std::make_shared<ReadEarly>([this](const TokenContext&) { return source(); });
  begin();
  takes = 1h;
  asio::io_context io(1);
  start(io, auth->retrieveToken(with(1min)));
  for (int i = 0; i < 100 && requests == 1; ++i) io.poll();
  EXPECT_EQ(textOf(run(auth->retrieveToken(with(1min))).token), "the-old");
  session = session.withCustomBaseUrls(BaseUrls("https://gateway.example"));
  EXPECT_EQ(run(auth->retrieveToken(with(1min))).code, Errc::tokenUnavailable) << "the old one is for another base URL";
  EXPECT_EQ(requests, 2);
}

TEST_F(EarlyRenewal, ThatTakesTooLongIsPutOff) {
  begin();
  takes = 1h;
  asio::io_context io(1);
  const auto call = start(io, auth->retrieveToken(with(40ms)));
  io.run_for(4s);
  EXPECT_EQ(textOf(call->token), "the-old") << "the call waits for half of its time only";
  EXPECT_EQ(textOf(auth->currentToken(clock->time)), "the-old");
}

TEST_F(EarlyRenewal, IsAwaitedToTheEndWhereTheOldTokenExpiresMeanwhile) {
  begin();
  takes = 1h;
  whenItBegins = [&] { clock->time += 20s; };
  const Outcome late = run(auth->retrieveToken(with(40ms)));
  EXPECT_EQ(textOf(late.token), "none");
  EXPECT_EQ(late.code, Errc::callTimeout);
}

TEST_F(EarlyRenewal, IsNotBegunForACallToAnotherBaseUrl) {
  begin();
  fails = true;
  session = session.withCustomBaseUrls(BaseUrls("https://gateway.example"));
  EXPECT_EQ(run(auth->retrieveToken(with(10s))).code, Errc::tokenUnavailable);
  EXPECT_EQ(requests, 1);
}

// -------------------------------------------------------------------------------------- operations and their deadlines

/// Gives a token for each request, and remembers the requests' deadlines.
class IssuingClient : public NetworkClient {
 public:
  asio::awaitable<FetchResponse> fetch(NetworkRequest request) override {
    deadlines.push_back(request.deadline);
    idempotency = request.operation->idempotency;
    FetchResponse response;
    response.statusCode = 200;
    response.body = R"({"access_token":"the-issued","expires_in":3600,"refresh_token":"the-refresh"})";
    response.bodyIntact = !std::exchange(cutShort, false);
    if (!body.empty()) response.body = body;
    co_return response;
  }

  std::vector<Deadline> deadlines;
  Idempotency idempotency{};  ///< of the last request
  bool cutShort = false;      ///< whether the next answer does not arrive in full
  std::string body;           ///< the body of the answers; empty: one with a token
};

/// Remembers the deadlines of its locks, and can refuse to be locked.
class LockedStorage : public InMemoryTokenStorage {
 public:
  using InMemoryTokenStorage::InMemoryTokenStorage;
  asio::awaitable<std::shared_ptr<void>> lock(Deadline deadline) override {
    deadlines.push_back(deadline);
    if (refuses) throw BoxSdkError(Errc::tokenUnavailable, "the folder is not safe");
    asio::steady_timer timer(co_await asio::this_coro::executor, 5ms);
    co_await timer.async_wait(asio::use_awaitable);
    lockedAt = Deadline::Clock::now();
    co_return nullptr;
  }

  asio::awaitable<void> store(Token token) override {
    if (isFull) throw BoxSdkError(Errc::tokenUnavailable, "no space");
    co_await InMemoryTokenStorage::store(std::move(token));
  }
  asio::awaitable<void> clear() override {
    if (isFull) throw BoxSdkError(Errc::tokenUnavailable, "no space");
    co_await InMemoryTokenStorage::clear();
  }

  std::vector<Deadline> deadlines;
  Deadline::Clock::time_point lockedAt;
  bool refuses = false, isFull = false;
};

std::shared_ptr<BoxOAuth> oauthWith(std::shared_ptr<TokenStorage> storage) {
  OAuthConfig config;
  config.clientId = "the-client";
  config.clientSecret = Secret("the-client-secret");
  config.tokenStorage = std::move(storage);
  return std::make_shared<BoxOAuth>(config);
}

TEST(TokenOperations, ACodeIsNotSentWhereTheStorageCannotBeLocked) {
  const auto storage = std::make_shared<LockedStorage>();
  const auto auth = oauthWith(storage);
  const auto client = std::make_shared<IssuingClient>();
  const TokenContext tokenContext(client, NetworkSession(), Deadline(10s));
  storage->refuses = true;
  EXPECT_EQ(run(auth->getTokensAuthorizationCodeGrant(Secret("the-code"), tokenContext)).code, Errc::tokenUnavailable);
  EXPECT_TRUE(client->deadlines.empty()) << "the code is still valid";
  storage->refuses = false;
  const Outcome second = run(auth->getTokensAuthorizationCodeGrant(Secret("the-code"), tokenContext));
  EXPECT_EQ(textOf(second.token), "the-issued");
  EXPECT_EQ(textOf(run(storage->get()).token), "the-issued");
}

TEST(TokenOperations, ACodeThatIsUsedUpIsNotSaidToBeUnsent) {
  const auto storage = std::make_shared<LockedStorage>();
  const auto auth = oauthWith(storage);
  const auto client = std::make_shared<IssuingClient>();
  const TokenContext tokenContext(client, NetworkSession(), Deadline(10s));
  storage->isFull = true;
  const Outcome full = run(auth->getTokensAuthorizationCodeGrant(Secret("the-code"), tokenContext));
  ASSERT_TRUE(full.error);
  EXPECT_EQ(full.code, Errc::tokenUnavailable);
  EXPECT_EQ(full.error->fate(), Fate::accepted);
  client->cutShort = true;
  const Outcome cut = run(auth->getTokensAuthorizationCodeGrant(Secret("the-code"), tokenContext));
  ASSERT_TRUE(cut.error);
  EXPECT_EQ(cut.code, Errc::connectionLost);
  EXPECT_EQ(cut.error->fate(), Fate::accepted);
  client->body = "<html>";
  const Outcome page = run(auth->getTokensAuthorizationCodeGrant(Secret("the-code"), tokenContext));
  ASSERT_TRUE(page.error);
  EXPECT_EQ(page.code, Errc::tokenUnavailable);
  EXPECT_EQ(page.error->fate(), Fate::accepted);
}

TEST(TokenOperations, ARevokedTokenIsNotSaidToBeUnrevokedWhereTheStorageFails) {
  const auto storage = std::make_shared<LockedStorage>();
  const auto auth = oauthWith(storage);
  const auto client = std::make_shared<IssuingClient>();
  const TokenContext tokenContext(client, NetworkSession(), Deadline(10s));
  run(auth->getTokensAuthorizationCodeGrant(Secret("the-code"), tokenContext));
  storage->isFull = true;
  const Outcome failed = run(revoke(auth, tokenContext));
  ASSERT_TRUE(failed.error);
  EXPECT_EQ(failed.code, Errc::tokenUnavailable);
  EXPECT_EQ(failed.error->fate(), Fate::accepted);
}

TEST(TokenOperations, OnlyTheCurrentTokenIsRenewedWhenItIsRefused) {
  const auto client = std::make_shared<IssuingClient>();
  const auto auth = oauthWith(std::make_shared<InMemoryTokenStorage>());
  const TokenContext tokenContext(client, NetworkSession(), Deadline(10s));
  const Outcome issued = run(auth->getTokensAuthorizationCodeGrant(Secret("the-code"), tokenContext));
  ASSERT_EQ(client->deadlines.size(), 1U);
  EXPECT_EQ(textOf(run(auth->refreshToken(tokenOf("an-older"), tokenContext)).token), "the-issued");
  EXPECT_EQ(client->deadlines.size(), 1U) << "another call has renewed it";
  client->body = R"({"access_token":"the-renewed"})";
  EXPECT_EQ(textOf(run(auth->refreshToken(issued.token, tokenContext)).token), "the-renewed");
  EXPECT_EQ(client->deadlines.size(), 2U);
}

TEST(TokenOperations, ATokenOfAnotherBaseUrlIsNotGiven) {
  const auto client = std::make_shared<IssuingClient>();
  const auto auth = oauthWith(std::make_shared<InMemoryTokenStorage>());
  const NetworkSession here, there = NetworkSession().withCustomBaseUrls(BaseUrls("https://gateway.example"));
  const TokenContext tokenContext(client, here, Deadline(10s));
  const Outcome issued = run(auth->getTokensAuthorizationCodeGrant(Secret("the-code"), tokenContext));
  ASSERT_EQ(textOf(issued.token), "the-issued");
  EXPECT_EQ(textOf(run(auth->retrieveToken(tokenContext)).token), "the-issued");
  EXPECT_EQ(run(auth->retrieveToken(TokenContext(client, there, Deadline(10s)))).code, Errc::tokenUnavailable);
  EXPECT_EQ(run(auth->refreshToken(issued.token, TokenContext(client, there, Deadline(10s)))).code,
            Errc::tokenUnavailable);
  EXPECT_EQ(client->deadlines.size(), 1U) << "no request was made for it";
  EXPECT_EQ(textOf(run(auth->retrieveToken(tokenContext)).token), "the-issued");
}

/// A clock that the test sets.
struct SetClock : Clock {
  AccessToken::TimePoint now() const noexcept override { return time; }
  AccessToken::TimePoint time = std::chrono::system_clock::now();
};

TEST(TokenOperations, AnOldTokenOfAnotherBaseUrlIsNotGivenWhileItIsRenewed) {
  const auto client = std::make_shared<IssuingClient>();
  const auto auth = oauthWith(std::make_shared<InMemoryTokenStorage>());
  const auto clock = std::make_shared<SetClock>();
  const NetworkSession here = NetworkSession().withClock(clock);
  const NetworkSession there = here.withCustomBaseUrls(BaseUrls("https://gateway.example"));
  ASSERT_TRUE(
      run(auth->getTokensAuthorizationCodeGrant(Secret("the-code"), TokenContext(client, here, Deadline(10s)))).token);
  clock->time += std::chrono::seconds(3600 - 10);  // valid for 10 s more, and to be renewed
  ASSERT_EQ(auth->currentToken(clock->time), nullptr);
  EXPECT_EQ(run(auth->retrieveToken(TokenContext(client, there, Deadline(10s)))).code, Errc::tokenUnavailable);
  EXPECT_EQ(client->deadlines.size(), 1U);
}

TEST(TokenOperations, ACodeIsSentOnceAlsoWhereTheAnswerIsCutShort) {
  const auto client = std::make_shared<IssuingClient>();
  client->cutShort = true;
  const auto auth = oauthWith(std::make_shared<InMemoryTokenStorage>());
  const Outcome outcome = run(
      auth->getTokensAuthorizationCodeGrant(Secret("the-code"), TokenContext(client, NetworkSession(), Deadline(10s))));
  EXPECT_EQ(outcome.code, Errc::connectionLost);
  EXPECT_EQ(client->deadlines.size(), 1U);
  EXPECT_EQ(client->idempotency, Idempotency::notIdempotent);
}

/// Holds back its answers until the test releases them: each answer has the number of its request.
class HeldClient : public NetworkClient {
 public:
  explicit HeldClient(asio::io_context& io) : timer_(io, asio::steady_timer::time_point::max()) {}

  asio::awaitable<FetchResponse> fetch(NetworkRequest) override {
    const int number = ++requests;
    error_code ignored;
    while (released < number) co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    FetchResponse response;
    response.statusCode = 200;
    response.body = R"({"access_token":"token-)" + std::to_string(number) +
                    R"(","expires_in":3600,"refresh_token":"refresh-)" + std::to_string(number) + "\"}";
    co_return response;
  }
  void releaseOne() {
    ++released;
    timer_.cancel();
  }

  int requests = 0, released = 0;

 private:
  asio::steady_timer timer_;
};

class TokenTurns : public testing::Test {
 protected:
  TokenContext context() const { return TokenContext(client, NetworkSession(), Deadline(1min)); }
  void settle() {
    io.restart();
    io.poll();
  }

  asio::io_context io{1};
  std::shared_ptr<HeldClient> client = std::make_shared<HeldClient>(io);
  Token stored = std::make_shared<const AccessToken>(Secret("the-stored"), std::nullopt, Secret("the-refresh"));
  std::shared_ptr<InMemoryTokenStorage> storage = std::make_shared<InMemoryTokenStorage>(stored);
  std::shared_ptr<BoxOAuth> auth = oauthWith(storage);
};

TEST_F(TokenTurns, ASignInIsNotOverwrittenByARenewalThatBeganBefore) {
  const auto renewal = start(io, auth->refreshToken(stored, context()));
  settle();
  ASSERT_EQ(client->requests, 1);
  const auto signIn = start(io, auth->getTokensAuthorizationCodeGrant(Secret("the-code"), context()));
  settle();
  EXPECT_EQ(client->requests, 1) << "the code is sent after the renewal";
  client->releaseOne();
  settle();
  client->releaseOne();
  settle();
  EXPECT_EQ(textOf(renewal->token), "token-1");
  EXPECT_EQ(textOf(signIn->token), "token-2");
  EXPECT_EQ(textOf(run(storage->get()).token), "token-2");
  EXPECT_EQ(textOf(auth->currentToken(std::chrono::system_clock::now())), "token-2");
}

TEST_F(TokenTurns, AnOperationHasItsTurnUntilItsOwnDeadlineIfThatIsLaterThanTheSessionsLimit) {
  const TokenContext patient(client, NetworkSession().withTimeouts({.call = 10ms}), Deadline(1min));
  const auto signIn = start(io, auth->getTokensAuthorizationCodeGrant(Secret("the-code"), patient));
  settle();
  ASSERT_EQ(client->requests, 1);
  const auto revocation = start(io, revoke(auth, context()));
  io.restart();
  io.run_for(50ms);
  EXPECT_EQ(client->requests, 1) << "the other operation waits for the end of the first";
  client->releaseOne();
  settle();
  EXPECT_EQ(textOf(signIn->token), "token-1");
}

TEST_F(TokenTurns, ARevocationIsNotUndoneByARenewalThatBeganBefore) {
  const auto renewal = start(io, auth->refreshToken(stored, context()));
  settle();
  const auto revocation = start(io, revoke(auth, context()));
  settle();
  EXPECT_EQ(client->requests, 1);
  client->releaseOne();
  settle();
  client->releaseOne();
  settle();
  EXPECT_EQ(textOf(renewal->token), "token-1");
  EXPECT_TRUE(revocation->done);
  EXPECT_FALSE(revocation->code);
  EXPECT_EQ(textOf(run(storage->get()).token), "none");
  EXPECT_EQ(textOf(auth->currentToken(std::chrono::system_clock::now())), "none");
}

TEST_F(TokenTurns, ACancellationOfAnOperationIsNotUndoneByAnotherThatTheCallerDoesNotLetThrough) {
  const auto renewal = start(io, auth->refreshToken(stored, context()));
  settle();
  ASSERT_EQ(client->requests, 1);
  EXPECT_EQ(cancelTwice(io, auth->getTokensAuthorizationCodeGrant(Secret("the-code"), context())).code,
            asio::error::operation_aborted);
  EXPECT_EQ(cancelTwice(io, revoke(auth, context())).code, asio::error::operation_aborted);
  EXPECT_EQ(cancelTwice(io, auth->downscopeToken({"item_preview"}, "", context())).code,
            asio::error::operation_aborted);
  EXPECT_EQ(client->requests, 1);
}

TEST_F(TokenTurns, ATokenOfAnotherBaseUrlIsNotGivenToACallThatWaitedForIt) {
  const NetworkSession there = NetworkSession().withCustomBaseUrls(BaseUrls("https://gateway.example"));
  const auto here = start(io, auth->refreshToken(stored, context()));
  const auto elsewhere = start(io, auth->refreshToken(stored, TokenContext(client, there, Deadline(1min))));
  settle();
  ASSERT_EQ(client->requests, 1) << "both calls wait for one request";
  client->releaseOne();
  settle();
  EXPECT_EQ(textOf(here->token), "token-1");
  ASSERT_TRUE(elsewhere->done);
  EXPECT_EQ(elsewhere->code, Errc::tokenUnavailable);
  EXPECT_EQ(textOf(elsewhere->token), "none") << "it would be sent to the wrong server";
}

/// Performs the operation with a storage that takes 5 ms to lock, and expects that its lock and its requests get the
/// points in time that are `lockLimit` and `requestLimit` after its start.
template <class Operation>
void expectOneDeadline(std::size_t requests, std::chrono::seconds lockLimit, std::chrono::seconds requestLimit,
                       Operation operation) {
  const auto stored = std::make_shared<const AccessToken>(Secret("the-stored"), std::nullopt, Secret("the-refresh"));
  const auto storage = std::make_shared<LockedStorage>(stored);
  const auto client = std::make_shared<IssuingClient>();
  client->cutShort = requests > 1;  // the answer is then requested once more
  const auto before = Deadline::Clock::now();
  const Outcome outcome = run(operation(oauthWith(storage), client, stored));
  EXPECT_TRUE(outcome.done);
  EXPECT_FALSE(outcome.code) << outcome.code.message();
  ASSERT_EQ(storage->deadlines.size(), 1U);
  ASSERT_EQ(client->deadlines.size(), requests);
  const auto pointOf = [&](const Deadline& deadline) { return deadline.resolve(before + 1h, Deadline()); };
  EXPECT_GE(pointOf(storage->deadlines[0]), before + lockLimit);
  EXPECT_LT(pointOf(storage->deadlines[0]), storage->lockedAt + lockLimit);
  for (const Deadline& deadline : client->deadlines) {
    EXPECT_GE(pointOf(deadline), before + requestLimit);
    EXPECT_LT(pointOf(deadline), storage->lockedAt + requestLimit);
    EXPECT_EQ(pointOf(deadline), pointOf(client->deadlines[0]));
  }
}

TEST(TokenOperations, AllStepsOfAnOperationHaveOneDeadline) {
  for (const bool isSet : {false, true}) {
    SCOPED_TRACE(isSet ? "10 s after the start" : "unset, so that TimeoutOptions::call applies");
    const auto given = [&](const std::shared_ptr<NetworkClient>& client) {
      return TokenContext(client, NetworkSession().withTimeouts({.call = 20s}), isSet ? Deadline(10s) : Deadline());
    };
    const std::chrono::seconds limit = isSet ? 10s : 20s;
    expectOneDeadline(1, limit, limit, [&](const auto& auth, const auto& client, const Token&) {
      return auth->getTokensAuthorizationCodeGrant(Secret("the-code"), given(client));
    });
    expectOneDeadline(1, limit, limit,
                      [&](const auto& auth, const auto& client, const Token&) { return revoke(auth, given(client)); });
    // Waiting calls share a renewal, so it always has the limit of the session.
    expectOneDeadline(2, 20s, 20s, [&](const auto& auth, const auto& client, const Token& stored) {
      return auth->refreshToken(stored, given(client));
    });
    expectOneDeadline(2, 20s, limit, [&](const auto& auth, const auto& client, const Token&) {
      return auth->downscopeToken({"item_preview"}, "", given(client));
    });
  }
}

}  // namespace
}  // namespace box
