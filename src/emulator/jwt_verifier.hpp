#pragma once

#include <box/emulator/emulator.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace box::emulator {

/// What became of an assertion.
struct JwtVerdict {
  /// Set when it is good: enterprise or user, and the id.
  std::string subjectType;
  std::string subjectId;
  /// Else Box's description of what is wrong.
  std::string refusal;
};

/// Checks the assertions of the JWT bearer grant (RFC 7523, and what Box asks beyond it). No clock of its own; not
/// thread-safe: it remembers each `jti` until its assertion has expired.
class JwtVerifier {
 public:
  using WallTime = std::chrono::system_clock::time_point;

  /// Errors: std::runtime_error when a key is no RSA public key of at least 2048 bits, or an id is empty or comes
  /// twice.
  explicit JwtVerifier(const std::vector<JwtPublicKey>& keys);

  /// `clientId` is that of the request, whose secret has been checked.
  [[nodiscard]] JwtVerdict verify(std::string_view assertion, const std::string& clientId, WallTime now);

 private:
  /// The end of the memory, in seconds since 1970, of each jti.
  std::map<std::string, std::int64_t, std::less<>> usedIds_;
  std::map<std::string, std::shared_ptr<evp_pkey_st>, std::less<>> keys_;
};

}  // namespace box::emulator
