#pragma once

#include <memory>
#include <string_view>

#include "box/auth/authentication.hpp"
#include "box/support/secret.hpp"

namespace box::inline v0_1 {

/// Writes a token as a JSON object: "access_token", and, if they are known, "expires_at" (whole seconds since 1970,
/// rounded down), "refresh_token", and the binding: "base_url", "client_id" and "subject".
Secret encodeToken(const AccessToken& token);

/// Reads such a text. Null: the text has another format, for example other members, other types, an invalid token, or
/// something after the object.
std::shared_ptr<const AccessToken> decodeToken(std::string_view text);

}  // namespace box::inline v0_1
