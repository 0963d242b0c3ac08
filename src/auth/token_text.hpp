#pragma once

#include <memory>
#include <string_view>

#include "box/auth/authentication.hpp"
#include "box/support/secret.hpp"

namespace box::inline v0_1 {

/// A token as a JSON object: "access_token", and where they are known "expires_at" (whole seconds since 1970, rounded
/// down), "refresh_token", and the binding: "base_url", "client_id" and "subject".
Secret encodeToken(const AccessToken& token);

/// Null where the text is anything else: other members, other types, a token that is not valid, something after the
/// object.
std::shared_ptr<const AccessToken> decodeToken(std::string_view text);

}  // namespace box::inline v0_1
