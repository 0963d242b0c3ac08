// H: shortages of this machine, and failures of its system calls.
#include <cerrno>
#include <memory>

#include "box/policy/retry.hpp"
#include "fault/replies.hpp"
#include "fault/system_calls.hpp"

namespace box::test {

using emulator::Reply;

namespace {

std::string wasHit(Stage&) { return SystemCalls::hits() != 0 ? "" : "no call was touched"; }

}  // namespace

FaultGroup faultsOfMachine() {
  FaultGroup group("H", "This machine");
  group.add("01a", "no memory")
      .provoked("the n-th allocation of a call fails, for each n")
      .sees("std::bad_alloc or `localResource`; the client goes on working")
      .shownBy("Allocations.ThatFailOnTheWayToANewConnectionEndTheCallOnly")
      .shownBy("Allocations.ThatFailOnAKeptConnectionEndTheCallOnly")
      .shownBy("Allocations.ThatFailOnTheWayToAnErrorOfBoxEndTheCallOnly")
      .shownBy("Allocations.ThatFailOnTheWayThroughAProxyEndTheCallOnly")
      .shownBy("Allocations.ThatFailInALookupEndTheCallOnly");
  group.add("01b", "no memory for OpenSSL")
      .provoked("its n-th allocation fails, for each n")
      .sees(
          "accepted, `localResource`, `tlsProtocolError`, `connectionLost` or `tlsVerificationFailed`; the client goes "
          "on working")
      .shownBy("Allocations.ThatFailOnTheWayToANewConnectionEndTheCallOnly");
  group.add("01c", "no memory where the client is closed")
      .provoked("the first allocation fails")
      .sees("nothing: none is needed")
      .shownBy("Allocations.NoneIsNeededToClose");
  group.add("01d", "no memory where a token is renewed")
      .provoked("-")
      .sees("the process may end")
      .notRun(
          "Asio 1.26 destroys a strand that it could not make, and a strand's operations allocate where they may not "
          "throw");
  group.add("02", "the system takes in only a part of what is sent")
      .by("a request of 5 MB, more than a socket has room for",
          [](Stage& stage) {
            stage.nameMany(20000);
            stage.box();
          })
      .accepted()
      .once()
      .thenReused();
  group.add("03a", "system calls are interrupted")
      .by("EINTR from send() and recv(), ten times each",
          [](Stage& stage) {
            SystemCalls::fail(SystemCalls::Which::send, stage.box().port(), EINTR, 10);
            SystemCalls::fail(SystemCalls::Which::receive, stage.box().port(), EINTR, 10);
          })
      .accepted()
      .once()
      .also("though they were", wasHit);
  group.add("03b", "signals interrupt the thread")
      .provoked("a thousand a second, 200 calls")
      .sees("accepted")
      .shownBy("Signals.AThousandASecondDisturbNoCall");
  group.add("11a", "send() ends with an error that no manual page lists")
      .by("ENOTDIR, always",
          [](Stage& stage) { SystemCalls::fail(SystemCalls::Which::send, stage.box().port(), ENOTDIR); })
      .fails(Errc::connectionLost, Fate::notSent)
      .cause(systemError(ENOTDIR), "ENOTDIR")
      .counts(5, 5, 0);
  group.add("11b", "the same on an idle connection")
      .by("ENOTDIR, once",
          [](Stage& stage) {
            stage.callBefore();
            SystemCalls::fail(SystemCalls::Which::send, stage.box().port(), ENOTDIR, 1);
          })
      .accepted()
      .counts(2, 1, 1)
      .also("though it was", wasHit);
  group.add("11c", "recv() ends with an error that no manual page lists")
      .by("ELOOP when the answer comes, once",
          [](Stage& stage) {
            stage.box().script(Reply::asBox().after(std::chrono::milliseconds(200)));
            stage.when([&stage] { return stage.box().counts().requests == 1; },
                       [&stage] { SystemCalls::fail(SystemCalls::Which::receive, stage.box().port(), ELOOP, 1); });
          })
      .accepted()
      .counts(2, 2, 2)
      .also("though it did", wasHit);
  group.add("11d", "send() ends with an error on an idle connection, and what is in doubt is not repeated")
      .by("ENOTDIR, once; RetryInDoubt::never",
          [](Stage& stage) {
            stage.settings() =
                stage.settings().withRetryPolicy(std::make_shared<DefaultRetryPolicy>(5, RetryInDoubt::never));
            stage.callBefore();
            SystemCalls::fail(SystemCalls::Which::send, stage.box().port(), ENOTDIR, 1);
          })
      .accepted()
      .counts(2, 1, 1)
      .also("though it was", wasHit)
      .because("no byte was sent, so nothing is in doubt");
  group.add("11e", "send() ends with an error on an idle connection and on all others")
      .by("ENOTDIR, always",
          [](Stage& stage) {
            stage.callBefore();
            SystemCalls::fail(SystemCalls::Which::send, stage.box().port(), ENOTDIR);
          })
      .fails(Errc::connectionLost, Fate::notSent)
      .cause(systemError(ENOTDIR), "ENOTDIR")
      .counts(6, 5, 0);
  group.add("04", "a write to a connection that the peer has reset")
      .provoked("SIGPIPE at its default")
      .sees("no signal")
      .shownBy("Signals.AWriteToAConnectionThatThePeerHasResetRaisesNone")
      .shownBy("Signals.AWriteToABrokenConnectionRaisesNone");
  group.add("05", "the process forks")
      .provoked("a child that only executes something else")
      .sees("it inherits no descriptor")
      .shownBy("Forks.LeaveAChildNoDescriptorOfTheClients");
  group.add("06", "a small stack").provoked("256 KB").sees("accepted").shownBy("Limits.AStackOf256KilobytesIsEnough");
  group.add("07", "a limit on the address space")
      .provoked("RLIMIT_AS")
      .sees("std::bad_alloc or `localResource`")
      .shownBy("Limits.OfTheAddressSpaceEndACallWithAnErrorThatSaysSo");
  group.add("09", "the file of trusted certificates disappears")
      .provoked("removed once the client is made")
      .sees("nothing: it is not needed any more")
      .shownBy("Tls.AFileOfCertificatesWorks");
  group.add("10a", "the file of tokens may be read by others")
      .provoked("mode 0644")
      .sees("`tokenUnavailable`, notSent")
      .shownBy("TokenStorageTest.AFileThatOthersMayReadIsRefused");
  group.add("10b", "the file of tokens is a link, a folder, a pipe")
      .provoked("one of each")
      .sees("`tokenUnavailable`, notSent")
      .shownBy("TokenStorageTest.ASymbolicLinkIsRefused")
      .shownBy("TokenStorageTest.AFolderIsRefused")
      .shownBy("TokenStorageTest.APipeIsRefusedAndNotWaitedFor");
  group.add("10c", "the file of tokens, or its folder, is somebody else's")
      .provoked("another owner; a folder of mode 0777")
      .sees("`tokenUnavailable`, notSent")
      .shownBy("TokenStorageTest.AFileOfAnotherUserIsRefused")
      .shownBy("TokenStorageTest.AFolderOfAnotherUserIsRefused")
      .shownBy("TokenStorageTest.AFolderThatOthersMayWriteToIsRefused");
  return group;
}

}  // namespace box::test
