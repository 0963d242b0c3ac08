#include "box/network/network_client.hpp"

namespace box::inline v0_1 {

std::shared_ptr<const Route> NetworkClient::prepare(const NetworkSession&) { return nullptr; }

}  // namespace box::inline v0_1
