#include "system/name_lookup.hpp"

#include <memory>

#include <boost/asio/error.hpp>
#include <ws2tcpip.h>

#include "system/address_list.hpp"

namespace box::inline v0_1 {
namespace {

/// One of Asio's error codes for a result of getaddrinfo.
error_code causeOf(int result) noexcept {
  switch (result) {
    case WSAHOST_NOT_FOUND: return asio::error::host_not_found;
    case WSATRY_AGAIN: return asio::error::host_not_found_try_again;
    case WSANO_DATA: return asio::error::no_data;
    default: return {result, boost::system::system_category()};
  }
}

}  // namespace

std::optional<LookupFailure> lookUpName(const std::string& host, std::uint16_t port,
                                        std::vector<asio::ip::tcp::endpoint>& found) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  int result = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (result != 0 && result != WSATRY_AGAIN) {
    hints.ai_flags = 0;  // AI_ADDRCONFIG does not count loopback as an address
    result = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(result == 0 ? list : nullptr, &::freeaddrinfo);
  if (result != 0) return LookupFailure{lookupError(result), causeOf(result)};
  return takeAddresses(list, port, found);
}

Errc lookupError(int result) noexcept {
  switch (result) {
    case WSA_NOT_ENOUGH_MEMORY:
    case WSAEMFILE:
    case WSAENOBUFS: return Errc::localResource;
    case WSAHOST_NOT_FOUND:
    case WSANO_DATA:  // the name exists but has no address of a requested family
    case WSANO_RECOVERY: return Errc::hostNotFound;
    default: return Errc::resolveFailed;
  }
}

}  // namespace box::inline v0_1
