#pragma once

#include <string>
#include <string_view>

#include "box/network/headers.hpp"

namespace box::inline v0_1 {

/// The parts of a request. They are views: their texts must live longer.
struct RequestParts {
  std::string_view method;
  std::string_view authority;                   ///< of the Host header
  std::string_view prefix;                      ///< of the path: that of the base URL
  std::string_view path;                        ///< `prefix` and `path` empty: "/"
  std::string_view query;                       ///< empty: none
  std::string_view bearerToken;                 ///< empty: no Authorization
  std::string_view contentType;                 ///< empty: application/json where there is a body, else none
  const HttpHeaders* sessionHeaders = nullptr;  ///< null: none; a header that `headers` has too replaces one of these
  const HttpHeaders* headers = nullptr;
  std::string_view body;
};

/// Throws BoxSdkError with Errc::invalidRequest where a part may not be sent: interceptors, or a caller's own
/// Authentication, may have made it. `authority` and `prefix` are those of a Url.
void checkRequest(const RequestParts& parts);

/// The same for what only this request has: query, content type and headers. For one whose operation, base URL and
/// session were checked when they were made.
void checkDetails(const RequestParts& parts);

/// Replaces the content of `out` by the request: header and body one after the other, for one write. The parts must
/// have passed one of the two checks above.
void writeRequest(std::string& out, const RequestParts& parts);

/// The request for a tunnel to `authority` (host:port). `credentials`: of Basic authentication; empty: none.
void writeConnect(std::string& out, std::string_view authority, std::string_view credentials);

}  // namespace box::inline v0_1
