// G: clocks. All limits use the steady clock; the wall clock matters only for tokens, dates and certificates.
#include "fault/accounts.hpp"
#include "fault/replies.hpp"
#include "support/policies.hpp"

namespace box::test {

using emulator::Reply;
using namespace std::chrono_literals;

namespace {

/// Makes a call, and then sets the clock forward by this time.
std::function<void(Stage&)> jump(std::chrono::seconds by) {
  return [by](Stage& stage) {
    useClientCredentials(stage);
    const auto clock = std::make_shared<RowClock>();
    stage.settings() = stage.settings().withClock(clock);
    stage.callBefore();
    clock->advance(by);
  };
}

}  // namespace

FaultGroup faultsOfClocks() {
  FaultGroup group("G", "Clocks");
  group.add("01a", "the wall clock jumps ahead by 400 days")
      .by("between two calls", jump(400h * 24))
      .accepted()
      .counts(1, 0, 1)
      .tokenRequests(1)
      .because("the token counts as expired, and is renewed");
  group.add("01b", "the clock is past the end of the certificate")
      .provoked("see C05: a certificate that has expired")
      .sees("`tlsVerificationFailed`, notSent")
      .shownBy("TlsBadCertificates.AreRefusedOnceAndForAll");
  group.add("02a", "the wall clock jumps back by 400 days")
      .by("between two calls", jump(-400h * 24))
      .accepted()
      .counts(1, 0, 1)
      .because("the token is used on; where Box knows better, its 401 renews it");
  group.add("02b", "the same, and the token has expired by Box's clock")
      .by("between two calls, 401",
          [](Stage& stage) {
            jump(-400h * 24)(stage);
            stage.box().expireAllTokens();
          })
      .accepted()
      .counts(2, 0, 2)
      .tokenRequests(1);
  group.add("03", "the wall clock jumps back by an hour in a backoff")
      .by("503 with Retry-After: 1, once",
          [](Stage& stage) {
            const auto clock = std::make_shared<RowClock>();
            stage.settings() = stage.settings().withClock(clock).withBackoffPolicy(
                std::make_shared<BackoffBy>([clock](const BackoffContext&) {
                  clock->advance(-1h);
                  return 1ms;
                }));
            stage.box().script(Reply::status(503).retryAfter("1"));
          })
      .accepted()
      .counts(2, 1, 2)
      .takes(1s, 15s)
      .because("waits go by the steady clock");
  group.add("04", "the machine is suspended")
      .provoked("the server closes meanwhile, the steady clock stands")
      .sees("accepted: no connection is trusted")
      .shownBy("Clocks.BehindASleepOfTheMachineConnectionsAreNotTrusted");
  group.add("05a", "a deadline without end")
      .by("nanoseconds::max()", [](Stage& stage) { stage.box(); })
      .deadline(std::chrono::nanoseconds::max())
      .accepted()
      .once();
  group.add("05b", "limits without end")
      .by("nanoseconds::max() for all of them",
          [](Stage& stage) {
            constexpr auto never = std::chrono::nanoseconds::max();
            for (const auto which :
                 {&TimeoutOptions::call, &TimeoutOptions::attempt, &TimeoutOptions::pool, &TimeoutOptions::resolve,
                  &TimeoutOptions::connect, &TimeoutOptions::handshake, &TimeoutOptions::write,
                  &TimeoutOptions::responseHeader, &TimeoutOptions::bodyIdle}) {
              stage.limit(which, never);
            }
          })
      .accepted()
      .once();
  group.add("05c", "deadlines at the ends of the clock")
      .provoked("time_point::min() and ::max()")
      .sees("`callTimeout` at once, notSent; never")
      .shownBy("Clocks.DeadlinesAtTheirEndsAreNeverAndOver");
  group.add("05d", "a backoff without end")
      .provoked("box::unlimited from the caller's policy")
      .sees("a wait that can be cancelled")
      .shownBy("Clocks.ABackoffPolicyThatNeverEndsMeetsNoOverflow");
  return group;
}

}  // namespace box::test
