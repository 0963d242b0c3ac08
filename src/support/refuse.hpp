#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "box/error.hpp"

namespace box::inline v0_1 {

/// For a setting or a credential that cannot be used. *Errors*: BoxSdkError with Errc::invalidConfiguration, always.
[[noreturn]] inline void refuseConfiguration(std::string reason) {
  throw BoxSdkError(Errc::invalidConfiguration, std::move(reason));
}

/// As above; `what` names the setting.
[[noreturn]] inline void refuseConfiguration(std::string_view what, std::string_view reason) {
  refuseConfiguration(std::string(what).append(": ").append(reason));
}

/// For an argument of a call that cannot be sent. *Errors*: BoxSdkError with Errc::invalidRequest, always.
[[noreturn]] inline void refuseRequest(std::string reason) {
  throw BoxSdkError(Errc::invalidRequest, std::move(reason));
}

}  // namespace box::inline v0_1
