// I: callers that cancel, clients that close, contexts that end.
#include <memory>
#include <stdexcept>

#include <boost/asio/error.hpp>

#include "fault/replies.hpp"
#include "support/policies.hpp"

namespace box::test {

using emulator::Reply;

namespace {

/// The request has arrived and is not answered; then `action` is called.
std::function<void(Stage&)> unanswered(void (Stage::*action)()) {
  return [action](Stage& stage) {
    stage.box().script(Reply::hang());
    stage.when([&stage] { return stage.box().counts().requests == 1; }, [&stage, action] { (stage.*action)(); });
  };
}

}  // namespace

FaultGroup faultsOfLifecycle() {
  FaultGroup group("I", "Cancellation and lifecycle");
  group.add("01a", "the caller cancels, the request is sent")
      .by("while there is no answer", unanswered(&Stage::cancelCall))
      .fails(boost::asio::error::operation_aborted, Fate::inDoubt)
      .once()
      .thenDropped();
  group.add("01b", "the caller cancels, in each phase")
      .provoked("token, pool, lookup, TCP, TLS, sending, header, body, backoff")
      .sees("`operation_aborted` with the phase's fate; the slot is free at once")
      .shownBy("Cancellation.TerminalEndsTheCallAtOnceAndFreesItsSlot");
  group.add("01c", "`total` cancellation")
      .provoked("each phase")
      .sees("as terminal up to the first byte; later it only prevents a repeat")
      .shownBy("Cancellation.TotalEndsTheCallUpToTheFirstByteAndIsIgnoredFromThenOn")
      .shownBy("Cancellation.TotalDoesNothingToACallerThatDidNotAskForIt");
  group.add("02", "the cancellation comes with the answer")
      .provoked("at random moments")
      .sees("one of the two; no slot is lost, nothing hangs")
      .shownBy("CancellationOfOne.ComingWithTheAnswerNeverHangsNorLosesASlot")
      .shownBy("Threads.CancellationsOnStrandsHitNobodyElse");
  group.add("03a", "the client is closed under a call")
      .by("while there is no answer", unanswered(&Stage::closeClient))
      .fails(Errc::clientClosed, Fate::inDoubt)
      .once();
  group.add("03b", "a call of a client that was closed")
      .by("before the call",
          [](Stage& stage) {
            stage.callBefore();
            stage.closeClient();
          })
      .fails(Errc::clientClosed, Fate::notSent)
      .counts(1, 0, 0);
  group.add("03c", "the client is closed from another thread, in each phase")
      .provoked("as 01b")
      .sees("`clientClosed` with the phase's fate")
      .shownBy("Lifetime.ClosingFromAnotherThreadEndsACallInEachPhase");
  group.add("03d", "the client is destroyed under a call, in each phase")
      .provoked("as 01b")
      .sees("the call goes on to its end")
      .shownBy("Lifetime.TheClientMayGoWithACallInEachPhase");
  group.add("04", "the io_context is destroyed under a call, in each phase")
      .provoked("as 01b")
      .sees("nothing; no hang, no leak")
      .shownBy("Lifetime.TheIoContextMayGoWithACallInEachPhase");
  group.add("05", "executors: strands, other contexts, several threads")
      .provoked("four threads")
      .sees("calls complete on the executor that awaits them")
      .shownBy("Threads.ACallCompletesOnTheStrandThatAwaitsIt")
      .shownBy("Threads.ACallCompletesOnAnotherContextsThreads")
      .shownBy("Threads.FourThreadsShareOneClient");
  group.add("06a", "the caller's own policy, interceptor or authentication throws")
      .provoked("each of them")
      .sees("`extensionFailed` with the fate, and the exception nested in it")
      .shownBy("LifetimeOfExceptions.OfTheRetryPolicyEndTheCall")
      .shownBy("LifetimeOfExceptions.OfTheBackoffPolicyEndTheCall")
      .shownBy("LifetimeOfExceptions.OfAnInterceptorBeforeTheRequestEndTheCall")
      .shownBy("LifetimeOfExceptions.OfAnInterceptorAfterARefusalEndTheCall")
      .shownBy("LifetimeOfExceptions.OfTheAuthenticationEndTheCall");
  group.add("06f", "the caller's own interceptor throws before the request")
      .by("each time",
          [](Stage& stage) {
            const auto thrower = [](InterceptedRequest&) { throw std::runtime_error("of the caller's"); };
            stage.settings() = stage.settings().withInterceptors({std::make_shared<InterceptBy>(thrower, nullptr)});
          })
      .fails(Errc::extensionFailed, Fate::notSent)
      .counts(1, 0, 0);
  group.add("06c", "the caller's own interceptor throws after a 202")
      .provoked("an exception of its own, one of the library's")
      .sees("accepted: nothing unmakes it")
      .shownBy("LifetimeOfExceptions.OfAnInterceptorCannotUnmakeAnAcceptance");
  group.add("06d", "the caller's own network client answers another status")
      .provoked("503, 0 and 200 where 202 is expected")
      .sees("`unexpectedResponse`, inDoubt")
      .shownBy("Operations.ANetworkClientOfTheCallersCannotMakeAnAcceptanceOfAnotherStatus");
  group.add("06g", "the caller's own network client throws")
      .provoked("exceptions of its own, an `operation_aborted` that nobody asked for")
      .sees("`extensionFailed`, inDoubt, and the exception nested in it")
      .shownBy("LifetimeOfExceptions.OfANetworkClientOfTheCallersAreNested");
  group.add("06h", "the caller's own code ends with `operation_aborted` by itself")
      .provoked("a token source that 20 calls wait for; an interceptor, a policy, a sanitizer")
      .sees("`extensionFailed` with the fate; the source is asked once")
      .shownBy("Tokens.OfASourceThatEndsByItselfAreRequestedOnceAndNoCallIsCancelled")
      .shownBy("LifetimeOfExceptions.OfACancellationThatNobodyAskedForAreNoCancellation");
  group.add("06e", "an interceptor sets a URL of another host")
      .provoked("with a server that listens there")
      .sees("`invalidRequest`, notSent; the token goes nowhere")
      .shownBy("LifetimeOfExceptions.AnInterceptorSendsTheTokenToItsOwnOriginOnly");
  group.add("06b", "the caller's own observer throws")
      .provoked("at each event")
      .sees("nothing of it")
      .shownBy("LifetimeOfExceptions.OfTheObserverAreItsOwnAffair");
  group.add("07", "a thousand calls at once on eight connections")
      .by("with 2,000 waiters allowed",
          [](Stage& stage) {
            PoolOptions pool = stage.settings().pool();
            pool.maxWaiters = 2000;
            stage.settings() = stage.settings().withPool(pool);
          })
      .calls(1000)
      .accepted()
      .counts(Count::atLeast(1), Count::between(1, 8), 1000);
  group.add("08", "a client of static lifetime")
      .provoked("destroyed when main() has returned")
      .sees("an orderly end")
      .shownBy("StaticClient.IsDestroyedInAnOrderlyWayWhenMainHasReturned");
  group.add("09", "a call is made where another completes")
      .provoked("from its completion handler")
      .sees("accepted")
      .shownBy("LifetimeOfHandlers.ACallMayBeMadeWhereAnotherCompletes");
  group.add("10", "the peer's close_notify is waited for")
      .provoked("a server that answers, and half-closes")
      .sees("accepted without a wait")
      .shownBy("PoolCloses.AConnectionClosedWhileIdleIsReplacedUnnoticed");
  return group;
}

}  // namespace box::test
