// D: connections that are used again, and the pool that keeps them. The fault is on the idle connection of an earlier
// call, unless the row says otherwise.
#include <cerrno>

#include "fault/replies.hpp"
#include "fault/system_calls.hpp"
#include "support/policies.hpp"
#include "support/test_proxy.hpp"

namespace box::test {

using emulator::CloseManner;
using emulator::Reply;
using namespace std::chrono_literals;

namespace {

constexpr const char* stray =
    "HTTP/1.1 202 Accepted\r\nContent-Length: 18\r\nbox-request-id: evil\r\n\r\n{\"message\":\"EVIL\"}";

/// The earlier call gets this answer, and what the server does afterwards arrives before the tested call begins.
std::function<void(Stage&)> idle(Reply reply) {
  return [reply = std::move(reply)](Stage& stage) {
    stage.box().script(reply);
    stage.callBefore();
    stage.awaitStir();
  };
}

std::string notTheStrayAnswer(Stage& stage) {
  return stage.requestIdOfAcceptance() == "evil" ? "the stray answer was taken" : "";
}

void addEnds(FaultGroup& group) {
  const struct {
    const char *number, *what;
    CloseManner manner;
  } ends[] = {{"01", "close_notify and FIN while idle", CloseManner::closeNotify},
              {"02", "FIN alone while idle", CloseManner::fin},
              {"03", "RST while idle", CloseManner::reset},
              {"04", "close_notify while idle, TCP stays open", CloseManner::closeNotifyOnly},
              {"07", "half-closed behind the last answer", CloseManner::halfClose}};
  for (const auto& [number, what, manner] : ends) {
    group.add(number, what)
        .by("behind the answer to the call before", idle(Reply::asBox().thenClose(manner)))
        .accepted()
        .once()
        .thenReused()
        .because("looked at before it is used, and replaced");
  }
  const struct {
    const char *letter, *words;
    CloseManner manner;
  } manners[] = {{"a", "close_notify and FIN", CloseManner::closeNotify},
                 {"b", "FIN", CloseManner::fin},
                 {"c", "RST", CloseManner::reset},
                 {"d", "close_notify, TCP stays open", CloseManner::closeNotifyOnly},
                 {"e", "half-close", CloseManner::halfClose}};
  for (const auto& [letter, words, manner] : manners) {
    group.add(std::string("05") + letter, "the server ends it over the request")
        .by(words, second(Reply::close(manner)))
        .accepted()
        .counts(2, 1, 2)
        .thenReused()
        .because("repeated at once on a fresh connection; retry policies do not count this");
  }
  group.add("05f", "the server ends it over the request, which it has carried out")
      .by("RST", second(Reply::close(CloseManner::reset).processed()))
      .accepted()
      .counts(2, 1, 2)
      .also("the server has accepted twice",
            [](Stage& stage) {
              return stage.box().accepted().size() == 3 ? std::string()
                                                        : std::to_string(stage.box().accepted().size() - 1) + " times";
            })
      .because("ending sessions twice is harmless, not ending them is not; `RetryInDoubt::never` does not retry here");
  for (const auto& [letter, words, manner] : manners) {
    group.add(std::string("06") + letter, "the server ends a fresh connection over its first request")
        .by(std::string(words) + ", once", first(Reply::close(manner)))
        .accepted()
        .counts(2, 2, 2)
        .thenReused()
        .because("counted, with backoff");
  }
  group.add("06f", "the server ends every connection over its first request")
      .by("close_notify and FIN, always", always(Reply::close()))
      .fails(Errc::connectionLost, Fate::inDoubt)
      .counts(5, 5, 5)
      .thenDropped();
}

void addSilence(FaultGroup& group) {
  group.add("08a", "what is sent vanishes on the way")
      .by("send() loses the bytes, on the idle connection only; limit 200 ms",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::responseHeader, 200ms);
            stage.settings() =
                stage.settings().withBackoffPolicy(std::make_shared<BackoffBy>([](const BackoffContext&) {
                  SystemCalls::clear();
                  return 1ms;
                }));
            stage.callBefore();
            SystemCalls::loseWhatIsSent(stage.box().port());
          })
      .accepted()
      .counts(2, 1, 1)
      .takes(200ms)
      .because("TCP_USER_TIMEOUT of 30 s ends it where the limit is longer");
  group.add("08b", "the server falls silent")
      .by("no answer to anybody, limit 200 ms",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::responseHeader, 200ms);
            stage.callBefore();
            stage.box().setDefault(Reply::hang());
          })
      .fails(Errc::readTimeout, Fate::inDoubt)
      .counts(5, 4, 5)
      .takes(1s)
      .thenDropped();
}

void addStrayBytes(FaultGroup& group) {
  group.add("09a", "an unsolicited 408 while idle")
      .by("behind the answer to the call before",
          idle(Reply::asBox().thenSend(
              "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")))
      .accepted()
      .once()
      .thenReused()
      .because("never taken for an answer");
  group.add("09b", "an unsolicited 202 while idle")
      .by("behind the answer to the call before", idle(Reply::asBox().thenSend(stray)))
      .accepted()
      .once()
      .thenReused()
      .also("not by that answer", notTheStrayAnswer);
  group.add("09c", "a TLS session ticket while idle")
      .by("after the answer to the call before", idle(Reply::asBox().thenSendTicket(10ms)))
      .accepted()
      .counts(1, 0, 1)
      .thenReused()
      .because("TLS's own messages are taken up, and cost no connection");
  group.add("09d", "a TLS KeyUpdate while idle")
      .by("after the answer to the call before, and asking for one", idle(Reply::asBox().thenUpdateKeys(10ms)))
      .accepted()
      .counts(1, 0, 1)
      .thenReused()
      .because("as with tickets");
  const struct {
    const char *letter, *words;
    emulator::TlsVersion version;
    bool always, proxy;
  } greetings[] = {{"a", "TLS 1.2, together with Finished; once", emulator::TlsVersion::tls1_2, false, false},
                   {"b", "TLS 1.2, together with Finished; always", emulator::TlsVersion::tls1_2, true, false},
                   {"c", "TLS 1.3, before the client's Finished; once", emulator::TlsVersion::tls1_3, false, false},
                   {"d", "TLS 1.3, before the client's Finished; always", emulator::TlsVersion::tls1_3, true, false},
                   {"e", "the same through a proxy; once", emulator::TlsVersion::tls1_3, false, true}};
  for (const auto& greeting : greetings) {
    Fault& row =
        group.add(std::string("22") + greeting.letter, "an answer on a fresh connection, before its first request")
            .by(greeting.words, [=](Stage& stage) {
              stage.boxOptions().tlsMaximum = greeting.version;
              // In a resumed TLS 1.2 handshake the client's Finished would be last.
              stage.boxOptions().sessionTickets = 0;
              const auto plan = emulator::ConnectionPlan::greeting(stray);
              if (greeting.always) {
                stage.box().setDefaultConnection(plan);
              } else {
                stage.box().scriptConnection(plan);
              }
              if (!greeting.proxy) return;
              const auto proxy = std::make_shared<TestProxy>();
              stage.settings() = stage.settings().withProxy(ProxyOptions::fromUrl(proxy->url()));
              stage.keepToTheEnd(proxy);
            });
    if (greeting.always) {
      row.fails(Errc::protocolError, Fate::notSent).counts(2, 2, 0).because("no request goes out on such a connection");
    } else {
      row.accepted()
          .counts(2, 2, 1)
          .thenReused()
          .also("not by that answer", notTheStrayAnswer)
          .because(
              "dropped before anything is sent. What comes between that look and the answer, no client can tell from "
              "it");
    }
  }
  group.add("10", "an answer behind the answer, in one piece")
      .by("appended to the answer to the call before",
          [](Stage& stage) {
            stage.box().script(Reply::asBox().append(stray));
            stage.callBefore();
          })
      .accepted()
      .once()
      .thenReused()
      .also("not by that answer", notTheStrayAnswer)
      .because("what came behind an answer ends its connection");
}

void addFarewells(FaultGroup& group) {
  group.add("11a", "`Connection: close`")
      .by("in the answer", first(Reply::asBox().connectionClose()))
      .accepted()
      .once()
      .thenDropped();
  group.add("11b", "HTTP/1.0").by("in the answer", first(Reply::asBox().http10())).accepted().once().thenDropped();
  group.add("12", "a body that ends with its connection")
      .by("no length", first(Reply::asBox().untilClose()))
      .accepted()
      .once()
      .thenDropped();
  group.add("13a", "`Keep-Alive: timeout=1`")
      .by("in the answer", first(Reply::asBox().keepAliveTimeout(1)))
      .accepted()
      .once()
      .thenDropped()
      .because("two seconds are taken off what the server allows, so as not to race it");
  group.add("13b", "`Keep-Alive: timeout=60`")
      .by("in the answer", first(Reply::asBox().keepAliveTimeout(60)))
      .accepted()
      .once()
      .thenReused();
  group.add("14a", "one request a connection")
      .by("the server's limit",
          [](Stage& stage) {
            stage.boxOptions().maxRequestsPerConnection = 1;
            stage.callBefore();
          })
      .accepted()
      .once()
      .thenDropped();
  group.add("14b", "one request a connection, at an nginx")
      .provoked("`keepalive_requests 1`")
      .sees("accepted, one connection a call")
      .shownBy("NginxInFront.OneRequestAConnectionMeansOneConnectionACall");
  group.add("15a", "every connection is killed from outside, while idle")
      .by("the server resets all of them",
          [](Stage& stage) {
            stage.callBefore();
            stage.box().closeAllConnections(CloseManner::reset);
            stage.awaitStir();
          })
      .accepted()
      .once()
      .thenReused();
  group.add("15b", "the connection is killed from outside, under a request")
      .by("recv() says ECONNABORTED when the answer comes",
          [](Stage& stage) {
            stage.callBefore();
            stage.box().script(Reply::asBox().after(200ms));
            const std::uint64_t before = stage.box().counts().requests;
            stage.when(
                [&stage, before] { return stage.box().counts().requests > before; },
                [&stage] { SystemCalls::fail(SystemCalls::Which::receive, stage.box().port(), ECONNABORTED, 1); });
          })
      .accepted()
      .counts(2, 1, 2)
      .thenReused();
}

void addPool(FaultGroup& group) {
  group.add("16", "the server restarts under load")
      .provoked("300 calls on 4 connections, RST to all in the middle")
      .sees("every call accepted, no more than 16 connections in all")
      .shownBy("Pool.EveryCallSucceedsAcrossARestartOfTheServer");
  group.add("17a", "two stale connections in the pool")
      .provoked("both idle, RST over the request")
      .sees("accepted; the repeat takes a fresh one")
      .shownBy("Pool.TheRepeatAfterAStaleConnectionTakesNoOtherIdleOne");
  group.add("17b", "the fresh connection after a stale one fails too")
      .by("close over the request, twice",
          [](Stage& stage) {
            stage.callBefore();
            stage.box().script({Reply::close(), Reply::close()});
          })
      .accepted()
      .counts(3, 2, 3)
      .thenReused()
      .because("the first repeat at once, the second with backoff");
  group.add("18", "idle for too long, too old, used too often, too many")
      .provoked("limits of 1 ns, 2 requests, 1 idle one")
      .sees("closed, and replaced where one is needed")
      .shownBy("Pool.AConnectionThatWasIdleForTooLongIsNotUsedAgain")
      .shownBy("Pool.AConnectionThatIsTooOldIsNotUsedAgain")
      .shownBy("Pool.AConnectionCarriesNoMoreThanItsRequests")
      .shownBy("Pool.NoMoreThanTheIdleOnesAskedForAreKept");
  group.add("19a", "every connection is taken for too long")
      .by("one connection, no answer on it, limit 200 ms",
          [](Stage& stage) {
            stage.poolOf(1);
            stage.limit(&TimeoutOptions::pool, 200ms);
            stage.occupyConnection();
          })
      .fails(Errc::poolTimeout, Fate::notSent)
      .counts(1, 0, 0)
      .takes(200ms);
  group.add("19b", "more wait than may")
      .by("one connection, no answer on it, none may wait",
          [](Stage& stage) {
            PoolOptions pool = stage.settings().pool();
            pool.maxConnections = 1;
            pool.maxWaiters = 0;
            stage.settings() = stage.settings().withPool(pool);
            stage.occupyConnection();
          })
      .fails(Errc::poolExhausted, Fate::notSent)
      .counts(1, 0, 0);
  group.add("19c", "those who wait leave")
      .provoked("a hundred thousand cancellations")
      .sees("no slot is lost")
      .shownBy("PoolCore.LosesNoSlotThroughAHundredThousandCancellations")
      .shownBy("CancellationOfOne.OfManyInTheQueueLosesNoSlot");
  group.add("20a", "two clients of one host")
      .provoked("the same address and settings")
      .sees("they share no connection")
      .shownBy("Calls.TwoClientsDoNotShareConnections");
  group.add("20b", "two clients that trust different authorities")
      .provoked("the same address")
      .sees("the one that does not trust is not served by the other's session")
      .shownBy("Tls.TwoClientsWithDifferentTrustDoNotShareSessions");
  group.add("21", "a good certificate first, a bad one on reconnecting")
      .by("self-signed from the second connection on",
          [](Stage& stage) {
            stage.box().setDefault(Reply::asBox().connectionClose());
            stage.callBefore();
            emulator::CertificateSpec spec;
            spec.selfSigned = true;
            stage.present(spec);
          })
      .fails(Errc::tlsVerificationFailed, Fate::notSent)
      .counts(1, 1, 0);
}

}  // namespace

FaultGroup faultsOfKeepAlive() {
  FaultGroup group("D", "Kept connections and the pool");
  addEnds(group);
  addSilence(group);
  addStrayBytes(group);
  addFarewells(group);
  addPool(group);
  return group;
}

}  // namespace box::test
