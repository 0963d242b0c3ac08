// Calls through an independent TLS server: nginx, which forwards requests to the emulator.
#include "support/box_test.hpp"

#include <memory>
#include <string>
#include <vector>

#include "support/nginx.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using testing::IsEmpty;
using testing::SizeIs;

class NginxInFront : public BoxTest {
 protected:
  /// Skips the test where nginx is not installed.
  void launch(const std::string& settings = {}) {
    if (Nginx::program().empty()) GTEST_SKIP() << "nginx is not installed";
    options.tls = false;
    authority_ = box::emulator::makeCertificateAuthority();
    nginx_ = std::make_unique<Nginx>(box::emulator::issueCertificate(authority_), emulator().port(), settings);
    ASSERT_THAT(nginx_->failure(), IsEmpty());
  }
  box::NetworkSession behindNginx() {
    box::TlsOptions tls;
    tls.caPem = authority_.certificatePem;
    box::PoolOptions pool;
    pool.maxConnections = 4;
    return box::NetworkSession()
        .withTls(tls)
        .withCustomBaseUrls(box::BaseUrls("https://localhost:" + std::to_string(nginx_->port())))
        .withBackoffPolicy(std::make_shared<FixedBackoff>(20ms))
        .withRetryBudget(nullptr)
        .withPool(pool)
        .withObserver(recorder);
  }
  void TearDown() override {
    nginx_.reset();
    BoxTest::TearDown();
  }
  Nginx& nginx() { return *nginx_; }

 private:
  box::emulator::CertificateAuthority authority_;
  std::unique_ptr<Nginx> nginx_;
};

#define LAUNCH(...)    \
  launch(__VA_ARGS__); \
  if (IsSkipped() || HasFatalFailure()) return

TEST_F(NginxInFront, OneConnectionIsKeptForManyCalls) {
  LAUNCH();
  const auto client = this->client(behindNginx());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_THAT(recorder->opened(), SizeIs(1));
  EXPECT_THAT(emulator().accepted(), SizeIs(100));
  EXPECT_EQ(nginx().connectionsInLog(), 1U);
}

TEST_F(NginxInFront, ManyCallsAtOnceAreServed) {
  LAUNCH();
  const auto client = this->client(behindNginx());
  std::vector<std::shared_ptr<Call>> calls;
  for (int i = 0; i < 200; ++i) calls.push_back(start(client));
  finish(calls);
  for (const auto& call : calls) ASSERT_TRUE(isAccepted(*call));
  EXPECT_THAT(recorder->opened(), SizeIs(testing::Le(4U)));
}

TEST_F(NginxInFront, OneRequestAConnectionMeansOneConnectionACall) {
  LAUNCH("keepalive_requests 1;");
  const auto client = this->client(behindNginx());
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_THAT(recorder->opened(), SizeIs(10));
  EXPECT_THAT(recorder->retries(), IsEmpty());
  EXPECT_THAT(emulator().accepted(), SizeIs(10));
  // nginx gives tickets, so that all connections but the first are resumed.
  for (std::size_t i = 1; i < 10; ++i) EXPECT_TRUE(recorder->opened()[i].resumed) << i;
}

TEST_F(NginxInFront, AReloadUnderLoadFailsNoCall) {
  LAUNCH();
  emulator().setDefault(box::emulator::Reply::asBox().after(1ms));
  const auto client = this->client(behindNginx());
  std::vector<std::shared_ptr<Call>> calls;
  for (int i = 0; i < 800; ++i) calls.push_back(start(client));
  for (const std::uint64_t mark : {100U, 300U, 500U}) {
    runUntil([&] { return emulator().counts().requests >= mark; });
    nginx().reload();
  }
  finish(calls);
  for (const auto& call : calls) ASSERT_TRUE(isAccepted(*call));
}

TEST_F(NginxInFront, ItsOwnErrorPageIsReportedAsSuch) {
  LAUNCH();
  emulator().stop();
  const auto call = await(client(behindNginx()));
  EXPECT_TRUE(failed(*call, box::Errc::serverError, box::Fate::inDoubt));
  ASSERT_NE(call->error().api(), nullptr);
  EXPECT_EQ(call->error().api()->statusCode, 502);
  EXPECT_THAT(call->error().what(), testing::HasSubstr("HTML"));
  EXPECT_EQ(call->attempts(), 5U);
}

TEST_F(NginxInFront, ABodyBeyondItsLimitIsRefusedAndNotRepeated) {
  LAUNCH("client_max_body_size 1k;");
  const auto client = this->client(behindNginx());
  const std::vector<std::string> ids(100'000, "10000000001");
  const auto call = await(client.sessionTermination.terminateUsersSessions({.userIds = ids}));
  EXPECT_TRUE(failed(*call, box::Errc::requestRefused, box::Fate::rejected));
  EXPECT_EQ(call->attempts(), 1U);
  EXPECT_EQ(emulator().counts().requests, 0U);
  EXPECT_TRUE(isAccepted(*await(client)));
}

}  // namespace
