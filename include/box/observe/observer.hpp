#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <variant>

#include "box/error.hpp"
#include "box/support/export.hpp"

namespace box {

/// What happens inside, for metrics, traces and logs. Nothing in an event is secret: no token, no header, no body, no id of a
/// user or group. Views in an event are valid until onEvent() returns. Comments name OpenTelemetry's attributes for HTTP
/// clients where there is one.
namespace event {

struct CallStarted {
  std::uint64_t call;          ///< counts calls of a client, from 1; the same in all events of the call
  std::string_view operation;  ///< "terminateUsersSessions"
  std::string_view method;     ///< http.request.method
  std::string_view url;        ///< url.full
};
struct AttemptStarted {
  std::uint64_t call;
  unsigned attempt;  ///< from 1; http.request.resend_count is one less
};
struct AttemptEnded {
  std::uint64_t call;
  const AttemptRecord& record;  ///< statusCode: http.response.status_code; code: error.type
};
struct RetryScheduled {
  std::uint64_t call;
  unsigned attempt;                ///< the one that is to come
  FailureKind kind;                ///< of the one that failed
  std::chrono::nanoseconds delay;  ///< before it
};
struct CallEnded {
  std::uint64_t call;
  error_code code;  ///< default: success
  Fate fate;
  int statusCode;  ///< of the last response; 0: none
  unsigned attempts;
  std::chrono::nanoseconds elapsed;  ///< http.client.request.duration
};
struct TokenRequested {
  std::uint64_t call;
  bool refused;  ///< because Box refused the last one (401); else because there was none
};
struct PoolWaited {
  std::uint64_t call;
  std::chrono::nanoseconds waited;
};
struct ConnectionOpened {
  std::uint64_t connection;          ///< counts connections of a client, from 1
  std::string_view host;             ///< server.address
  std::uint16_t port;                ///< server.port
  std::string_view tlsVersion;       ///< tls.protocol.version, "TLSv1.3"
  bool resumed;                      ///< tls.resumed
  std::string_view proxy;            ///< the host of the proxy on the way; empty: none
  std::chrono::nanoseconds elapsed;  ///< lookup, TCP, proxy and TLS
};
enum class CloseReason : std::uint8_t {
  idle,         ///< PoolOptions::idleTimeout, or the peer's Keep-Alive
  age,          ///< PoolOptions::maxAge
  requests,     ///< PoolOptions::maxRequests
  surplus,      ///< more than PoolOptions::maxIdle, or descriptors or ports were needed elsewhere
  peer,         ///< the peer ended it, or said that it would
  unsolicited,  ///< the peer sent something unasked
  failed,       ///< an error, a limit, a cancellation in the middle of an exchange
  closed,       ///< the client was closed or destroyed
};
struct ConnectionClosed {
  std::uint64_t connection;
  CloseReason reason;
  unsigned requests;
};

}  // namespace event

using Event = std::variant<event::CallStarted, event::AttemptStarted, event::AttemptEnded, event::RetryScheduled,
                           event::CallEnded, event::TokenRequested, event::PoolWaited, event::ConnectionOpened,
                           event::ConnectionClosed>;

BOX_API std::string_view toString(event::CloseReason reason) noexcept;

/// Is told what happens. *Threads*: called on whatever thread the event happens, several at once. It must not block, and it
/// must not call the client. *Errors*: what it throws is swallowed.
class BOX_API Observer {
 public:
  virtual ~Observer() = default;
  virtual void onEvent(const Event& event) = 0;
};

}  // namespace box
