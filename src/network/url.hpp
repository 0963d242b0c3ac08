#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace box {

/// A URL taken apart and checked. `path` looks into the text that was parsed.
struct Url {
  std::string host;  ///< lower case, without a trailing dot, without brackets
  std::uint16_t port = 0;
  bool isIpLiteral = false;
  std::string_view path;  ///< "" or "/…", as written
  bool secure = true;     ///< https

  std::string authority;  ///< what the Host header says: the port only where it is not the scheme's own
};

/// A host name that is safe to hand to OpenSSL's verification, which takes an empty name for "verify nothing", a leading
/// dot for "any subdomain" and a NUL for the end. Gives the reason against it; empty: none.
std::string hostObjection(std::string_view host);

/// https://host[:port][/path]. Throws BoxSdkError with Errc::invalidConfiguration; its text begins with `what` and names
/// the place, and never repeats the URL, which may hold credentials.
Url parseUrl(std::string_view text, std::string_view what);

/// The same for http:// or https:// without a path: a proxy.
Url parseProxyUrl(std::string_view text, std::string_view what);

}  // namespace box
