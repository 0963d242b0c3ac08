#include "box/observe/observer.hpp"

namespace box {

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

std::string_view toString(FailureKind kind) noexcept {
  switch (kind) {
    case FailureKind::stale: return "stale";
    case FailureKind::transport: return "transport";
    case FailureKind::connect: return "connect";
    case FailureKind::dns: return "dns";
    case FailureKind::hostNotFound: return "hostNotFound";
    case FailureKind::local: return "local";
    case FailureKind::tlsFatal: return "tlsFatal";
    case FailureKind::tlsNotTls: return "tlsNotTls";
    case FailureKind::protocol: return "protocol";
    case FailureKind::timeout: return "timeout";
    case FailureKind::auth: return "auth";
    case FailureKind::throttle: return "throttle";
    case FailureKind::transient: return "transient";
    case FailureKind::permanent: return "permanent";
    case FailureKind::proxy: return "proxy";
    case FailureKind::waiting: return "waiting";
    case FailureKind::final: return "final";
  }
  return "unknown";
}

}  // namespace box
