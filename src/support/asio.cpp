#include "box/support/asio.hpp"

namespace box::detail {

const char BOX_COMPILED = 0;

}  // namespace box::detail
