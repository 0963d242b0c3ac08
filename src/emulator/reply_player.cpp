#include "reply_player.hpp"

#include "answer_text.hpp"

#include <utility>

namespace box::inline v0_1::emulator {

Channel::Bool ReplyPlayer::play(const ReplyPlan& plan, const BoxAnswer& answer, const ReceivedRequest& received) {
  const bool slept = co_await channel_.sleep(state_.options().latency + plan.delay);
  if (!slept) co_return false;
  if (plan.renegotiate && channel_.tls() != nullptr) channel_.tls()->renegotiate();
  switch (plan.kind) {
    case ReplyPlan::Kind::box:
    case ReplyPlan::Kind::built:
    case ReplyPlan::Kind::raw: break;
    case ReplyPlan::Kind::hang: co_await channel_.drain(); co_return false;
    case ReplyPlan::Kind::close: channel_.exitWith(plan.manner, false); co_return false;
    case ReplyPlan::Kind::endless: co_await playEndless(plan.endless); co_return false;
  }
  const bool more = co_await playAnswer(plan, answer, received);
  co_return more;
}

Channel::Bool ReplyPlayer::playAnswer(const ReplyPlan& plan, const BoxAnswer& answer, const ReceivedRequest& received) {
  bool closing = !received.keepAlive;
  AnswerText text;
  if (plan.kind == ReplyPlan::Kind::raw) {
    text.body = plan.bytes;
  } else {
    const std::size_t most = state_.options().maxRequestsPerConnection;
    const bool last = most != 0 && received.info.requestOnConnection >= most;
    closing = closing || last || plan.connectionClose || plan.http10;
    const bool toHead = received.info.method == "HEAD";
    text = answerText(answer, plan, closing, toHead, received.toHttp10, state_.wallTime());
  }
  const std::string bytes = wireBytes(text, plan);
  const bool written = co_await channel_.writePieces(bytes, plan.pieceSize, plan.pause);
  if (!written) co_return false;
  const bool ended = co_await playEnd(plan);
  if (ended) co_return false;
  const bool idled = co_await playIdle(plan.afterwards);
  if (!idled) co_return false;
  if (closing) channel_.exitWith(CloseManner::closeNotify, true);
  co_return !closing;
}

/// Does what the plan says after the bytes of the answer. True: the connection has to end.
Channel::Bool ReplyPlayer::playEnd(const ReplyPlan& plan) {
  if (plan.leaveUnread) {
    co_await channel_.ignore();
    co_return true;
  }
  switch (plan.cut) {
    case ReplyPlan::Cut::none: break;
    case ReplyPlan::Cut::close: channel_.exitWith(plan.manner, false); co_return true;
    case ReplyPlan::Cut::corrupt:
      co_await channel_.rawWrite(plan.corruption);
      co_await channel_.drain();
      co_return true;
    case ReplyPlan::Cut::stall: co_await channel_.drain(); co_return true;
  }
  if (plan.framing == ReplyPlan::Framing::untilClose) channel_.exitWith(plan.manner, false);
  co_return plan.framing == ReplyPlan::Framing::untilClose;
}

Channel::Bool ReplyPlayer::playIdle(const std::vector<IdleAction>& actions) {
  for (const IdleAction& action : actions) {
    const bool more = co_await playIdle(action);
    if (!more) co_return false;
  }
  co_return true;
}

Channel::Bool ReplyPlayer::playIdle(const IdleAction& action) {
  const bool waited = co_await channel_.sleep(action.delay);
  if (!waited) co_return false;
  bool more = false;
  switch (action.kind) {
    case IdleAction::Kind::close: channel_.exitWith(action.manner, false); break;
    case IdleAction::Kind::send: more = co_await channel_.write(action.bytes); break;
    case IdleAction::Kind::sendBelowTls: more = co_await channel_.rawWrite(action.bytes); break;
    case IdleAction::Kind::sendTicket:
      if (channel_.tls() == nullptr) break;
      channel_.tls()->sendTicket();
      more = co_await channel_.flush();
      break;
    case IdleAction::Kind::updateKeys:
      if (channel_.tls() == nullptr) break;
      channel_.tls()->updateKeys();
      more = co_await channel_.flush();
      break;
  }
  co_return more;
}

asio::awaitable<void> ReplyPlayer::playEndless(Endless what) {
  const std::pair<std::string, std::string> text = endlessText(what);
  std::string block;
  while (block.size() < 8192) block += text.second;
  bool more = co_await channel_.write(text.first);
  while (more) more = co_await channel_.write(block);
}

}  // namespace box::inline v0_1::emulator
