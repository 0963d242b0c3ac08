#pragma once

#include <string>

#include "box/error.hpp"

namespace box {

/// Why a step of an attempt failed; a default code means that it did not.
struct Failure {
  error_code code{};
  error_code cause{};
  Phase phase = Phase::prepare;
  std::string context{};  ///< safe to show

  explicit operator bool() const noexcept { return code.failed(); }
};

}  // namespace box
