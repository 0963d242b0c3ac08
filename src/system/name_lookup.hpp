#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "box/error.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

struct LookupFailure {
  Errc code;
  error_code cause;  ///< the error of getaddrinfo
};

/// Appends the addresses of the host to `found`, in the order that the system gives. No value: there is at least one.
/// Blocks. *Errors*: std::bad_alloc.
std::optional<LookupFailure> lookUpName(const std::string& host, std::uint16_t port,
                                        std::vector<asio::ip::tcp::endpoint>& found);

/// The error code for a result of getaddrinfo.
Errc lookupError(int result) noexcept;

}  // namespace box::inline v0_1
