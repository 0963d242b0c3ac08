#pragma once

#include <string>
#include <string_view>

/// Challenges in WWW-Authenticate and Proxy-Authenticate (RFC 9110 11), as in `Negotiate, Bearer realm="Service",
/// error="invalid_token"`.

namespace box::inline v0_1 {

/// The value of the first parameter with that name, without the quotes; empty: it is missing. `name` must be in lower
/// case.
std::string challengeParameter(std::string_view challenges, std::string_view name);

/// Whether one of the challenges has this scheme (such as "Basic").
bool offersScheme(std::string_view challenges, std::string_view scheme);

}  // namespace box::inline v0_1
