#include "server_connection.hpp"

#include "connection_script.hpp"
#include "reply_player.hpp"
#include "request_intake.hpp"

#include <string>
#include <utility>

namespace box::inline v0_1::emulator {
namespace {

class ServerConnection {
 public:
  ServerConnection(EmulatorState& state, Channel& channel, std::uint64_t number)
      : state_(state), channel_(channel), intake_(state, channel, number), player_(state, channel) {}

  asio::awaitable<void> serve() {
    const std::shared_ptr<const ServerTlsContext> tls = state_.tls();
    const ConnectionPlan plan = state_.takeConnectionPlan();
    const bool begun = co_await begin(plan.script(), tls);
    if (!begun) co_return;
    for (;;) {
      const bool more = co_await serveOne();
      if (!more || channel_.interrupted()) co_return;
    }
  }

 private:
  /// Does what the script says before the first request. False: no request will come.
  Channel::Bool begin(const ConnectionScript& script, std::shared_ptr<const ServerTlsContext> tls) {
    const bool slept = co_await channel_.sleep(script.delay);
    if (!slept) co_return false;
    switch (script.kind) {
      case ConnectionScript::Kind::normal: break;
      case ConnectionScript::Kind::closeAtOnce: channel_.exitWith(script.manner, false); co_return false;
      case ConnectionScript::Kind::silence: co_await channel_.drain(); co_return false;
      case ConnectionScript::Kind::closeInHandshake:
        co_await channel_.rawRead();
        channel_.exitWith(script.manner, false);
        co_return false;
      case ConnectionScript::Kind::garbage:
        co_await channel_.rawWrite(script.bytes);
        co_await channel_.drain();
        co_return false;
      case ConnectionScript::Kind::plainHttp: co_await refuseTls(); co_return false;
      case ConnectionScript::Kind::stallHandshake:
        if (tls) {
          co_await channel_.stallHandshake(std::move(tls), script.keepBytes);
        } else {
          co_await channel_.drain();
        }
        co_return false;
    }
    if (!tls) co_return true;
    const bool completed = co_await handshake(script, std::move(tls));
    co_return completed;
  }

  /// Answers as a server without TLS on that port does.
  asio::awaitable<void> refuseTls() {
    const bool heard = co_await channel_.rawRead();
    if (!heard) co_return;
    const std::string text =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
        "Content-Length: 26\r\n\r\n"
        "This port speaks no TLS.\r\n";
    co_await channel_.rawWrite(text);
    channel_.exitWith(CloseManner::fin, true);
  }

  Channel::Bool handshake(const ConnectionScript& script, std::shared_ptr<const ServerTlsContext> tls) {
    const EmulatorOptions& options = state_.options();
    if (!script.chainPem.empty()) {
      tls = std::make_shared<const ServerTlsContext>(options, script.chainPem, script.privateKeyPem);
    }
    if (options.idleClose.count() > 0) channel_.armIdle(options.idleClose);
    const bool completed = co_await channel_.handshake(std::move(tls), script.greeting);
    channel_.disarmIdle();
    state_.handshakeEnded(completed, completed && channel_.tls()->sessionReused());
    co_return completed;
  }

  /// Reads and answers one request. False: the connection has to end.
  Channel::Bool serveOne() {
    const std::unique_ptr<ReceivedRequest> received = co_await intake_.next();
    if (!received) co_return false;
    const ChosenAnswer chosen = state_.answer(received->reply, received->info, received->request, *received->record);
    const bool more = co_await player_.play(chosen.reply.plan(), chosen.answer, *received);
    co_return more;
  }

  EmulatorState& state_;
  Channel& channel_;
  RequestIntake intake_;
  ReplyPlayer player_;
};

/// Counts a connection as closed when its coroutine ends, in whatever way.
class Presence {
 public:
  Presence(EmulatorState& state, std::uint64_t number) : state_(state), number_(number) {}
  ~Presence() { state_.connectionClosed(number_); }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

 private:
  EmulatorState& state_;
  const std::uint64_t number_;
};

}  // namespace

asio::awaitable<void> serveConnection(std::shared_ptr<EmulatorState> state, std::shared_ptr<Channel> channel,
                                      std::uint64_t number) {
  const Presence presence(*state, number);
  ServerConnection connection(*state, *channel, number);
  try {
    co_await connection.serve();
  } catch (...) {
    // The responder has thrown, or memory has run out: the peer sees a reset.
    channel->exitWith(CloseManner::reset, false);
  }
  co_await channel->finish();
  channel->closeSocket();
}

}  // namespace box::inline v0_1::emulator
