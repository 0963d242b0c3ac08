#pragma once

#include <box/emulator/emulator_export.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace box::inline v0_1::emulator {

struct ReplyPlan;
struct ConnectionScript;

/// A header field; the name keeps its spelling.
using Header = std::pair<std::string, std::string>;

/// How the emulator ends a connection.
enum class CloseManner {
  /// TLS close_notify, then FIN: the orderly end. Without TLS the same as `fin`.
  closeNotify,
  /// FIN without close_notify: the peer sees a truncated TLS stream.
  fin,
  /// RST (SO_LINGER of zero).
  reset,
  /// close_notify, but TCP stays open until the peer closes.
  closeNotifyOnly,
  /// FIN for the direction to the peer only; the emulator continues to read until the peer closes.
  halfClose,
};

/// A request as the emulator received it. `Authorization` and other credentials in the headers are reduced to the
/// scheme and the first 8 hex digits of the credential's SHA-256.
struct RequestInfo {
  /// "GET", "POST" and so on.
  std::string method;
  /// Path and query, as sent.
  std::string target;
  /// In the order in which they came.
  std::vector<Header> headers;
  /// The decoded body; empty if the answer was sent before the body was read.
  std::string body;
  /// 1 for the emulator's first connection.
  std::uint64_t connection = 0;
  /// 1 for the first request on its connection.
  std::uint64_t requestOnConnection = 0;

  /// The value of the first header of that name; upper and lower case are the same. Empty: no such header.
  [[nodiscard]] BOX_EMULATOR_API std::string header(const std::string& name) const;
};

/// The part that an endless answer repeats until the connection ends.
enum class Endless {
  interimResponses,  ///< answers of status 102
  headers,           ///< header fields
  chunkExtension,    ///< one chunk's extension, which does not end
  chunks,            ///< chunks of the body
  trailers,          ///< fields after the last chunk
};

/// One scripted answer. A static function makes one; each of the other functions returns a changed copy, so that calls
/// can be chained. *Threads*: a value is immutable; distinct values may be used at the same time.
class BOX_EMULATOR_API Reply {
 public:
  /// Answers (and acts) as Box would. The other functions can change the answer.
  [[nodiscard]] static Reply asBox();
  /// An answer of this status. Its body: Box's message for 202; from 400 on a ClientError, but none for 401, which has
  /// WWW-Authenticate instead; otherwise none. An OAuth request gets an error of OAuth in place of a ClientError, also
  /// for 401. No termination is recorded, unless `processed()` is added.
  [[nodiscard]] static Reply status(int code);
  /// A ClientError with this code and message; for an OAuth request an error of OAuth with them.
  [[nodiscard]] static Reply error(int status, const std::string& code, const std::string& message);
  /// A redirect to `location`.
  [[nodiscard]] static Reply redirect(int status, const std::string& location);
  /// Exactly these bytes as the whole answer; they count as its body. The connection is kept open unless the request
  /// asks to close it. These have no effect: `header`, `withoutHeader`, `retryAfter`, `keepAliveTimeout`, `body`,
  /// `noBody`, `chunked`, `http10`, `connectionClose`, `interim`.
  [[nodiscard]] static Reply raw(const std::string& bytes);
  /// No answer until the peer closes or the emulator stops.
  [[nodiscard]] static Reply hang();
  /// Reads the request, then ends the connection without an answer.
  [[nodiscard]] static Reply close(CloseManner manner = CloseManner::closeNotify);
  /// An answer that is sent until the connection ends.
  [[nodiscard]] static Reply endless(Endless what);

  /// Adds a header. It replaces a header that the emulator sets itself (Content-Length, Content-Type, …).
  [[nodiscard]] Reply header(const std::string& name, const std::string& value) const;
  /// Leaves out a header that would be sent.
  [[nodiscard]] Reply withoutHeader(const std::string& name) const;
  /// Adds `retry-after` with any value: seconds, a date, or an invalid one.
  [[nodiscard]] Reply retryAfter(const std::string& value) const;
  /// Replaces the body.
  [[nodiscard]] Reply body(const std::string& text, const std::string& contentType = "application/json") const;
  /// Sends no body and `Content-Length: 0`.
  [[nodiscard]] Reply noBody() const;
  /// Waits before the first byte of the answer. The wait ends early if the client closes the connection.
  [[nodiscard]] Reply after(std::chrono::milliseconds delay) const;
  /// Sends pieces of `bytes` bytes with a pause after each.
  [[nodiscard]] Reply slowly(std::chrono::milliseconds pause, std::size_t bytes = 1) const;
  /// Sends only the first `bytes` bytes of the answer (headers included), then ends the connection.
  [[nodiscard]] Reply cutAfter(std::size_t bytes, CloseManner manner = CloseManner::fin) const;
  /// Sends all of the header and the first `bytes` bytes of the body, then ends the connection.
  [[nodiscard]] Reply cutBody(std::size_t bytes, CloseManner manner = CloseManner::fin) const;
  /// Sends the header and the first `bytes` bytes of the body, then nothing until the peer closes.
  [[nodiscard]] Reply stallBody(std::size_t bytes = 0) const;
  /// Sends the first `bytes` bytes of the answer, then nothing until the peer closes.
  [[nodiscard]] Reply stallAfter(std::size_t bytes) const;
  /// Answers without `Connection: close`, then ends the connection while it is idle. A further request is not read.
  [[nodiscard]] Reply thenClose(CloseManner manner = CloseManner::closeNotify,
                                std::chrono::milliseconds delay = {}) const;
  /// Answers, then sends these bytes in a later write, without a request; may be called several times.
  [[nodiscard]] Reply thenSend(const std::string& bytes, std::chrono::milliseconds delay = {}) const;
  /// Answers, then writes these bytes to the socket without TLS (a corrupt record, or injected plain text).
  [[nodiscard]] Reply thenSendBelowTls(const std::string& bytes, std::chrono::milliseconds delay = {}) const;
  /// Answers, then sends a TLS 1.3 session ticket.
  [[nodiscard]] Reply thenSendTicket(std::chrono::milliseconds delay = {}) const;
  /// Answers, then sends a TLS 1.3 KeyUpdate that asks for one in return.
  [[nodiscard]] Reply thenUpdateKeys(std::chrono::milliseconds delay = {}) const;
  /// Sends these bytes in the same write as the end of the answer.
  [[nodiscard]] Reply append(const std::string& bytes) const;
  /// Writes these bytes to the socket without TLS after the answer's header and `bodyBytes` bytes of its body, in place
  /// of the rest.
  [[nodiscard]] Reply corruptAfter(std::size_t bodyBytes, const std::string& bytesBelowTls) const;
  /// Sends `Connection: close` and closes the connection after the answer.
  [[nodiscard]] Reply connectionClose() const;
  /// Answers as HTTP/1.0 and closes the connection after the answer.
  [[nodiscard]] Reply http10() const;
  /// Adds `Keep-Alive: timeout=N` (seconds). It adds only the header; to close idle connections see
  /// `EmulatorOptions::idleClose`.
  [[nodiscard]] Reply keepAliveTimeout(int seconds) const;
  /// Sends the body in chunks of this size.
  [[nodiscard]] Reply chunked(std::size_t chunkSize = 16) const;
  /// Sends no length: the end of the connection is the end of the body.
  [[nodiscard]] Reply untilClose(CloseManner manner = CloseManner::closeNotify) const;
  /// Answers as soon as the request's header is read, and closes without reading its body.
  [[nodiscard]] Reply beforeBody() const;
  /// Answers as soon as the request's header is read; does not read its body, and does not close.
  [[nodiscard]] Reply withoutReadingBody() const;
  /// Sends this interim answer (100 to 199) first; may be called several times.
  [[nodiscard]] Reply interim(int status, std::size_t times = 1) const;
  /// TLS 1.2: requests a renegotiation (HelloRequest) before the answer.
  [[nodiscard]] Reply renegotiateFirst() const;
  /// Acts on the request as Box would, even if the answer says otherwise or is never sent.
  [[nodiscard]] Reply processed() const;
  /// Uses this answer for this many requests of a script. Default: 1.
  [[nodiscard]] Reply times(std::size_t count) const;

  /// For the emulator itself.
  [[nodiscard]] const ReplyPlan& plan() const noexcept { return *plan_; }

 private:
  explicit Reply(std::shared_ptr<const ReplyPlan> plan) noexcept : plan_(std::move(plan)) {}
  template <typename Change>
  [[nodiscard]] Reply changed(Change change) const;
  [[nodiscard]] static Reply make(ReplyPlan plan);

  std::shared_ptr<const ReplyPlan> plan_;
};

/// A plan for one accepted connection. An immutable value, like `Reply`.
class BOX_EMULATOR_API ConnectionPlan {
 public:
  /// An ordinary connection.
  [[nodiscard]] static ConnectionPlan normal();
  /// Ends the connection right after accepting it. `closeNotify` has the effect of `fin` here, because TLS has not
  /// begun.
  [[nodiscard]] static ConnectionPlan closeAtOnce(CloseManner manner = CloseManner::fin);
  /// Reads the first bytes of the handshake (ClientHello), then ends the connection.
  [[nodiscard]] static ConnectionPlan closeInHandshake(CloseManner manner = CloseManner::fin);
  /// Accepts the connection and sends nothing until the peer closes: a TLS client sees a handshake that does not
  /// progress.
  [[nodiscard]] static ConnectionPlan silence();
  /// Sends these bytes instead of TLS, then waits until the peer closes.
  [[nodiscard]] static ConnectionPlan garbage(const std::string& bytes);
  /// Answers the first bytes with a plain HTTP 400 and closes, as a server without TLS on that port does.
  [[nodiscard]] static ConnectionPlan plainHttp();
  /// Answers the ClientHello with the first `bytes` bytes of the server's handshake messages, then sends nothing more.
  [[nodiscard]] static ConnectionPlan stallHandshake(std::size_t bytes = 32);
  /// Sends these bytes, encrypted, as early as the handshake allows, which is before a request can arrive.
  [[nodiscard]] static ConnectionPlan greeting(const std::string& bytes);
  /// Presents another certificate (PEM) on this connection only.
  [[nodiscard]] static ConnectionPlan certificate(const std::string& chainPem, const std::string& privateKeyPem);

  /// Waits this long before the plan begins.
  [[nodiscard]] ConnectionPlan after(std::chrono::milliseconds delay) const;
  /// Uses this plan for this many connections of a script. Default: 1.
  [[nodiscard]] ConnectionPlan times(std::size_t count) const;

  /// For the emulator itself.
  [[nodiscard]] const ConnectionScript& script() const noexcept { return *script_; }

 private:
  explicit ConnectionPlan(std::shared_ptr<const ConnectionScript> script) noexcept : script_(std::move(script)) {}
  [[nodiscard]] static ConnectionPlan make(ConnectionScript script);

  std::shared_ptr<const ConnectionScript> script_;
};

}  // namespace box::inline v0_1::emulator
