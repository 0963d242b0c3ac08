#pragma once

#include <string>
#include <string_view>

/// RFC 9110 11: what WWW-Authenticate and Proxy-Authenticate say, as in `Negotiate, Bearer realm="Service",
/// error="invalid_token"`.

namespace box {

/// The value of the first parameter of that name, without the quotes. Empty: there is none. `name`: in lower case.
std::string challengeParameter(std::string_view challenges, std::string_view name);

/// One of the challenges is of that scheme ("Basic").
bool offersScheme(std::string_view challenges, std::string_view scheme);

}  // namespace box
