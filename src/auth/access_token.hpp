#pragma once

#include <string_view>

namespace box {

/// Without one line break at the end, which files and shells add.
std::string_view withoutLineBreak(std::string_view token) noexcept;

/// Why this cannot be a bearer token; empty: it can.
std::string_view bearerTokenObjection(std::string_view token) noexcept;

}  // namespace box
