#include "box/version.hpp"

namespace box::inline v0_1 {

std::string_view version() noexcept { return BOX_SESSIONS_VERSION; }

}  // namespace box::inline v0_1
