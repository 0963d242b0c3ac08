#pragma once

#include <box/emulator/emulator.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace box::inline v0_1::emulator {

/// The result of checking an assertion.
struct JwtVerdict {
  /// Set for a valid assertion: "enterprise" or "user", and the id.
  std::string subjectType;
  std::string subjectId;
  /// Set for an invalid assertion: Box's description of what is wrong.
  std::string refusal;
};

/// Checks the assertions of the JWT bearer grant (RFC 7523 and Box's additional rules). Has no clock; not thread-safe,
/// because it remembers each `jti` until its assertion has expired.
class JwtVerifier {
 public:
  using WallTime = std::chrono::system_clock::time_point;

  /// Errors: std::runtime_error where a key is not an RSA public key of at least 2048 bits, or where an id is empty or
  /// appears twice.
  explicit JwtVerifier(const std::vector<JwtPublicKey>& keys);

  /// `clientId`: that of the request, whose secret was checked before.
  [[nodiscard]] JwtVerdict verify(std::string_view assertion, const std::string& clientId, WallTime now);

 private:
  /// Each used jti, with the time in seconds since 1970 until which it is remembered.
  std::map<std::string, std::int64_t, std::less<>> usedIds_;
  std::map<std::string, std::shared_ptr<evp_pkey_st>, std::less<>> keys_;
};

}  // namespace box::inline v0_1::emulator
