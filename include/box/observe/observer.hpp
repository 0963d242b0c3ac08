#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <variant>

#include "box/error.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// The events that an Observer receives, for metrics, traces and logs. Nothing in an event is secret: no token, no
/// header, no query, no body, and for the calls of a manager no id of a user or group. The path of a makeRequest()
/// comes from the caller, and CallStarted shows it even if it contains an id. Views and references in an event are
/// valid until onEvent() returns. Where a member has a name in OpenTelemetry's conventions for HTTP clients, its
/// comment gives that name. Durations are measured with std::chrono::steady_clock.
///
/// A call is one use of a manager's function or of makeRequest(), with all its attempts. A request for a token
/// (operation "oauth2/token") is a separate call with all these events: it has its own number and no tag, since it
/// serves all calls that wait for it. Each call has, in this order: CallStarted; for each attempt AttemptStarted, then
/// TokenRequested, ConnectionOpened and PoolWaited where they apply, and AttemptEnded; between two attempts
/// RetryScheduled, or TokenRequested after a 401; at the end CallEnded. The events of different calls are interleaved.
/// A call whose arguments are refused does not begin and has no events.
///
/// Only CallStarted has the method and the URL of a call, and only ConnectionOpened has the host of a connection. To
/// use them in later events, store them by the number of the call or of the connection, until CallEnded or
/// ConnectionClosed. An event of a connection has no call number, because a connection serves many calls. A client and
/// its with…() copies share these numbers; every other client begins again with 1. So one observer for several clients
/// would mix up their calls: give each client a separate observer.
namespace event {

/// A call begins: its awaitable was awaited for the first time.
struct CallStarted {
  /// The call's number, the same in all its events; calls of a client and of its with…() copies are counted from 1.
  std::uint64_t call;
  std::string_view operation;  ///< the name of the operation: "terminateUsersSessions"
  std::string_view method;     ///< the HTTP method (http.request.method)
  /// The base URL and the path, without the query. For the calls of a manager the path is a template, with names in
  /// place of ids: "https://api.box.com/2.0/users/{user_id}". So the path is url.template, and the whole is not
  /// url.full.
  std::string_view url;
  std::string_view tag{};  ///< the caller's own text for the call, from its options; empty: none
};

/// An attempt begins; it has no token and no connection yet. The retries after a 401 and after a stale connection are
/// attempts too.
struct AttemptStarted {
  std::uint64_t call;      ///< as CallStarted::call
  unsigned attempt;        ///< from 1; http.request.resend_count, an attribute of spans, is one less
  std::string_view tag{};  ///< as CallStarted::tag
};

/// An attempt has succeeded or failed. Whether another attempt follows is not decided yet. OpenTelemetry's conventions
/// measure each attempt as one request: http.client.request.duration is AttemptRecord::elapsed.
struct AttemptEnded {
  std::uint64_t call;  ///< as CallStarted::call
  /// How it ended. Its statusCode is http.response.status_code. If its code is unset, the attempt has succeeded (also
  /// with a status of 400 or more, if the caller expects that status), and error.type is unset. Otherwise error.type is
  /// the status if that is 400 or more; else the name that toString(Errc) gives for a code of errorCategory(); else the
  /// name of the code's category and its value: "system:125" for an attempt that was cancelled on Linux. error.type is
  /// never the code's message.
  const AttemptRecord& record;
  std::string_view tag{};  ///< as CallStarted::tag
};

/// Another attempt will follow; the wait for it begins now. There is no such event for the retry with a new token after
/// a 401.
struct RetryScheduled {
  std::uint64_t call;              ///< as CallStarted::call
  unsigned attempt;                ///< the number of the next attempt
  FailureKind kind;                ///< why the last attempt failed
  std::chrono::nanoseconds delay;  ///< the wait before the next attempt; 0: there is no wait
  std::string_view tag{};          ///< as CallStarted::tag
};

/// The request of a call has ended; the caller's coroutine continues after this event. Each CallStarted has one
/// CallEnded. A call that reads parses its answer after this event. So where this event tells a success, the caller may
/// still get an error with Fate::accepted: Errc::unexpectedResponse if the answer cannot be parsed, or
/// operation_aborted if the call is cancelled in the meantime.
struct CallEnded {
  std::uint64_t call;  ///< as CallStarted::call
  /// Default: success. operation_aborted: the call was cancelled, the coroutine was destroyed before the call's end, or
  /// std::bad_alloc has ended the call, because there was no memory for an error with a text.
  error_code code;
  Fate fate;                         ///< what became of the request over all attempts
  int statusCode;                    ///< the HTTP status of the last attempt; 0: it had no response
  unsigned attempts;                 ///< how many attempts the call had: the last AttemptRecord::number
  std::chrono::nanoseconds elapsed;  ///< the time since CallStarted, with all attempts and waits
  std::string_view tag{};            ///< as CallStarted::tag
};

/// A call needs an access token that it does not have. If no token request is in progress, this call starts one, as a
/// separate call; otherwise it waits for that request. If another call has already got a new token, which after a 401
/// is often the case, this call uses it: then this event is sent too, but there is no request and no wait.
struct TokenRequested {
  std::uint64_t call;      ///< the number of the call that needs a token, as CallStarted::call
  bool refused;            ///< true: Box refused the last token (401); false: there was none, or it is to be renewed
  std::string_view tag{};  ///< as CallStarted::tag
};

/// A call has waited because all connections were in use. It then got a connection that another call gave back, was
/// allowed to open a new one, or gave up. If it opened a new one, ConnectionOpened comes before this event. There is no
/// such event where the call did not wait.
struct PoolWaited {
  std::uint64_t call;               ///< as CallStarted::call
  std::chrono::nanoseconds waited;  ///< how long it waited; more than 0
  std::string_view tag{};           ///< as CallStarted::tag
};

/// A connection is open, and its TLS handshake is complete. A connection that could not be opened has no event: the
/// attempt's record says why.
struct ConnectionOpened {
  std::uint64_t connection;          ///< the connection's number; the connections of a client are counted from 1
  std::string_view host;             ///< the host of the server (server.address)
  std::uint16_t port;                ///< the port of the server (server.port)
  std::string_view tlsVersion;       ///< "TLSv1.3" (tls.protocol.version is its number, "1.3")
  bool resumed;                      ///< whether it resumed an earlier TLS session (tls.resumed)
  std::string_view proxy;            ///< the host of the proxy through which it goes; empty: no proxy
  std::chrono::nanoseconds elapsed;  ///< how long name lookup, TCP, proxy and TLS took together
};

/// Why a connection was closed.
enum class CloseReason : std::uint8_t {
  idle,      ///< it was idle for longer than PoolOptions::idleTimeout, or than the peer's Keep-Alive allows
  age,       ///< it was older than PoolOptions::maxAge
  requests,  ///< it served PoolOptions::maxRequests requests
  /// More than PoolOptions::maxIdle connections were idle; or another connection needed its place, descriptor or port;
  /// or no client used its host and proxy any more: for such pairs, only the connections of the 16 used last are kept.
  surplus,
  peer,         ///< the peer closed it, or said that it would
  unsolicited,  ///< the peer sent something without a request
  failed,       ///< an exchange was ended by an error, a limit or a cancellation
  closed,       ///< the client was closed or destroyed
};

/// A connection is closed. Each ConnectionOpened has one ConnectionClosed.
struct ConnectionClosed {
  std::uint64_t connection;  ///< as ConnectionOpened::connection
  CloseReason reason;        ///< why it was closed
  unsigned requests;         ///< how many requests were sent on it, wholly or in part
};

}  // namespace event

/// The argument of Observer::onEvent(): one of the types of the namespace box::event. A later version may add types,
/// and members at the end of the present types. Get the types that you need with std::get_if, or give std::visit a case
/// for all others.
using Event = std::variant<event::CallStarted, event::AttemptStarted, event::AttemptEnded, event::RetryScheduled,
                           event::CallEnded, event::TokenRequested, event::PoolWaited, event::ConnectionOpened,
                           event::ConnectionClosed>;

/// The enumerator's name, "idle".
BOX_API std::string_view toString(event::CloseReason reason) noexcept;

/// Receives events. *Threads*: onEvent() is called on the thread on which the event happens, with no lock held, and for
/// several events at once; the events of one call come one after another. It must not block, and it must not call the
/// client. *Errors*: exceptions that it throws are ignored.
class BOX_API Observer {
 public:
  virtual ~Observer() = default;
  /// An event has happened. `event` is valid until this function returns.
  virtual void onEvent(const Event& event) = 0;
};

}  // namespace box::inline v0_1
