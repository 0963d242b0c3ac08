#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "system/name_lookup.hpp"

namespace box::inline v0_1 {

/// Takes the addresses of a list of getaddrinfo, each with that port.
template <class AddressInfo>
std::optional<LookupFailure> takeAddresses(const AddressInfo* list, std::uint16_t port,
                                           std::vector<asio::ip::tcp::endpoint>& found) {
  for (; list != nullptr; list = list->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (list->ai_addrlen > endpoint.capacity()) continue;
    endpoint.resize(list->ai_addrlen);
    std::memcpy(endpoint.data(), list->ai_addr, list->ai_addrlen);
    endpoint.port(port);
    found.push_back(endpoint);
  }
  if (found.empty()) return LookupFailure{Errc::hostNotFound, {}};
  return std::nullopt;
}

}  // namespace box::inline v0_1
