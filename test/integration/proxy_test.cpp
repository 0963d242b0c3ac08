// Calls through HTTP proxies: what the proxies are told, what they may answer, and what they must not learn.
#include "support/box_test.hpp"

#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "box/auth/ccg.hpp"
#include "support/canaries.hpp"
#include "support/full_backlog.hpp"
#include "support/host_table.hpp"
#include "support/squid.hpp"
#include "support/test_proxy.hpp"
#include "support/tinyproxy.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::Errc;
using box::Fate;
using box::Phase;
using box::ProxyOptions;
using box::TimeoutOptions;
using box::TlsOptions;
using box::emulator::CertificateAuthority;
using box::emulator::CertificateSpec;
using box::emulator::Emulator;
using box::emulator::EmulatorOptions;
using box::emulator::Reply;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* proxyName = "proxy.box.test";

class Proxy : public BoxTest {
 protected:
  void SetUp() override { HostTable::set(proxyName, {"127.0.0.1"}); }

  /// Another proxy. The first one is proxy(), which is made when it is first used.
  TestProxy& addProxy(TestProxyOptions settings = {}) {
    proxies_.push_back(std::make_unique<TestProxy>(std::move(settings)));
    return *proxies_.back();
  }
  TestProxy& proxy() {
    if (proxies_.empty()) addProxy();
    return *proxies_.front();
  }
  /// A proxy that requires these credentials.
  TestProxy& addStrictProxy() {
    TestProxyOptions settings;
    settings.username = "ann";
    settings.password = password_;
    return addProxy(std::move(settings));
  }
  /// A proxy that speaks TLS, with a certificate of the emulator's authority or of another one.
  TestProxy& addTlsProxy(const CertificateSpec& spec = {}, const CertificateAuthority* authority = nullptr) {
    TestProxyOptions settings;
    settings.certificate =
        box::emulator::issueCertificate(authority != nullptr ? *authority : emulator().authority(), spec);
    return addProxy(std::move(settings));
  }

  ProxyOptions by(const TestProxy& way, const std::string& username = {}, const std::string& password = {}) const {
    ProxyOptions settings;
    settings.url = way.url(proxyName);
    settings.username = username;
    settings.password = password;
    return settings;
  }
  /// A session through proxy(), with one attempt unless `attempts` says otherwise.
  box::NetworkSession proxied(const ProxyOptions& settings, unsigned attempts = 1) {
    return session().withProxy(settings).withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(attempts));
  }
  box::NetworkSession proxied(unsigned attempts = 1) { return proxied(by(proxy()), attempts); }

  std::string origin() { return "localhost:" + std::to_string(emulator().port()); }

  /// The call has failed at the proxy, and Box has seen nothing of it.
  void expectStopped(const Call& call, box::error_code code, std::size_t attempts, Phase phase = Phase::proxy) {
    EXPECT_TRUE(failed(call, code, Fate::notSent, phase));
    if (!call.hasError()) return;
    EXPECT_EQ(call.attempts(), attempts) << call.describe();
    EXPECT_EQ(call.error().api(), nullptr) << "a proxy's answer is not Box's";
    EXPECT_THAT(call.error().what(), HasSubstr(proxyName));
    EXPECT_EQ(emulator().counts().connectionsAccepted, 0U);
  }

  void TearDown() override {
    for (const auto& way : proxies_) {
      for (const std::string& seen : {way->plaintext(), way->tunnelled()}) {
        EXPECT_THAT(seen, Not(HasSubstr(secretToken)));
        EXPECT_THAT(seen, Not(HasSubstr(secretLogin)));
        EXPECT_EQ(Canaries::search(seen), "");
      }
      EXPECT_THAT(way->plaintext(), Not(HasSubstr("uthorization: Bearer")));
    }
    for (const auto& request : emulator().requests()) {
      for (const auto& [name, value] : request.headers) {
        EXPECT_FALSE(name.starts_with("Proxy-")) << name << " is not for Box";
        EXPECT_EQ(Canaries::search(value), "") << name;
      }
    }
    proxies_.clear();
    BoxTest::TearDown();
  }

  const std::string password_ = Canaries::make("the proxy's password");

 private:
  std::vector<std::unique_ptr<TestProxy>> proxies_;
};

// ------------------------------------------------------------------------------------------------------------- tunnels

TEST_F(Proxy, OneTunnelCarriesManyCalls) {  // K01
  const auto client = this->client(proxied());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_THAT(proxy().connects(), SizeIs(1));
  EXPECT_EQ(proxy().connects()[0].target, origin());
  EXPECT_THAT(emulator().accepted(), SizeIs(20));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
  ASSERT_THAT(recorder->opened(), SizeIs(1));
  EXPECT_EQ(recorder->opened()[0].host, "localhost");
  EXPECT_EQ(recorder->opened()[0].proxy, proxyName);
}

TEST_F(Proxy, ConnectSaysWhereToAndWhoAsksAndNothingElse) {
  ASSERT_TRUE(isAccepted(*await(client(proxied()).withAsUserHeader("4711"))));
  ASSERT_THAT(proxy().connects(), SizeIs(1));
  const std::string head = proxy().connects()[0].head;
  const std::string start = "CONNECT " + origin() + " HTTP/1.1\r\nHost: " + origin() + "\r\nUser-Agent: ";
  EXPECT_THAT(head, StartsWith(start));
  EXPECT_EQ(head.find("\r\n", start.size()), std::string::npos) << head;
  EXPECT_EQ(proxy().plaintext(), head + "\r\n\r\n") << "nothing follows it";
}

TEST_F(Proxy, CallsAtOnceHaveTunnelsUpToTheLimit) {
  const auto client = this->client(proxied().withPool({.maxConnections = 3}));
  std::vector<std::shared_ptr<Call>> calls;
  for (int i = 0; i < 50; ++i) calls.push_back(start(client));
  finish(calls);
  for (const auto& call : calls) ASSERT_TRUE(isAccepted(*call));
  EXPECT_EQ(proxy().connects().size(), 3U);
}

TEST_F(Proxy, SessionsAreResumedInTunnels) {
  const auto client = this->client(proxied().withPool({.maxRequests = 1}));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_THAT(proxy().connects(), SizeIs(5));
  for (std::size_t i = 1; i < 5; ++i) EXPECT_TRUE(recorder->opened().at(i).resumed) << i;
  EXPECT_EQ(emulator().counts().sessionsResumed, 4U);
}

TEST_F(Proxy, LargeBodiesPass) {
  const std::vector<std::string> ids(100'000, "10000000001");
  const auto client = this->client(proxied());
  EXPECT_TRUE(isAccepted(*await(client.sessionTermination.terminateUsersSessions({.userIds = ids}))));
}

TEST_F(Proxy, AnAddressOfIpv6IsNamedInBrackets) {
  options.address = "::1";
  try {
    emulator();
  } catch (const std::system_error& error) {
    GTEST_SKIP() << "no IPv6 on loopback: " << error.what();
  }
  const std::string authority = "[::1]:" + std::to_string(emulator().port());
  const auto client = this->client(proxied()).withCustomBaseUrls(box::BaseUrls("https://" + authority));
  ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_THAT(proxy().connects()[0].head,
              StartsWith("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n"));
}

TEST_F(Proxy, ItLooksTheHostUpAndNotThisMachine) {
  options.extraNames = {"api.box.test"};
  HostTable::set("api.box.test", {});
  const std::string authority = "api.box.test:" + std::to_string(emulator().port());
  const auto client = this->client(proxied()).withCustomBaseUrls(box::BaseUrls("https://" + authority));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(proxy().connects()[0].target, authority);
  EXPECT_EQ(HostTable::lookups("api.box.test"), 0U);
}

TEST_F(Proxy, TokensAreAskedForThroughItToo) {
  options.clientId = "app";
  options.clientSecret = Canaries::make("the client secret");
  box::CcgConfig app;
  app.clientId = "app";
  app.clientSecret = options.clientSecret;
  app.enterpriseId = "4711";
  const auto client = this->client(proxied(), std::make_shared<box::BoxCcgAuth>(app));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().tokenRequests, 1U);
  EXPECT_EQ(emulator().counts().connectionsAccepted, proxy().tunnels());
}

TEST_F(Proxy, ATokenThatItKeepsFromComingIsToldAsIts) {
  options.clientId = "app";
  options.clientSecret = Canaries::make("the client secret");
  box::CcgConfig app;
  app.clientId = "app";
  app.clientSecret = options.clientSecret;
  app.enterpriseId = "4711";
  const auto call =
      await(client(proxied(by(addStrictProxy(), "ann", "wrong")), std::make_shared<box::BoxCcgAuth>(app)));
  EXPECT_TRUE(failed(*call, Errc::proxyAuthenticationFailed, Fate::notSent));
  EXPECT_THAT(proxy().connects(), SizeIs(1));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 0U);
}

TEST_F(Proxy, HostsOfTheExceptionsAreReachedWithoutIt) {
  ProxyOptions settings = by(proxy());
  settings.noProxy = "example.com, localhost:" + std::to_string(emulator().port());
  ASSERT_TRUE(isAccepted(*await(client(proxied(settings)))));
  EXPECT_EQ(proxy().connections(), 0U);
  EXPECT_EQ(recorder->opened().at(0).proxy, "");

  settings.noProxy = "localhost:1";
  ASSERT_TRUE(isAccepted(*await(client(proxied(settings)))));
  EXPECT_EQ(proxy().connections(), 1U);
}

// --------------------------------------------------------------------------------------------- who shares a connection

TEST_F(Proxy, CopiesWithTheSameProxyShareItsTunnel) {
  const ProxyOptions settings = by(proxy(), "ann", password_);
  const auto client = this->client(proxied(settings));
  ASSERT_TRUE(isAccepted(*await(client)));
  ASSERT_TRUE(isAccepted(*await(client.withProxy(settings))));
  ASSERT_TRUE(isAccepted(*await(client.withAsUserHeader("5"))));
  ProxyOptions written = settings;
  written.url = "HTTP://Proxy.Box.TEST.:" + std::to_string(proxy().port()) + "/";
  ASSERT_TRUE(isAccepted(*await(client.withProxy(written))));
  EXPECT_THAT(proxy().connects(), SizeIs(1));
}

TEST_F(Proxy, NobodySharesAConnectionOfAnothersProxyOrCredentials) {  // K06
  TestProxy& other = addProxy();
  TestProxy& first = addProxy();
  const auto client = this->client(proxied(by(first, "ann", password_)));
  std::vector<ProxyOptions> all = {by(first, "ann", password_), by(first, "ann", Canaries::make("another password")),
                                   by(first, "bob", password_), by(first),
                                   by(other, "ann", password_), ProxyOptions()};
  all.push_back(by(first));
  all.back().tls.emplace().caPem = emulator().caPem();
  all.push_back(by(first));
  all.back().url = first.url("localhost");
  // In the second round each call could wrongly use a connection that another one has left.
  for (int round = 0; round < 2; ++round) {
    for (const ProxyOptions& settings : all) ASSERT_TRUE(isAccepted(*await(client.withProxy(settings))));
  }
  EXPECT_THAT(first.connects(), SizeIs(6));
  EXPECT_THAT(other.connects(), SizeIs(1));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 8U);
  std::vector<std::string> credentials;
  for (const auto& connect : first.connects()) credentials.push_back(connect.credentials);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_THAT(credentials[i], StartsWith("Basic "));
    EXPECT_EQ(std::count(credentials.begin(), credentials.end(), credentials[i]), 1);
  }
}

// --------------------------------------------------------------------------------------------------------- credentials

TEST_F(Proxy, TheRightCredentialsLeadThrough) {
  ASSERT_TRUE(isAccepted(*await(client(proxied(by(addStrictProxy(), "ann", password_))))));
}

TEST_F(Proxy, WrongCredentialsAreNotTriedAgain) {  // K02
  TestProxy& strict = addStrictProxy();
  expectStopped(*await(client(proxied(by(strict, "ann", password_ + "x"), 5))), Errc::proxyAuthenticationFailed, 1);
  expectStopped(*await(client(proxied(by(strict), 5))), Errc::proxyAuthenticationRequired, 1);
  EXPECT_THAT(strict.connects(), SizeIs(2));
  EXPECT_EQ(strict.connects()[1].credentials, "");
}

TEST_F(Proxy, A401OfItsIsNotBoxs) {
  proxy().setDefault(
      ProxyAnswer::status(401, "WWW-Authenticate: Bearer realm=\"Service\", error=\"invalid_token\"\r\n"));
  expectStopped(*await(client(proxied(5))), Errc::proxyAuthenticationFailed, 1);
  EXPECT_THAT(recorder->tokensRequested(), Each(false)) << "no token is renewed for it";
}

TEST_F(Proxy, BoxNeverSeesTheProxysCredentials) {  // K04
  const auto client = this->client(proxied(by(addStrictProxy(), "ann", password_), 3));
  emulator().script(Reply::status(503));
  ASSERT_TRUE(isAccepted(*await(client)));
  ASSERT_THAT(emulator().requests(), SizeIs(2));
  for (const auto& request : emulator().requests()) {
    EXPECT_EQ(request.header("Proxy-Authorization"), "");
    EXPECT_THAT(request.header("Authorization"), StartsWith("Bearer "));
  }
  EXPECT_THAT(proxy().connects()[0].credentials, StartsWith("Basic "));
}

TEST_F(Proxy, TheProxySeesNothingOfACall) {  // K05
  const auto client = this->client(proxied(by(addStrictProxy(), "ann", password_)))
                          .withAsUserHeader("4711")
                          .withExtraHeaders({{"X-Incident", "only-for-box"}});
  ASSERT_TRUE(isAccepted(*await(client)));
  for (const std::string& seen : {proxy().plaintext(), proxy().tunnelled()}) {
    EXPECT_THAT(seen, Not(HasSubstr("As-User")));
    EXPECT_THAT(seen, Not(HasSubstr("only-for-box")));
    EXPECT_THAT(seen, Not(HasSubstr("terminate_sessions")));
    EXPECT_THAT(seen, Not(HasSubstr("Bearer")));
  }
  EXPECT_THAT(proxy().tunnelled(), Not(IsEmpty()));
}

// ----------------------------------------------------------------------------------------------------- what it answers

TEST_F(Proxy, APassingRefusalIsRepeated) {  // K03
  for (const int status : {502, 503, 504}) {
    proxy().script({ProxyAnswer::status(status), ProxyAnswer::status(status)});
    const auto call = await(client(proxied(3)));
    EXPECT_TRUE(isAccepted(*call)) << status;
  }
  EXPECT_THAT(recorder->retries(), SizeIs(6));
  for (const auto& retry : recorder->retries()) EXPECT_EQ(retry.kind, box::FailureKind::proxy);
}

TEST_F(Proxy, APassingRefusalThatDoesNotPassIsTold) {
  for (const int status : {502, 503, 504}) {
    proxy().setDefault(ProxyAnswer::status(status));
    const auto call = await(client(proxied(3)));
    expectStopped(*call, Errc::proxyFailed, 3);
    EXPECT_THAT(call->error().what(), HasSubstr(std::to_string(status)));
  }
  EXPECT_THAT(proxy().connects(), SizeIs(9));
}

TEST_F(Proxy, AHostBehindItThatRefusesIsRepeated) {
  emulator().stop();
  expectStopped(*await(client(proxied(2))), Errc::proxyFailed, 2);
  EXPECT_THAT(proxy().connects(), SizeIs(2));
}

TEST_F(Proxy, ARefusalForGoodIsNotRepeated) {
  for (const int status : {301, 400, 403, 404, 405, 429, 500, 501, 505, 599}) {
    proxy().setDefault(ProxyAnswer::status(status, "Location: http://elsewhere.test/\r\nRetry-After: 1\r\n"));
    const auto call = await(client(proxied(5)));
    expectStopped(*call, Errc::proxyRefused, 1);
    EXPECT_THAT(call->error().what(), HasSubstr(std::to_string(status)));
    EXPECT_THAT(call->error().what(), Not(HasSubstr("says no"))) << "the proxy's page is not shown";
  }
  EXPECT_THAT(proxy().connects(), SizeIs(10));
}

TEST_F(Proxy, Every2xxLeadsThroughWhateverItsFieldsSay) {
  for (const char* answer : {"HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 200 \r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
                             "HTTP/1.1 299 Whatever\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nConnection: close\r\nProxy-Connection: close\r\nVia: 1.1 x\r\n\r\n"}) {
    proxy().script(ProxyAnswer::established(answer));
    EXPECT_TRUE(isAccepted(*await(client(proxied())))) << answer;
  }
}

TEST_F(Proxy, InterimAnswersArePassedOver) {  // K12
  for (const std::string interim :
       {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"}) {
    proxy().script(ProxyAnswer::established(interim + interim + "HTTP/1.1 200 OK\r\n\r\n"));
    EXPECT_TRUE(isAccepted(*await(client(proxied()))));
    proxy().script(ProxyAnswer::raw(interim + "HTTP/1.1 403 Forbidden\r\n\r\n"));
    EXPECT_TRUE(failed(*await(client(proxied())), Errc::proxyRefused, Fate::notSent, Phase::proxy));
  }
}

TEST_F(Proxy, AnAnswerInPiecesIsReadToItsEnd) {
  proxy().script(ProxyAnswer::established().slowly(1ms));
  EXPECT_TRUE(isAccepted(*await(client(proxied()))));
}

TEST_F(Proxy, BytesBehindItsAnswerAreNotTakenForBoxs) {  // K07
  const std::string header = "HTTP/1.1 200 OK\r\n\r\n";
  for (const std::string behind : {"E", "HTTP/1.1 202 Accepted\r\n\r\n", "\x16\x03\x03", "\r\n"}) {
    proxy().script({ProxyAnswer::raw(header + behind), ProxyAnswer::raw(header + behind)});
    expectStopped(*await(client(proxied(2))), Errc::proxyFailed, 2);
  }
  EXPECT_THAT(proxy().plaintext(), Not(HasSubstr("\x16\x03"))) << "TLS was begun on such a connection";
}

TEST_F(Proxy, BytesThatComeLateAreNotTakenForBoxs) {
  proxy().script(ProxyAnswer::raw("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 202 Accepted\r\n\r\n").slowly(1ms));
  const auto call = await(client(proxied()));
  ASSERT_TRUE(call->hasError());
  EXPECT_EQ(call->error().fate(), Fate::notSent);
  EXPECT_EQ(emulator().counts().connectionsAccepted, 0U);
}

TEST_F(Proxy, AnAnswerWithoutEndIsCutOff) {  // K08
  const std::string filler(1000, 'a');
  for (const auto& answer :
       {ProxyAnswer::endless("HTTP/1.1 200 OK\r\n", "X-A: " + filler + "\r\n"),
        ProxyAnswer::endless("HTTP/1.1 200 OK\r\n", "X-A: b\r\n"),
        ProxyAnswer::endless("HTTP/1.1 200 OK\r\nX-A: ", filler), ProxyAnswer::endless("HTTP/1.1 200 ", filler),
        ProxyAnswer::endless("", filler), ProxyAnswer::endless("", "HTTP/1.1 100 Continue\r\n\r\n")}) {
    proxy().script(answer);
    expectStopped(*await(client(proxied())), Errc::proxyFailed, 1);
  }
}

TEST_F(Proxy, WhatIsNoHttpIsToldAsSuch) {
  for (const std::string answer : {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
                                   "HTTP/1.1 20 OK\r\n\r\n", "\x05\x00\r\n\r\n", "\x15\x03\x03\x00\x02\x02\x28\r\n\r\n",
                                   "HTTP/1.1 200 OK\nX: y\r\nA : b\r\n\r\n", "<html></html>\r\n\r\n"}) {
    proxy().script({ProxyAnswer::raw(answer), ProxyAnswer::raw(answer)});
    expectStopped(*await(client(proxied(2))), Errc::proxyFailed, 2);
  }
}

TEST_F(Proxy, ThatEndsTheConnectionInsteadOfAnsweringIsTriedAgain) {
  for (const ProxyAnswer& answer : {ProxyAnswer::close(), ProxyAnswer::reset()}) {
    proxy().script({answer, answer});
    expectStopped(*await(client(proxied(2))), Errc::proxyFailed, 2);
    proxy().script(answer);
    const auto call = await(client(proxied(2)).withProxy(by(proxy(), "ann")));
    EXPECT_TRUE(isAccepted(*call));
    emulator().clear();
  }
}

// --------------------------------------------------------------------------------------------------------------- times

TEST_F(Proxy, ThatDoesNotAnswerIsGivenUpInTimeAndTriedAgain) {  // K09
  TimeoutOptions timeouts;
  timeouts.proxy = 50ms;
  proxy().setDefault(ProxyAnswer::hang());
  const auto call = await(client(proxied(2).withTimeouts(timeouts)));
  expectStopped(*call, Errc::proxyTimeout, 2);
  EXPECT_GE(call->elapsed(), 100ms);
  EXPECT_EQ(call->code(), box::ErrorCondition::timeout);
  EXPECT_THAT(proxy().connects(), SizeIs(2));
}

TEST_F(Proxy, ThatAnswersByteByByteHasNoMoreTimeThanAnother) {
  TimeoutOptions timeouts;
  timeouts.proxy = 100ms;
  proxy().setDefault(ProxyAnswer::raw("HTTP/1.1 200 OK\r\nX-A: " + std::string(5000, 'a')).slowly(2ms));
  expectStopped(*await(client(proxied().withTimeouts(timeouts))), Errc::proxyTimeout, 1);
}

TEST_F(Proxy, TheCallsOwnLimitsCountThereToo) {
  proxy().setDefault(ProxyAnswer::hang());
  expectStopped(*await(about(client(proxied()), 50ms)), Errc::callTimeout, 1);
  TimeoutOptions timeouts;
  timeouts.attempt = 50ms;
  expectStopped(*await(client(proxied().withTimeouts(timeouts))), Errc::attemptTimeout, 1);
}

TEST_F(Proxy, ThatEndsTheConnectionUnderTheCallIsTriedAgain) {
  proxy().setDefault(ProxyAnswer::hang());
  ProxyOptions asTls = by(proxy());
  asTls.url.replace(0, 4, "https");  // with this scheme the plain proxy takes the first bytes of TLS for a request
  for (const bool reset : {false, true}) {
    for (const auto& [way, code] :
         {std::pair(by(proxy()), Errc::proxyFailed), std::pair(asTls, Errc::connectionLost)}) {
      const auto client = this->client(proxied(way, 3));
      const std::size_t before = proxy().connections();
      const auto call = start(client);
      for (std::size_t i = 1; i <= 3; ++i) {
        runUntil([&] { return proxy().connections() == before + i; });
        proxy().endAll(reset);
      }
      finish(call);
      expectStopped(*call, code, 3);
    }
  }
}

// --------------------------------------------------------------------------------------------------------- unreachable

TEST_F(Proxy, WithoutAnAddressIsNamed) {
  ProxyOptions settings = by(proxy());
  HostTable::set(proxyName, {});
  expectStopped(*await(client(proxied(settings))), Errc::hostNotFound, 1, Phase::resolve);
}

TEST_F(Proxy, ThatRefusesIsNamed) {
  ProxyOptions settings;
  settings.url = "http://" + std::string(proxyName) + ":1";
  expectStopped(*await(client(proxied(settings, 2))), Errc::connectFailed, 2, Phase::connect);
}

TEST_F(Proxy, ThatDoesNotTakeTheConnectionIsNamed) {
  const FullBacklog silent;
  ProxyOptions settings;
  settings.url = "http://" + std::string(proxyName) + ":" + std::to_string(silent.port());
  TimeoutOptions timeouts;
  timeouts.connect = 50ms;
  expectStopped(*await(client(proxied(settings).withTimeouts(timeouts))), Errc::connectTimeout, 1, Phase::connect);
}

TEST_F(Proxy, IsNotGoneRoundWhereItIsDown) {
  ProxyOptions settings = by(addProxy());
  settings.url = "http://" + std::string(proxyName) + ":1";
  EXPECT_FALSE(await(client(proxied(settings, 3)))->accepted());
  EXPECT_EQ(emulator().counts().connectionsAccepted, 0U);
}

// ------------------------------------------------------------------------------------------------- tunnels that break

TEST_F(Proxy, ATunnelThatBreaksUnderACallLeavesItInDoubtAndIsOpenedAnew) {  // K11
  for (const bool reset : {false, true}) {
    emulator().script(Reply::hang());
    const auto client = this->client(proxied(2));
    const std::uint64_t before = emulator().counts().requests;
    const auto call = start(client);
    runUntil([&] { return emulator().counts().requests == before + 1; });
    proxy().endAll(reset);
    finish(call);
    EXPECT_TRUE(isAccepted(*call));
    ASSERT_THAT(recorder->attempts(), SizeIs(2));
    EXPECT_EQ(recorder->attempts()[0].code, Errc::connectionLost);
    EXPECT_EQ(recorder->attempts()[0].fate, Fate::inDoubt);
    recorder->clear();
  }
}

TEST_F(Proxy, ATunnelThatBreaksInTheHandshakeIsOpenedAnew) {  // K11
  for (const std::size_t bytes : {0U, 1U, 100U, 500U}) {
    proxy().script(ProxyAnswer::established().endingAfter(bytes));
    EXPECT_TRUE(isAccepted(*await(client(proxied(2))))) << bytes;
    EXPECT_EQ(recorder->attempts().at(0).fate, Fate::notSent);
    EXPECT_EQ(recorder->attempts().at(0).phase, Phase::handshake);
    recorder->clear();
  }
}

TEST_F(Proxy, ATunnelThatEndsWhileIdleCostsNoAttempt) {
  for (const bool reset : {false, true}) {
    const auto client = this->client(proxied());
    ASSERT_TRUE(isAccepted(*await(client)));
    proxy().endAll(reset);
    runUntil([this] { return proxy().openConnections() == 0; });
    EXPECT_TRUE(isAccepted(*await(client)));
  }
  EXPECT_THAT(recorder->retries(), IsEmpty());
  EXPECT_THAT(proxy().connects(), SizeIs(4));
}

// ----------------------------------------------------------------------------------------------- TLS, there and beyond

TEST_F(Proxy, TlsWithItIsVerifiedByItsOwnName) {
  CertificateSpec spec;
  spec.dnsNames = {proxyName};  // this name is not Box's
  TestProxy& secure = addTlsProxy(spec);
  const auto client = this->client(proxied(by(secure)).withPool({.maxRequests = 2}));
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_THAT(secure.connects(), SizeIs(3));
  EXPECT_EQ(secure.connects()[0].target, origin());
}

TEST_F(Proxy, TlsWithItIsByItsAddressWhereThatIsItsName) {
  ProxyOptions settings;
  settings.url = addTlsProxy().url("127.0.0.1");
  EXPECT_TRUE(isAccepted(*await(client(proxied(settings)))));
}

TEST_F(Proxy, ManyCallsAndLargeBodiesPassThroughTlsInTls) {
  CertificateSpec spec;
  spec.dnsNames = {proxyName};
  TestProxy& secure = addTlsProxy(spec);
  const auto client = this->client(proxied(by(secure)).withPool({.maxConnections = 4}));
  const std::vector<std::string> ids(100'000, "10000000001");
  std::vector<std::shared_ptr<Call>> calls;
  for (int i = 0; i < 40; ++i) calls.push_back(start(client));
  calls.push_back(start(client.sessionTermination.terminateUsersSessions({.userIds = ids})));
  finish(calls);
  for (const auto& call : calls) ASSERT_TRUE(isAccepted(*call));
  EXPECT_LE(secure.connects().size(), 4U);
}

struct BadProxy {
  const char* name;
  CertificateSpec spec;
};
void PrintTo(const BadProxy& bad, std::ostream* out) { *out << bad.name; }

std::vector<BadProxy> badProxies() {
  std::vector<BadProxy> bad;
  const auto add = [&](const char* name) -> CertificateSpec& {
    bad.push_back(BadProxy{name, CertificateSpec().withDnsNames({proxyName})});
    return bad.back().spec;
  };
  add("BoxsName").dnsNames = {"localhost"};
  add("Expired").validUntil = -1h;
  add("NotYetValid").validFrom = 1h;
  add("SelfSigned").selfSigned = true;
  add("ForClientsOnly").serverAuth = false;
  bad.back().spec.clientAuth = true;
  add("CommonNameOnly").dnsNames = {};
  bad.back().spec.ipAddresses = {};
  bad.back().spec.commonName = proxyName;
  return bad;
}

class ProxyBadCertificates : public Proxy, public testing::WithParamInterface<BadProxy> {};

TEST_P(ProxyBadCertificates, AreRefusedOnceAndToldNothing) {  // K10
  TestProxy& bad = addTlsProxy(GetParam().spec);
  expectStopped(*await(client(proxied(by(bad, "ann", password_), 5))), Errc::tlsVerificationFailed, 1);
  EXPECT_EQ(bad.connections(), 1U);
  EXPECT_EQ(bad.plaintext(), "");
}

INSTANTIATE_TEST_SUITE_P(All, ProxyBadCertificates, testing::ValuesIn(badProxies()),
                         [](const auto& param) { return std::string(param.param.name); });

TEST_F(Proxy, WhomToTrustAsProxyIsAQuestionOfItsOwn) {  // K10
  const CertificateAuthority other = box::emulator::makeCertificateAuthority("another");
  CertificateSpec spec;
  spec.dnsNames = {proxyName};
  TestProxy& secure = addTlsProxy(spec, &other);
  ProxyOptions settings = by(secure);
  expectStopped(*await(client(proxied(settings, 5))), Errc::tlsVerificationFailed, 1);
  EXPECT_EQ(secure.plaintext(), "");
  settings.tls.emplace().caPem = other.certificatePem;
  EXPECT_TRUE(isAccepted(*await(client(proxied(settings)))));
  // The other direction: a CA that is trusted for the proxy must not be trusted for Box.
  const auto issued = box::emulator::issueCertificate(other);
  emulator().setCertificate(issued.chainPem, issued.privateKeyPem);
  EXPECT_TRUE(
      failed(*await(client(proxied(settings, 5))), Errc::tlsVerificationFailed, Fate::notSent, Phase::handshake));
}

TEST_F(Proxy, ThatLeadsSomewhereElseIsFoundOut) {
  EmulatorOptions theirs;
  Emulator stranger(theirs);
  CertificateSpec spec;
  spec.dnsNames = {proxyName};
  for (TestProxy* way : {&addProxy(), &addTlsProxy(spec)}) {
    way->setDefault(ProxyAnswer::established().leadingTo(stranger.port()));
    const auto call = await(client(proxied(by(*way), 5)));
    EXPECT_TRUE(failed(*call, Errc::tlsVerificationFailed, Fate::notSent, Phase::handshake));
    EXPECT_EQ(call->attempts(), 1U);
  }
  EXPECT_EQ(stranger.counts().connectionsAccepted, 2U);
  EXPECT_EQ(stranger.counts().requests, 0U);
}

TEST_F(Proxy, ThatSpeaksNoTlsWhereItShouldIsToldAsSuch) {
  TestProxyOptions settings;
  settings.greeting = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
  TestProxy& plain = addProxy(std::move(settings));
  ProxyOptions asTls = by(plain);
  asTls.url.replace(0, 4, "https");
  expectStopped(*await(client(proxied(asTls, 5))), Errc::tlsNotTls, 2);
}

TEST_F(Proxy, ThatSpeaksTlsWhereItShouldNotIsGivenUpInTime) {
  TestProxy& secure = addTlsProxy();
  ProxyOptions asPlain = by(secure);
  asPlain.url.replace(0, 5, "http");
  TimeoutOptions timeouts;
  timeouts.proxy = 1s;
  const auto call = await(client(proxied(asPlain).withTimeouts(timeouts)));
  expectStopped(*call, Errc::proxyFailed, 1);
  EXPECT_EQ(secure.plaintext(), "");
}

TEST_F(Proxy, AnswersWithinTlsAreJudgedAsThoseWithout) {
  CertificateSpec spec;
  spec.dnsNames = {proxyName};
  TestProxy& secure = addTlsProxy(spec);
  const struct {
    ProxyAnswer answer;
    Errc code;
  } cases[] = {{ProxyAnswer::status(407), Errc::proxyAuthenticationUnsupported},
               {ProxyAnswer::status(403), Errc::proxyRefused},
               {ProxyAnswer::status(503), Errc::proxyFailed},
               {ProxyAnswer::close(), Errc::proxyFailed},
               {ProxyAnswer::reset(), Errc::proxyFailed},
               {ProxyAnswer::raw("HTTP/1.1 200 OK\r\n\r\nE"), Errc::proxyFailed},
               {ProxyAnswer::endless("", "a"), Errc::proxyFailed}};
  for (const auto& [answer, code] : cases) {
    secure.script(answer);
    expectStopped(*await(client(proxied(by(secure)))), code, 1);
  }
  secure.script(ProxyAnswer::established("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").slowly(1ms));
  EXPECT_TRUE(isAccepted(*await(client(proxied(by(secure))))));
}

// ------------------------------------------------------------------------------------------- proxies of other people's

enum class Program { squid, tinyproxy };

class RealProxy : public Proxy, public testing::WithParamInterface<Program> {
 protected:
  /// Skips the test where the program is not installed. From here on, only the proxy can resolve the emulator's host.
  void launch(const std::string& username = {}, std::uint16_t only = 0) {
    if (GetParam() == Program::squid) {
      if (Squid::program().empty()) GTEST_SKIP() << "squid is not installed";
      if (!username.empty() && Squid::passwordHelper().empty()) GTEST_SKIP() << "squid has no helper for passwords";
      squid_ = std::make_unique<Squid>(username, password_, only);
      daemon_ = &squid_->daemon();
    } else {
      if (Tinyproxy::program().empty()) GTEST_SKIP() << "tinyproxy is not installed";
      tinyproxy_ = std::make_unique<Tinyproxy>(username, password_, only);
      daemon_ = &tinyproxy_->daemon();
    }
    ASSERT_THAT(daemon_->failure(), IsEmpty());
    HostTable::set("localhost", {});
  }
  ProxyOptions by(const std::string& username = {}, const std::string& password = {}) const {
    ProxyOptions settings;
    settings.url = "http://" + std::string(proxyName) + ":" + std::to_string(daemon_->port());
    settings.username = username;
    settings.password = password;
    return settings;
  }
  void TearDown() override {
    if (daemon_ != nullptr) {
      EXPECT_EQ(Canaries::searchFiles(daemon_->path(""), {"tinyproxy.conf"}), "");
      for (const char* log : {"access.log", "cache.log", "tinyproxy.log"}) {
        EXPECT_THAT(daemon_->read(log), Not(HasSubstr(secretToken)));
      }
    }
    squid_.reset();
    tinyproxy_.reset();
    Proxy::TearDown();
  }

  // Only letters and digits, because each program has its own rules for other characters in its configuration.
  const std::string password_ = [] {
    std::string password = Canaries::make("the real proxy's password");
    std::erase_if(password, [](char c) { return c == '+' || c == '/'; });
    Canaries::add("the real proxy's password", password);
    return password;
  }();

 private:
  std::unique_ptr<Squid> squid_;
  std::unique_ptr<Tinyproxy> tinyproxy_;
  const Daemon* daemon_ = nullptr;
};

#define LAUNCH(...)    \
  launch(__VA_ARGS__); \
  if (IsSkipped() || HasFatalFailure()) return

TEST_P(RealProxy, LeadsManyCallsThroughOneTunnel) {  // K01
  LAUNCH();
  const auto client = this->client(proxied(by()));
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_THAT(recorder->opened(), SizeIs(1));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
}

TEST_P(RealProxy, LeadsManyCallsAtOnce) {
  LAUNCH();
  const auto client = this->client(proxied(by()).withPool({.maxConnections = 8, .maxRequests = 10}));
  std::vector<std::shared_ptr<Call>> calls;
  for (int i = 0; i < 200; ++i) calls.push_back(start(client));
  finish(calls);
  for (const auto& call : calls) ASSERT_TRUE(isAccepted(*call));
  EXPECT_GE(recorder->opened().size(), 20U);
}

TEST_P(RealProxy, KnowsWhoAsks) {  // K02
  LAUNCH("ann");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(isAccepted(*await(client(proxied(by("ann", password_))))));
  const std::uint64_t before = emulator().counts().connectionsAccepted;
  for (const ProxyOptions& wrong : {by("ann", password_ + "x"), by("bob", password_), by()}) {
    const auto call = await(client(proxied(wrong, 5)));
    const Errc code = wrong.username.empty() ? Errc::proxyAuthenticationRequired : Errc::proxyAuthenticationFailed;
    EXPECT_TRUE(failed(*call, code, Fate::notSent, Phase::proxy));
    EXPECT_EQ(call->attempts(), 1U);
  }
  EXPECT_EQ(emulator().counts().connectionsAccepted, before);
}

TEST_P(RealProxy, RefusesForGoodWhatItsRulesForbid) {  // K03
  LAUNCH("", 443);
  expectStopped(*await(client(proxied(by(), 5))), Errc::proxyRefused, 1);
}

TEST_P(RealProxy, TellsThatBoxCannotBeReached) {  // K03
  LAUNCH();
  emulator().stop();
  const auto call = await(client(proxied(by(), 2)));
  if (GetParam() == Program::squid) {
    expectStopped(*call, Errc::proxyFailed, 2);
  } else {
    expectStopped(*call, Errc::proxyRefused, 1);  // it answers 500, as it does for its own faults
  }
}

INSTANTIATE_TEST_SUITE_P(All, RealProxy, testing::Values(Program::squid, Program::tinyproxy),
                         [](const auto& param) { return param.param == Program::squid ? "Squid" : "Tinyproxy"; });

}  // namespace
