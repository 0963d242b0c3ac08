#pragma once

#include <box/emulator/reply.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace box::inline v0_1::emulator {

/// The content of a ConnectionPlan.
struct ConnectionScript {
  enum class Kind { normal, closeAtOnce, closeInHandshake, silence, garbage, plainHttp, stallHandshake };
  Kind kind = Kind::normal;
  CloseManner manner = CloseManner::fin;
  std::string bytes;
  std::string greeting;
  std::size_t keepBytes = 0;
  std::string chainPem;
  std::string privateKeyPem;
  std::chrono::milliseconds delay{0};
  std::size_t times = 1;
};

}  // namespace box::inline v0_1::emulator
