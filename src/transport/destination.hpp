#pragma once

#include <cstdint>
#include <string>

#include "box/network/options.hpp"
#include "network/url.hpp"

namespace box::inline v0_1 {

/// A server to connect to: Box, or a proxy.
struct Origin {
  std::string host;  ///< canonical: see Url
  std::uint16_t port = 0;
  bool isIpLiteral = false;

  explicit Origin(const Url& url) : host(url.host), port(url.port), isIpLiteral(url.isIpLiteral) {}
  /// What CONNECT names: with the port, whichever it is.
  std::string authority() const;
};

/// Where a connection leads, and through which proxy: one of these for each pool. Connections of different ones are
/// never mixed.
struct Destination {
  Origin origin;
  ProxyOptions proxy;  ///< url empty: none
};

}  // namespace box::inline v0_1
