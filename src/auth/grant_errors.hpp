#pragma once

#include <cstdint>

#include "box/error.hpp"

namespace box::inline v0_1 {

/// The kinds of grants. The remedies of an error depend on the kind.
enum class GrantType : std::uint8_t {
  clientCredentials,
  jwtBearer,
  authorizationCode,
  refreshToken,
  tokenExchange,
  revocation
};

/// The error for a failed token request, with the code for its cause and with a remedy. An error that is not a refusal
/// (no network, a 503) keeps its code.
BoxSdkError explainGrantError(const BoxSdkError& error, GrantType grant);

/// Whether the server has refused the assertion because of its time or its id: invalid_grant with `exp` or `jti` in the
/// text.
bool isSkew(const BoxSdkError& error) noexcept;

}  // namespace box::inline v0_1
