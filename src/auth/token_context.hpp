#pragma once

#include "box/auth/authentication.hpp"

namespace box::inline v0_1 {

/// Makes the deadline a point in time, so that all steps of a token operation have the same one. Unset:
/// TimeoutOptions::call of the session, from now.
inline void fixDeadline(TokenContext& context) noexcept {
  context.deadline =
      Deadline(context.deadline.resolve(std::chrono::steady_clock::now(), Deadline(context.session.timeouts().call)));
}

}  // namespace box::inline v0_1
