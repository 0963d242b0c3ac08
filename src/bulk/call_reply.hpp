#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>

#include "box/bulk/journal.hpp"
#include "box/error.hpp"
#include "box/session_termination.hpp"

namespace box::inline v0_1 {

/// How one call of a bulk run ended, as far as the scheduler needs to know it.
struct CallReply {
  enum class Kind : std::uint8_t {
    accepted,   ///< 202
    refused,    ///< a 4xx that concerns the entries
    throttled,  ///< 429
    temporary,  ///< the call may succeed later
    stale,      ///< the connection had been closed while it was idle
    /// The host, its TLS or the proxy is not what it should be: temporary if Box has answered before in this run,
    /// otherwise a wrong configuration.
    wrongAddress,
    fatal,  ///< a failure that every call would have
  };

  Kind kind = Kind::temporary;
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
/// For any other exception, such as std::bad_alloc.
CallReply replyOf(const std::exception_ptr& error);

/// The verdict of a call that failed.
BulkVerdict verdictOf(Fate fate);
/// The verdict with what the reply says of it, which is moved out of the reply.
BulkVerdictDetails verdictWith(BulkVerdict verdict, CallReply& reply);

/// The text of an exception.
std::string describe(const std::exception_ptr& error);

}  // namespace box::inline v0_1
