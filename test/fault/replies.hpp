#pragma once

#include <functional>
#include <string>
#include <utility>

#include "fault/stage.hpp"

namespace box::test {

/// The Box answers every call in this way.
inline std::function<void(Stage&)> always(emulator::Reply reply) {
  return [reply = std::move(reply)](Stage& stage) { stage.box().setDefault(reply); };
}

/// The Box answers the next call in this way, and later calls as usual.
inline std::function<void(Stage&)> first(emulator::Reply reply) {
  return [reply = std::move(reply)](Stage& stage) { stage.box().script(reply); };
}

/// As first(), after an earlier call that has left its connection idle.
inline std::function<void(Stage&)> second(emulator::Reply reply) {
  return [reply = std::move(reply)](Stage& stage) {
    stage.callBefore();
    stage.box().script(reply);
  };
}

/// An answer that consists of these bytes: a status line with 202, followed by `rest`.
inline emulator::Reply acceptance(const std::string& rest) {
  return emulator::Reply::raw("HTTP/1.1 202 Accepted\r\n" + rest);
}

}  // namespace box::test
