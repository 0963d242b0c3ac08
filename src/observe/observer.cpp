#include "box/observe/observer.hpp"

namespace box::inline v0_1 {

std::string_view toString(event::CloseReason reason) noexcept {
  switch (reason) {
    case event::CloseReason::idle: return "idle";
    case event::CloseReason::age: return "age";
    case event::CloseReason::requests: return "requests";
    case event::CloseReason::surplus: return "surplus";
    case event::CloseReason::peer: return "peer";
    case event::CloseReason::unsolicited: return "unsolicited";
    case event::CloseReason::failed: return "failed";
    case event::CloseReason::closed: return "closed";
  }
  return "unknown";
}

}  // namespace box::inline v0_1
