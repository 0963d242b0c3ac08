#include "transport/dial_sequence.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>

#include "box/support/time.hpp"
#include "system/socket.hpp"

namespace box::inline v0_1 {
namespace {

bool isLocalShortage(const error_code& ec) {
  if (ec.category() != boost::system::system_category()) return false;
  switch (ec.default_error_condition().value()) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return true;
    default: return false;
  }
}

std::string joined(std::string where, const std::string& what) {
  if (!what.empty()) where.append(": ").append(what);
  return where;
}

}  // namespace

DialSequence::DialSequence(const Origin& box, const Proxy* proxy, const TimeLimits& limits,
                           const TimeoutOptions& timeouts, TimePoint now)
    : box_(box),
      proxy_(proxy),
      limits_(limits),
      timeouts_(timeouts),
      limit_(limits.phase(now, timeouts.resolve, Errc::resolveTimeout)),
      race_(0, timeouts.connect) {
  failure_.phase = Phase::resolve;
  error_code notAnAddress;
  const auto address = asio::ip::make_address(peer().host, notAnAddress);
  if (!notAnAddress) enterRace(Endpoints(1, asio::ip::tcp::endpoint(address, peer().port)), now);
}

// ------------------------------------------------------------------------------------------------ the results of steps

void DialSequence::lookedUp(StepResult<Endpoints> found) {
  if (state_ != State::lookUp || ended_) return;
  if (found) {
    addresses_ = std::move(*found);
    end({});
  } else {
    Failure failure = std::move(found).error();
    if (failure.code == Errc::resolveTimeout) failure.code = limit_.code;
    end(std::move(failure));
  }
}

void DialSequence::connectEnded(std::size_t address, const error_code& ec) {
  if (state_ != State::race || !race_.running(address)) return;
  if (!ec) {
    if (!winner_) winner_ = address;
    return;
  }
  race_.failed(address);
  noteConnectFailure(ec);
}

void DialSequence::shookHands(StepResult<void> result) {
  if (state_ == State::proxyHandshake || state_ == State::boxHandshake) end(std::move(result));
}

void DialSequence::sent() {
  if (state_ == State::sendConnect) end({});
}

void DialSequence::received(std::string_view bytes) {
  if (state_ != State::receiveAnswer || ended_) return;
  answer_->receive(bytes);
  if (answer_->ended()) end(answer_->meaning(proxy_->authorized));
}

void DialSequence::broke(const error_code& ec) {
  if (state_ != State::sendConnect && state_ != State::receiveAnswer) return;
  Failure failure;
  failure.code = ec == asio::error::operation_aborted ? ec : make_error_code(Errc::proxyFailed);
  failure.cause = ec;
  failure.context = "the connection broke before its answer to CONNECT";
  end(std::move(failure));
}

void DialSequence::looked(StepResult<void> result) {
  if (state_ == State::look) end(std::move(result));
}

void DialSequence::end(StepResult<void> result) {
  if (ended_) return;
  ended_ = true;
  if (result) return;
  const Phase phase = failure_.phase;
  failure_ = std::move(result).error();
  failure_.phase = phase;
}

/// The error that helps the user most is reported: first a shortage, then the answer of an address, then that there was
/// no answer.
void DialSequence::noteConnectFailure(const error_code& ec) {
  if (isLocalShortage(ec)) {
    race_.tryNoMore();
    failure_.code = Errc::localResource;
    failure_.cause = ec;
  } else if (ec == noLocalAddressError()) {
    ++withoutLocalAddress_;
  } else if (failure_.code != Errc::localResource) {
    failure_.code = Errc::connectFailed;
    failure_.cause = ec;
  }
}

/// No address was connected, and none refused. If no address had a free port, this machine has run out of ports.
void DialSequence::noteEndOfRace() {
  if (failure_) return;
  if (withoutLocalAddress_ == addresses_.size()) {
    failure_.code = Errc::localResource;
    failure_.cause = noLocalAddressError();
  } else {
    failure_.code = Errc::connectTimeout;
  }
}

/// The sequence ends because the client is closed, the caller has cancelled, or a time limit has passed. The error of
/// the step is then caused by that end, not by the peer, and is dropped.
void DialSequence::endAs(const error_code& code) {
  failure_.code = code;
  failure_.cause = error_code();
  failure_.context.clear();
}

// ------------------------------------------------------------------------------------------------------- the next step

DialSequence::Step DialSequence::next(TimePoint now) {
  for (;;) {
    switch (state_) {
      case State::race:
        if (const auto step = nextInRace(now)) return *step;
        continue;
      case State::won: {
        if (const auto loser = race_.giveUp()) return toDo(Action::close, *loser);
        const std::size_t address = *winner_;
        if (proxy_ != nullptr) {
          enterTunnel(now);
        } else {
          enterBox(now);
        }
        return toDo(Action::use, address);
      }
      case State::succeeded: return toDo(Action::succeed);
      case State::failed:
        if (const auto address = race_.giveUp()) return toDo(Action::close, *address);
        return toDo(Action::fail);
      default: break;
    }
    if (mustEnd(now)) {
      fail();
    } else if (ended_) {
      advance(now);
    } else {
      switch (state_) {
        case State::lookUp: return toDo(Action::lookUp);
        case State::proxyHandshake: return toDo(Action::proxyHandshake);
        case State::sendConnect: return toDo(Action::sendConnect);
        case State::receiveAnswer: return toDo(Action::receiveAnswer);
        case State::boxHandshake: return toDo(Action::boxHandshake);
        default: return toDo(Action::look);
      }
    }
  }
}

/// Why the sequence must end now, whatever the result of the step is: the client is closed, the caller has cancelled,
/// or the time limit has passed. Default: it need not end.
error_code DialSequence::ownEnd(TimePoint now) const noexcept {
  if (closed_) return Errc::clientClosed;
  if (cancelled_) return asio::error::operation_aborted;
  return now >= limit_.at ? make_error_code(limit_.code) : error_code();
}

/// Whether the sequence ends with the step that is in progress or has just ended.
bool DialSequence::mustEnd(TimePoint now) {
  // A result counts, even if it is seen after the time limit.
  if (state_ == State::lookUp && ended_) return failure_.code.failed();
  if (const error_code why = ownEnd(now)) endAs(why);
  return failure_.code.failed();
}

std::optional<DialSequence::Step> DialSequence::nextInRace(TimePoint now) {
  if (!winner_) {
    if (const auto late = race_.expired(now)) return toDo(Action::close, *late);
  }
  // An address that is connected counts, even if that is seen after the time limit.
  if (const error_code why = ownEnd(winner_ ? TimePoint::min() : now)) {
    if (why == Errc::connectTimeout) {
      noteEndOfRace();  // what an address answered says more than that the others were silent
    } else {
      endAs(why);
    }
    fail();
    return std::nullopt;
  }
  if (winner_) {
    race_.failed(*winner_);  // removes it from the race, so that it is not closed
    failure_ = Failure();
    enter(State::won);
    return std::nullopt;
  }
  if (const auto address = race_.next(now)) return toDo(Action::connect, *address);
  if (race_.over()) {
    noteEndOfRace();
    fail();
    return std::nullopt;
  }
  return Step{Action::wait, std::min(race_.wakeAt(), limit_.at)};
}

/// The step has succeeded: enters the next state.
void DialSequence::advance(TimePoint now) {
  switch (state_) {
    case State::lookUp: return enterRace(std::move(addresses_), now);
    case State::proxyHandshake: return enter(State::sendConnect);
    case State::sendConnect: answer_ = std::make_unique<ConnectAnswer>(); return enter(State::receiveAnswer);
    case State::receiveAnswer: return enterBox(now);
    case State::boxHandshake: return enter(State::look);
    default: return enter(State::succeeded);
  }
}

void DialSequence::enterRace(Endpoints addresses, TimePoint now) {
  addresses_ = interleaved(addresses);
  race_ = AddressRace(addresses_.size(), timeouts_.connect);
  failure_.phase = Phase::connect;
  limit_ = limits_.phase(now, saturatingCast<std::chrono::nanoseconds>(2.0 * timeouts_.connect), Errc::connectTimeout);
  enter(State::race);
}

void DialSequence::enterTunnel(TimePoint now) {
  failure_.phase = Phase::proxy;
  limit_ = limits_.phase(now, timeouts_.proxy, Errc::proxyTimeout);
  enter(proxy_->secure ? State::proxyHandshake : State::sendConnect);
}

void DialSequence::enterBox(TimePoint now) {
  answer_.reset();
  failure_.phase = Phase::handshake;
  limit_ = limits_.phase(now, timeouts_.handshake, Errc::handshakeTimeout);
  enter(State::boxHandshake);
}

void DialSequence::enter(State state) {
  state_ = state;
  ended_ = false;
}

void DialSequence::fail() {
  failure_.context = joined(where(), failure_.context);
  failure_.atProxy = proxy_ != nullptr && state_ != State::boxHandshake && state_ != State::look;
  state_ = State::failed;
}

/// A description of the failed step, for error messages.
std::string DialSequence::where() const {
  const std::string proxy = proxy_ != nullptr ? "the proxy " + proxy_->at.host : std::string();
  const std::string& name = proxy_ != nullptr ? proxy : box_.host;
  switch (state_) {
    case State::lookUp: return "looking up " + name;
    case State::race: return "connecting to " + name + ", port " + std::to_string(peer().port);
    case State::proxyHandshake: return proxy + ": TLS with it";
    case State::sendConnect:
    case State::receiveAnswer: return proxy;
    default: return "TLS with " + box_.host;
  }
}

}  // namespace box::inline v0_1
