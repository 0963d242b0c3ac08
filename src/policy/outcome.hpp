#pragma once

#include "box/error.hpp"

namespace box::inline v0_1 {

/// The meaning of a response whose status is not an expected one.
struct StatusMeaning {
  Errc code = Errc::unexpectedResponse;
  FailureKind kind = FailureKind::permanent;
  Fate fate = Fate::rejected;
};

StatusMeaning meaningOf(int status) noexcept;

}  // namespace box::inline v0_1
