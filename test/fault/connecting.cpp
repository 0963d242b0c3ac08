// B: TCP. Nothing listens on 127.0.0.3. Errors that loopback cannot cause come from connect() in system_calls.cpp.
#include <cerrno>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/error.hpp>

#include "fault/stage.hpp"
#include "fault/system_calls.hpp"
#include "support/full_backlog.hpp"
#include "support/loopback.hpp"
#include "support/narrow_relay.hpp"
#include "support/no_descriptors.hpp"
#include "support/policies.hpp"

namespace box::test {

using emulator::CloseManner;
using emulator::ConnectionPlan;
using namespace std::chrono_literals;

namespace {

/// A port at which the kernel completes connections, but no program accepts them.
class NobodyAccepts {
 public:
  NobodyAccepts() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd_, generic, size) != 0 || ::listen(fd_, 16) != 0 || ::getsockname(fd_, generic, &size) != 0) return;
    port_ = ntohs(address.sin_port);
  }
  ~NobodyAccepts() { ::close(fd_); }
  NobodyAccepts(const NobodyAccepts&) = delete;
  NobodyAccepts& operator=(const NobodyAccepts&) = delete;

  std::uint16_t port() const noexcept { return port_; }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

std::function<void(Stage&)> connectSays(int error) {
  return [error](Stage& stage) { SystemCalls::fail(SystemCalls::Which::connect, stage.box().port(), error); };
}

}  // namespace

FaultGroup faultsOfConnecting() {
  FaultGroup group("B", "TCP");
  group.add("01", "refused")
      .by("nobody listens there", [](Stage& stage) { stage.callHost(boxHost, {"127.0.0.3"}); })
      .fails(Errc::connectFailed, Fate::notSent)
      .cause(boost::asio::error::connection_refused, "ECONNREFUSED")
      .counts(5, 0, 0);
  group.add("02", "refused, with a long limit running")
      .by("60 s for connecting",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::connect, 60s);
            stage.callHost(boxHost, {"127.0.0.3"});
          })
      .fails(Errc::connectFailed, Fate::notSent)
      .counts(5, 0, 0)
      .takes(0s, 10s)
      .because("told when it happens, not when the limit passes");
  group.add("03", "a black hole")
      .by("a listener whose queue is full, limit 200 ms",
          [](Stage& stage) {
            const auto backlog = std::make_shared<FullBacklog>();
            if (!backlog->full()) throw CannotRun("a full backlog cannot be made here");
            stage.limit(&TimeoutOptions::connect, 200ms);
            stage.callAt("127.0.0.1", backlog->port());
            stage.keep(backlog);
          })
      .fails(Errc::connectTimeout, Fate::notSent)
      .counts(5, 0, 0)
      .takes(1s);
  const struct {
    const char *number, *what, *words;
    int error;
  } refusals[] = {{"04", "the host cannot be reached", "EHOSTUNREACH", EHOSTUNREACH},
                  {"05", "the network cannot be reached", "ENETUNREACH", ENETUNREACH},
                  {"06", "a local rule forbids it", "EACCES", EACCES},
                  {"07", "a blackhole route", "EINVAL", EINVAL},
                  {"14", "an error that no manual page lists", "ELOOP", ELOOP}};
  for (const auto& [number, what, words, error] : refusals) {
    group.add(number, what)
        .by(std::string("connect() says ") + words, connectSays(error))
        .fails(Errc::connectFailed, Fate::notSent)
        .cause(systemError(error), words)
        .counts(5, 0, 0);
  }
  const struct {
    const char *number, *what, *words;
    int error;
  } shortages[] = {{"08a", "no port is left", "EADDRNOTAVAIL", EADDRNOTAVAIL},
                   {"08b", "no buffer is left", "ENOBUFS", ENOBUFS},
                   {"08c", "no memory is left", "ENOMEM", ENOMEM}};
  for (const auto& [number, what, words, error] : shortages) {
    group.add(number, what)
        .by(std::string("connect() says ") + words, connectSays(error))
        .fails(Errc::localResource, Fate::notSent)
        .cause(systemError(error), words)
        .counts(5, 0, 0);
  }
  group.add("09a", "no descriptor is left, and then there is")
      .by("RLIMIT_NOFILE until the third attempt",
          [](Stage& stage) {
            stage.callAt("127.0.0.1", stage.box().port());
            auto none = std::make_shared<std::shared_ptr<NoDescriptors>>();
            stage.settings() =
                stage.settings().withBackoffPolicy(std::make_shared<BackoffBy>([none](const BackoffContext& context) {
                  if (context.retry == 2) none->reset();
                  return 1ms;
                }));
            stage.makeClient();
            *none = std::make_shared<NoDescriptors>();
          })
      .accepted()
      .counts(3, 1, 1);
  group.add("09b", "no descriptor is left, but connections are idle")
      .provoked("RLIMIT_NOFILE, three idle ones to another host")
      .sees("accepted; the idle ones make room")
      .shownBy("Addresses.IdleConnectionsMakeRoomWhereDescriptorsRunOut");
  group.add("10", "packets are lost")
      .provoked("a packet filter that drops 30 % of SYNs")
      .sees("accepted, later")
      .notRun("it needs a packet filter, and is the kernel's affair: it repeats a SYN after 1 s");
  group.add("11a", "the server's queue is full")
      .provoked("see 03")
      .sees("`connectTimeout`, notSent")
      .shownBy("DeadlinesOfPhases.EndThePhaseWithItsOwnCode");
  group.add("11b", "the kernel takes connections that the server never accepts")
      .by("a listener that does not accept, limit 200 ms",
          [](Stage& stage) {
            const auto listener = std::make_shared<NobodyAccepts>();
            stage.limit(&TimeoutOptions::handshake, 200ms);
            stage.callAt("127.0.0.1", listener->port());
            stage.keep(listener);
          })
      .fails(Errc::handshakeTimeout, Fate::notSent)
      .counts(5, 0, 0)
      .takes(1s);
  group.add("12", "accepted, then RST")
      .by("always",
          [](Stage& stage) { stage.box().setDefaultConnection(ConnectionPlan::closeAtOnce(CloseManner::reset)); })
      .fails(Errc::connectionLost, Fate::notSent)
      .orFails(Errc::connectFailed)
      .counts(5, 5, 0)
      .because("the RST may be there before connecting is reported");
  group.add("13", "accepted, then FIN")
      .by("always",
          [](Stage& stage) { stage.box().setDefaultConnection(ConnectionPlan::closeAtOnce(CloseManner::fin)); })
      .fails(Errc::connectionLost, Fate::notSent)
      .orFails(Errc::connectFailed)
      .counts(5, 5, 0);
  group.add("15", "the server reads no more of the request")
      .by("64 KB of 20 MB get through, limit 200 ms, three attempts",
          [](Stage& stage) {
            stage.boxOptions().maxBodySize = 64U * 1024U * 1024U;
            const auto relay = std::make_shared<NarrowRelay>(stage.box().port(), 64 * 1024);
            stage.limit(&TimeoutOptions::write, 200ms);
            stage.settings() = stage.settings().withRetryPolicy(std::make_shared<DefaultRetryPolicy>(3));
            stage.nameMany(80000);
            stage.callAt("localhost", relay->port());
            stage.keep(relay);
          })
      .fails(Errc::writeTimeout, Fate::inDoubt)
      .counts(3, 3, 3)
      .takes(600ms);
  return group;
}

}  // namespace box::test
