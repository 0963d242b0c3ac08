#pragma once

#include <cstdint>
#include <string>

#include "box/network/options.hpp"
#include "network/url.hpp"

namespace box::inline v0_1 {

/// A server to connect to: the server of Box, or a proxy.
struct Origin {
  std::string host;  ///< canonical: see Url
  std::uint16_t port = 0;
  bool isIpLiteral = false;

  explicit Origin(const Url& url) : host(url.host), port(url.port), isIpLiteral(url.isIpLiteral) {}
  /// The target of CONNECT: the host with its port, even if that is the default port.
  std::string authority() const;
};

/// The server to which connections lead, and the proxy through which they go. Each pool has one destination;
/// connections to different destinations are never mixed.
struct Destination {
  Origin origin;
  ProxyOptions proxy;  ///< no proxy if its url is empty
};

}  // namespace box::inline v0_1
