#include "system/find_bytes.hpp"

#include <cstring>

namespace box::inline v0_1 {

std::size_t findBytes(std::string_view text, std::string_view part) noexcept {
  const void* const found = ::memmem(text.data(), text.size(), part.data(), part.size());
  return found == nullptr ? std::string_view::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace box::inline v0_1
