// Makes the n-th allocation of a call fail, for each n: the call ends, its error is true, and the client continues to
// work.
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>

#include "box/auth/ccg.hpp"
#include "machine/failing_memory.hpp"
#include "support/box_test.hpp"
#include "support/host_table.hpp"
#include "support/sanitizers.hpp"
#include "support/test_proxy.hpp"

namespace {

using namespace box::test;
using box::BoxClient;
using box::Errc;
using box::Fate;
using box::NetworkSession;
using box::emulator::Reply;
using Of = FailingMemory::Of;

namespace asio = boost::asio;

class Allocations : public BoxTest, public testing::WithParamInterface<Of> {
 protected:
  enum class End { none, accepted, refused, outOfMemory, outOfRun };

  void SetUp() override { ASSERT_TRUE(FailingMemory::opensslIsCounted()); }

  /// Only one connection, so that the next call hangs if a slot was lost.
  NetworkSession settings() {
    box::PoolOptions pool;
    pool.maxConnections = 1;
    return session().withPool(pool).withObserver(nullptr).withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(3));
  }

  /// A call whose n-th allocation fails.
  class Torture {
   public:
    End end = End::none;
    std::optional<box::BoxSdkError> error;
    bool failed = false;  ///< whether the call made an n-th allocation
  };

  /// Whom the tortured calls are about.
  std::vector<std::string> logins{secretLogin};

  static asio::awaitable<void> perform(const BoxClient& client, const std::vector<std::string>& logins, std::size_t n,
                                       Of whose, Torture& torture) {
    FailingMemory::failAt(whose, n);
    try {
      box::SessionTerminationMessage message =
          co_await client.sessionTermination.terminateUsersSessions({.userIds = {"1"}, .userLogins = logins});
      torture.failed = FailingMemory::stop();
      torture.end = End::accepted;
    } catch (const box::BoxSdkError& error) {
      torture.failed = FailingMemory::stop();
      torture.error = error;
      torture.end = End::refused;
    } catch (const std::bad_alloc&) {
      torture.failed = FailingMemory::stop();
      torture.end = End::outOfMemory;
    } catch (const std::exception& error) {
      torture.failed = FailingMemory::stop();
      ADD_FAILURE() << "another exception: " << error.what();
      torture.end = End::refused;
    }
  }

  Torture tortured(const BoxClient& client, std::size_t n) {
    Torture torture;
    const auto alive = std::make_shared<int>();
    asio::co_spawn(io(), perform(client, logins, n, GetParam(), torture), [alive](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
    if (io().stopped()) io().restart();
    const auto end = std::chrono::steady_clock::now() + patience;
    while (alive.use_count() > 1 && std::chrono::steady_clock::now() < end) {
      try {
        io().run_one_for(2ms);
      } catch (const std::bad_alloc&) {
        torture.failed = FailingMemory::stop();
        if (torture.end == End::none) torture.end = End::outOfRun;
      }
    }
    torture.failed = FailingMemory::stop() || torture.failed;
    EXPECT_EQ(alive.use_count(), 1) << "the call has not ended";
    return torture;
  }

  /// Tests each n in turn. `arrange` gives the client, and sets the server's answer.
  void torture(const std::function<const BoxClient&()>& arrange, std::optional<Errc> answer = std::nullopt) {
    std::map<End, std::size_t> ends;
    std::map<std::string, std::size_t> codes;
    std::size_t n = 1;
    std::size_t last = 0;
    std::set<std::string> untrue;
    for (bool more = true; more && !HasFailure(); n += step(n)) {
      last = n;
      SCOPED_TRACE("allocation " + std::to_string(n));
      emulator().setDefault();
      const BoxClient& client = arrange();
      const Torture torture = tortured(client, n);
      more = torture.failed;
      ++ends[torture.end];
      const bool isAnswer = torture.error && answer && torture.error->code() == *answer;
      if (torture.error) {
        ++codes[torture.error->code().message()];
        if (!isAnswer && !isTruth(*torture.error))
          untrue.insert(torture.error->what() + (" by " + torture.error->cause().message()));
      }
      EXPECT_FALSE(torture.end == End::outOfRun) << "the exception came out of run()";
      emulator().setDefault();
      const auto call = await(client);
      EXPECT_TRUE(isAccepted(*call)) << "the next call failed";
      EXPECT_TRUE(more || (answer ? isAnswer : torture.end == End::accepted));
    }
    EXPECT_GT(n, 5U) << "fewer allocations than a call makes";  // even a lean call makes some
    EXPECT_THAT(untrue, testing::IsEmpty());
    std::cout << last << " allocations: " << ends[End::accepted] << " accepted, " << ends[End::outOfMemory]
              << " bad_alloc, " << ends[End::outOfRun] << " out of run()";
    for (const auto& [code, count] : codes) std::cout << ", " << count << " " << code;
    std::cout << '\n';
  }

 private:
  /// OpenSSL makes thousands of allocations. Where each is expensive, only some of them are tested.
  std::size_t step(std::size_t n) const { return underAddressSanitizer && n >= 100 ? 23 : 1; }

  static bool isTruth(const box::BoxSdkError& error) {
    const box::error_code code = error.code();
    // A shortage within OpenSSL breaks a handshake or a connection, with OpenSSL's code as the cause.
    return code == Errc::localResource || (code == Errc::tlsProtocolError && error.cause()) ||
           (code == Errc::connectionLost && error.cause()) ||
           // A signature or a key that OpenSSL has no memory to check counts as bad.
           (code == Errc::tlsVerificationFailed && error.cause());
  }
};

TEST_P(Allocations, ThatFailOnTheWayToANewConnectionEndTheCallOnly) {
  std::optional<BoxClient> client;
  ASSERT_TRUE(isAccepted(*await(this->client(settings()))));
  torture([&]() -> const BoxClient& { return client.emplace(this->client(settings())); });
}

TEST_P(Allocations, ThatFailOnAKeptConnectionEndTheCallOnly) {
  const BoxClient client = this->client(settings());
  ASSERT_TRUE(isAccepted(*await(client)));
  if (GetParam() == Of::openssl) return;  // OpenSSL makes no allocations here
  torture([&]() -> const BoxClient& { return client; });
}

TEST_P(Allocations, ThatFailOnTheWayToAnErrorOfBoxEndTheCallOnly) {
  const BoxClient client = this->client(settings());
  ASSERT_TRUE(isAccepted(*await(client)));
  const auto refuse = [&](const Reply& reply, Errc code) {
    torture([&]() -> const BoxClient& { return emulator().setDefault(reply), client; }, code);
  };
  if (GetParam() == Of::openssl) return;
  const std::string body =
      R"({"type":"error","status":400,"code":"bad_request","message":"a message","request_id":"a","context_info":{"errors":[{"name":"user_ids"}]}})";
  refuse(Reply::status(400).body(body, "application/json"), Errc::badRequest);
  refuse(Reply::status(429).retryAfter("0"), Errc::rateLimited);
}

TEST_P(Allocations, ThatFailWhereAnAnswerIsCutEndTheCallOnly) {
  if (GetParam() == Of::openssl) return;
  const BoxClient client = this->client(settings().withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(2)));
  ASSERT_TRUE(isAccepted(*await(client)));
  const Reply cut = Reply::status(202).cutAfter(20);
  torture([&]() -> const BoxClient& { return emulator().setDefault(cut), client; }, Errc::connectionLost);
}

TEST_P(Allocations, ThatFailWhileALongRequestIsSentEndTheCallOnly) {
  if (GetParam() == Of::openssl) return;
  const BoxClient client = this->client(settings());
  ASSERT_TRUE(isAccepted(*await(client)));
  logins.assign(400, std::string(250, 'a') + "@example.com");  // several records
  torture([&]() -> const BoxClient& { return client; });
}

TEST_P(Allocations, ThatFailBehindACallThatHasTheOnlyConnectionEndTheCallOnly) {
  if (GetParam() == Of::openssl) return;
  const BoxClient client = this->client(settings());
  std::shared_ptr<Call> holder;
  torture([&]() -> const BoxClient& {
    if (holder) finish(holder);
    const std::size_t before = emulator().counts().requests;
    emulator().script(Reply::asBox().after(20ms));
    holder = start(client);
    runUntil([&] { return emulator().counts().requests > before; });
    return client;
  });
}

TEST_P(Allocations, ThatFailWhereOnlyTheAnswerHasATimeLimitEndTheCallOnly) {
  if (GetParam() == Of::openssl) return;
  box::TimeoutOptions timeouts;
  timeouts.call = timeouts.attempt = timeouts.resolve = timeouts.connect = timeouts.handshake = timeouts.write =
      box::unlimited;
  std::optional<BoxClient> client;
  ASSERT_TRUE(isAccepted(*await(this->client(settings()))));
  torture([&]() -> const BoxClient& { return client.emplace(this->client(settings().withTimeouts(timeouts))); });
}

TEST_P(Allocations, ThatFailOnTheWayThroughAProxyEndTheCallOnly) {
  if (GetParam() == Of::openssl) return;  // the same as without a proxy
  TestProxy proxy;
  box::ProxyOptions way;
  way.url = proxy.url();
  std::optional<BoxClient> client;
  ASSERT_TRUE(isAccepted(*await(this->client(settings().withProxy(way)))));
  torture([&]() -> const BoxClient& { return client.emplace(this->client(settings().withProxy(way))); });
  client.reset();
}

TEST_P(Allocations, ThatFailInALookupEndTheCallOnly) {
  options.extraNames = {"memory.box.test"};
  HostTable::set("memory.box.test", {"127.0.0.1"});
  const box::BaseUrls urls("https://memory.box.test:" + std::to_string(emulator().port()));
  std::optional<BoxClient> client;
  ASSERT_TRUE(isAccepted(*await(this->client(settings().withCustomBaseUrls(urls)))));
  if (GetParam() == Of::openssl) return;  // the same as without a proxy
  torture([&]() -> const BoxClient& { return client.emplace(this->client(settings().withCustomBaseUrls(urls))); });
}

TEST_P(Allocations, NoneIsNeededToClose) {
  std::optional<BoxClient> client(this->client(settings()));
  ASSERT_TRUE(isAccepted(*await(*client)));
  FailingMemory::failAt(GetParam(), 1);
  client->close();
  client.reset();
  const bool asked = FailingMemory::stop();
  EXPECT_TRUE(!asked || GetParam() == Of::openssl)
      << "only OpenSSL may allocate here, and it continues without the memory";
  runUntil([&] { return emulator().counts().openConnections == 0; });
}

INSTANTIATE_TEST_SUITE_P(Of, Allocations, testing::Values(Of::cpp, Of::openssl),
                         [](const auto& param) { return param.param == Of::cpp ? "Cpp" : "OpenSsl"; });

}  // namespace
