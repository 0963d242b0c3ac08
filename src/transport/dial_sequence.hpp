#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "box/network/options.hpp"
#include "box/support/asio.hpp"
#include "transport/address_race.hpp"
#include "transport/connect_answer.hpp"
#include "transport/destination.hpp"
#include "transport/failure.hpp"
#include "transport/limits.hpp"

namespace box::inline v0_1 {

/// The decisions on the way to a connection: what is to be done next, and by when. No I/O, no clock, no locks.
///
///   name lookup → race of its addresses → [TLS with the proxy] → [CONNECT] → TLS with Box → look before the first use
///
/// next() says what to do; the caller does it, reports the result, and asks again. A step that has a result is given
/// until its result has been reported; connect, close and use are given once each. A result that was not asked for is
/// ignored: the end of a connect that was closed, for example.
class DialSequence {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Endpoints = std::vector<asio::ip::tcp::endpoint>;

  /// The proxy on the way.
  struct Proxy {
    Origin at;
    bool secure = false;      ///< it is spoken to in TLS
    bool authorized = false;  ///< CONNECT has credentials
  };

  enum class Action : std::uint8_t {
    lookUp,          ///< the addresses of peer(); then lookedUp()
    connect,         ///< begin to connect to an address; at its end connectEnded()
    close,           ///< give up the connect to an address
    wait,            ///< for the end of any connect
    use,             ///< what follows happens on the connection to this address
    proxyHandshake,  ///< TLS with the proxy; then shookHands()
    sendConnect,     ///< CONNECT, all of it; then sent() or broke()
    receiveAnswer,   ///< some bytes of the proxy's answer to it; then received() or broke()
    boxHandshake,    ///< TLS with Box; then shookHands()
    look,            ///< whether anything has come that nobody asked for; then looked()
    succeed,         ///< the connection can be used
    fail,            ///< failure() says why; everything that was begun has been closed, but for the connection in use
  };

  struct Step {
    Action action;
    TimePoint until;          ///< when to ask again at the latest, whether the step has ended or not
    std::size_t address = 0;  ///< of connect, close and use
  };

  /// `box` and `proxy` (null: none) are referred to.
  DialSequence(const Origin& box, const Proxy* proxy, const TimeLimits& limits, const TimeoutOptions& timeouts,
               TimePoint now);
  DialSequence(const DialSequence&) = delete;
  DialSequence& operator=(const DialSequence&) = delete;

  Step next(TimePoint now);

  /// The server to which TCP leads: the proxy where there is one.
  const Origin& peer() const noexcept { return proxy_ != nullptr ? proxy_->at : box_; }
  /// The addresses that are tried, in their order.
  const Endpoints& addresses() const noexcept { return addresses_; }
  /// Why there is no connection, after Action fail.
  const Failure& failure() const noexcept { return failure_; }

  /// A failure with Errc::resolveTimeout means that the step's time is up.
  void lookedUp(StepResult<Endpoints> found);
  void connectEnded(std::size_t address, const error_code& ec);
  void shookHands(StepResult<void> result);
  void sent();
  void received(std::string_view bytes);
  void broke(const error_code& ec);
  void looked(StepResult<void> result);
  /// The caller has cancelled.
  void cancelled() noexcept { cancelled_ = true; }
  /// The client is closing.
  void closed() noexcept { closed_ = true; }

 private:
  enum class State : std::uint8_t {
    lookUp,
    race,
    won,
    proxyHandshake,
    sendConnect,
    receiveAnswer,
    boxHandshake,
    look,
    succeeded,
    failed
  };

  void enterRace(Endpoints addresses, TimePoint now);
  void enterTunnel(TimePoint now);
  void enterBox(TimePoint now);
  void enter(State state);
  void advance(TimePoint now);
  std::optional<Step> nextInRace(TimePoint now);
  bool mustEnd(TimePoint now);
  void noteConnectFailure(const error_code& ec);
  void noteEndOfRace();
  void endAs(const error_code& code);
  void end(StepResult<void> result);
  void fail();
  Step toDo(Action action, std::size_t address = 0) const { return {action, limit_.at, address}; }
  std::string where() const;

  const Origin& box_;
  const Proxy* const proxy_;
  const TimeLimits limits_;
  const TimeoutOptions timeouts_;

  State state_ = State::lookUp;
  PhaseLimit limit_;    // of the phase
  bool ended_ = false;  // the step; failure_ says whether it went well
  bool closed_ = false;
  bool cancelled_ = false;
  Failure failure_;

  Endpoints addresses_;
  AddressRace race_;
  std::optional<std::size_t> winner_;
  std::size_t withoutLocalAddress_ = 0;  // how many of the addresses
  std::unique_ptr<ConnectAnswer> answer_;
};

}  // namespace box::inline v0_1
