#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace box::inline v0_1 {

/// The parts of a URL that was checked. `path` and `query` refer to the text that was parsed.
struct Url {
  std::string host;  ///< lower case, without a trailing dot, without brackets
  std::uint16_t port = 0;
  bool isIpLiteral = false;
  std::string_view path;   ///< "" or "/…", as written
  std::string_view query;  ///< after the question mark, as written; empty: no query
  bool secure = true;      ///< whether the scheme is https

  /// The value of the Host header; it has the port only if that is not the default port of the scheme.
  std::string authority;
};

/// Why a host name cannot be passed to OpenSSL's verification; empty: it can be passed. For OpenSSL an empty name means
/// "verify nothing", a leading dot means "any subdomain", and a NUL ends the name.
std::string hostObjection(std::string_view host);

/// Why the text cannot be the path of a URL; empty: it can be one. In addition to what RFC 3986 forbids, empty segments
/// are refused, and parts with which a server may leave the path after it has decoded them: `.` and `..` in every
/// spelling, escaped slashes and backslashes, and escaped control characters.
std::string pathObjection(std::string_view path);

/// Why the text cannot be the query of a URL (the part after the question mark); empty: it can be one.
std::string queryObjection(std::string_view query);

/// Reads https://host[:port][/path]. Throws BoxSdkError with Errc::invalidConfiguration; its text begins with `what`,
/// names the place of the error, and never repeats the URL, which may contain credentials.
Url parseUrl(std::string_view text, std::string_view what);

/// Reads https://host[:port][/path][?query], the URL of a request. *Errors*: as for parseUrl().
Url parseRequestUrl(std::string_view text, std::string_view what);

/// Reads http:// or https:// without a path, the URL of a proxy. *Errors*: as for parseUrl().
Url parseProxyUrl(std::string_view text, std::string_view what);

}  // namespace box::inline v0_1
