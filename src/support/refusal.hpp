#pragma once

#include "box/error.hpp"

namespace box::inline v0_1 {

/// Whether the failure is that of the request for the call's token. Its code and its status then say nothing about the
/// call's own arguments, because Box has not seen them, or has refused only the token.
inline bool isOfToken(const BoxSdkError& error) noexcept { return error.phase() == Phase::token; }

/// Whether Box refused the call itself with this code.
inline bool isRefusal(const BoxSdkError& error, Errc code) noexcept {
  return error.code() == code && !isOfToken(error);
}

}  // namespace box::inline v0_1
