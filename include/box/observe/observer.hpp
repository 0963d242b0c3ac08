#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <variant>

#include "box/error.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// What happens inside, for metrics, traces and logs. Nothing in an event is secret: no token, no header, no query, no
/// body, and for the calls of a manager no id of a user or group. The path of a makeRequest() is the caller's own, and
/// CallStarted shows it with an id that stands in it. Views and references in an event are valid until onEvent()
/// returns. Comments name OpenTelemetry's attributes for HTTP clients where there is one. Durations are measured with
/// std::chrono::steady_clock.
///
/// A call is what a manager or makeRequest() does, with all its attempts. A request for a token (operation
/// "oauth2/token") is a separate call with all these events: it has its own number and no tag, since it serves all
/// calls that wait for it. Each call has, in this order: CallStarted; for each attempt AttemptStarted, then
/// TokenRequested, PoolWaited and ConnectionOpened where they apply, and AttemptEnded; between two attempts
/// RetryScheduled, or TokenRequested after a 401; at the end CallEnded. Events of different calls mix. A call whose
/// arguments are refused is never begun and has no events.
namespace event {

/// A call begins: its awaitable was awaited for the first time.
struct CallStarted {
  std::uint64_t call;  ///< counts the calls of a client and of its with…() copies, from 1; the same in all its events
  std::string_view operation;  ///< what is called: "terminateUsersSessions"
  std::string_view method;     ///< of HTTP (http.request.method)
  std::string_view url;        ///< without its query (url.full)
  std::string_view tag{};      ///< the caller's own text for the call, from its options; empty: none
};

/// An attempt begins, before it has a token and a connection. The retries after a 401 and after a stale connection are
/// attempts too.
struct AttemptStarted {
  std::uint64_t call;      ///< as CallStarted::call
  unsigned attempt;        ///< from 1; http.request.resend_count is one less
  std::string_view tag{};  ///< as CallStarted::tag
};

/// An attempt has succeeded or failed. Whether there is another is not decided yet.
struct AttemptEnded {
  std::uint64_t call;           ///< as CallStarted::call
  const AttemptRecord& record;  ///< how it ended (statusCode: http.response.status_code; code: error.type)
  std::string_view tag{};       ///< as CallStarted::tag
};

/// There will be another attempt, and its wait begins. There is no such event for the retry with a new token after a
/// 401.
struct RetryScheduled {
  std::uint64_t call;              ///< as CallStarted::call
  unsigned attempt;                ///< the number of the one that is to come
  FailureKind kind;                ///< why the last one failed
  std::chrono::nanoseconds delay;  ///< the wait before the next one; 0: none
  std::string_view tag{};          ///< as CallStarted::tag
};

/// A call has ended; its caller's coroutine continues afterwards. There is one for each CallStarted.
struct CallEnded {
  std::uint64_t call;  ///< as CallStarted::call
  /// Default: success; operation_aborted: cancelled, or the coroutine was destroyed before the call's end.
  error_code code;
  Fate fate;                         ///< what became of the request, all attempts together
  int statusCode;                    ///< of the last response; 0: none
  unsigned attempts;                 ///< how many there were, as AttemptRecord::number counts
  std::chrono::nanoseconds elapsed;  ///< since CallStarted (http.client.request.duration)
  std::string_view tag{};            ///< as CallStarted::tag
};

/// A call begins to wait for an access token. If no request for one is in progress, this call starts one, as a separate
/// call.
struct TokenRequested {
  std::uint64_t call;      ///< as CallStarted::call, of the call that waits
  bool refused;            ///< because Box refused the last one (401); else because there was none
  std::string_view tag{};  ///< as CallStarted::tag
};

/// A call has waited because all connections were in use, whether it got one or not. There is no such event where the
/// call did not wait.
struct PoolWaited {
  std::uint64_t call;               ///< as CallStarted::call
  std::chrono::nanoseconds waited;  ///< how long it waited; more than 0
  std::string_view tag{};           ///< as CallStarted::tag
};

/// A connection is open, TLS included. One that could not be opened has no event: the attempt's record tells why.
struct ConnectionOpened {
  std::uint64_t connection;          ///< its number: counts the connections of a client, from 1
  std::string_view host;             ///< of the server (server.address)
  std::uint16_t port;                ///< of the server (server.port)
  std::string_view tlsVersion;       ///< "TLSv1.3" (tls.protocol.version)
  bool resumed;                      ///< whether it resumed an earlier TLS session (tls.resumed)
  std::string_view proxy;            ///< the host of the proxy on the way; empty: none
  std::chrono::nanoseconds elapsed;  ///< how long lookup, TCP, proxy and TLS took together
};

/// Why a connection was closed.
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

/// A connection is closed. There is one for each ConnectionOpened.
struct ConnectionClosed {
  std::uint64_t connection;  ///< as ConnectionOpened::connection
  CloseReason reason;        ///< why it was closed
  unsigned requests;         ///< how many requests went out on it
};

}  // namespace event

/// What Observer::onEvent() is given: one of the types of the namespace box::event. It may grow: a later version may
/// add kinds of events, and members at the end of those that there are. Ask for the ones that you need with
/// std::get_if, or give std::visit a case for all others.
using Event = std::variant<event::CallStarted, event::AttemptStarted, event::AttemptEnded, event::RetryScheduled,
                           event::CallEnded, event::TokenRequested, event::PoolWaited, event::ConnectionOpened,
                           event::ConnectionClosed>;

/// The enumerator's name, "idle".
BOX_API std::string_view toString(event::CloseReason reason) noexcept;

/// Receives events. *Threads*: called on the thread on which the event happens, with no lock held, for several events
/// at once; those of one call come one after another. It must not block, and it must not call the client. *Errors*:
/// exceptions that it throws are ignored.
class BOX_API Observer {
 public:
  virtual ~Observer() = default;
  /// Something has happened. `event` is valid until this returns.
  virtual void onEvent(const Event& event) = 0;
};

}  // namespace box::inline v0_1
