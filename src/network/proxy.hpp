#pragma once

#include <string>
#include <string_view>

#include "box/network/options.hpp"
#include "box/support/secret.hpp"
#include "network/url.hpp"

namespace box::inline v0_1 {

/// Whether a list such as ProxyOptions::noProxy or NO_PROXY has an entry for the host and port of `url`. Entries stand
/// between commas or blanks, names in any case and with or without a dot at the end, IPv6 addresses with or without
/// brackets. Text that is not a valid entry matches nothing.
bool bypassesProxy(std::string_view noProxy, const Url& url);

/// What follows `Proxy-Authorization: Basic `; empty where there are no credentials.
Secret basicCredentials(const ProxyOptions& options);

/// Why these options cannot be used; empty: they can. The text begins with the member's name and shows no value.
std::string proxyObjection(const ProxyOptions& options);

}  // namespace box::inline v0_1
