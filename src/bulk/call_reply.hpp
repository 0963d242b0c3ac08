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
    temporary,  ///< the call may succeed later, for example after a 5xx
    stale,      ///< the connection had been closed while it was idle
    /// The host is not found or does not speak TLS, or the proxy refuses to connect to it: temporary if an earlier call
    /// of this run had a 202, a 429 or a refusal (a 5xx is not enough), otherwise a wrong configuration.
    wrongAddress,
    fatal,  ///< a failure that every call would have
  };

  Kind kind = Kind::temporary;
  Fate fate = Fate::notSent;
  int status = 0;  ///< of the answer to the call; 0: there was none
  /// If no token could be got: the status of the token endpoint's answer, or 401 if Box refused the last token and the
  /// endpoint did not answer; 0: neither.
  int tokenStatus = 0;
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
/// The verdict with the reply's status, code, message and request id. The texts are moved out of the reply.
BulkVerdictDetails verdictWith(BulkVerdict verdict, CallReply& reply);

/// The text of an exception.
std::string describe(const std::exception_ptr& error);

}  // namespace box::inline v0_1
