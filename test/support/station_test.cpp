#include "support/station_test.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "support/host_table.hpp"

namespace box::test {
namespace {

constexpr const char* heldHost = "held.box.test";
/// How many bytes of a request get through to the server: the handshake and the request's header.
constexpr std::size_t narrow = 64 * 1024;
/// More than the kernel buffers for a peer that does not read: 4 MB to send, and what the relay accepts.
constexpr std::size_t manyLogins = 80'000;
constexpr std::size_t largeBody = 40'000;

const std::vector<std::string>& logins() {
  static const std::vector<std::string> list(manyLogins, std::string(250, 'a') + "@example.com");
  return list;
}

std::shared_ptr<const AccessToken> makeToken() { return std::make_shared<const AccessToken>(Secret(secretToken)); }

}  // namespace

std::vector<Station> allStations() {
  return {Station::token,     Station::pool,  Station::resolve, Station::connect, Station::proxy,  Station::proxyTls,
          Station::handshake, Station::write, Station::header,  Station::body,    Station::backoff};
}

std::string toString(Station station) {
  switch (station) {
    case Station::token: return "Token";
    case Station::pool: return "Pool";
    case Station::resolve: return "Resolve";
    case Station::connect: return "Connect";
    case Station::proxy: return "Proxy";
    case Station::proxyTls: return "ProxyTls";
    case Station::handshake: return "Handshake";
    case Station::write: return "Write";
    case Station::header: return "Header";
    case Station::body: return "Body";
    case Station::backoff: return "Backoff";
  }
  return "";
}

// --------------------------------------------------------------------------------------------------------- WaitingAuth

class WaitingAuth::Wait {
 public:
  Wait(WaitingAuth& auth, const asio::any_io_executor& executor)
      : timer(executor, asio::steady_timer::time_point::max()), auth_(auth) {
    auth_.waits_.push_back(this);
    ++auth_.waiting_;
  }
  ~Wait() {
    auth_.waits_.erase(std::find(auth_.waits_.begin(), auth_.waits_.end(), this));
    --auth_.waiting_;
  }
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

  asio::steady_timer timer;

 private:
  WaitingAuth& auth_;
};

std::shared_ptr<const AccessToken> WaitingAuth::currentToken(AccessToken::TimePoint) const noexcept { return token_; }

asio::awaitable<Authentication::Token> WaitingAuth::requestToken(Token, TokenContext) {
  Wait wait(*this, co_await asio::this_coro::executor);
  boost::system::error_code ec;
  co_await wait.timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  if (!token_) {
    ErrorDetails details;
    throw BoxSdkError(ec, details);
  }
  co_return token_;
}

void WaitingAuth::letGo() {
  token_ = makeToken();
  for (Wait* wait : waits_) wait->timer.cancel();
}

// --------------------------------------------------------------------------------------------------------- StationTest

TimeoutOptions StationTest::patient() {
  TimeoutOptions timeouts;
  timeouts.call = timeouts.attempt = timeouts.pool = timeouts.resolve = timeouts.connect = timeouts.proxy =
      timeouts.handshake = timeouts.write = timeouts.responseHeader = timeouts.bodyIdle = 60s;
  return timeouts;
}

Fate StationTest::fateAt(Station station) {
  switch (station) {
    case Station::write:
    case Station::header:
    case Station::body:
    case Station::backoff: return Fate::inDoubt;
    default: return Fate::notSent;
  }
}

Phase StationTest::phaseAt(Station station) {
  switch (station) {
    case Station::token: return Phase::token;
    case Station::pool: return Phase::pool;
    case Station::resolve: return Phase::resolve;
    case Station::connect: return Phase::connect;
    case Station::proxy:
    case Station::proxyTls: return Phase::proxy;
    case Station::handshake: return Phase::handshake;
    case Station::write: return Phase::write;
    case Station::header: return Phase::read;
    case Station::body: return Phase::response;
    case Station::backoff: return Phase::backoff;
  }
  return Phase::prepare;
}

std::unique_ptr<BoxClient> StationTest::arrange(Station station, const TimeoutOptions& timeouts,
                                                std::shared_ptr<const RetryPolicy> policy) {
  using emulator::ConnectionPlan;
  using emulator::Reply;
  station_ = station;
  PoolOptions pool;
  pool.maxConnections = 1;
  options.maxBodySize = 64U * 1024U * 1024U;
  options.extraNames = {heldHost};
  NetworkSession settings = session().withPool(pool).withTimeouts(timeouts).withRetryPolicy(std::move(policy));
  std::shared_ptr<Authentication> token = auth();
  switch (station) {
    case Station::token:
      waitingAuth_ = std::make_shared<WaitingAuth>();
      token = waitingAuth_;
      break;
    case Station::pool:
    case Station::header: emulator().script(Reply::hang()); break;
    case Station::resolve:
      HostTable::set(heldHost, {"127.0.0.1"});
      HostTable::hold(heldHost);
      settings = settings.withCustomBaseUrls(
          BaseUrls("https://" + std::string(heldHost) + ":" + std::to_string(emulator().port())));
      break;
    case Station::connect:
      backlog_ = std::make_unique<FullBacklog>();
      settings = settings.withCustomBaseUrls(BaseUrls("https://127.0.0.1:" + std::to_string(backlog_->port())));
      break;
    case Station::proxy:
    case Station::proxyTls: {
      proxy_ = std::make_unique<TestProxy>();
      proxy_->setDefault(ProxyAnswer::hang());
      ProxyOptions way;
      way.url = proxy_->url();
      // With the scheme https the client speaks TLS to this plain proxy, which takes the first bytes for a request that
      // is not complete.
      if (station == Station::proxyTls) way.url.replace(0, 4, "https");
      settings = settings.withProxy(way);
      break;
    }
    case Station::handshake: emulator().scriptConnection(ConnectionPlan::silence()); break;
    case Station::write:
      relay_ = std::make_unique<NarrowRelay>(emulator().port(), narrow);
      settings = settings.withCustomBaseUrls(BaseUrls("https://localhost:" + std::to_string(relay_->port())));
      break;
    case Station::body:
      emulator().script(Reply::status(503).body(std::string(largeBody, 'x'), "text/plain").stallBody(largeBody / 2));
      break;
    case Station::backoff:
      emulator().script(Reply::status(503));
      settings = settings.withBackoffPolicy(std::make_shared<FixedBackoff>(20s));
      break;
  }
  auto client = std::make_unique<BoxClient>(this->client(settings, token));
  if (station == Station::pool) {
    holder_ = start(about(*client));
    runUntil([this] { return emulator().counts().requests == 1; });
  }
  attemptsBefore_ = recorder->attemptsStarted();
  return client;
}

asio::awaitable<SessionTerminationMessage> StationTest::makeCall(const BoxClient& client, Deadline deadline) const {
  if (station_ != Station::write) return about(client, deadline);
  return client.sessionTermination.terminateUsersSessions({.userLogins = logins()}, {.deadline = deadline});
}

std::shared_ptr<Call> StationTest::reach(const BoxClient& client, Deadline deadline, Call::Accepts accepts) {
  auto call = start(makeCall(client, deadline), accepts);
  reach();
  EXPECT_FALSE(call->done()) << call->describe();
  return call;
}

void StationTest::reach() {
  runUntil([this] { return standsThere(); });
}

bool StationTest::standsThere() {
  switch (station_) {
    case Station::token: return waitingAuth_->waiting() == 1;
    // From here to the queue the call does not leave its thread.
    case Station::pool: return recorder->attemptsStarted() == attemptsBefore_ + 1;
    case Station::resolve: return HostTable::held() == 1;
    case Station::connect: return backlog_->waiting() == 1;
    case Station::proxy: return proxy_->connects().size() == 1;
    case Station::proxyTls: return proxy_->connections() == 1;
    case Station::handshake: return emulator().counts().connectionsAccepted == 1;
    case Station::write:
    case Station::header: return emulator().counts().requests == 1;
    case Station::body: return bytesReceivedFrom(emulator().port()) >= largeBody / 2;
    case Station::backoff: return recorder->retries().size() == 1;
  }
  return false;
}

void StationTest::breakWriting() { endSendingTo(relay_->port()); }

bool StationTest::somethingUnread() const { return quietConnectionsTo(relay_->port()) == 0; }

void StationTest::release() {
  if (waitingAuth_) waitingAuth_->letGo();
  if (holder_) {
    holder_->cancel();
    finish(holder_);
    holder_.reset();
  }
  HostTable::letGo();
}

void StationTest::awaitNothingOpen() {
  relay_.reset();  // a close that follows unread bytes does not reach the server
  runUntil([this] { return emulator().counts().openConnections == 0 && (!proxy_ || proxy_->openConnections() == 0); });
}

void StationTest::TearDown() {
  holder_.reset();
  HostTable::letGo();
  backlog_.reset();
  relay_.reset();
  proxy_.reset();
  BoxTest::TearDown();
}

}  // namespace box::test
