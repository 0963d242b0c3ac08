#pragma once

#include <string_view>

#include "box/bulk/bulk_entry.hpp"

namespace box::inline v0_1 {

/// Whether an entry that can be sent is a login rather than an id.
inline bool isLogin(BulkTarget target, std::string_view entry) noexcept {
  return target == BulkTarget::users && entry.find('@') != std::string_view::npos;
}

}  // namespace box::inline v0_1
