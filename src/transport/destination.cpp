#include "transport/destination.hpp"

namespace box::inline v0_1 {

std::string Origin::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return name + ":" + std::to_string(port);
}

}  // namespace box::inline v0_1
