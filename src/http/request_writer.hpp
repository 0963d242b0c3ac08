#pragma once

#include <string>
#include <string_view>

#include "box/network/headers.hpp"

namespace box::inline v0_1 {

/// The parts of a request. The members are views; their texts must live longer than this object.
struct RequestParts {
  std::string_view method;
  std::string_view authority;    ///< the value of the Host header
  std::string_view prefix;       ///< the part of the path that comes from the base URL
  std::string_view path;         ///< the rest of the path; if `prefix` is empty too, "/" is sent
  std::string_view query;        ///< empty: no query
  std::string_view bearerToken;  ///< empty: no Authorization header
  std::string_view contentType;  ///< empty: application/json if there is a body, else none
  /// null: none; a header of the same name in `headers` replaces one of these
  const HttpHeaders* sessionHeaders = nullptr;
  const HttpHeaders* headers = nullptr;
  std::string_view body;
};

/// Replaces the content of `out` by the request: the header and after it the body, so that one write can send both.
/// Nothing is checked here: each part must be one that a function of network/validation or network/url allows.
void writeRequest(std::string& out, const RequestParts& parts);

/// Writes the request for a tunnel to `authority` (host:port). `credentials`: those of Basic authentication; empty:
/// none.
void writeConnect(std::string& out, std::string_view authority, std::string_view credentials);

}  // namespace box::inline v0_1
