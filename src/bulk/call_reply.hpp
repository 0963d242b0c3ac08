#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>

#include "box/error.hpp"
#include "box/session_termination.hpp"

namespace box {

/// How one call of a bulk run ended, as far as what comes next depends on it.
struct CallReply {
  enum class Kind : std::uint8_t {
    accepted,   ///< 202
    refused,    ///< a 4xx that is about what was asked
    throttled,  ///< 429
    passing,    ///< may be over by the next time
    stale,      ///< the connection had been closed while it was idle
    hopeless,   ///< passing where it had worked before in this run, else a matter of configuration
    fatal,      ///< the same for every call
  };

  Kind kind = Kind::passing;
  Fate fate = Fate::notSent;
  int status = 0;
  std::optional<std::chrono::nanoseconds> retryAfter{};
  std::string code{};
  std::string message{};
  std::string requestId{};
  std::optional<BoxSdkError> error{};
};

CallReply replyOf(const SessionTerminationMessage& message);
CallReply replyOf(const BoxSdkError& error);
/// Of another exception: out of memory, or a policy or an interceptor of the caller's.
CallReply replyOf(const std::exception_ptr& error);

/// What an exception says of itself.
std::string describe(const std::exception_ptr& error);

}  // namespace box
