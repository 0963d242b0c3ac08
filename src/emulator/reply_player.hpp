#pragma once

#include "channel.hpp"
#include "emulator_state.hpp"
#include "reply_plan.hpp"
#include "request_intake.hpp"

#include <vector>

namespace box::inline v0_1::emulator {

/// Sends answers as replies shape them: complete, late, in pieces, cut, damaged, or never.
class ReplyPlayer {
 public:
  ReplyPlayer(EmulatorState& state, Channel& channel) : state_(state), channel_(channel) {}

  /// False: the connection has to end.
  Channel::Bool play(const ReplyPlan& plan, const BoxAnswer& answer, const ReceivedRequest& received);

 private:
  Channel::Bool playAnswer(const ReplyPlan& plan, const BoxAnswer& answer, const ReceivedRequest& received);
  Channel::Bool playEnd(const ReplyPlan& plan);
  Channel::Bool playIdle(const std::vector<IdleAction>& actions);
  Channel::Bool playIdle(const IdleAction& action);
  asio::awaitable<void> playEndless(Endless what);

  EmulatorState& state_;
  Channel& channel_;
};

}  // namespace box::inline v0_1::emulator
