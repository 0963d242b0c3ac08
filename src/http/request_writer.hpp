#pragma once

#include <string>
#include <string_view>

#include "box/network/headers.hpp"
#include "network/url.hpp"

namespace box {

/// What a request's bytes are made from. Views of things that live elsewhere.
struct RequestParts {
  std::string_view method;
  const Url* url = nullptr;
  std::string_view bearerToken;                 ///< empty: no Authorization
  std::string_view contentType;                 ///< empty: application/json where there is a body, else none
  const HttpHeaders* sessionHeaders = nullptr;  ///< null: none; one that `headers` has too gives way
  const HttpHeaders* headers = nullptr;
  std::string_view body;
};

/// Puts the request into `out`, in place of what is there: header and body one after the other, for one write.
/// Throws BoxSdkError with Errc::invalidRequest where a header may not go out: this is the last door before the wire, and
/// interceptors may have been at work.
void writeRequest(std::string& out, const RequestParts& parts);

/// The request for a tunnel to `authority` (host:port). `credentials`: of Basic authentication; empty: none.
void writeConnect(std::string& out, std::string_view authority, std::string_view credentials);

}  // namespace box
