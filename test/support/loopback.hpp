#pragma once

#include <cstdint>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace box::test {

/// 127.0.0.1 with this port; 0: the system chooses one.
inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

}  // namespace box::test
