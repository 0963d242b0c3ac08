#pragma once

#include <string_view>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// The version of the library that is in use, "0.1.0".
BOX_API std::string_view version() noexcept;

}  // namespace box::inline v0_1
