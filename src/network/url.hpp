#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace box::inline v0_1 {

/// A URL taken apart and checked. `path` and `query` refer to the text that was parsed.
struct Url {
  std::string host;  ///< lower case, without a trailing dot, without brackets
  std::uint16_t port = 0;
  bool isIpLiteral = false;
  std::string_view path;   ///< "" or "/…", as written
  std::string_view query;  ///< after the question mark, as written; empty: none
  bool secure = true;      ///< https

  std::string authority;  ///< what the Host header says: the port only where it is not the scheme's own
};

/// A host name that is safe to hand to OpenSSL's verification, which takes an empty name for "verify nothing", a
/// leading dot for "any subdomain" and a NUL for the end. Returns why the name is not safe; empty: it is.
std::string hostObjection(std::string_view host);

/// Why this may not be the path of a URL; empty: it may. Besides what RFC 3986 does not allow, it refuses empty
/// segments, and parts that a server may decode to a way out of the path: `.` and `..`, written in any way, escaped
/// slashes and backslashes, escaped control characters.
std::string pathObjection(std::string_view path);

/// The same for the text after the question mark.
std::string queryObjection(std::string_view query);

/// https://host[:port][/path]. Throws BoxSdkError with Errc::invalidConfiguration; its text begins with `what` and
/// names the place, and never repeats the URL, which may hold credentials.
Url parseUrl(std::string_view text, std::string_view what);

/// The same for https://host[:port][/path][?query]: the URL of a request.
Url parseRequestUrl(std::string_view text, std::string_view what);

/// The same for http:// or https:// without a path: a proxy.
Url parseProxyUrl(std::string_view text, std::string_view what);

}  // namespace box::inline v0_1
