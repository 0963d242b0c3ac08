#pragma once

#include <string>
#include <utility>

#include "box/network/fetch.hpp"

namespace box::test {

/// A response of Box, or of what stands before it.
inline FetchResponse response(int status, std::string body = "", std::string contentType = "application/json") {
  FetchResponse r;
  r.statusCode = status;
  r.body = std::move(body);
  if (!contentType.empty()) r.headers.append("content-type", contentType);
  return r;
}

}  // namespace box::test
