#pragma once

#include "box/observe/observer.hpp"

namespace box {

/// Tells the observer, if there is one. What it throws is ignored: it cannot change what happened.
inline void notify(Observer* observer, const Event& event) noexcept {
  if (observer == nullptr) return;
  try {
    observer->onEvent(event);
  } catch (...) {
  }
}

}  // namespace box
