#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/box_test.hpp"
#include "support/full_backlog.hpp"
#include "support/narrow_relay.hpp"
#include "support/test_proxy.hpp"

namespace box::test {

/// The points at which a call can be held.
enum class Station {
  token,      ///< the authentication gives no token
  pool,       ///< the only connection is in use
  resolve,    ///< getaddrinfo does not return
  connect,    ///< the listener's queue is full
  proxy,      ///< the proxy does not answer CONNECT
  proxyTls,   ///< the https proxy sends nothing
  handshake,  ///< the server sends nothing
  write,      ///< the server does not read
  header,     ///< the server does not answer
  body,       ///< the answer, a 503, stops within its body
  backoff,    ///< between a 503 and the next attempt
};

std::vector<Station> allStations();
std::string toString(Station station);
inline void PrintTo(Station station, std::ostream* out) { *out << toString(station); }

/// Waits with a timer until letGo(), and then gives a token.
class WaitingAuth : public Authentication {
 public:
  std::shared_ptr<const AccessToken> currentToken(AccessToken::TimePoint) const noexcept override;
  /// Call it on the thread that runs the io_context.
  void letGo();
  std::size_t waiting() const noexcept { return waiting_; }

 private:
  class Wait;
  asio::awaitable<Token> requestToken(Token refused, TokenContext context) override;

  std::shared_ptr<const AccessToken> token_;
  std::vector<Wait*> waits_;
  std::size_t waiting_ = 0;
};

/// Brings calls to a station and holds them there.
class StationTest : public BoxTest {
 protected:
  void TearDown() override;

  /// A client with at most one connection, whose next call is held at this station. Call it at most once in a test.
  std::unique_ptr<BoxClient> arrange(
      Station station, const TimeoutOptions& timeouts = patient(),
      std::shared_ptr<const RetryPolicy> policy = std::make_shared<DefaultRetryPolicy>());
  /// A call that is held at the station.
  asio::awaitable<SessionTerminationMessage> makeCall(const BoxClient& client, Deadline deadline = {}) const;
  /// Runs until the call that was just started is held.
  void reach();
  /// Starts a call and runs until it is held.
  std::shared_ptr<Call> reach(const BoxClient& client, Deadline deadline = {},
                              Call::Accepts accepts = Call::Accepts::terminal);
  /// At Station::write: the connection cannot send any more, and the peer does not say so.
  void breakWriting();
  /// At Station::write: whether bytes from the server have arrived that the client, which is sending, has not read.
  bool somethingUnread() const;
  /// Stops holding calls.
  void release();

  /// Runs until the server has no open connection.
  void awaitNothingOpen();

  /// All limits are a minute, so that none of them ends a call during a test.
  static TimeoutOptions patient();
  /// The fate of a request that fails at this station.
  static Fate fateAt(Station station);
  static Phase phaseAt(Station station);

  Station station() const { return station_; }

 private:
  bool standsThere();

  Station station_ = Station::token;
  std::size_t attemptsBefore_ = 0;
  std::shared_ptr<WaitingAuth> waitingAuth_;
  std::shared_ptr<Call> holder_;
  std::unique_ptr<FullBacklog> backlog_;
  std::unique_ptr<NarrowRelay> relay_;
  std::unique_ptr<TestProxy> proxy_;
};

}  // namespace box::test
