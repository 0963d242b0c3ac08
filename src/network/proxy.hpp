#pragma once

#include <string>
#include <string_view>

#include "box/network/options.hpp"
#include "box/support/secret.hpp"
#include "network/url.hpp"

namespace box::inline v0_1 {

/// Whether a list such as ProxyOptions::noProxy or NO_PROXY has an entry for the host and port of `url`. Commas or
/// blanks separate the entries. Names may be in upper or lower case and may have a dot at the end; IPv6 addresses may
/// be in brackets. Text that is not a valid entry matches nothing.
bool bypassesProxy(std::string_view noProxy, const Url& url);

/// The value after `Proxy-Authorization: Basic `; empty if there are no credentials.
Secret basicCredentials(const ProxyOptions& options);

/// Why these options cannot be used; empty: they can be used. The text begins with the name of the member and shows no
/// value.
std::string proxyObjection(const ProxyOptions& options);

}  // namespace box::inline v0_1
