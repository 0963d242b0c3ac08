#pragma once

#include <string>

#include <boost/system/result.hpp>

#include "box/error.hpp"

namespace box::inline v0_1 {

/// Why a step of an attempt failed; a default code means that it did not.
struct Failure {
  error_code code{};
  error_code cause{};
  Phase phase = Phase::prepare;
  std::string context{};  ///< safe to show

  explicit operator bool() const noexcept { return code.failed(); }
};

/// What a step on the way to a connection gives, or why it gives nothing.
template <class T>
using StepResult = boost::system::result<T, Failure>;

}  // namespace box::inline v0_1
