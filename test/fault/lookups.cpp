// A: names and their addresses. The program's getaddrinfo() replaces that of the C library.
#include <netdb.h>

#include <boost/asio/error.hpp>

#include "fault/stage.hpp"
#include "support/full_backlog.hpp"
#include "support/host_table.hpp"
#include "support/no_descriptors.hpp"
#include "support/policies.hpp"

namespace box::test {

using namespace std::chrono_literals;

namespace {

/// The Box's port at this address neither accepts nor refuses connections.
void silence(Stage& stage, const std::string& address) {
  const auto backlog = std::make_shared<FullBacklog>(address, stage.box().port());
  if (!backlog->full()) throw CannotRun("a full backlog on " + address + " cannot be made here");
  stage.keep(backlog);
}

}  // namespace

FaultGroup faultsOfLookups() {
  FaultGroup group("A", "Name lookups and addresses");
  group.add("01", "the name does not exist")
      .by("EAI_NONAME", [](Stage& stage) { stage.callHost(boxHost, {}); })
      .fails(Errc::hostNotFound, Fate::notSent)
      .cause(boost::asio::error::host_not_found, "host not found")
      .counts(2, 0, 0)
      .because("once more: a shortage of descriptors looks like this, too");
  group.add("02", "the name server refuses or fails")
      .by("EAI_AGAIN",
          [](Stage& stage) {
            stage.callHost(boxHost, {"127.0.0.1"});
            HostTable::fail(boxHost, EAI_AGAIN);
          })
      .fails(Errc::resolveFailed, Fate::notSent)
      .cause(boost::asio::error::host_not_found_try_again, "try again")
      .counts(5, 0, 0);
  group.add("03", "the name server does not answer")
      .by("getaddrinfo does not return, limit 200 ms",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::resolve, 200ms);
            stage.callHost(boxHost, {"127.0.0.1"});
            HostTable::hold(boxHost);
          })
      .fails(Errc::resolveTimeout, Fate::notSent)
      .counts(5, 0, 0)
      .takes(1s)
      .because("getaddrinfo cannot be interrupted: it is left behind");
  group.add("04", "the caller cancels during the lookup")
      .by("getaddrinfo does not return",
          [](Stage& stage) {
            stage.callHost(boxHost, {"127.0.0.1"});
            HostTable::hold(boxHost);
            stage.when([] { return HostTable::held() == 1; }, [&stage] { stage.cancelCall(); });
          })
      .fails(boost::asio::error::operation_aborted, Fate::notSent)
      .counts(1, 0, 0);
  group.add("05", "client or io_context go during the lookup")
      .provoked("getaddrinfo does not return")
      .sees("the call goes on without the client; both destructors return at once")
      .shownBy("Lifetime.TheClientMayGoWithACallInEachPhase")
      .shownBy("Lifetime.TheIoContextMayGoWithACallInEachPhase");
  group.add("06", "one slow lookup, and calls to another host")
      .provoked("getaddrinfo does not return, eight times")
      .sees("the others are accepted")
      .shownBy("Addresses.ALookupThatHangsHoldsUpNoOtherHosts");
  group.add("07", "the first of two addresses is silent")
      .by("a listener whose queue is full",
          [](Stage& stage) {
            stage.callHost(boxHost, {"127.0.0.2", "127.0.0.1"});
            silence(stage, "127.0.0.2");
          })
      .accepted()
      .once()
      .takes(250ms, 4s)
      .because("the next address is tried beside it after 250 ms");
  group.add("08", "the first of two addresses refuses")
      .by("nobody listens there",
          [](Stage& stage) {
            stage.callHost(boxHost, {"127.0.0.3", "127.0.0.1"});
          })
      .accepted()
      .once();
  group.add("09a", "IPv6 is silent, IPv4 works")
      .by("a listener on ::1 whose queue is full",
          [](Stage& stage) {
            stage.callHost(boxHost, {"::1", "127.0.0.1"});
            silence(stage, "::1");
          })
      .accepted()
      .once()
      .takes(250ms, 4s);
  group.add("09b", "IPv6 refuses, IPv4 works")
      .by("nobody listens on ::1",
          [](Stage& stage) {
            stage.callHost(boxHost, {"::1", "127.0.0.1"});
          })
      .accepted()
      .once();
  group.add("10", "three addresses, all silent")
      .provoked("full queues")
      .sees("`connectTimeout`, notSent; all three were tried")
      .shownBy("Addresses.AllThatAreSilentAreTriedBeforeTheCallFails");
  group.add("11", "a hundred addresses, all silent")
      .provoked("full queues")
      .sees("`connectTimeout`, notSent; no more than four at once, twice the time of one")
      .shownBy("Addresses.OfAHundredFewAreTriedAtOnceInTwiceTheTimeOfOne");
  group.add("12", "the addresses change")
      .provoked("another one in the table, one request a connection")
      .sees("the next connection goes there")
      .shownBy("Addresses.ChangedOnesAreFollowedByTheNextConnection");
  group.add("13", "no descriptors for the lookup")
      .by("RLIMIT_NOFILE",
          [](Stage& stage) {
            stage.box();
            stage.makeClient();
            stage.keep(std::make_shared<NoDescriptors>());
          })
      .fails(Errc::localResource, Fate::notSent)
      .counts(5, 0, 0)
      .because("getaddrinfo says \"host not found\" then, which is not believed");
  return group;
}

}  // namespace box::test
