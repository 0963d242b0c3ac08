#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "auth/private_key.hpp"
#include "box/auth/jwt.hpp"
#include "box/support/secret.hpp"

namespace box::inline v0_1 {

/// The claims of a JWT for Box's token endpoint. The members are views; their texts must live longer than this object.
struct AssertionClaims {
  std::string_view clientId;     ///< iss
  std::string_view publicKeyId;  ///< kid
  std::string_view subject;      ///< sub
  bool isEnterprise = true;      ///< box_sub_type: enterprise or user
  std::string_view jti;
  std::chrono::sys_seconds now;  ///< the time of the server's clock, as far as that is known
};

/// The signed assertion: header {alg, kid, typ JWT}, claims {iss, sub, box_sub_type, aud, jti, exp (now + 30 s), iat}.
Secret makeAssertion(const AssertionClaims& claims, const PrivateKey& key, JwtAlgorithm algorithm);

}  // namespace box::inline v0_1
