#include <box/emulator/emulator.hpp>

#include "box_behaviour.hpp"
#include "http_text.hpp"
#include "reply_plan.hpp"
#include "tls_engine.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <ctime>
#include <deque>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace box::emulator {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

/// How long the end of an ordinary connection waits for what the peer still sends: closed at once, the kernel
/// would answer it with a RST, which may overtake the answer.
constexpr std::chrono::seconds lingerTime{2};

class Connection;

/// What outlives a stop: settings, scripts, records, Box's memory. Guarded by `mutex` except where said otherwise.
struct Core {
  explicit Core(EmulatorOptions given)
      : options(std::move(given)), behaviour(options), clockOffset(options.clockOffset) {}

  /// Never changed after construction.
  const EmulatorOptions options;

  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  BoxBehaviour behaviour;
  std::chrono::seconds clockOffset;
  std::shared_ptr<const TlsContext> tls;

  std::deque<Reply> calls;
  std::deque<Reply> oauthCalls;
  std::deque<ConnectionPlan> connectionPlans;
  std::optional<Reply> defaultReply;
  std::optional<ConnectionPlan> defaultConnection;
  std::function<std::optional<Reply>(const RequestInfo&)> responder;

  std::deque<AcceptedTermination> accepted;
  std::deque<std::shared_ptr<RequestRecord>> requests;
  std::uint64_t acceptedCount = 0;
  std::uint64_t sequence = 0;
  std::uint64_t connectionNumber = 0;
  std::uint64_t connectionsAccepted = 0;
  std::uint64_t handshakesCompleted = 0;
  std::uint64_t handshakesFailed = 0;
  std::uint64_t sessionsResumed = 0;
  std::uint64_t requestCount = 0;
  std::uint64_t tokenRequestCount = 0;
  std::map<std::string, std::uint64_t> tokenRequestsByGrant;
  std::map<std::uint64_t, std::weak_ptr<Connection>> open;
};

/// What a record keeps of a `grant_type`.
constexpr std::size_t longestGrantType = 100;

bool isOAuth(std::string_view target) {
  const std::string_view path = pathOf(target);
  return path.substr(0, 8) == "/oauth2/" || path.substr(0, 12) == "/api/oauth2/";
}

bool isTokenRequest(std::string_view target) { return pathOf(target) == "/oauth2/token"; }

std::string httpDate(std::chrono::system_clock::time_point time) {
  static constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&now, &parts);
  // By hand: strftime would follow the process's locale.
  const auto two = [](int number) {
    std::string text = std::to_string(number);
    return text.size() < 2 ? "0" + text : text;
  };
  return std::string(days[static_cast<std::size_t>(parts.tm_wday)]) + ", " + two(parts.tm_mday) + " " +
         months[static_cast<std::size_t>(parts.tm_mon)] + " " + std::to_string(parts.tm_year + 1900) + " " +
         two(parts.tm_hour) + ":" + two(parts.tm_min) + ":" + two(parts.tm_sec) + " GMT";
}

std::string hexText(std::size_t number) {
  std::ostringstream text;
  text << std::hex << number;
  return text.str();
}

bool hasHeader(const std::vector<Header>& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const Header& header) { return equalNoCase(header.first, name); });
}

std::string interimText(int status) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " " + std::string(reasonPhrase(status)) + "\r\n";
  if (status == 103) text += "Link: </>; rel=preconnect\r\n";
  return text + "\r\n";
}

/// An answer as bytes, its header and its framed body apart.
struct Wire {
  std::string head;
  std::string body;
};

/// `closing` says whether the connection ends after it; `toHead` that the request was a HEAD.
Wire toWire(const BoxAnswer& answer, const ReplyPlan& plan, bool closing, bool toHead, bool toHttp10,
            std::chrono::system_clock::time_point time) {
  std::vector<Header> headers = answer.headers;
  std::string body = answer.body;
  if (plan.body) {
    body = *plan.body;
    headers.erase(std::remove_if(headers.begin(), headers.end(),
                                 [](const Header& header) { return equalNoCase(header.first, "Content-Type"); }),
                  headers.end());
    if (!plan.contentType.empty()) headers.emplace_back("Content-Type", plan.contentType);
  }
  headers.insert(headers.begin(), Header("Date", httpDate(time)));

  const bool bodiless = answer.status < 200 || answer.status == 204 || answer.status == 304;
  Wire wire;
  if (plan.framing == ReplyPlan::Framing::chunked) {
    headers.emplace_back("Transfer-Encoding", "chunked");
    for (std::size_t at = 0; at < body.size(); at += plan.chunkSize) {
      const std::string piece = body.substr(at, plan.chunkSize);
      wire.body += hexText(piece.size()) + "\r\n" + piece + "\r\n";
    }
    wire.body += "0\r\n\r\n";
  } else {
    if (plan.framing == ReplyPlan::Framing::length && (!bodiless || plan.body)) {
      headers.emplace_back("Content-Length", std::to_string(body.size()));
    }
    wire.body = body;
  }
  if (toHead) wire.body.clear();
  if (closing && plan.framing != ReplyPlan::Framing::untilClose) headers.emplace_back("Connection", "close");
  if (!closing && toHttp10) headers.emplace_back("Connection", "keep-alive");

  const auto dropped = [&](const Header& header) {
    const auto same = [&](const std::string& name) { return equalNoCase(name, header.first); };
    return hasHeader(plan.headers, header.first) || std::any_of(plan.removed.begin(), plan.removed.end(), same);
  };
  headers.erase(std::remove_if(headers.begin(), headers.end(), dropped), headers.end());
  headers.insert(headers.end(), plan.headers.begin(), plan.headers.end());

  wire.head = std::string(plan.http10 ? "HTTP/1.0 " : "HTTP/1.1 ") + std::to_string(answer.status) + " " +
              std::string(reasonPhrase(answer.status)) + "\r\n";
  for (const Header& header : headers) wire.head += header.first + ": " + header.second + "\r\n";
  wire.head += "\r\n";
  return wire;
}

/// What an endless answer starts with, and what it repeats.
std::pair<std::string, std::string> endlessText(Endless what) {
  const std::string chunkedHead =
      "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  switch (what) {
    case Endless::interimResponses: return {std::string(), "HTTP/1.1 102 Processing\r\n\r\n"};
    case Endless::headers: return {"HTTP/1.1 202 Accepted\r\n", "X-Filler: " + std::string(100, 'x') + "\r\n"};
    case Endless::chunkExtension: return {chunkedHead + "1;x=", std::string(1024, 'x')};
    case Endless::chunks: return {chunkedHead, "10\r\n                \r\n"};
    case Endless::trailers: return {chunkedHead + "2\r\n{}\r\n0\r\n", "X-Filler: " + std::string(100, 'x') + "\r\n"};
  }
  return {};
}

/// One accepted connection. Everything here runs on the strand of its socket, in one coroutine; `interrupt` and the
/// timer's handler are the only others that touch it, on the same strand.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Core> core, tcp::socket socket, std::uint64_t number)
      : core_(std::move(core)),
        options_(core_->options),
        socket_(std::move(socket)),
        sleepTimer_(socket_.get_executor()),
        idleTimer_(socket_.get_executor()),
        number_(number) {}

  ~Connection() { leave(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] tcp::socket::executor_type executor() { return socket_.get_executor(); }

  static asio::awaitable<void> run(std::shared_ptr<Connection> self) {
    try {
      co_await self->serve();
    } catch (...) {
      // A responder that throws, or no memory: the peer sees the connection end.
      self->exitManner_ = CloseManner::reset;
    }
    co_await self->finish();
    self->closeSocket();
    self->leave();
  }

  /// Makes whatever the coroutine waits for fail, so that it ends the connection in this manner.
  void interrupt(CloseManner manner) {
    interrupted_ = true;
    exitManner_ = manner;
    lingering_ = false;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    sleepTimer_.cancel();
  }

  /// For a stop: no thread runs the strand any more.
  void closeHard(CloseManner manner) {
    boost::system::error_code ignored;
    if (manner == CloseManner::reset) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    closeSocket();
    leave();
  }

 private:
  using Bool = asio::awaitable<bool>;

  void closeSocket() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  /// Counts the connection as closed, once.
  void leave() {
    if (left_) return;
    left_ = true;
    const std::lock_guard lock(core_->mutex);
    core_->open.erase(number_);
    core_->changed.notify_all();
  }

  // --- bytes -----------------------------------------------------------------------------------------------------

  Bool rawRead() {
    if (interrupted_ || dead_) co_return false;
    boost::system::error_code ec;
    const std::size_t got = co_await socket_.async_read_some(asio::buffer(rawBuffer_),
                                                             asio::redirect_error(asio::use_awaitable, ec));
    if (ec || interrupted_) {
      if (!interrupted_) noteEnd(ec);
      co_return false;
    }
    rawSize_ = got;
    co_return true;
  }

  Bool rawWrite(const std::string& bytes) {
    if (bytes.empty()) co_return true;
    if (interrupted_ || dead_) co_return false;
    boost::system::error_code ec;
    co_await asio::async_write(socket_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ec));
    if (ec && !interrupted_) noteEnd(ec);
    co_return !ec && !interrupted_;
  }

  /// Asio 1.26 takes a failed write for a full buffer: the next one on the same socket is not tried at once but
  /// waits for an event that a reset connection never sends again. So nothing is begun on a dead socket.
  /// (EmulatorFaults.NeverEndsUntilTheConnectionDoes hangs without this when the machine is busy.)
  void noteEnd(boost::system::error_code ec) {
    peerGone_ = true;
    if (ec != asio::error::eof) dead_ = true;
  }

  Bool flush() {
    const std::string bytes = tls_->take();
    const bool ok = co_await rawWrite(bytes);
    co_return ok;
  }

  /// Appends at least one byte of plaintext to `in_`; false at the end.
  Bool readSome() {
    if (!tls_) {
      const bool ok = co_await rawRead();
      if (ok) in_.append(rawBuffer_.data(), rawSize_);
      co_return ok;
    }
    for (;;) {
      const TlsEngine::Result result = tls_->read(in_);
      const bool flushed = co_await flush();
      if (!flushed) co_return false;
      if (result == TlsEngine::Result::done) co_return true;
      if (result != TlsEngine::Result::wantRead) co_return false;
      const bool ok = co_await rawRead();
      if (!ok) co_return false;
      tls_->feed(rawBuffer_.data(), rawSize_);
    }
  }

  Bool write(const std::string& bytes) {
    if (!tls_) {
      const bool ok = co_await rawWrite(bytes);
      co_return ok;
    }
    for (;;) {
      const TlsEngine::Result result = tls_->write(bytes);
      const bool flushed = co_await flush();
      if (!flushed || result == TlsEngine::Result::closed || result == TlsEngine::Result::failed) co_return false;
      if (result == TlsEngine::Result::done) co_return true;
      // In the middle of a renegotiation the peer must be heard before more can be written.
      const bool ok = co_await rawRead();
      if (!ok) co_return false;
      tls_->feed(rawBuffer_.data(), rawSize_);
    }
  }

  Bool writePieces(const std::string& bytes, std::size_t pieceSize, std::chrono::milliseconds pause) {
    if (pieceSize == 0) {
      const bool ok = co_await write(bytes);
      co_return ok;
    }
    for (std::size_t at = 0; at < bytes.size(); at += pieceSize) {
      const std::string piece = bytes.substr(at, pieceSize);
      const bool ok = co_await write(piece);
      if (!ok) co_return false;
      const bool slept = co_await sleep(pause);
      if (!slept) co_return false;
    }
    co_return true;
  }

  /// Waits, and listens meanwhile: a peer that leaves ends the wait, and with it the connection.
  Bool sleep(std::chrono::milliseconds time) {
    if (interrupted_) co_return false;
    if (time.count() <= 0) co_return true;
    armSleep(time);
    for (;;) {
      boost::system::error_code ec;
      const std::size_t got = co_await socket_.async_read_some(asio::buffer(rawBuffer_),
                                                               asio::redirect_error(asio::use_awaitable, ec));
      if (tls_) tls_->feed(rawBuffer_.data(), got);
      if (!tls_) in_.append(rawBuffer_.data(), got);
      if (interrupted_) co_return false;
      if (sleepOver_) co_return true;
      if (ec) {
        ++sleepGeneration_;
        sleepTimer_.cancel();
        noteEnd(ec);
        co_return false;
      }
    }
  }

  void armSleep(std::chrono::milliseconds time) {
    sleepOver_ = false;
    sleepTimer_.expires_after(time);
    const std::uint64_t generation = ++sleepGeneration_;
    sleepTimer_.async_wait([self = shared_from_this(), generation](boost::system::error_code ec) {
      if (ec || generation != self->sleepGeneration_) return;
      self->sleepOver_ = true;
      boost::system::error_code ignored;
      self->socket_.cancel(ignored);
    });
  }

  /// Reads and forgets until the peer ends or the connection is interrupted.
  asio::awaitable<void> drain() {
    for (;;) {
      const bool ok = co_await rawRead();
      if (!ok) co_return;
    }
  }

  /// Interrupts the connection when nothing disarms it before the time is up.
  void armIdle(std::chrono::milliseconds time) {
    idleTimer_.expires_after(time);
    const std::uint64_t generation = ++idleGeneration_;
    idleTimer_.async_wait([self = shared_from_this(), generation](boost::system::error_code ec) {
      // A wait that had expired already is not recalled by a later disarm: the generation tells.
      if (!ec && generation == self->idleGeneration_) self->interrupt(CloseManner::closeNotify);
    });
  }

  void disarmIdle() {
    ++idleGeneration_;
    idleTimer_.cancel();
  }

  // --- the end ---------------------------------------------------------------------------------------------------

  asio::awaitable<void> finish() {
    disarmIdle();
    interrupted_ = false;
    boost::system::error_code ignored;
    if (exitManner_ == CloseManner::reset) {
      socket_.set_option(asio::socket_base::linger(true, 0), ignored);
      co_return;
    }
    const bool notify = exitManner_ == CloseManner::closeNotify || exitManner_ == CloseManner::closeNotifyOnly;
    if (notify && tls_ && handshaken_) {
      tls_->closeNotify();
      // Bounded, because a peer that reads nothing leaves no room for it.
      armIdle(lingerTime);
      const bool flushed = co_await flush();
      disarmIdle();
      if (!flushed) co_return;
    }
    if (peerGone_) co_return;
    if (exitManner_ == CloseManner::closeNotifyOnly) {
      co_await drain();
      co_return;
    }
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    if (exitManner_ == CloseManner::halfClose) {
      co_await drain();
      co_return;
    }
    if (lingering_) {
      armIdle(lingerTime);
      co_await drain();
      disarmIdle();
      co_return;
    }
    // With unread bytes in its buffer the kernel would follow the FIN by a RST.
    socket_.non_blocking(true, ignored);
    boost::system::error_code ec;
    while (!ec) {
      if (socket_.read_some(asio::buffer(rawBuffer_), ec) == 0) break;
    }
  }

  void exitWith(CloseManner manner, bool lingering) {
    if (interrupted_) return;
    exitManner_ = manner;
    lingering_ = lingering;
  }

  // --- the connection --------------------------------------------------------------------------------------------

  asio::awaitable<void> serve() {
    std::shared_ptr<const TlsContext> context;
    const ConnectionPlan plan = takeConnectionPlan(context);
    const ConnectionScript& script = plan.script();
    boost::system::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    const bool slept = co_await sleep(script.delay);
    if (!slept) co_return;

    switch (script.kind) {
      case ConnectionScript::Kind::normal: break;
      case ConnectionScript::Kind::closeAtOnce: exitWith(script.manner, false); co_return;
      case ConnectionScript::Kind::silence: co_await drain(); co_return;
      case ConnectionScript::Kind::closeInHandshake:
        co_await rawRead();
        exitWith(script.manner, false);
        co_return;
      case ConnectionScript::Kind::garbage:
        co_await rawWrite(script.bytes);
        co_await drain();
        co_return;
      case ConnectionScript::Kind::plainHttp: co_await servePlainHttp(); co_return;
      case ConnectionScript::Kind::stallHandshake: break;
    }
    if (options_.tls) {
      if (!script.chainPem.empty()) {
        context = std::make_shared<const TlsContext>(options_, script.chainPem, script.privateKeyPem);
      }
      tls_ = std::make_unique<TlsEngine>(std::move(context));
      if (script.kind == ConnectionScript::Kind::stallHandshake) {
        co_await stallHandshake(script.keepBytes);
        co_return;
      }
      const bool shaken = co_await handshake();
      if (!shaken) co_return;
    } else if (script.kind == ConnectionScript::Kind::stallHandshake) {
      co_await drain();
      co_return;
    }
    for (;;) {
      const bool more = co_await serveOne();
      if (!more || interrupted_) co_return;
    }
  }

  ConnectionPlan takeConnectionPlan(std::shared_ptr<const TlsContext>& context) {
    const std::lock_guard lock(core_->mutex);
    context = core_->tls;
    if (!core_->connectionPlans.empty()) {
      const ConnectionPlan plan = core_->connectionPlans.front();
      core_->connectionPlans.pop_front();
      return plan;
    }
    return core_->defaultConnection ? *core_->defaultConnection : ConnectionPlan::normal();
  }

  asio::awaitable<void> servePlainHttp() {
    const bool ok = co_await rawRead();
    if (!ok) co_return;
    const std::string text =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 26\r\n\r\n"
        "This port speaks no TLS.\r\n";
    co_await rawWrite(text);
    exitWith(CloseManner::fin, true);
  }

  Bool handshake() {
    for (;;) {
      const TlsEngine::Result result = tls_->handshake();
      const bool flushed = co_await flush();
      if (result == TlsEngine::Result::done && flushed) {
        handshaken_ = true;
        const std::lock_guard lock(core_->mutex);
        ++core_->handshakesCompleted;
        if (tls_->sessionReused()) ++core_->sessionsResumed;
        core_->changed.notify_all();
        co_return true;
      }
      const bool heard = result == TlsEngine::Result::wantRead && flushed && co_await rawRead();
      if (!heard) {
        const std::lock_guard lock(core_->mutex);
        ++core_->handshakesFailed;
        core_->changed.notify_all();
        co_return false;
      }
      tls_->feed(rawBuffer_.data(), rawSize_);
    }
  }

  asio::awaitable<void> stallHandshake(std::size_t keepBytes) {
    std::string flight;
    while (flight.empty()) {
      const bool ok = co_await rawRead();
      if (!ok) co_return;
      tls_->feed(rawBuffer_.data(), rawSize_);
      if (tls_->handshake() == TlsEngine::Result::failed) co_return;
      flight = tls_->take();
    }
    flight.resize(std::min(flight.size(), keepBytes));
    co_await rawWrite(flight);
    co_await drain();
  }

  // --- one request -----------------------------------------------------------------------------------------------

  /// The state of a request while it is read and answered.
  struct Exchange {
    RequestInfo info;
    BoxRequest box;
    std::shared_ptr<RequestRecord> record;
    std::optional<Reply> reply;
    bool keepAlive = true;
    bool toHttp10 = false;
  };

  using Parser = http::request_parser<http::string_body>;

  /// Feeds the parser from `in_`; true when it needs no more bytes for now, or failed.
  bool feed(Parser& parser, boost::system::error_code& ec) {
    while (!in_.empty()) {
      const bool headerBefore = parser.is_header_done();
      const std::size_t used = parser.put(asio::buffer(in_), ec);
      in_.erase(0, used);
      if (ec == http::error::need_more) {
        ec = {};
        return false;
      }
      if (ec || parser.is_done()) return true;
      if (!headerBefore && parser.is_header_done()) return true;
      if (used == 0) return false;
    }
    return false;
  }

  /// Reads and answers one request; false when the connection is to end.
  Bool serveOne() {
    Parser parser;
    parser.header_limit(options_.maxHeaderSize);
    parser.body_limit(options_.maxBodySize);
    boost::system::error_code ec;
    if (options_.idleClose.count() > 0) armIdle(options_.idleClose);
    for (;;) {
      // RFC 9112 2.2: empty lines before a request are to be ignored.
      in_.erase(0, in_.find_first_not_of("\r\n") == std::string::npos ? in_.size() : in_.find_first_not_of("\r\n"));
      if (feed(parser, ec)) break;
      const bool ok = co_await readSome();
      if (!ok) co_return false;
      disarmIdle();
    }
    disarmIdle();

    auto exchange = std::make_unique<Exchange>();
    Exchange& x = *exchange;
    describe(parser, x);
    if (ec) {
      const bool more = co_await refuse(x, ec);
      co_return more;
    }
    x.keepAlive = parser.keep_alive();
    x.toHttp10 = parser.get().version() < 11;
    x.reply = takeReply(x.box.target);
    if (!x.reply) x.reply = defaultBeforeBody(x.box.target);
    if (x.reply && x.reply->plan().beforeBody) {
      x.keepAlive = false;
      const bool more = co_await answer(x);
      co_return more;
    }

    const std::string expect = findHeader(x.info.headers, "Expect");
    if (!expect.empty() && !equalNoCase(expect, "100-continue")) {
      const bool more = co_await refuseWith(x, 417);
      co_return more;
    }
    if (!expect.empty() && !x.toHttp10 && !parser.is_done() && in_.empty()) {
      const std::string text = "HTTP/1.1 100 Continue\r\n\r\n";
      const bool ok = co_await write(text);
      if (!ok) co_return false;
    }
    parser.eager(true);
    while (!parser.is_done()) {
      feed(parser, ec);
      if (ec) {
        const bool more = co_await refuse(x, ec);
        co_return more;
      }
      if (parser.is_done()) break;
      const bool ok = co_await readSome();
      if (!ok) co_return false;
    }
    x.box.body = std::move(parser.get().body());
    x.info.body = x.box.body;
    {
      const std::lock_guard lock(core_->mutex);
      x.record->bodySize = x.box.body.size();
      noteGrant(x);
    }
    const bool more = co_await answer(x);
    co_return more;
  }

  /// Writes the request into the records, as far as its header is known.
  void describe(Parser& parser, Exchange& x) {
    const auto& message = parser.get();
    x.box.method = std::string(message.method_string());
    x.box.target = std::string(message.target());
    for (const auto& field : message) {
      const std::string name(field.name_string());
      const std::string value(field.value());
      x.info.headers.emplace_back(name, withoutCredential(name, value));
      x.box.headers.emplace_back(name, value);
    }
    x.info.method = x.box.method;
    x.info.target = x.box.target;
    x.info.connection = number_;
    x.info.requestOnConnection = ++requestsHere_;

    x.record = std::make_shared<RequestRecord>();
    x.record->method = x.info.method;
    x.record->target = x.info.target;
    x.record->headers = x.info.headers;
    x.record->connection = number_;
    x.record->requestOnConnection = requestsHere_;
    x.record->time = std::chrono::system_clock::now();
    x.record->steadyTime = std::chrono::steady_clock::now();
    const std::lock_guard lock(core_->mutex);
    core_->requests.push_back(x.record);
    if (options_.maxRecords != 0 && core_->requests.size() > options_.maxRecords) core_->requests.pop_front();
    ++core_->requestCount;
    if (isTokenRequest(x.info.target)) ++core_->tokenRequestCount;
    core_->changed.notify_all();
  }

  /// Under the lock. Of a form only this field goes into the records: the others are secrets.
  void noteGrant(Exchange& x) {
    if (!isTokenRequest(x.box.target)) return;
    if (const std::optional<Form> form = parseForm(x.box.body)) {
      x.record->grantType = fieldOf(*form, "grant_type").substr(0, longestGrantType);
    }
    ++core_->tokenRequestsByGrant[x.record->grantType];
  }

  /// The emulator's clock.
  std::chrono::system_clock::time_point wallTime() {
    const std::lock_guard lock(core_->mutex);
    return std::chrono::system_clock::now() + core_->clockOffset;
  }

  std::optional<Reply> takeReply(const std::string& target) {
    const std::lock_guard lock(core_->mutex);
    std::deque<Reply>& queue = isOAuth(target) ? core_->oauthCalls : core_->calls;
    if (queue.empty()) return std::nullopt;
    std::optional<Reply> reply = queue.front();
    queue.pop_front();
    return reply;
  }

  /// The default, where it is to come before the body. A responder comes before the default, and wants the body.
  std::optional<Reply> defaultBeforeBody(const std::string& target) {
    const std::lock_guard lock(core_->mutex);
    const bool due = core_->defaultReply && core_->defaultReply->plan().beforeBody && !core_->responder && !isOAuth(target);
    return due ? core_->defaultReply : std::nullopt;
  }

  /// A request that is no proper HTTP, or too large.
  Bool refuse(Exchange& x, boost::system::error_code ec) {
    int status = 400;
    if (ec == http::error::header_limit) status = 431;
    if (ec == http::error::body_limit) status = 413;
    const bool more = co_await refuseWith(x, status);
    co_return more;
  }

  Bool refuseWith(Exchange& x, int status) {
    x.keepAlive = false;
    x.reply = Reply::status(status);
    const bool more = co_await answer(x);
    co_return more;
  }

  /// Chooses the answer and lets Box act on the request if it is to.
  BoxAnswer decide(Exchange& x) {
    if (!x.reply) {
      std::function<std::optional<Reply>(const RequestInfo&)> responder;
      {
        const std::lock_guard lock(core_->mutex);
        responder = core_->responder;
      }
      // Outside the lock, so that it may look at the records.
      if (responder) x.reply = responder(x.info);
    }
    std::optional<AcceptedTermination> accepted;
    BoxAnswer answer;
    RequestRecord recorded;
    {
      const std::lock_guard lock(core_->mutex);
      if (!x.reply && !isOAuth(x.box.target)) x.reply = core_->defaultReply;
      if (!x.reply) x.reply = Reply::asBox();
      const ReplyPlan& plan = x.reply->plan();
      const bool box = plan.kind == ReplyPlan::Kind::box;
      if (box || plan.processed) {
        Moment now;
        now.steady = std::chrono::steady_clock::now();
        now.wall = std::chrono::system_clock::now() + core_->clockOffset;
        answer = core_->behaviour.answer(x.box, now);
        accepted = answer.accepted;
      }
      if (plan.kind == ReplyPlan::Kind::built) answer = builtAnswer(plan, isOAuth(x.box.target));
      if (box || plan.kind == ReplyPlan::Kind::built) {
        x.record->status = answer.status;
        x.record->boxRequestId = answer.boxRequestId;
      }
      if (accepted) {
        accepted->sequence = ++core_->sequence;
        accepted->connection = number_;
        accepted->time = x.record->time;
        core_->accepted.push_back(*accepted);
        ++core_->acceptedCount;
        if (options_.maxRecords != 0 && core_->accepted.size() > options_.maxRecords) core_->accepted.pop_front();
      }
      recorded = *x.record;
      core_->changed.notify_all();
    }
    if (accepted && options_.onAccepted) options_.onAccepted(*accepted);
    if (options_.onRequest) options_.onRequest(recorded);
    return answer;
  }

  BoxAnswer builtAnswer(const ReplyPlan& plan, bool oauth) {
    BoxAnswers& answers = core_->behaviour.answers();
    if (plan.status == 202) return answers.accepted();
    if (plan.status < 400) return answers.bare(plan.status);
    if (oauth) {
      const std::string_view code = plan.errorCode.empty() ? usualCode(plan.status) : plan.errorCode;
      return answers.oauthError(plan.status, code, plan.errorMessage);
    }
    if (plan.status == 401 && plan.errorCode.empty()) return answers.unauthorized();
    return answers.clientError(plan.status, plan.errorCode, plan.errorMessage);
  }

  Bool answer(Exchange& x) {
    const BoxAnswer decided = decide(x);
    // A reply of its own, so that a new default set meanwhile does not pull it away.
    const Reply reply = *x.reply;
    const ReplyPlan& plan = reply.plan();
    const bool slept = co_await sleep(options_.latency + plan.delay);
    if (!slept) co_return false;
    if (plan.renegotiate && tls_) tls_->renegotiate();

    if (plan.kind == ReplyPlan::Kind::hang) {
      co_await drain();
      co_return false;
    }
    if (plan.kind == ReplyPlan::Kind::close) {
      exitWith(plan.manner, false);
      co_return false;
    }
    if (plan.kind == ReplyPlan::Kind::endless) {
      co_await writeEndless(plan.endless);
      co_return false;
    }

    const bool last = options_.maxRequestsPerConnection != 0 && requestsHere_ >= options_.maxRequestsPerConnection;
    bool closing = !x.keepAlive || last || plan.connectionClose || plan.http10;
    std::string before;
    Wire wire;
    if (plan.kind == ReplyPlan::Kind::raw) {
      closing = !x.keepAlive;
      wire.body = plan.bytes;
    } else {
      for (const int status : plan.interim) before += interimText(status);
      wire = toWire(decided, plan, closing, x.box.method == "HEAD", x.toHttp10, wallTime());
    }
    std::string bytes = wire.head + wire.body;
    if (plan.keepBytes) bytes.resize(std::min(bytes.size(), *plan.keepBytes));
    if (plan.keepBody) bytes.resize(std::min(bytes.size(), wire.head.size() + *plan.keepBody));
    bytes += plan.appended;
    bytes.insert(0, before);
    const bool written = co_await writePieces(bytes, plan.pieceSize, plan.pause);
    if (!written) co_return false;

    switch (plan.cut) {
      case ReplyPlan::Cut::none: break;
      case ReplyPlan::Cut::close: exitWith(plan.manner, false); co_return false;
      case ReplyPlan::Cut::corrupt:
        co_await rawWrite(plan.corruption);
        co_await drain();
        co_return false;
      case ReplyPlan::Cut::stall: co_await drain(); co_return false;
    }
    if (plan.framing == ReplyPlan::Framing::untilClose) {
      exitWith(plan.manner, false);
      co_return false;
    }
    for (const IdleAction& action : plan.afterwards) {
      const bool waited = co_await sleep(action.delay);
      if (!waited) co_return false;
      if (action.kind == IdleAction::Kind::close) {
        exitWith(action.manner, false);
        co_return false;
      }
      bool sent = false;
      if (action.kind == IdleAction::Kind::send) {
        sent = co_await write(action.bytes);
      } else {
        sent = co_await rawWrite(action.bytes);
      }
      if (!sent) co_return false;
    }
    if (closing) exitWith(CloseManner::closeNotify, true);
    co_return !closing;
  }

  asio::awaitable<void> writeEndless(Endless what) {
    const std::pair<std::string, std::string> text = endlessText(what);
    std::string block;
    while (block.size() < 8192) block += text.second;
    bool ok = co_await write(text.first);
    while (ok) ok = co_await write(block);
  }

  std::shared_ptr<Core> core_;
  const EmulatorOptions& options_;
  tcp::socket socket_;
  asio::steady_timer sleepTimer_;
  asio::steady_timer idleTimer_;
  std::uint64_t idleGeneration_ = 0;
  std::uint64_t sleepGeneration_ = 0;
  bool sleepOver_ = false;
  const std::uint64_t number_;
  std::unique_ptr<TlsEngine> tls_;
  bool handshaken_ = false;
  std::array<char, 16384> rawBuffer_{};
  std::size_t rawSize_ = 0;
  /// Plaintext that no request has used yet.
  std::string in_;
  std::uint64_t requestsHere_ = 0;

  bool interrupted_ = false;
  /// The peer has sent its last byte.
  bool peerGone_ = false;
  /// Reading or writing has failed.
  bool dead_ = false;
  CloseManner exitManner_ = CloseManner::closeNotify;
  bool lingering_ = true;
  bool left_ = false;
};

/// What one run between start and stop needs: the context, its threads, the listening socket.
class Engine {
 public:
  Engine(std::shared_ptr<Core> core, const tcp::endpoint& endpoint)
      : core_(std::move(core)), acceptor_(asio::make_strand(io_)) {
    try {
      acceptor_.open(endpoint.protocol());
      acceptor_.set_option(asio::socket_base::reuse_address(true));
      acceptor_.bind(endpoint);
      acceptor_.listen();
    } catch (const boost::system::system_error& error) {
      throw std::system_error(error.code(), "box::emulator: cannot listen");
    }
    asio::co_spawn(acceptor_.get_executor(), acceptLoop(), asio::detached);
  }

  ~Engine() { stop(CloseManner::fin); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void run(std::size_t threads) {
    for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) {
      threads_.emplace_back([this] { io_.run(); });
    }
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void stop(CloseManner manner) {
    io_.stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (const std::shared_ptr<Connection>& connection : connections(*core_)) connection->closeHard(manner);
  }

  [[nodiscard]] static std::vector<std::shared_ptr<Connection>> connections(const Core& core) {
    std::vector<std::shared_ptr<Connection>> all;
    const std::lock_guard lock(core.mutex);
    for (const auto& entry : core.open) {
      if (std::shared_ptr<Connection> connection = entry.second.lock()) all.push_back(std::move(connection));
    }
    return all;
  }

 private:
  asio::awaitable<void> acceptLoop() {
    asio::steady_timer pause(acceptor_.get_executor());
    for (;;) {
      tcp::socket socket(asio::make_strand(io_));
      boost::system::error_code ec;
      co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
      if (ec == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
      if (ec) {
        // Out of descriptors: without a pause this would spin until others give some back.
        pause.expires_after(std::chrono::milliseconds(10));
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        continue;
      }
      admit(std::move(socket));
    }
  }

  void admit(tcp::socket socket) {
    std::shared_ptr<Connection> connection;
    {
      const std::lock_guard lock(core_->mutex);
      const std::uint64_t number = ++core_->connectionNumber;
      ++core_->connectionsAccepted;
      connection = std::make_shared<Connection>(core_, std::move(socket), number);
      core_->open.emplace(number, connection);
      core_->changed.notify_all();
    }
    asio::co_spawn(connection->executor(), Connection::run(connection), asio::detached);
  }

  std::shared_ptr<Core> core_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::vector<std::thread> threads_;
};

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("box::emulator: cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

template <typename Value>
void enqueue(std::deque<Value>& queue, const Value& value, std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) queue.push_back(value);
}

}  // namespace

class Emulator::Impl {
 public:
  explicit Impl(EmulatorOptions options) : core_(std::make_shared<Core>(std::move(options))) {
    const EmulatorOptions& o = core_->options;
    boost::system::error_code ec;
    const asio::ip::address address = asio::ip::make_address(o.address, ec);
    if (ec) throw std::runtime_error("box::emulator: the address " + o.address + " is not numeric");
    endpoint_ = tcp::endpoint(address, o.port);
    if (o.tls) core_->tls = makeContext(o);
    start();
  }

  void start() {
    if (engine_) return;
    engine_ = std::make_unique<Engine>(core_, endpoint_);
    endpoint_.port(engine_->port());
    engine_->run(core_->options.threads);
  }

  void stop(CloseManner manner) {
    if (!engine_) return;
    engine_->stop(manner);
    engine_.reset();
  }

  template <typename Predicate>
  bool waitFor(std::chrono::milliseconds timeout, Predicate predicate) const {
    std::unique_lock lock(core_->mutex);
    return core_->changed.wait_for(lock, timeout, [&] { return predicate(*core_); });
  }

  std::shared_ptr<const TlsContext> makeContext(const EmulatorOptions& o) {
    const bool text = !o.certificateChainPem.empty() || !o.privateKeyPem.empty();
    const bool files = !o.certificateChainFile.empty() || !o.privateKeyFile.empty();
    if (text && files) throw std::runtime_error("box::emulator: a certificate as text and as file");
    std::string chain = o.certificateChainPem;
    std::string key = o.privateKeyPem;
    if (files) {
      chain = readFile(o.certificateChainFile);
      key = readFile(o.privateKeyFile);
    } else if (!text) {
      authority_ = makeCertificateAuthority();
      CertificateSpec spec;
      spec.dnsNames.insert(spec.dnsNames.end(), o.extraNames.begin(), o.extraNames.end());
      const asio::ip::address address = endpoint_.address();
      if (!address.is_loopback() && !address.is_unspecified()) spec.ipAddresses.push_back(address.to_string());
      const IssuedCertificate issued = issueCertificate(authority_, spec);
      chain = issued.chainPem;
      key = issued.privateKeyPem;
    }
    return std::make_shared<const TlsContext>(o, chain, key);
  }

  std::shared_ptr<Core> core_;
  CertificateAuthority authority_;
  tcp::endpoint endpoint_;
  std::unique_ptr<Engine> engine_;
};

Emulator::Emulator(EmulatorOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Emulator::~Emulator() { impl_->stop(CloseManner::fin); }

std::uint16_t Emulator::port() const noexcept { return impl_->endpoint_.port(); }

std::string Emulator::baseUrl() const {
  const std::string scheme = impl_->core_->options.tls ? "https://" : "http://";
  const asio::ip::address address = impl_->endpoint_.address();
  std::string host = "localhost";
  if (address != asio::ip::address(asio::ip::address_v4::loopback()) &&
      address != asio::ip::address(asio::ip::address_v6::loopback())) {
    host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  }
  return scheme + host + ":" + std::to_string(port());
}

std::string Emulator::oauth2Url() const { return baseUrl() + "/api/oauth2"; }

std::string Emulator::caPem() const { return impl_->authority_.certificatePem; }

const CertificateAuthority& Emulator::authority() const noexcept { return impl_->authority_; }

void Emulator::script(std::vector<Reply> replies) {
  const std::lock_guard lock(impl_->core_->mutex);
  for (const Reply& reply : replies) enqueue(impl_->core_->calls, reply, reply.plan().times);
}

void Emulator::script(Reply reply) { script(std::vector<Reply>(1, reply)); }

void Emulator::scriptOAuth(std::vector<Reply> replies) {
  const std::lock_guard lock(impl_->core_->mutex);
  for (const Reply& reply : replies) enqueue(impl_->core_->oauthCalls, reply, reply.plan().times);
}

void Emulator::scriptOAuth(Reply reply) { scriptOAuth(std::vector<Reply>(1, reply)); }

void Emulator::scriptConnection(std::vector<ConnectionPlan> plans) {
  const std::lock_guard lock(impl_->core_->mutex);
  for (const ConnectionPlan& plan : plans) enqueue(impl_->core_->connectionPlans, plan, plan.script().times);
}

void Emulator::scriptConnection(ConnectionPlan plan) { scriptConnection(std::vector<ConnectionPlan>(1, plan)); }

void Emulator::setDefault(Reply reply) {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->defaultReply = std::move(reply);
}

void Emulator::setDefault() {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->defaultReply.reset();
}

void Emulator::setDefaultConnection(ConnectionPlan plan) {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->defaultConnection = std::move(plan);
}

void Emulator::setDefaultConnection() {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->defaultConnection.reset();
}

void Emulator::setResponder(std::function<std::optional<Reply>(const RequestInfo&)> responder) {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->responder = std::move(responder);
}

std::size_t Emulator::pendingSteps() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->calls.size() + impl_->core_->oauthCalls.size() + impl_->core_->connectionPlans.size();
}

void Emulator::expireToken(const std::string& token) {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->behaviour.expireToken(token);
}

void Emulator::expireAllTokens() {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->behaviour.expireAllTokens();
}

void Emulator::expireRefreshTokens() {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->behaviour.expireRefreshTokens();
}

void Emulator::setClockOffset(std::chrono::seconds offset) {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->clockOffset = offset;
}

std::chrono::seconds Emulator::clockOffset() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->clockOffset;
}

void Emulator::setCertificate(const std::string& chainPem, const std::string& privateKeyPem) {
  auto context = std::make_shared<const TlsContext>(impl_->core_->options, chainPem, privateKeyPem);
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->tls = std::move(context);
}

std::vector<AcceptedTermination> Emulator::accepted() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return std::vector<AcceptedTermination>(impl_->core_->accepted.begin(), impl_->core_->accepted.end());
}

std::vector<RequestRecord> Emulator::requests() const {
  const std::lock_guard lock(impl_->core_->mutex);
  std::vector<RequestRecord> records;
  records.reserve(impl_->core_->requests.size());
  for (const auto& record : impl_->core_->requests) records.push_back(*record);
  return records;
}

std::uint64_t Emulator::connectionsAccepted() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->connectionsAccepted;
}

std::uint64_t Emulator::handshakesCompleted() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->handshakesCompleted;
}

std::uint64_t Emulator::handshakesFailed() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->handshakesFailed;
}

std::uint64_t Emulator::sessionsResumed() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->sessionsResumed;
}

std::size_t Emulator::openConnections() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->open.size();
}

std::uint64_t Emulator::requestCount() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->requestCount;
}

std::uint64_t Emulator::tokenRequestCount() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->tokenRequestCount;
}

std::uint64_t Emulator::tokenRequestCount(const std::string& grantType) const {
  const std::lock_guard lock(impl_->core_->mutex);
  const auto count = impl_->core_->tokenRequestsByGrant.find(grantType);
  return count == impl_->core_->tokenRequestsByGrant.end() ? 0 : count->second;
}

void Emulator::clear() {
  Core& core = *impl_->core_;
  const std::lock_guard lock(core.mutex);
  core.calls.clear();
  core.oauthCalls.clear();
  core.connectionPlans.clear();
  core.defaultReply.reset();
  core.defaultConnection.reset();
  core.responder = nullptr;
  core.accepted.clear();
  core.acceptedCount = 0;
  core.requests.clear();
  core.connectionsAccepted = 0;
  core.handshakesCompleted = 0;
  core.handshakesFailed = 0;
  core.sessionsResumed = 0;
  core.requestCount = 0;
  core.tokenRequestCount = 0;
  core.tokenRequestsByGrant.clear();
}

bool Emulator::waitForRequests(std::uint64_t count, std::chrono::milliseconds timeout) const {
  return impl_->waitFor(timeout, [count](const Core& core) { return core.requestCount >= count; });
}

bool Emulator::waitForAccepted(std::uint64_t count, std::chrono::milliseconds timeout) const {
  return impl_->waitFor(timeout, [count](const Core& core) { return core.acceptedCount >= count; });
}

bool Emulator::waitForConnections(std::uint64_t count, std::chrono::milliseconds timeout) const {
  return impl_->waitFor(timeout, [count](const Core& core) { return core.connectionsAccepted >= count; });
}

bool Emulator::waitForOpenConnections(std::size_t atMost, std::chrono::milliseconds timeout) const {
  return impl_->waitFor(timeout, [atMost](const Core& core) { return core.open.size() <= atMost; });
}

void Emulator::closeAllConnections(CloseManner manner) {
  for (const std::shared_ptr<Connection>& connection : Engine::connections(*impl_->core_)) {
    asio::post(connection->executor(), [connection, manner] { connection->interrupt(manner); });
  }
}

void Emulator::stop(CloseManner manner) { impl_->stop(manner); }

void Emulator::start() { impl_->start(); }

bool Emulator::running() const noexcept { return impl_->engine_ != nullptr; }

}  // namespace box::emulator
