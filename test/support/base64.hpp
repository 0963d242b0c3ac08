#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace box::test {

/// As RFC 4648, section 4, with padding. Written for the tests, so that no test checks the library against itself.
inline std::string base64(std::string_view bytes) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t j) {
      return j < bytes.size() ? static_cast<unsigned>(static_cast<unsigned char>(bytes[j])) : 0U;
    };
    const unsigned bits = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
    for (std::size_t j = 0; j < 4; ++j) out += i + j <= bytes.size() ? digits[bits >> (18U - 6U * j) & 63U] : '=';
  }
  return out;
}

}  // namespace box::test
