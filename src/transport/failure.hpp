#pragma once

#include <string>

#include <boost/asio/error.hpp>
#include <boost/system/result.hpp>

#include "box/error.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// Why a step of an attempt failed. A default code means that the step did not fail.
struct Failure {
  error_code code{};
  error_code cause{};
  Phase phase = Phase::prepare;
  std::string context{};  ///< safe to show
  bool atProxy = false;   ///< whether the step was one with the proxy

  explicit operator bool() const noexcept { return code.failed(); }
};

/// Whether the code is an end that the caller or the client has brought about: a cancellation or a closed client. It
/// says nothing about the peer.
inline bool isCancelledOrClosed(const error_code& code) noexcept {
  return code == asio::error::operation_aborted || code == Errc::clientClosed;
}

/// The result of a step in which a connection is opened or obtained, or the failure of the step.
template <class T>
using StepResult = boost::system::result<T, Failure>;

}  // namespace box::inline v0_1
