#include "reply_plan.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace box::inline v0_1::emulator {
namespace {

ReplyPlan planOf(ReplyPlan::Kind kind) {
  ReplyPlan plan;
  plan.kind = kind;
  return plan;
}

void addIdleAction(ReplyPlan& plan, IdleAction::Kind kind, std::chrono::milliseconds delay,
                   const std::string& bytes = std::string()) {
  IdleAction action;
  action.kind = kind;
  action.delay = delay;
  action.bytes = bytes;
  plan.afterwards.push_back(std::move(action));
}

}  // namespace

template <typename Change>
Reply Reply::changed(Change change) const {
  ReplyPlan plan = *plan_;
  change(plan);
  return make(std::move(plan));
}

Reply Reply::make(ReplyPlan plan) { return Reply(std::make_shared<const ReplyPlan>(std::move(plan))); }

Reply Reply::asBox() { return make(ReplyPlan()); }

Reply Reply::status(int code) {
  ReplyPlan plan = planOf(ReplyPlan::Kind::built);
  plan.status = code;
  return make(std::move(plan));
}

Reply Reply::error(int status, const std::string& code, const std::string& message) {
  ReplyPlan plan = planOf(ReplyPlan::Kind::built);
  plan.status = status;
  plan.errorCode = code;
  plan.errorMessage = message;
  return make(std::move(plan));
}

Reply Reply::redirect(int status, const std::string& location) {
  return Reply::status(status).header("Location", location);
}

Reply Reply::raw(const std::string& bytes) {
  ReplyPlan plan = planOf(ReplyPlan::Kind::raw);
  plan.bytes = bytes;
  return make(std::move(plan));
}

Reply Reply::hang() { return make(planOf(ReplyPlan::Kind::hang)); }

Reply Reply::close(CloseManner manner) {
  ReplyPlan plan = planOf(ReplyPlan::Kind::close);
  plan.manner = manner;
  return make(std::move(plan));
}

Reply Reply::endless(Endless what) {
  ReplyPlan plan = planOf(ReplyPlan::Kind::endless);
  plan.endless = what;
  return make(std::move(plan));
}

Reply Reply::header(const std::string& name, const std::string& value) const {
  return changed([&](ReplyPlan& plan) { plan.headers.emplace_back(name, value); });
}

Reply Reply::withoutHeader(const std::string& name) const {
  return changed([&](ReplyPlan& plan) { plan.removed.push_back(name); });
}

Reply Reply::retryAfter(const std::string& value) const { return header("retry-after", value); }

Reply Reply::body(const std::string& text, const std::string& contentType) const {
  return changed([&](ReplyPlan& plan) {
    plan.body = text;
    plan.contentType = contentType;
  });
}

Reply Reply::noBody() const { return body(std::string(), std::string()); }

Reply Reply::after(std::chrono::milliseconds delay) const {
  return changed([&](ReplyPlan& plan) { plan.delay = delay; });
}

Reply Reply::slowly(std::chrono::milliseconds pause, std::size_t bytes) const {
  return changed([&](ReplyPlan& plan) {
    plan.pause = pause;
    plan.pieceSize = bytes == 0 ? 1 : bytes;
  });
}

Reply Reply::cutAfter(std::size_t bytes, CloseManner manner) const {
  return changed([&](ReplyPlan& plan) {
    plan.cut = ReplyPlan::Cut::close;
    plan.keepBytes = bytes;
    plan.keepBody.reset();
    plan.manner = manner;
  });
}

Reply Reply::cutBody(std::size_t bytes, CloseManner manner) const {
  return changed([&](ReplyPlan& plan) {
    plan.cut = ReplyPlan::Cut::close;
    plan.keepBody = bytes;
    plan.keepBytes.reset();
    plan.manner = manner;
  });
}

Reply Reply::stallBody(std::size_t bytes) const {
  return changed([&](ReplyPlan& plan) {
    plan.cut = ReplyPlan::Cut::stall;
    plan.keepBody = bytes;
    plan.keepBytes.reset();
  });
}

Reply Reply::stallAfter(std::size_t bytes) const {
  return changed([&](ReplyPlan& plan) {
    plan.cut = ReplyPlan::Cut::stall;
    plan.keepBytes = bytes;
    plan.keepBody.reset();
  });
}

Reply Reply::thenClose(CloseManner manner, std::chrono::milliseconds delay) const {
  return changed([&](ReplyPlan& plan) {
    addIdleAction(plan, IdleAction::Kind::close, delay);
    plan.afterwards.back().manner = manner;
  });
}

Reply Reply::thenSend(const std::string& bytes, std::chrono::milliseconds delay) const {
  return changed([&](ReplyPlan& plan) { addIdleAction(plan, IdleAction::Kind::send, delay, bytes); });
}

Reply Reply::thenSendBelowTls(const std::string& bytes, std::chrono::milliseconds delay) const {
  return changed([&](ReplyPlan& plan) { addIdleAction(plan, IdleAction::Kind::sendBelowTls, delay, bytes); });
}

Reply Reply::append(const std::string& bytes) const {
  return changed([&](ReplyPlan& plan) { plan.appended += bytes; });
}

Reply Reply::corruptAfter(std::size_t bodyBytes, const std::string& bytesBelowTls) const {
  return changed([&](ReplyPlan& plan) {
    plan.cut = ReplyPlan::Cut::corrupt;
    plan.keepBody = bodyBytes;
    plan.keepBytes.reset();
    plan.corruption = bytesBelowTls;
  });
}

Reply Reply::connectionClose() const {
  return changed([&](ReplyPlan& plan) { plan.connectionClose = true; });
}

Reply Reply::http10() const {
  return changed([&](ReplyPlan& plan) { plan.http10 = true; });
}

Reply Reply::keepAliveTimeout(int seconds) const { return header("Keep-Alive", "timeout=" + std::to_string(seconds)); }

Reply Reply::chunked(std::size_t chunkSize) const {
  return changed([&](ReplyPlan& plan) {
    plan.framing = ReplyPlan::Framing::chunked;
    plan.chunkSize = chunkSize == 0 ? 1 : chunkSize;
  });
}

Reply Reply::untilClose(CloseManner manner) const {
  return changed([&](ReplyPlan& plan) {
    plan.framing = ReplyPlan::Framing::untilClose;
    plan.manner = manner;
  });
}

Reply Reply::thenSendTicket(std::chrono::milliseconds delay) const {
  return changed([&](ReplyPlan& plan) { addIdleAction(plan, IdleAction::Kind::sendTicket, delay); });
}

Reply Reply::thenUpdateKeys(std::chrono::milliseconds delay) const {
  return changed([&](ReplyPlan& plan) { addIdleAction(plan, IdleAction::Kind::updateKeys, delay); });
}

Reply Reply::withoutReadingBody() const {
  return changed([&](ReplyPlan& plan) {
    plan.beforeBody = true;
    plan.leaveUnread = true;
  });
}

Reply Reply::beforeBody() const {
  return changed([&](ReplyPlan& plan) { plan.beforeBody = true; });
}

Reply Reply::interim(int status, std::size_t times) const {
  return changed([&](ReplyPlan& plan) { plan.interim.insert(plan.interim.end(), times, status); });
}

Reply Reply::renegotiateFirst() const {
  return changed([&](ReplyPlan& plan) { plan.renegotiate = true; });
}

Reply Reply::processed() const {
  return changed([&](ReplyPlan& plan) { plan.processed = true; });
}

Reply Reply::times(std::size_t count) const {
  return changed([&](ReplyPlan& plan) { plan.times = count; });
}

}  // namespace box::inline v0_1::emulator
