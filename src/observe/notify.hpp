#pragma once

#include "box/observe/observer.hpp"

namespace box::inline v0_1 {

/// Gives the event to the observer, if there is one. Its exceptions are ignored: they cannot change what happened.
inline void notify(Observer* observer, const Event& event) noexcept {
  if (observer == nullptr) return;
  try {
    observer->onEvent(event);
  } catch (...) {
  }
}

}  // namespace box::inline v0_1
