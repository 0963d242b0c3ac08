#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace box::cli {

/// Computes SHA-256 of data that is given in pieces.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void add(std::string_view bytes);
  /// The digest as 64 hex digits. Call it once, after all data.
  std::string hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// The first 128 bits of SHA-256 of the text.
std::array<std::uint64_t, 2> fingerprintOf(std::string_view text);

}  // namespace box::cli
