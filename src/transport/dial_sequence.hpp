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

/// Decides the steps in which a connection is opened: which step is next, and when it must have ended. It has no I/O,
/// no clock and no locks.
///
///   name lookup → race of its addresses → [TLS with the proxy] → [CONNECT] → TLS with Box → look before the first use
///
/// next() returns a step. The caller performs it, reports its result, and calls next() again. A step that has a result
/// is returned until its result has been reported; connect, close and use are each returned once. A result of another
/// step is ignored, for example the end of a connect that was closed.
class DialSequence {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Endpoints = std::vector<asio::ip::tcp::endpoint>;

  /// The proxy through which the connection goes.
  struct Proxy {
    Origin at;
    bool secure = false;      ///< whether the proxy itself speaks TLS
    bool authorized = false;  ///< whether CONNECT has credentials
  };

  enum class Action : std::uint8_t {
    lookUp,          ///< look up the addresses of peer(); then lookedUp()
    connect,         ///< begin to connect to an address; when that ends, connectEnded()
    close,           ///< end the attempt to connect to an address
    wait,            ///< wait for the end of any connect
    use,             ///< use the connection to this address for all later steps
    proxyHandshake,  ///< TLS with the proxy; then shookHands()
    sendConnect,     ///< send CONNECT completely; then sent() or broke()
    receiveAnswer,   ///< receive some bytes of the answer to CONNECT; then received() or broke()
    boxHandshake,    ///< TLS with Box; then shookHands()
    look,            ///< check whether bytes have arrived before any request; then looked()
    succeed,         ///< the connection can be used
    fail,            ///< failure() says why; everything that was begun has been closed, except the connection in use
  };

  struct Step {
    Action action;
    TimePoint until;          ///< when next() must be called again at the latest, even if the step has not ended
    std::size_t address = 0;  ///< the address for connect, close and use
  };

  /// The sequence refers to `box` and `proxy` (null: no proxy).
  DialSequence(const Origin& box, const Proxy* proxy, const TimeLimits& limits, const TimeoutOptions& timeouts,
               TimePoint now);
  DialSequence(const DialSequence&) = delete;
  DialSequence& operator=(const DialSequence&) = delete;

  Step next(TimePoint now);

  /// The server to which TCP connects: the proxy if there is one.
  const Origin& peer() const noexcept { return proxy_ != nullptr ? proxy_->at : box_; }
  /// The addresses that are tried, in their order.
  const Endpoints& addresses() const noexcept { return addresses_; }
  /// Why there is no connection; set when the action is fail.
  const Failure& failure() const noexcept { return failure_; }

  /// A failure with Errc::resolveTimeout means that the time limit of the step has passed.
  void lookedUp(StepResult<Endpoints> found);
  void connectEnded(std::size_t address, const error_code& ec);
  void shookHands(StepResult<void> result);
  void sent();
  void received(std::string_view bytes);
  void broke(const error_code& ec);
  void looked(StepResult<void> result);
  /// The caller has cancelled the dial.
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
  error_code ownEnd(TimePoint now) const noexcept;
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
  PhaseLimit limit_;    // the limit of the current phase
  bool ended_ = false;  // whether the step has ended; failure_ says whether it has failed
  bool closed_ = false;
  bool cancelled_ = false;
  Failure failure_;

  Endpoints addresses_;
  AddressRace race_;
  std::optional<std::size_t> winner_;
  std::size_t withoutLocalAddress_ = 0;  // how many addresses had no local address or port
  std::unique_ptr<ConnectAnswer> answer_;
};

}  // namespace box::inline v0_1
