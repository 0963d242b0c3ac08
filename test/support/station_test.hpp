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

/// Where on its way a call can be made to stand still.
enum class Station {
  token,      ///< the authentication gives none
  pool,       ///< the only connection is taken
  resolve,    ///< getaddrinfo does not return
  connect,    ///< the listener's queue is full
  proxy,      ///< the proxy does not answer to CONNECT
  proxyTls,   ///< the https proxy is silent
  handshake,  ///< the server is silent
  write,      ///< the server does not read
  header,     ///< the server does not answer
  body,       ///< the answer, a 503, stops in the middle of its body
  backoff,    ///< between a 503 and the next attempt
};

std::vector<Station> allStations();
std::string toString(Station station);
inline void PrintTo(Station station, std::ostream* out) { *out << toString(station); }

/// Gives a token when it is let go; until then it waits with a timer.
class WaitingAuth : public Authentication {
 public:
  std::shared_ptr<const AccessToken> currentToken(AccessToken::TimePoint) const noexcept override;
  /// On the thread that runs the io_context.
  void letGo();
  std::size_t waiting() const noexcept { return waiting_; }

 private:
  class Wait;
  asio::awaitable<Token> requestToken(Token refused, TokenContext context) override;

  std::shared_ptr<const AccessToken> token_;
  std::vector<Wait*> waits_;
  std::size_t waiting_ = 0;
};

/// Brings calls to a station.
class StationTest : public BoxTest {
 protected:
  void TearDown() override;

  /// A client, of one connection at most, whose next call stands still there. May be used once a test.
  std::unique_ptr<BoxClient> arrange(
      Station station, const TimeoutOptions& timeouts = patient(),
      std::shared_ptr<const RetryPolicy> policy = std::make_shared<DefaultRetryPolicy>());
  /// A call such as stands still there.
  asio::awaitable<SessionTerminationMessage> makeCall(const BoxClient& client, Deadline deadline = {}) const;
  /// Runs until the call that was just started stands there.
  void reach();
  /// Starts a call and runs until it stands there.
  std::shared_ptr<Call> reach(const BoxClient& client, Deadline deadline = {},
                              Call::Accepts accepts = Call::Accepts::terminal);
  /// At Station::write: the connection can send no more, and whoever is at its other end says nothing of it.
  void breakWriting();
  /// At Station::write: bytes of the server have come that the client, which is sending, has not read.
  bool somethingUnread() const;
  /// Takes away what holds calls up.
  void release();

  /// Until the server has no connection any more.
  void awaitNothingOpen();

  /// All limits a minute: none of them is what ends a call in time.
  static TimeoutOptions patient();
  /// What is known of the request there.
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
