#pragma once

#include "box/error.hpp"

namespace box::inline v0_1 {

/// Whether a request that failed in this way may succeed when it is made again later, although nobody has corrected
/// anything. `kind`: kindOf(code), unless the error has another one.
inline bool isTemporary(const error_code& code, FailureKind kind) noexcept {
  switch (kind) {
    case FailureKind::auth:
    case FailureKind::tlsFatal:
    case FailureKind::tlsNotTls: return false;
    case FailureKind::permanent: return code == Errc::unexpectedResponse || code == Errc::serverError;
    case FailureKind::final: return code == Errc::callTimeout;
    default: return true;
  }
}

}  // namespace box::inline v0_1
