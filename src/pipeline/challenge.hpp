#pragma once

#include <string>
#include <string_view>

namespace box {

/// The value of a parameter in WWW-Authenticate, as in `Bearer realm="Service", error="invalid_token"`: of the first one of
/// that name, without the quotes. Empty: there is none. `name`: in lower case.
std::string challengeParameter(std::string_view challenges, std::string_view name);

}  // namespace box
