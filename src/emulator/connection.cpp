#include "connection.hpp"

#include "answer_text.hpp"
#include "channel.hpp"
#include "http_text.hpp"
#include "reply_plan.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace box::emulator {
namespace http = boost::beast::http;

namespace {

/// What a record keeps of a `grant_type`.
constexpr std::size_t longestGrantType = 100;

bool isOAuth(std::string_view target) {
  const std::string_view path = pathOf(target);
  return path.substr(0, 8) == "/oauth2/" || path.substr(0, 12) == "/api/oauth2/";
}

bool isTokenRequest(std::string_view target) { return pathOf(target) == "/oauth2/token"; }

using Bool = Channel::Bool;

/// What one connection is asked, and what it is answered.
class Connection {
 public:
  Connection(Core* core, Channel& channel, std::uint64_t number)
      : core_(core), options_(core->options), channel_(channel), number_(number) {}

  asio::awaitable<void> serve() {
    std::shared_ptr<const TlsContext> context;
    const ConnectionPlan plan = takeConnectionPlan(context);
    const ConnectionScript& script = plan.script();
    const bool slept = co_await channel_.sleep(script.delay);
    if (!slept) co_return;

    switch (script.kind) {
      case ConnectionScript::Kind::normal: break;
      case ConnectionScript::Kind::closeAtOnce: channel_.exitWith(script.manner, false); co_return;
      case ConnectionScript::Kind::silence: co_await channel_.drain(); co_return;
      case ConnectionScript::Kind::closeInHandshake:
        co_await channel_.rawRead();
        channel_.exitWith(script.manner, false);
        co_return;
      case ConnectionScript::Kind::garbage:
        co_await channel_.rawWrite(script.bytes);
        co_await channel_.drain();
        co_return;
      case ConnectionScript::Kind::plainHttp: co_await servePlainHttp(); co_return;
      case ConnectionScript::Kind::stallHandshake: break;
    }
    if (options_.tls) {
      if (!script.chainPem.empty()) {
        context = std::make_shared<const TlsContext>(options_, script.chainPem, script.privateKeyPem);
      }
      if (script.kind == ConnectionScript::Kind::stallHandshake) {
        co_await channel_.stallHandshake(std::move(context), script.keepBytes);
        co_return;
      }
      armIdle();
      const bool shaken = co_await channel_.handshake(std::move(context), script.greeting);
      channel_.disarmIdle();
      noteHandshake(shaken);
      if (!shaken) co_return;
    } else if (script.kind == ConnectionScript::Kind::stallHandshake) {
      co_await channel_.drain();
      co_return;
    }
    for (;;) {
      const bool more = co_await serveOne();
      if (!more || channel_.interrupted()) co_return;
    }
  }

  void armIdle() {
    if (options_.idleClose.count() > 0) channel_.armIdle(options_.idleClose);
  }

  void noteHandshake(bool shaken) {
    const std::lock_guard lock(core_->mutex);
    ++(shaken ? core_->handshakesCompleted : core_->handshakesFailed);
    if (shaken && channel_.tls()->sessionReused()) ++core_->sessionsResumed;
    core_->changed.notify_all();
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
    const bool ok = co_await channel_.rawRead();
    if (!ok) co_return;
    const std::string text =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
        "Content-Length: 26\r\n\r\n"
        "This port speaks no TLS.\r\n";
    co_await channel_.rawWrite(text);
    channel_.exitWith(CloseManner::fin, true);
  }

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

  /// Feeds the parser from the input; true when it needs no more bytes for now, or failed.
  bool feed(Parser& parser, boost::system::error_code& ec) {
    std::string& input = channel_.input();
    while (!input.empty()) {
      const bool headerBefore = parser.is_header_done();
      const std::size_t used = parser.put(asio::buffer(input), ec);
      input.erase(0, used);
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
    for (;;) {
      // RFC 9112 2.2: empty lines before a request are to be ignored.
      std::string& input = channel_.input();
      input.erase(0, std::min(input.find_first_not_of("\r\n"), input.size()));
      if (feed(parser, ec)) break;
      armIdle();
      const bool ok = co_await channel_.readSome();
      if (!ok) co_return false;
    }
    channel_.disarmIdle();

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
    if (!expect.empty() && !x.toHttp10 && !parser.is_done() && channel_.input().empty()) {
      const std::string text = "HTTP/1.1 100 Continue\r\n\r\n";
      const bool ok = co_await channel_.write(text);
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
      const bool ok = co_await channel_.readSome();
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
    const bool due =
        core_->defaultReply && core_->defaultReply->plan().beforeBody && !core_->responder && !isOAuth(target);
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
      decltype(core_->responder) responder;
      {
        const std::lock_guard lock(core_->mutex);
        responder = core_->responder;
      }
      // Outside the lock, so that it may look at the records.
      if (responder) x.reply = (*responder)(x.info);
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
    const bool slept = co_await channel_.sleep(options_.latency + plan.delay);
    if (!slept) co_return false;
    if (plan.renegotiate && channel_.tls() != nullptr) channel_.tls()->renegotiate();

    if (plan.kind == ReplyPlan::Kind::hang) {
      co_await channel_.drain();
      co_return false;
    }
    if (plan.kind == ReplyPlan::Kind::close) {
      channel_.exitWith(plan.manner, false);
      co_return false;
    }
    if (plan.kind == ReplyPlan::Kind::endless) {
      co_await writeEndless(plan.endless);
      co_return false;
    }

    const bool last = options_.maxRequestsPerConnection != 0 && requestsHere_ >= options_.maxRequestsPerConnection;
    bool closing = !x.keepAlive || last || plan.connectionClose || plan.http10;
    std::string before;
    AnswerText text;
    if (plan.kind == ReplyPlan::Kind::raw) {
      closing = !x.keepAlive;
      text.body = plan.bytes;
    } else {
      for (const int status : plan.interim) before += interimText(status);
      text = answerText(decided, plan, closing, x.box.method == "HEAD", x.toHttp10, wallTime());
    }
    std::string bytes = text.head + text.body;
    if (plan.keepBytes) bytes.resize(std::min(bytes.size(), *plan.keepBytes));
    if (plan.keepBody) bytes.resize(std::min(bytes.size(), text.head.size() + *plan.keepBody));
    bytes += plan.appended;
    bytes.insert(0, before);
    const bool written = co_await channel_.writePieces(bytes, plan.pieceSize, plan.pause);
    if (!written) co_return false;

    if (plan.leaveUnread) {
      co_await channel_.ignore();
      co_return false;
    }
    switch (plan.cut) {
      case ReplyPlan::Cut::none: break;
      case ReplyPlan::Cut::close: channel_.exitWith(plan.manner, false); co_return false;
      case ReplyPlan::Cut::corrupt:
        co_await channel_.rawWrite(plan.corruption);
        co_await channel_.drain();
        co_return false;
      case ReplyPlan::Cut::stall: co_await channel_.drain(); co_return false;
    }
    if (plan.framing == ReplyPlan::Framing::untilClose) {
      channel_.exitWith(plan.manner, false);
      co_return false;
    }
    for (const IdleAction& action : plan.afterwards) {
      const bool waited = co_await channel_.sleep(action.delay);
      if (!waited) co_return false;
      if (action.kind == IdleAction::Kind::close) {
        channel_.exitWith(action.manner, false);
        co_return false;
      }
      bool sent = false;
      if (action.kind == IdleAction::Kind::send) {
        sent = co_await channel_.write(action.bytes);
      } else if (action.kind != IdleAction::Kind::sendBelowTls) {
        if (TlsEngine* tls = channel_.tls()) {
          if (action.kind == IdleAction::Kind::sendTicket) tls->sendTicket();
          if (action.kind == IdleAction::Kind::updateKeys) tls->updateKeys();
          sent = co_await channel_.flush();
        }
      } else {
        sent = co_await channel_.rawWrite(action.bytes);
      }
      if (!sent) co_return false;
    }
    if (closing) channel_.exitWith(CloseManner::closeNotify, true);
    co_return !closing;
  }

  asio::awaitable<void> writeEndless(Endless what) {
    const std::pair<std::string, std::string> text = endlessText(what);
    std::string block;
    while (block.size() < 8192) block += text.second;
    bool ok = co_await channel_.write(text.first);
    while (ok) ok = co_await channel_.write(block);
  }

  Core* core_;
  const EmulatorOptions& options_;
  Channel& channel_;
  const std::uint64_t number_;
  std::uint64_t requestsHere_ = 0;
};

/// Counts a connection as closed at the end of its coroutine, whatever that end is.
class Presence {
 public:
  Presence(Core& core, std::uint64_t number) : core_(core), number_(number) {}
  ~Presence() {
    const std::lock_guard lock(core_.mutex);
    core_.open.erase(number_);
    core_.changed.notify_all();
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

 private:
  Core& core_;
  const std::uint64_t number_;
};

}  // namespace

asio::awaitable<void> serveConnection(std::shared_ptr<Core> core, std::shared_ptr<Channel> channel,
                                      std::uint64_t number) {
  const Presence presence(*core, number);
  Connection connection(core.get(), *channel, number);
  try {
    co_await connection.serve();
  } catch (...) {
    // A responder that throws, or no memory: the peer sees the connection end.
    channel->exitWith(CloseManner::reset, false);
  }
  co_await channel->finish();
  channel->closeSocket();
}

}  // namespace box::emulator
