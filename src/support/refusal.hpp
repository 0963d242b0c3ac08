#pragma once

#include <boost/asio/error.hpp>

#include "box/error.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// Whether the failure is that of the request for the call's token. Its code and its status then say nothing about the
/// call's own arguments, because Box has not seen them, or has refused only the token.
inline bool isOfToken(const BoxSdkError& error) noexcept { return error.phase() == Phase::token; }

/// Whether Box refused the call itself with this code.
inline bool isRefusal(const BoxSdkError& error, Errc code) noexcept {
  return error.code() == code && !isOfToken(error);
}

/// Whether the caller has cancelled. Box's answer may have arrived in part before that.
inline bool isCancellation(const BoxSdkError& error) noexcept { return error.code() == asio::error::operation_aborted; }

}  // namespace box::inline v0_1
