#include "connection_script.hpp"

#include <utility>

namespace box::inline v0_1::emulator {
namespace {

ConnectionScript scriptOf(ConnectionScript::Kind kind) {
  ConnectionScript script;
  script.kind = kind;
  return script;
}

}  // namespace

ConnectionPlan ConnectionPlan::make(ConnectionScript script) {
  return ConnectionPlan(std::make_shared<const ConnectionScript>(std::move(script)));
}

ConnectionPlan ConnectionPlan::normal() { return make(ConnectionScript()); }

ConnectionPlan ConnectionPlan::closeAtOnce(CloseManner manner) {
  ConnectionScript script = scriptOf(ConnectionScript::Kind::closeAtOnce);
  script.manner = manner;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::closeInHandshake(CloseManner manner) {
  ConnectionScript script = scriptOf(ConnectionScript::Kind::closeInHandshake);
  script.manner = manner;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::silence() { return make(scriptOf(ConnectionScript::Kind::silence)); }

ConnectionPlan ConnectionPlan::garbage(const std::string& bytes) {
  ConnectionScript script = scriptOf(ConnectionScript::Kind::garbage);
  script.bytes = bytes;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::plainHttp() { return make(scriptOf(ConnectionScript::Kind::plainHttp)); }

ConnectionPlan ConnectionPlan::stallHandshake(std::size_t bytes) {
  ConnectionScript script = scriptOf(ConnectionScript::Kind::stallHandshake);
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
  ConnectionScript script = *script_;
  script.delay = delay;
  return make(std::move(script));
}

ConnectionPlan ConnectionPlan::times(std::size_t count) const {
  ConnectionScript script = *script_;
  script.times = count;
  return make(std::move(script));
}

}  // namespace box::inline v0_1::emulator
