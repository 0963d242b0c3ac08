#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace box::cli {

/// SHA-256, fed piece by piece.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void add(std::string_view bytes);
  /// 64 hex digits. The last call.
  std::string hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string digestOf(std::string_view text);

/// The first 128 bits of it.
std::array<std::uint64_t, 2> fingerprintOf(std::string_view text);

}  // namespace box::cli
