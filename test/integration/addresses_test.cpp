// Hosts with several addresses, some of which do not answer, and a machine without free ports or descriptors.
#include "support/box_test.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "support/full_backlog.hpp"
#include "support/host_table.hpp"
#include "support/no_descriptors.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::Errc;
using box::Fate;
using box::Phase;
using box::TimeoutOptions;
using testing::SizeIs;

constexpr const char* host = "many.box.test";

class Addresses : public BoxTest {
 protected:
  /// A client of a host with these addresses, at the emulator's port.
  box::BoxClient clientOf(const std::vector<std::string>& addresses, const TimeoutOptions& timeouts = {},
                          const box::PoolOptions& pool = {}) {
    options.extraNames = {host};
    HostTable::set(host, addresses);
    return client(session()
                      .withTimeouts(timeouts)
                      .withPool(pool)
                      .withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(1))
                      .withCustomBaseUrls(
                          box::BaseUrls("https://" + std::string(host) + ":" + std::to_string(emulator().port()))));
  }
  /// From now on the emulator's port at this address neither accepts nor refuses connections.
  FullBacklog& silence(const std::string& address) {
    silent_.push_back(std::make_unique<FullBacklog>(address, emulator().port()));
    EXPECT_TRUE(silent_.back()->full());
    return *silent_.back();
  }
  void TearDown() override {
    silent_.clear();
    BoxTest::TearDown();
  }

 private:
  std::vector<std::unique_ptr<FullBacklog>> silent_;
};

TEST_F(Addresses, ASilentOneCostsAQuarterOfASecond) {
  const auto client = clientOf({"127.0.0.2", "127.0.0.1"});
  silence("127.0.0.2");
  const auto call = await(client);
  EXPECT_TRUE(isAccepted(*call));
  EXPECT_GE(call->elapsed(), 250ms);
  EXPECT_LT(call->elapsed(), 4s) << "the limit for one address is 5 s";
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
}

TEST_F(Addresses, ThoseThatRefuseAreNotWaitedFor) {
  std::vector<std::string> addresses(60, "127.0.0.3");
  addresses.push_back("127.0.0.1");
  const auto call = await(clientOf(addresses));
  EXPECT_TRUE(isAccepted(*call));
  EXPECT_LT(call->elapsed(), 10s) << "with the stagger between the addresses it would be 15 s";
}

TEST_F(Addresses, ThoseThatRefuseKeepNoDescriptor) {
  std::vector<std::string> addresses(60, "127.0.0.3");
  addresses.push_back("127.0.0.1");
  const auto client = clientOf(addresses);
  std::shared_ptr<Call> call;
  {
    const FewDescriptors few(20);
    call = await(client);
  }
  EXPECT_TRUE(isAccepted(*call));
}

TEST_F(Addresses, TheFirstIsTakenWhereItAnswers) {
  const auto client = clientOf({"127.0.0.1", "127.0.0.2"});
  auto& other = silence("127.0.0.2");
  const auto before = other.waiting();  // on a busy machine more than one of the sockets that fill the queue may wait
  const auto begun = std::chrono::steady_clock::now();
  const auto call = start(about(client));
  runUntil([&] {
    const auto tried = other.waiting() > before;
    // Both may be true where the machine stood still for that long.
    EXPECT_TRUE(!tried || std::chrono::steady_clock::now() - begun >= 250ms);
    return call->done();
  });
  EXPECT_TRUE(isAccepted(*call));
}

TEST_F(Addresses, AllThatAreSilentAreTriedBeforeTheCallFails) {
  TimeoutOptions timeouts;
  timeouts.connect = 1s;
  const auto client = clientOf({"127.0.0.2", "127.0.0.3", "127.0.0.4"}, timeouts);
  std::vector<FullBacklog*> silent = {&silence("127.0.0.2"), &silence("127.0.0.3"), &silence("127.0.0.4")};
  std::vector<std::size_t> most(3);
  const auto call = start(about(client));
  runUntil([&] {
    for (std::size_t i = 0; i < 3; ++i) most[i] = std::max(most[i], silent[i]->waiting());
    return call->done();
  });
  EXPECT_THAT(most, testing::Each(testing::Ge(1U)));
  EXPECT_TRUE(failed(*call, Errc::connectTimeout, Fate::notSent, Phase::connect));
}

TEST_F(Addresses, OfAHundredFewAreTriedAtOnceInTwiceTheTimeOfOne) {
  TimeoutOptions timeouts;
  timeouts.connect = 1500ms;
  const auto client = clientOf(std::vector<std::string>(100, "127.0.0.2"), timeouts);
  const auto& silent = silence("127.0.0.2");
  std::size_t most = 0;
  const auto call = start(about(client));
  runUntil([&] {
    most = std::max(most, silent.waiting());
    return call->done();
  });
  EXPECT_GE(most, 4U);
  // When four connects follow four others, one reading of the kernel's table may show both, and the sockets that fill
  // the queue.
  EXPECT_LE(most, 12U);
  EXPECT_TRUE(failed(*call, Errc::connectTimeout, Fate::notSent, Phase::connect));
  EXPECT_GE(call->elapsed(), 3s);
}

TEST_F(Addresses, AnAnswerIsToldRatherThanSilence) {
  TimeoutOptions timeouts;
  timeouts.connect = 500ms;
  const auto client = clientOf({"127.0.0.3", "127.0.0.2"}, timeouts);
  silence("127.0.0.2");
  const auto call = await(client);
  EXPECT_TRUE(failed(*call, Errc::connectFailed, Fate::notSent, Phase::connect));
  EXPECT_EQ(call->error().cause(), boost::asio::error::connection_refused);
}

TEST_F(Addresses, ChangedOnesAreFollowedByTheNextConnection) {
  box::PoolOptions pool;
  pool.maxRequests = 1;
  options.extraNames = {host};
  HostTable::set(host, {"127.0.0.3"});
  const auto url = box::BaseUrls("https://" + std::string(host) + ":" + std::to_string(emulator().port()));
  const auto client = this->client(
      session().withPool(pool).withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(1)).withCustomBaseUrls(url));
  EXPECT_TRUE(failed(*await(client), Errc::connectFailed, Fate::notSent));
  HostTable::set(host, {"127.0.0.1"});
  EXPECT_TRUE(isAccepted(*await(client)));
}

TEST_F(Addresses, AreLookedUpOnceForConnectionsThatAreOpenedAtOnceAndSoonAfter) {
  box::PoolOptions pool;
  pool.maxRequests = 1;
  const auto client = clientOf({"127.0.0.1"}, {}, pool);
  const std::size_t before = HostTable::lookups(host);
  std::vector<std::shared_ptr<Call>> calls;
  for (int i = 0; i < 8; ++i) calls.push_back(start(about(client)));
  finish(calls);
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 9U);
  EXPECT_EQ(HostTable::lookups(host), before + 1);
}

TEST_F(Addresses, AreLookedUpAnewAfterAConnectionCouldNotBeOpened) {
  box::PoolOptions pool;
  pool.maxRequests = 1;
  const auto client = clientOf({"127.0.0.1"}, {}, pool);
  EXPECT_TRUE(isAccepted(*await(client)));
  emulator().stop();
  const std::size_t before = HostTable::lookups(host);
  EXPECT_TRUE(failed(*await(client), Errc::connectFailed, Fate::notSent));
  EXPECT_EQ(HostTable::lookups(host), before) << "the addresses that were found before are tried first";
  EXPECT_TRUE(failed(*await(client), Errc::connectFailed, Fate::notSent));
  EXPECT_EQ(HostTable::lookups(host), before + 1);
}

TEST_F(Addresses, AreLookedUpForEachConnectionWhereNothingIsToBeRemembered) {
  box::PoolOptions pool;
  pool.maxRequests = 1;
  pool.lookupAge = 0s;
  const auto client = clientOf({"127.0.0.1"}, {}, pool);
  const std::size_t before = HostTable::lookups(host);
  finish({start(about(client)), start(about(client))});
  await(client);
  EXPECT_EQ(HostTable::lookups(host), before + 3);
}

TEST_F(Addresses, ALookupThatHangsHoldsUpNoOtherHosts) {
  constexpr const char* hung = "hung.box.test";
  box::PoolOptions pool;
  pool.lookupAge = 0s;  // each call makes a lookup, so that all threads of this host hang
  const auto good = clientOf({"127.0.0.1"}, {}, pool);
  HostTable::set(hung, {"127.0.0.1"});
  HostTable::hold(hung);
  const auto bad =
      good.withCustomBaseUrls(box::BaseUrls("https://" + std::string(hung) + ":" + std::to_string(emulator().port())));
  std::vector<std::shared_ptr<Call>> waiting;
  for (int i = 0; i < 8; ++i) waiting.push_back(start(about(bad)));
  runUntil([] { return HostTable::held() == 4; });
  EXPECT_TRUE(isAccepted(*await(good)));
  for (const auto& call : waiting) {
    EXPECT_FALSE(call->done());
    call->cancel();
  }
  finish(waiting);
}

TEST_F(Addresses, WithoutDescriptorsTheMachineIsToBlame) {
  const auto client = this->client(session().withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(2)));
  std::shared_ptr<Call> call;
  {
    const NoDescriptors none;
    call = await(client);
  }
  EXPECT_TRUE(failed(*call, Errc::localResource, Fate::notSent));
  EXPECT_EQ(call->attempts(), 2U);
  EXPECT_TRUE(isAccepted(*await(client)));
}

TEST_F(Addresses, IdleConnectionsMakeRoomWhereDescriptorsRunOut) {
  // The call needs a descriptor, and the emulator in the same process needs another one for its side.
  box::emulator::EmulatorOptions elsewhereOptions;
  box::emulator::Emulator elsewhere(elsewhereOptions);
  const box::BaseUrls there("https://127.0.0.1:" + std::to_string(elsewhere.port()));
  box::TlsOptions tls;
  tls.caPem = emulator().caPem() + elsewhere.caPem();
  const auto client =
      this->client(session().withTls(tls).withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(1)));
  finish(std::vector<std::shared_ptr<Call>>{start(about(client)), start(about(client)), start(about(client))});
  ASSERT_EQ(emulator().counts().openConnections, 3U);
  {
    const NoDescriptors none;
    EXPECT_TRUE(isAccepted(*await(client.withCustomBaseUrls(there))));
  }
  EXPECT_THAT(recorder->closeReasons(), testing::Each(box::event::CloseReason::surplus));
  EXPECT_THAT(recorder->closed(), SizeIs(3));
}

}  // namespace
