#include "reply_plan.hpp"

#include <utility>

namespace box::emulator {

ReplyPlan Reply::copy() const { return *plan_; }

Reply Reply::make(ReplyPlan plan) { return Reply(std::make_shared<const ReplyPlan>(std::move(plan))); }

Reply Reply::asBox() { return make(ReplyPlan()); }

Reply Reply::status(int code) {
  ReplyPlan plan;
  plan.kind = ReplyPlan::Kind::built;
  plan.status = code;
  return make(std::move(plan));
}

Reply Reply::error(int status, const std::string& code, const std::string& message) {
  ReplyPlan plan;
  plan.kind = ReplyPlan::Kind::built;
  plan.status = status;
  plan.errorCode = code;
  plan.errorMessage = message;
  return make(std::move(plan));
}

Reply Reply::redirect(int status, const std::string& location) {
  return Reply::status(status).header("Location", location);
}

Reply Reply::raw(const std::string& bytes) {
  ReplyPlan plan;
  plan.kind = ReplyPlan::Kind::raw;
  plan.bytes = bytes;
  return make(std::move(plan));
}

Reply Reply::hang() {
  ReplyPlan plan;
  plan.kind = ReplyPlan::Kind::hang;
  return make(std::move(plan));
}

Reply Reply::close(CloseManner manner) {
  ReplyPlan plan;
  plan.kind = ReplyPlan::Kind::close;
  plan.manner = manner;
  return make(std::move(plan));
}

Reply Reply::endless(Endless what) {
  ReplyPlan plan;
  plan.kind = ReplyPlan::Kind::endless;
  plan.endless = what;
  return make(std::move(plan));
}

Reply Reply::header(const std::string& name, const std::string& value) const {
  ReplyPlan plan = copy();
  plan.headers.emplace_back(name, value);
  return make(std::move(plan));
}

Reply Reply::withoutHeader(const std::string& name) const {
  ReplyPlan plan = copy();
  plan.removed.push_back(name);
  return make(std::move(plan));
}

Reply Reply::retryAfter(const std::string& value) const { return header("retry-after", value); }

Reply Reply::body(const std::string& text, const std::string& contentType) const {
  ReplyPlan plan = copy();
  plan.body = text;
  plan.contentType = contentType;
  return make(std::move(plan));
}

Reply Reply::noBody() const { return body(std::string(), std::string()); }

Reply Reply::after(std::chrono::milliseconds delay) const {
  ReplyPlan plan = copy();
  plan.delay = delay;
  return make(std::move(plan));
}

Reply Reply::slowly(std::chrono::milliseconds pause, std::size_t bytes) const {
  ReplyPlan plan = copy();
  plan.pause = pause;
  plan.pieceSize = bytes == 0 ? 1 : bytes;
  return make(std::move(plan));
}

Reply Reply::cutAfter(std::size_t bytes, CloseManner manner) const {
  ReplyPlan plan = copy();
  plan.cut = ReplyPlan::Cut::close;
  plan.keepBytes = bytes;
  plan.keepBody.reset();
  plan.manner = manner;
  return make(std::move(plan));
}

Reply Reply::cutBody(std::size_t bytes, CloseManner manner) const {
  ReplyPlan plan = copy();
  plan.cut = ReplyPlan::Cut::close;
  plan.keepBody = bytes;
  plan.keepBytes.reset();
  plan.manner = manner;
  return make(std::move(plan));
}

Reply Reply::stallBody(std::size_t bytes) const {
  ReplyPlan plan = copy();
  plan.cut = ReplyPlan::Cut::stall;
  plan.keepBody = bytes;
  plan.keepBytes.reset();
  return make(std::move(plan));
}

Reply Reply::stallAfter(std::size_t bytes) const {
  ReplyPlan plan = copy();
  plan.cut = ReplyPlan::Cut::stall;
  plan.keepBytes = bytes;
  plan.keepBody.reset();
  return make(std::move(plan));
}

Reply Reply::thenClose(CloseManner manner, std::chrono::milliseconds delay) const {
  ReplyPlan plan = copy();
  IdleAction action;
  action.kind = IdleAction::Kind::close;
  action.manner = manner;
  action.delay = delay;
  plan.afterwards.push_back(std::move(action));
  return make(std::move(plan));
}

Reply Reply::thenSend(const std::string& bytes, std::chrono::milliseconds delay) const {
  ReplyPlan plan = copy();
  IdleAction action;
  action.bytes = bytes;
  action.delay = delay;
  plan.afterwards.push_back(std::move(action));
  return make(std::move(plan));
}

Reply Reply::thenSendBelowTls(const std::string& bytes, std::chrono::milliseconds delay) const {
  ReplyPlan plan = copy();
  IdleAction action;
  action.kind = IdleAction::Kind::sendBelowTls;
  action.bytes = bytes;
  action.delay = delay;
  plan.afterwards.push_back(std::move(action));
  return make(std::move(plan));
}

Reply Reply::append(const std::string& bytes) const {
  ReplyPlan plan = copy();
  plan.appended += bytes;
  return make(std::move(plan));
}

Reply Reply::corruptAfter(std::size_t bodyBytes, const std::string& bytesBelowTls) const {
  ReplyPlan plan = copy();
  plan.cut = ReplyPlan::Cut::corrupt;
  plan.keepBody = bodyBytes;
  plan.keepBytes.reset();
  plan.corruption = bytesBelowTls;
  return make(std::move(plan));
}

Reply Reply::connectionClose() const {
  ReplyPlan plan = copy();
  plan.connectionClose = true;
  return make(std::move(plan));
}

Reply Reply::http10() const {
  ReplyPlan plan = copy();
  plan.http10 = true;
  return make(std::move(plan));
}

Reply Reply::keepAliveTimeout(int seconds) const { return header("Keep-Alive", "timeout=" + std::to_string(seconds)); }

Reply Reply::chunked(std::size_t chunkSize) const {
  ReplyPlan plan = copy();
  plan.framing = ReplyPlan::Framing::chunked;
  plan.chunkSize = chunkSize == 0 ? 1 : chunkSize;
  return make(std::move(plan));
}

Reply Reply::untilClose(CloseManner manner) const {
  ReplyPlan plan = copy();
  plan.framing = ReplyPlan::Framing::untilClose;
  plan.manner = manner;
  return make(std::move(plan));
}

Reply Reply::thenSendTicket(std::chrono::milliseconds delay) const {
  ReplyPlan plan = copy();
  IdleAction action;
  action.kind = IdleAction::Kind::sendTicket;
  action.delay = delay;
  plan.afterwards.push_back(std::move(action));
  return make(std::move(plan));
}

Reply Reply::thenUpdateKeys(std::chrono::milliseconds delay) const {
  ReplyPlan plan = copy();
  IdleAction action;
  action.kind = IdleAction::Kind::updateKeys;
  action.delay = delay;
  plan.afterwards.push_back(std::move(action));
  return make(std::move(plan));
}

Reply Reply::besideBody() const {
  ReplyPlan plan = copy();
  plan.beforeBody = true;
  plan.leaveUnread = true;
  return make(std::move(plan));
}

Reply Reply::beforeBody() const {
  ReplyPlan plan = copy();
  plan.beforeBody = true;
  return make(std::move(plan));
}

Reply Reply::interim(int status, std::size_t times) const {
  ReplyPlan plan = copy();
  plan.interim.insert(plan.interim.end(), times, status);
  return make(std::move(plan));
}

Reply Reply::renegotiateFirst() const {
  ReplyPlan plan = copy();
  plan.renegotiate = true;
  return make(std::move(plan));
}

Reply Reply::processed() const {
  ReplyPlan plan = copy();
  plan.processed = true;
  return make(std::move(plan));
}

Reply Reply::times(std::size_t count) const {
  ReplyPlan plan = copy();
  plan.times = count;
  return make(std::move(plan));
}

ConnectionScript ConnectionPlan::copy() const { return *script_; }

ConnectionPlan ConnectionPlan::make(ConnectionScript script) {
  return ConnectionPlan(std::make_shared<const ConnectionScript>(std::move(script)));
}

ConnectionPlan ConnectionPlan::normal() { return make(ConnectionScript()); }

ConnectionPlan ConnectionPlan::closeAtOnce(CloseManner manner) {
  ConnectionScript script;
  script.kind = ConnectionScript::Kind::closeAtOnce;
  script.manner = manner;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::closeInHandshake(CloseManner manner) {
  ConnectionScript script;
  script.kind = ConnectionScript::Kind::closeInHandshake;
  script.manner = manner;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::silence() {
  ConnectionScript script;
  script.kind = ConnectionScript::Kind::silence;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::garbage(const std::string& bytes) {
  ConnectionScript script;
  script.kind = ConnectionScript::Kind::garbage;
  script.bytes = bytes;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::plainHttp() {
  ConnectionScript script;
  script.kind = ConnectionScript::Kind::plainHttp;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::stallHandshake(std::size_t bytes) {
  ConnectionScript script;
  script.kind = ConnectionScript::Kind::stallHandshake;
  script.keepBytes = bytes;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::greeting(const std::string& bytes) {
  ConnectionScript script;
  script.greeting = bytes;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::certificate(const std::string& chainPem, const std::string& privateKeyPem) {
  ConnectionScript script;
  script.chainPem = chainPem;
  script.privateKeyPem = privateKeyPem;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::after(std::chrono::milliseconds delay) const {
  ConnectionScript script = copy();
  script.delay = delay;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::times(std::size_t count) const {
  ConnectionScript script = copy();
  script.times = count;
  return make(std::move(script));
}

}  // namespace box::emulator
