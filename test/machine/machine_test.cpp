// Signals, clocks, forks and limits of the machine on which the client runs.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <new>
#include <set>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "machine/suspension.hpp"
#include "support/host_table.hpp"
#include "support/sanitizers.hpp"
#include "support/station_test.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::Deadline;
using box::Errc;
using box::Fate;
using box::emulator::CloseManner;
using box::emulator::Reply;
using testing::ElementsAre;
using testing::IsEmpty;

using Steady = std::chrono::steady_clock;

// ------------------------------------------------------------------------------------------------------------- signals

/// Replaces the handler of a signal while this object lives; interrupted system calls are not restarted.
class Handler {
 public:
  Handler(int signal, void (*handler)(int)) : signal_(signal) {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigaction(signal_, &action, &before_);
  }
  ~Handler() { ::sigaction(signal_, &before_, nullptr); }
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;

 private:
  int signal_;
  struct sigaction before_ {};
};

std::atomic<unsigned> alarms{0};

/// Raises SIGALRM a thousand times a second. The kernel delivers it to the first thread, in which the client runs.
class AlarmStorm {
 public:
  AlarmStorm() : handler_(SIGALRM, [](int) { ++alarms; }) { set(1000); }
  ~AlarmStorm() { set(0); }
  AlarmStorm(const AlarmStorm&) = delete;
  AlarmStorm& operator=(const AlarmStorm&) = delete;

 private:
  static void set(suseconds_t period) {
    itimerval timer{};
    timer.it_value.tv_usec = timer.it_interval.tv_usec = period;
    ::setitimer(ITIMER_REAL, &timer, nullptr);
  }

  Handler handler_;
};

class Signals : public StationTest {};

TEST_F(Signals, AThousandASecondDisturbNoCall) {
  options.extraNames = {"storm.box.test"};
  HostTable::set("storm.box.test", {"127.0.0.1"});
  box::PoolOptions pool;
  pool.maxRequests = 10;  // so that lookups, connections and handshakes are interrupted too
  const std::string url = "https://storm.box.test:" + std::to_string(emulator().port());
  const auto client = this->client(session().withPool(pool).withCustomBaseUrls(box::BaseUrls(url)));
  unsigned before = 0;
  {
    const AlarmStorm storm;
    before = alarms;
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(isAccepted(*await(client))) << i;
    // A fast machine may not have raised enough alarms yet.
    runUntil([&] { return alarms - before >= 20; });
  }
  EXPECT_EQ(emulator().counts().requests, 200U) << "nothing was repeated";
}

TEST_F(Signals, AWriteToABrokenConnectionRaisesNone) {
  // SIG_DFL would end the process.
  const Handler handler(SIGPIPE, SIG_DFL);
  options.sessionTickets = 0;
  const auto client = arrange(Station::write, patient(), std::make_shared<box::DefaultRetryPolicy>(1));
  const auto call = start(makeCall(*client));
  reach();
  breakWriting();
  finish(call);
  ASSERT_TRUE(failed(*call, Errc::connectionLost, Fate::inDoubt));
  EXPECT_EQ(call->error().cause(), box::error_code(EPIPE, boost::system::system_category()))
      << "another fault has happened";
}

TEST_F(Signals, AWriteToAConnectionThatThePeerHasResetRaisesNone) {
  const Handler handler(SIGPIPE, SIG_DFL);
  const auto client = this->client();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(isAccepted(*await(client)));
    const Steady::time_point used = Steady::now();
    emulator().closeAllConnections(CloseManner::reset);
    runUntil([&] { return quietConnectionsTo(emulator().port()) == 0; });
    resumeAt(used);  // the last use is so recent that the connection is written to without a check
  }
  EXPECT_TRUE(isAccepted(*await(client)));
}

// -------------------------------------------------------------------------------------------------------------- clocks

class Clocks : public BoxTest {
 protected:
  /// After a call the machine sleeps and the server closes; the steady clock shows only `noticed` of that time.
  void sleepBehindACall(const box::BoxClient& client, std::chrono::milliseconds noticed) {
    ASSERT_TRUE(isAccepted(*await(client)));
    const Steady::time_point used = Steady::now();
    emulator().closeAllConnections();
    runUntil([&] { return quietConnectionsTo(emulator().port()) == 0; });
    resumeAt(used + noticed);
  }
};

TEST_F(Clocks, BehindASleepOfTheMachineConnectionsAreNotTrusted) {
  // In the first case the last use is so recent that the connection is used without a check; in the second it is
  // checked.
  for (const auto noticed : {0ms, 5ms}) {
    const auto client = this->client();
    const auto requests = emulator().counts().requests, connections = emulator().counts().connectionsAccepted;
    sleepBehindACall(client, noticed);
    EXPECT_TRUE(isAccepted(*await(client)));
    EXPECT_EQ(emulator().counts().requests - requests, 2U);
    EXPECT_EQ(emulator().counts().connectionsAccepted - connections, 2U);
    EXPECT_THAT(recorder->retries(), testing::Each(testing::Field(&Recorder::Retry::delay, 0ms)));
  }
}

TEST_F(Clocks, DeadlinesAtTheirEndsAreNeverAndOver) {
  const auto client = this->client();
  EXPECT_TRUE(failed(*await(about(client, Deadline(Steady::time_point::min()))), Errc::callTimeout, Fate::notSent));
  EXPECT_TRUE(
      failed(*await(about(client, Deadline(std::chrono::nanoseconds::min()))), Errc::callTimeout, Fate::notSent));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 0U);
  EXPECT_TRUE(isAccepted(*await(about(client, Deadline(Steady::time_point::max())))));
  EXPECT_TRUE(isAccepted(*await(about(client, Deadline(std::chrono::hours::max())))));
}

TEST_F(Clocks, ABackoffPolicyThatNeverEndsMeetsNoOverflow) {
  emulator().script(Reply::status(503));
  const auto client = this->client(session().withBackoffPolicy(std::make_shared<FixedBackoff>(box::unlimited)));
  const auto call = start(about(client, Deadline(Steady::time_point::max())));
  runUntil([&] { return recorder->retries().size() == 1; });
  call->cancel();
  finish(call);
  EXPECT_TRUE(isCancelled(*call, Fate::inDoubt, box::Phase::backoff));
}

// --------------------------------------------------------------------------------------------------------------- forks

std::set<int> descriptors() {
  std::set<int> open;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    open.insert(std::stoi(entry.path().filename()));
  return open;
}

std::uint16_t localPort(int descriptor) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return address.sin_family == AF_INET ? ntohs(address.sin_port) : 0;
}

bool listens(int descriptor) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0;
}

class Forks : public StationTest, public testing::WithParamInterface<Station> {
 protected:
  /// The descriptors opened since the test began that a program started by a child would inherit, except the servers'.
  std::vector<int> inherited() const {
    const std::set<int> open = descriptors();
    std::set<std::uint16_t> servers;
    for (const int d : open) {
      if (listens(d)) servers.insert(localPort(d));
    }
    std::vector<int> found;
    for (const int d : open) {
      const int flags = ::fcntl(d, F_GETFD);
      if (flags < 0 || (flags & FD_CLOEXEC) != 0 || before_.count(d) != 0 || servers.count(localPort(d)) != 0) continue;
      found.push_back(d);
    }
    return found;
  }

 private:
  const std::set<int> before_ = descriptors();
};

TEST_P(Forks, LeaveAChildNoDescriptorOfTheClients) {
  const auto client = arrange(GetParam());
  const auto call = reach(*client);
  EXPECT_THAT(inherited(), IsEmpty());
  const int other = ::socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_THAT(inherited(), ElementsAre(other)) << "the check finds other descriptors";
  ::close(other);
  call->cancel();
  release();
  finish(call);
}

INSTANTIATE_TEST_SUITE_P(Everywhere, Forks, testing::ValuesIn(allStations()),
                         [](const auto& param) { return toString(param.param); });

// -------------------------------------------------------------------------------------------------------------- limits

class Limits : public BoxTest {};

TEST_F(Limits, AStackOf256KilobytesIsEnough) {
  const auto client = this->client();
  std::string nested;
  for (int i = 0; i < 1000; ++i) nested += R"({"a":)";
  emulator().script(Reply::asBox());
  emulator().script(Reply::status(400).body(nested, "application/json"));
  std::vector<std::shared_ptr<Call>> calls;
  std::function<void()> work = [&] {
    calls.push_back(await(client));
    calls.push_back(await(client));
  };
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  // AddressSanitizer adds memory around everything on the stack.
  ASSERT_EQ(::pthread_attr_setstacksize(&attributes, (underAddressSanitizer ? 4 : 1) * 256 * 1024), 0);
  pthread_t thread{};
  const auto run = [](void* function) -> void* { return (*static_cast<std::function<void()>*>(function))(), nullptr; };
  ASSERT_EQ(::pthread_create(&thread, &attributes, run, &work), 0);
  ::pthread_join(thread, nullptr);
  ::pthread_attr_destroy(&attributes);
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_TRUE(isAccepted(*calls[0]));
  EXPECT_TRUE(failed(*calls[1], Errc::badRequest, Fate::rejected));
}

/// While this object lives, no further memory can be mapped.
class AddressSpaceLimit {
 public:
  AddressSpaceLimit() {
    ::getrlimit(RLIMIT_AS, &before_);
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit limit = before_;
    limit.rlim_cur = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
    ::setrlimit(RLIMIT_AS, &limit);
  }
  ~AddressSpaceLimit() { ::setrlimit(RLIMIT_AS, &before_); }
  AddressSpaceLimit(const AddressSpaceLimit&) = delete;
  AddressSpaceLimit& operator=(const AddressSpaceLimit&) = delete;

 private:
  rlimit before_{};
};

TEST_F(Limits, OfTheAddressSpaceEndACallWithAnErrorThatSaysSo) {
  if (underAddressSanitizer) GTEST_SKIP() << "AddressSanitizer needs address space itself";
  options.extraNames = {"limited.box.test"};
  HostTable::set("limited.box.test", {"127.0.0.1"});
  const std::string url = "https://limited.box.test:" + std::to_string(emulator().port());
  const auto client = this->client(
      session().withCustomBaseUrls(box::BaseUrls(url)).withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(1)));
  const std::vector<std::string> logins(200'000, std::string(250, 'a') + "@example.com");
  {
    const AddressSpaceLimit limit;
    EXPECT_THROW(static_cast<void>(client.sessionTermination.terminateUsersSessions({.userLogins = logins})),
                 std::bad_alloc);
  }
  // The lookup needs a thread with a stack; the stack of a thread that has ended may be reused.
  std::shared_ptr<Call> call;
  {
    const AddressSpaceLimit limit;
    call = start(client);
    finish(call);
  }
  const auto isOutOfMemory = [](const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::bad_alloc&) {
      return true;
    } catch (...) {
      return false;
    }
  };
  EXPECT_TRUE(call->accepted() || call->code() == Errc::localResource ||
              (call->otherException() && isOutOfMemory(call->otherException())))
      << call->describe();
  EXPECT_TRUE(isAccepted(*await(client)));
}

}  // namespace
