// Many coroutines on four threads use one client at the same time, with cancellations and closing.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <gmock/gmock.h>

#include "box/auth/ccg.hpp"
#include "box/auth/developer_token.hpp"
#include "box/client.hpp"
#include "box/emulator/emulator.hpp"
#include "support/policies.hpp"
#include "support/recorder.hpp"
#include "support/resources.hpp"

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using box::emulator::CloseManner;
using box::emulator::Reply;
using Strand = asio::strand<asio::any_io_executor>;

#if defined(__SANITIZE_THREAD__)
constexpr int callsEach = 40;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
constexpr int callsEach = 40;
#else
constexpr int callsEach = 200;
#endif
#else
constexpr int callsEach = 200;
#endif
constexpr int coroutines = 64;

/// Counts how the calls of a test have ended.
struct Tally {
  std::atomic<std::size_t> accepted{0}, cancelled{0}, closed{0}, other{0}, wrongThread{0}, coroutinesEnded{0};
};

class Threads : public testing::Test {
 protected:
  Threads() : emulator_(options()) {
    box::TlsOptions tls;
    tls.caPem = emulator_.caPem();
    session_ = box::NetworkSession()
                   .withCustomBaseUrls(box::BaseUrls(emulator_.baseUrl()))
                   .withTls(tls)
                   .withBackoffPolicy(std::make_shared<box::test::FixedBackoff>(1ms))
                   // A call may meet many of a script's failures one after the other.
                   .withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(100))
                   .withRetryBudget(nullptr)
                   .withObserver(recorder);
  }
  ~Threads() override { stop(); }

  static box::emulator::EmulatorOptions options() {
    box::emulator::EmulatorOptions o;
    o.threads = 2;
    return o;
  }

  box::BoxClient client(std::size_t connections = 8) {
    box::PoolOptions pool;
    pool.maxConnections = connections;
    pool.maxWaiters = 4096;
    return box::BoxClient(io_.get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>("token"),
                          session_.withPool(pool));
  }

  void runThreads(std::size_t count = 4) {
    for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { io_.run(); });
  }
  /// Waits, with a limit, for what other threads do.
  bool eventually(const std::function<bool()>& condition) {
    for (const auto end = std::chrono::steady_clock::now() + 60s; !condition();) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }
  /// Waits until the threads have no work left. If they do not end, the test fails and stops them.
  void join() {
    working_.reset();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  void stop() {
    if (threads_.empty()) return;
    io_.stop();
    join();
  }

  std::shared_ptr<box::test::Recorder> recorder = std::make_shared<box::test::Recorder>();
  box::emulator::Emulator& emulator() { return emulator_; }
  asio::io_context& io() { return io_; }
  const box::NetworkSession& session() const { return session_; }

 private:
  box::emulator::Emulator emulator_;
  box::NetworkSession session_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> working_ = asio::make_work_guard(io_);
  std::vector<std::thread> threads_;
};

void count(Tally& tally, const box::BoxSdkError& error) {
  if (error.code() == asio::error::operation_aborted) {
    ++tally.cancelled;
  } else if (error.code() == box::Errc::clientClosed) {
    ++tally.closed;
  } else {
    ++tally.other;
    ADD_FAILURE() << error.what();
  }
}

// Makes one call. Afterwards the coroutine must be on the same executor as before.
asio::awaitable<void> callOnce(box::BoxClient client, Tally* tally, std::function<bool()> isHere) {
  try {
    co_await client.sessionTermination.terminateUsersSessions({.userIds = {"1"}, .userLogins = {"a@example.com"}});
    ++tally->accepted;
  } catch (const box::BoxSdkError& error) {
    count(*tally, error);
  }
  if (isHere && !isHere()) ++tally->wrongThread;
}

asio::awaitable<void> callMany(box::BoxClient client, int calls, Tally* tally, std::function<bool()> isHere) {
  for (int i = 0; i < calls; ++i) co_await callOnce(client, tally, isHere);
  ++tally->coroutinesEnded;
}

std::function<bool()> hereOn(const Strand& strand) {
  return [strand] { return strand.running_in_this_thread(); };
}

TEST_F(Threads, FourThreadsShareOneClient) {
  Tally tally;
  const auto client = this->client();
  for (int i = 0; i < coroutines; ++i) {
    asio::co_spawn(io(), callMany(client, callsEach, &tally, nullptr), [](std::exception_ptr e) { EXPECT_FALSE(e); });
  }
  runThreads();
  EXPECT_TRUE(eventually([&] { return tally.coroutinesEnded == coroutines; }));
  join();
  EXPECT_EQ(tally.accepted, static_cast<std::size_t>(coroutines * callsEach));
  // Eight connections, and a new one for each that has carried a thousand requests.
  EXPECT_LE(emulator().counts().connectionsAccepted, 8U + coroutines * callsEach / 1000U + 1U);
  EXPECT_EQ(emulator().accepted().size(), static_cast<std::size_t>(coroutines * callsEach));
}

asio::awaitable<void> callAboutMany(box::BoxClient client, int calls, Tally* tally) {
  const std::vector<std::string> logins(500, std::string(250, 'a') + "@example.com");
  for (int i = 0; i < calls; ++i) {
    try {
      co_await client.sessionTermination.terminateUsersSessions({.userLogins = logins});
      ++tally->accepted;
    } catch (const box::BoxSdkError& error) {
      count(*tally, error);
    }
  }
  ++tally->coroutinesEnded;
}

// A request of several records is sent while its answer may already arrive: the waits for both may end on two threads.
TEST_F(Threads, LongRequestsAreSentAndAnsweredOnFourThreads) {
  constexpr int calls = 5;
  Tally tally;
  for (int i = 0; i < coroutines; ++i)
    emulator().script({Reply::status(503).withoutReadingBody(), Reply::asBox().times(7)});
  const auto client = this->client();
  for (int i = 0; i < coroutines; ++i) {
    asio::co_spawn(io(), callAboutMany(client, calls, &tally), [](std::exception_ptr e) { EXPECT_FALSE(e); });
  }
  runThreads();
  EXPECT_TRUE(eventually([&] { return tally.coroutinesEnded == coroutines; }));
  join();
  EXPECT_EQ(tally.accepted, static_cast<std::size_t>(coroutines * calls));
}

TEST_F(Threads, ACallCompletesOnTheStrandThatAwaitsIt) {
  Tally tally;
  const auto client = this->client(4);
  // Failures and stale connections have their own paths back to the caller.
  emulator().script(
      {Reply::status(503).times(20), Reply::asBox().connectionClose().times(20), Reply::close().times(20)});
  for (int i = 0; i < 16; ++i) {
    const Strand strand(io().get_executor());
    asio::co_spawn(strand, callMany(client, callsEach / 4, &tally, hereOn(strand)),
                   [](std::exception_ptr e) { EXPECT_FALSE(e); });
  }
  runThreads();
  EXPECT_TRUE(eventually([&] { return tally.coroutinesEnded == 16; }));
  join();
  EXPECT_EQ(tally.wrongThread, 0U);
  EXPECT_EQ(tally.other, 0U);
}

TEST_F(Threads, ACallCompletesOnAnotherContextsThreads) {
  Tally tally;
  {
    const auto client = this->client(4);
    asio::thread_pool pool(3);
    for (int i = 0; i < 12; ++i) {
      const Strand strand(pool.get_executor());
      asio::co_spawn(strand, callMany(client, callsEach / 4, &tally, hereOn(strand)),
                     [](std::exception_ptr e) { EXPECT_FALSE(e); });
    }
    const auto executor = pool.get_executor();
    for (int i = 0; i < 4; ++i) {
      asio::co_spawn(executor,
                     callMany(client, callsEach / 4, &tally, [executor] { return executor.running_in_this_thread(); }),
                     [](std::exception_ptr e) { EXPECT_FALSE(e); });
    }
    runThreads(2);
    EXPECT_TRUE(eventually([&] { return tally.coroutinesEnded == 16; }));
    pool.join();
  }
  join();
  EXPECT_EQ(tally.wrongThread, 0U);
  EXPECT_EQ(tally.accepted, static_cast<std::size_t>(16 * (callsEach / 4)));
}

/// Advances by six hours at every hundredth reading, so that tokens of a day expire all the time.
class HastyClock : public box::Clock {
 public:
  std::chrono::system_clock::time_point now() const noexcept override {
    return std::chrono::system_clock::time_point(24h * 365 * 50) + looks_.fetch_add(1) / 100 * 6h;
  }

 private:
  mutable std::atomic<int> looks_{0};
};

std::shared_ptr<box::BoxCcgAuth> makeCcg() {
  box::CcgConfig config;
  config.clientId = "the-client";
  config.clientSecret = box::Secret("the-secret");
  config.enterpriseId = "4711";
  return std::make_shared<box::BoxCcgAuth>(config);
}

TEST_F(Threads, FourThreadsShareATokenThatRunsOutAllTheTime) {
  Tally tally;
  const box::BoxClient client(io().get_executor(), makeCcg(),
                              session().withPool({.maxWaiters = 4096}).withClock(std::make_shared<HastyClock>()));
  for (int i = 0; i < coroutines; ++i) {
    const Strand strand(io().get_executor());
    asio::co_spawn(strand, callMany(client, callsEach / 2, &tally, hereOn(strand)),
                   [](std::exception_ptr e) { EXPECT_FALSE(e); });
  }
  runThreads();
  EXPECT_TRUE(eventually([&] { return tally.coroutinesEnded == coroutines; }));
  join();
  EXPECT_EQ(tally.accepted, static_cast<std::size_t>(coroutines * (callsEach / 2)));
  EXPECT_EQ(tally.wrongThread, 0U);
  EXPECT_GE(emulator().counts().tokenRequests, 3U);
}

/// A call on its own strand, on which it can be cancelled.
class OnStrand : public std::enable_shared_from_this<OnStrand> {
 public:
  explicit OnStrand(const asio::any_io_executor& executor) : strand(executor) {}

  static void start(const std::shared_ptr<OnStrand>& self, const box::BoxClient& client, Tally* tally) {
    asio::post(self->strand, [self, client, tally] {
      asio::co_spawn(self->strand, callOnce(client, tally, hereOn(self->strand)),
                     asio::bind_cancellation_slot(self->signal.slot(), [self, tally](std::exception_ptr) {
                       self->ended = true;
                       ++tally->coroutinesEnded;
                     }));
    });
  }
  static void cancel(const std::shared_ptr<OnStrand>& self) {
    asio::post(self->strand, [self] {
      if (!self->ended) self->signal.emit(asio::cancellation_type::terminal);
    });
  }

  Strand strand;
  asio::cancellation_signal signal;
  bool ended = false;
};

TEST_F(Threads, CancellationsInAWaitForATokenHitNobodyElse) {
  Tally tally;
  const box::BoxClient client(io().get_executor(), makeCcg(),
                              session().withPool({.maxWaiters = 4096}).withClock(std::make_shared<HastyClock>()));
  runThreads();
  constexpr int calls = 400;
  for (int i = 0; i < calls; ++i) {
    const auto call = std::make_shared<OnStrand>(io().get_executor());
    OnStrand::start(call, client, &tally);
    if (i % 2 == 0) OnStrand::cancel(call);
  }
  EXPECT_TRUE(eventually([&] { return tally.coroutinesEnded == calls; }));
  join();
  EXPECT_GE(tally.accepted, static_cast<std::size_t>(calls / 2));
  EXPECT_EQ(tally.accepted + tally.cancelled, static_cast<std::size_t>(calls));
}

TEST_F(Threads, CancellationsOnStrandsHitNobodyElse) {
  constexpr std::size_t calls = 900;  // as many as PoolOptions::maxWaiters allows
  Tally tally;
  const auto client = this->client(3);
  emulator().setDefault(Reply::asBox().after(1ms));
  std::vector<std::shared_ptr<OnStrand>> all;
  for (std::size_t i = 0; i < calls; ++i) all.push_back(std::make_shared<OnStrand>(io().get_executor()));
  for (const auto& call : all) OnStrand::start(call, client, &tally);
  runThreads();
  // Cancels every third call, from a thread that runs none of them, while calls begin and end.
  for (std::size_t i = 0; i < calls; i += 3) {
    OnStrand::cancel(all[i]);
    if (i % 30 == 0) std::this_thread::yield();
  }
  EXPECT_TRUE(eventually([&] { return tally.coroutinesEnded == calls; }));
  EXPECT_EQ(tally.accepted + tally.cancelled, calls);
  EXPECT_LE(tally.cancelled, calls / 3);
  EXPECT_EQ(tally.wrongThread, 0U);
  // No slot was lost.
  Tally behind;
  for (int i = 0; i < 3; ++i) asio::co_spawn(io(), callMany(client, 2, &behind, nullptr), [](std::exception_ptr) {});
  EXPECT_TRUE(eventually([&] { return behind.coroutinesEnded == 3; }));
  EXPECT_EQ(behind.accepted, 6U);
  join();
}

TEST_F(Threads, ClosingRacesWithCalls) {
  for (int round = 0; round < 5; ++round) {
    Tally tally;
    auto client = this->client(4);
    const std::size_t before = emulator().counts().requests;
    for (int i = 0; i < coroutines; ++i) {
      asio::co_spawn(io(), callMany(client, 50, &tally, nullptr), [](std::exception_ptr e) { EXPECT_FALSE(e); });
    }
    if (round == 0) runThreads();
    EXPECT_TRUE(eventually([&] { return emulator().counts().requests > before + 20; }));
    std::thread other([copy = client]() mutable { copy.close(); });
    client.close();
    other.join();
    EXPECT_TRUE(eventually([&] { return tally.coroutinesEnded == coroutines; }));
    EXPECT_EQ(tally.accepted + tally.closed, static_cast<std::size_t>(coroutines * 50));
    EXPECT_GT(tally.closed, 0U);
  }
  EXPECT_TRUE(emulator().waitForOpenConnections(0, 30s));
  join();
}

TEST_F(Threads, CopiesComeAndGoWhileCallsAreUnderWay) {
  Tally tally;
  auto original = std::make_unique<box::BoxClient>(client());
  for (int i = 0; i < coroutines; ++i) {
    asio::co_spawn(io(), callMany(original->withAsUserHeader(std::to_string(i + 1)), 20, &tally, nullptr),
                   [](std::exception_ptr e) { EXPECT_FALSE(e); });
  }
  runThreads();
  original.reset();
  EXPECT_TRUE(eventually([&] { return tally.coroutinesEnded == coroutines; }));
  join();
  EXPECT_EQ(tally.accepted, static_cast<std::size_t>(coroutines * 20));
  EXPECT_TRUE(emulator().waitForOpenConnections(0, 30s));
}

TEST_F(Threads, EveryCallSucceedsWhileTheServerDropsConnections) {
  Tally tally;
  const box::BoxClient client(io().get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>("token"),
                              session().withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(1000)));
  for (int i = 0; i < coroutines; ++i) {
    asio::co_spawn(io(), callMany(client, callsEach / 4, &tally, nullptr),
                   [](std::exception_ptr e) { EXPECT_FALSE(e); });
  }
  runThreads();
  const CloseManner manners[] = {CloseManner::closeNotify, CloseManner::fin, CloseManner::reset};
  for (std::size_t i = 0; i < 15 && tally.coroutinesEnded != coroutines; ++i) {
    const std::size_t before = emulator().counts().requests;
    emulator().closeAllConnections(manners[i % 3]);
    eventually([&] { return emulator().counts().requests > before + 10 || tally.coroutinesEnded == coroutines; });
  }
  EXPECT_TRUE(eventually([&] { return tally.coroutinesEnded == coroutines; }));
  join();
  EXPECT_EQ(tally.accepted, static_cast<std::size_t>(coroutines * (callsEach / 4)));
}

TEST_F(Threads, ClientsAreMadeAndDestroyedOnFourThreads) {
  // Clients with equal options share a TLS context, which is destroyed with its last user: here that happens
  // repeatedly.
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int k = 0; k < callsEach; ++k) client();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
