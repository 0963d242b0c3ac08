#include "box/support/asio.hpp"

namespace box::inline v0_1::detail {

const char BOX_COMPILED = 0;

}  // namespace box::inline v0_1::detail
