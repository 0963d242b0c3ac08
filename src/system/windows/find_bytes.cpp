#include "system/find_bytes.hpp"

namespace box::inline v0_1 {

std::size_t findBytes(std::string_view text, std::string_view part) noexcept { return text.find(part); }

}  // namespace box::inline v0_1
