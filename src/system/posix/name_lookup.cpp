#include "system/name_lookup.hpp"

#include <cerrno>
#include <memory>

#include <boost/asio/error.hpp>
#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/address_list.hpp"

namespace box::inline v0_1 {
namespace {

/// One of Asio's error codes for a result of getaddrinfo.
error_code causeOf(int result) noexcept {
  switch (result) {
    case EAI_SYSTEM: return {errno, boost::system::system_category()};
    case EAI_NONAME: return asio::error::host_not_found;
    case EAI_AGAIN: return asio::error::host_not_found_try_again;
    case EAI_NODATA:
    case EAI_ADDRFAMILY: return asio::error::no_data;
    default: return {result, asio::error::get_addrinfo_category()};
  }
}

/// If descriptors are missing, getaddrinfo reports "host not found", which would hide the real cause.
bool outOfDescriptors() noexcept {
  const int probe = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (probe < 0) return errno == EMFILE || errno == ENFILE;
  ::close(probe);
  return false;
}

}  // namespace

std::optional<LookupFailure> lookUpName(const std::string& host, std::uint16_t port,
                                        std::vector<asio::ip::tcp::endpoint>& found) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  int result = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (result != 0 && result != EAI_AGAIN && result != EAI_SYSTEM) {
    hints.ai_flags = AI_NUMERICSERV;  // AI_ADDRCONFIG does not count loopback as an address
    result = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(result == 0 ? list : nullptr, &::freeaddrinfo);
  if (result != 0) {
    const error_code cause = causeOf(result);
    return LookupFailure{outOfDescriptors() ? Errc::localResource : lookupError(result), cause};
  }
  return takeAddresses(list, port, found);
}

Errc lookupError(int result) noexcept {
  switch (result) {
    case EAI_MEMORY: return Errc::localResource;
    case EAI_NONAME:
    case EAI_NODATA:      // the name exists but has no address
    case EAI_ADDRFAMILY:  // or no address of a requested family
    case EAI_FAIL: return Errc::hostNotFound;
    default: return Errc::resolveFailed;
  }
}

}  // namespace box::inline v0_1
