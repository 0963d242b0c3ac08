#include "follow/interned.hpp"

#include <algorithm>

namespace box::inline v0_1 {

std::uint16_t Interned::numberOf(std::string_view text) {
  if (text.empty()) return 0;
  const auto known = std::find(texts_.begin(), texts_.end(), text);
  if (known != texts_.end()) return static_cast<std::uint16_t>(known - texts_.begin() + 1);
  if (texts_.size() == most_) return 0;
  texts_.emplace_back(text);
  return static_cast<std::uint16_t>(texts_.size());
}

}  // namespace box::inline v0_1
