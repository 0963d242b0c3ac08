#include "box/version.hpp"

namespace box {

std::string_view version() noexcept { return BOX_SESSIONS_VERSION; }

}  // namespace box
