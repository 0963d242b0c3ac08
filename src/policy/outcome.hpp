#pragma once

#include "box/error.hpp"

namespace box {

/// What a response means whose status is not an expected one.
struct StatusMeaning {
  Errc code = Errc::unexpectedResponse;
  FailureKind kind = FailureKind::permanent;
  Fate fate = Fate::rejected;
};

StatusMeaning meaningOf(int status) noexcept;

}  // namespace box
