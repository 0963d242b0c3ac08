#pragma once

#include <functional>
#include <string>
#include <utility>

#include "fault/stage.hpp"

namespace box::test {

/// The Box answers every call so.
inline std::function<void(Stage&)> always(emulator::Reply reply) {
  return [reply = std::move(reply)](Stage& stage) { stage.box().setDefault(reply); };
}

/// The Box answers the next call so, and then as Box does.
inline std::function<void(Stage&)> first(emulator::Reply reply) {
  return [reply = std::move(reply)](Stage& stage) { stage.box().script(reply); };
}

/// The same behind a call that left its connection idle.
inline std::function<void(Stage&)> second(emulator::Reply reply) {
  return [reply = std::move(reply)](Stage& stage) {
    stage.callBefore();
    stage.box().script(reply);
  };
}

/// These bytes as the answer: a status line of 202, then `rest`.
inline emulator::Reply acceptance(const std::string& rest) {
  return emulator::Reply::raw("HTTP/1.1 202 Accepted\r\n" + rest);
}

}  // namespace box::test
