#pragma once

#include <string_view>

#include <openssl/crypto.h>

namespace box::inline v0_1 {

/// Whether two secrets are equal. The time that it takes does not tell where they differ, only whether their lengths
/// do.
inline bool isSameSecret(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace box::inline v0_1
