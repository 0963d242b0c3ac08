#include "box/network/session.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "box/error.hpp"
#include "box/network/network_client.hpp"
#include "box/observe/interceptor.hpp"
#include "box/observe/observer.hpp"
#include "network/url.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;

class SilentObserver final : public Observer {
 public:
  void onEvent(const Event&) override {}
};

class NoClient final : public NetworkClient {
 public:
  asio::awaitable<FetchResponse> fetch(NetworkRequest) override { co_return FetchResponse(); }
};

/// A setting: how to change it, and how to see that it was changed.
struct Setting {
  const char* name;
  std::function<NetworkSession(const NetworkSession&)> change;
  std::function<bool(const NetworkSession&)> changed;
};

/// Every setting, each with a different value.
std::vector<Setting> settings() {
  const auto retry = std::make_shared<DefaultRetryPolicy>(3);
  const auto backoff = std::make_shared<BoxBackoffPolicy>();
  const auto sanitizer = defaultDataSanitizer();
  const auto budget = std::make_shared<TokenRetryBudget>(3);
  const auto interceptor = std::make_shared<Interceptor>();
  const auto observer = std::make_shared<SilentObserver>();
  const auto clock = systemClock();
  const auto random = systemRandom();
  const auto client = std::make_shared<NoClient>();
  TimeoutOptions timeouts;
  timeouts.call = 7s;
  PoolOptions pool;
  pool.maxConnections = 3;
  TlsOptions tls;
  tls.caPem = "pem";
  ProxyOptions proxy;
  proxy.url = "http://proxy.example:3128";
  ResponseLimits limits;
  limits.bodyBytes = 7;
  using Session = NetworkSession;
  return {
      {"BaseUrls", [](const Session& s) { return s.withCustomBaseUrls(BaseUrls("https://h.example")); },
       [](const Session& s) { return s.baseUrls().baseUrl == "https://h.example"; }},
      {"ExtraHeaders",
       [](const Session& s) {
         return s.withExtraHeaders({{"X-A", "1"}});
       },
       [](const Session& s) { return s.extraHeaders().get("X-A") == "1"; }},
      {"Timeouts", [=](const Session& s) { return s.withTimeouts(timeouts); },
       [](const Session& s) { return s.timeouts().call == 7s; }},
      {"Pool", [=](const Session& s) { return s.withPool(pool); },
       [](const Session& s) { return s.pool().maxConnections == 3; }},
      {"Tls", [=](const Session& s) { return s.withTls(tls); },
       [](const Session& s) { return s.tls().caPem == "pem"; }},
      {"Proxy", [=](const Session& s) { return s.withProxy(proxy); },
       [=](const Session& s) { return s.proxy().url == proxy.url; }},
      {"ResponseLimits", [=](const Session& s) { return s.withResponseLimits(limits); },
       [](const Session& s) { return s.responseLimits().bodyBytes == 7; }},
      {"RetryPolicy", [=](const Session& s) { return s.withRetryPolicy(retry); },
       [=](const Session& s) { return s.retryPolicy() == retry; }},
      {"BackoffPolicy", [=](const Session& s) { return s.withBackoffPolicy(backoff); },
       [=](const Session& s) { return s.backoffPolicy() == backoff; }},
      {"DataSanitizer", [=](const Session& s) { return s.withDataSanitizer(sanitizer); },
       [=](const Session& s) { return s.dataSanitizer() == sanitizer; }},
      {"RetryBudget", [=](const Session& s) { return s.withRetryBudget(budget); },
       [=](const Session& s) { return s.retryBudget() == budget; }},
      {"Interceptors", [=](const Session& s) { return s.withInterceptors({interceptor}); },
       [=](const Session& s) { return s.interceptors().size() == 1 && s.interceptors()[0] == interceptor; }},
      {"Observer", [=](const Session& s) { return s.withObserver(observer); },
       [=](const Session& s) { return s.observer() == observer; }},
      {"Clock", [=](const Session& s) { return s.withClock(clock); },
       [=](const Session& s) { return s.clock() == clock; }},
      {"Random", [=](const Session& s) { return s.withRandom(random); },
       [=](const Session& s) { return s.random() == random; }},
      {"NetworkClient", [=](const Session& s) { return s.withNetworkClient(client); },
       [=](const Session& s) { return s.networkClient() == client; }},
  };
}

TEST(NetworkSession, ChangesOneSettingAndKeepsAllOthersInAnyOrder) {
  const std::vector<Setting> all = settings();
  for (std::size_t first = 0; first < all.size(); ++first) {
    for (std::size_t direction : {std::size_t{1}, all.size() - 1}) {
      NetworkSession session;
      std::vector<bool> expected(all.size(), false);
      for (std::size_t n = 0, i = first; n < all.size(); ++n, i = (i + direction) % all.size()) {
        const NetworkSession before = session;
        session = all[i].change(session);
        EXPECT_FALSE(all[i].changed(before)) << "the session before with" << all[i].name;
        expected[i] = true;
        for (std::size_t k = 0; k < all.size(); ++k) {
          EXPECT_EQ(all[k].changed(session), expected[k]) << all[k].name << " after with" << all[i].name;
        }
      }
    }
  }
}

TEST(NetworkSession, HasTheDefaultsThatAreDocumented) {
  const NetworkSession session;
  EXPECT_EQ(session.baseUrls().baseUrl, "https://api.box.com");
  EXPECT_EQ(session.timeouts().call, 120s);
  EXPECT_EQ(session.timeouts().attempt, 45s);
  EXPECT_EQ(session.pool().maxConnections, 8U);
  EXPECT_EQ(session.pool().maxWaiters, 1024U);
  EXPECT_EQ(session.pool().idleTimeout, 50s);
  EXPECT_EQ(session.pool().lookupAge, 5s);
  EXPECT_EQ(session.responseLimits().headerBytes, 16U * 1024);
  EXPECT_EQ(session.responseLimits().headerFields, 100U);
  EXPECT_EQ(session.responseLimits().wireBytes, 2U * 1024 * 1024);
  EXPECT_TRUE(session.extraHeaders().empty());
  EXPECT_TRUE(session.interceptors().empty());
  EXPECT_EQ(session.observer(), nullptr);
  EXPECT_EQ(session.networkClient(), nullptr);
  EXPECT_NE(session.retryPolicy(), nullptr);
  EXPECT_NE(session.backoffPolicy(), nullptr);
  EXPECT_NE(session.retryBudget(), nullptr);
  EXPECT_NE(session.dataSanitizer(), nullptr);
  EXPECT_NE(session.clock(), nullptr);
  EXPECT_NE(session.random(), nullptr);
}

TEST(NetworkSession, SharesItsBudgetBetweenCopiesAndNotBetweenSessions) {
  const NetworkSession one, other;
  EXPECT_EQ(one.withObserver(nullptr).retryBudget(), one.retryBudget());
  EXPECT_NE(one.retryBudget(), other.retryBudget());
}

template <class Change>
void expectRefused(Change change, std::string_view name) {
  try {
    change(NetworkSession());
    ADD_FAILURE() << "taken: " << name;
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidConfiguration);
    EXPECT_NE(std::string_view(error.what()).find(name), std::string_view::npos) << error.what();
    EXPECT_EQ(std::string_view(error.what()).find("secret"), std::string_view::npos) << error.what();
  }
}

TEST(NetworkSession, NamesTheTimeoutThatItRefuses) {
  struct {
    std::chrono::nanoseconds TimeoutOptions::*member;
    const char* name;
  } const members[] = {
      {&TimeoutOptions::call, "TimeoutOptions::call"},
      {&TimeoutOptions::attempt, "TimeoutOptions::attempt"},
      {&TimeoutOptions::pool, "TimeoutOptions::pool"},
      {&TimeoutOptions::resolve, "TimeoutOptions::resolve"},
      {&TimeoutOptions::connect, "TimeoutOptions::connect"},
      {&TimeoutOptions::proxy, "TimeoutOptions::proxy"},
      {&TimeoutOptions::handshake, "TimeoutOptions::handshake"},
      {&TimeoutOptions::write, "TimeoutOptions::write"},
      {&TimeoutOptions::responseHeader, "TimeoutOptions::responseHeader"},
      {&TimeoutOptions::bodyIdle, "TimeoutOptions::bodyIdle"},
  };
  for (const auto& m : members) {
    TimeoutOptions timeouts;
    for (const std::chrono::nanoseconds wrong : {0ns, -1ns, std::chrono::nanoseconds::min()}) {
      timeouts.*m.member = wrong;
      expectRefused([&](const NetworkSession& s) { s.withTimeouts(timeouts); }, m.name);
    }
    for (const std::chrono::nanoseconds right : {1ns, std::chrono::nanoseconds::max()}) {
      timeouts.*m.member = right;
      EXPECT_NO_THROW(NetworkSession().withTimeouts(timeouts)) << m.name;
    }
  }
}

TEST(NetworkSession, NamesThePoolOptionThatItRefuses) {
  PoolOptions pool;
  pool.maxConnections = 0;
  expectRefused([&](const NetworkSession& s) { s.withPool(pool); }, "PoolOptions::maxConnections");
  pool.maxConnections = 65536;
  expectRefused([&](const NetworkSession& s) { s.withPool(pool); }, "PoolOptions::maxConnections");
  pool.maxConnections = 65535;
  EXPECT_NO_THROW(NetworkSession().withPool(pool)) << "as many as ports";
  pool = {};
  pool.maxRequests = 0;
  expectRefused([&](const NetworkSession& s) { s.withPool(pool); }, "PoolOptions::maxRequests");
  pool = {};
  pool.idleTimeout = 0s;
  expectRefused([&](const NetworkSession& s) { s.withPool(pool); }, "PoolOptions::idleTimeout");
  pool = {};
  pool.maxAge = -1s;
  expectRefused([&](const NetworkSession& s) { s.withPool(pool); }, "PoolOptions::maxAge");
  pool = {};
  pool.lookupAge = -1ns;
  expectRefused([&](const NetworkSession& s) { s.withPool(pool); }, "PoolOptions::lookupAge");
  pool = {};
  pool.maxIdle = 0;
  pool.maxWaiters = 0;
  pool.lookupAge = 0s;
  EXPECT_NO_THROW(NetworkSession().withPool(pool)) << "zero means none";
}

TEST(NetworkSession, NamesTheResponseLimitThatItRefuses) {
  struct {
    std::size_t ResponseLimits::*member;
    const char* name;
  } const members[] = {{&ResponseLimits::headerBytes, "ResponseLimits::headerBytes"},
                       {&ResponseLimits::headerFields, "ResponseLimits::headerFields"},
                       {&ResponseLimits::bodyBytes, "ResponseLimits::bodyBytes"},
                       {&ResponseLimits::wireBytes, "ResponseLimits::wireBytes"}};
  for (const auto& m : members) {
    ResponseLimits limits;
    limits.*m.member = 0;
    expectRefused([&](const NetworkSession& s) { s.withResponseLimits(limits); }, m.name);
  }
  ResponseLimits limits;
  limits.interimResponses = 0;
  EXPECT_NO_THROW(NetworkSession().withResponseLimits(limits));
}

TEST(NetworkSession, RefusesNullWhereSomethingMustBe) {
  expectRefused([](const NetworkSession& s) { s.withRetryPolicy(nullptr); }, "retry policy");
  expectRefused([](const NetworkSession& s) { s.withBackoffPolicy(nullptr); }, "backoff policy");
  expectRefused([](const NetworkSession& s) { s.withDataSanitizer(nullptr); }, "data sanitizer");
  expectRefused([](const NetworkSession& s) { s.withInterceptors({std::shared_ptr<Interceptor>()}); }, "interceptor");
  expectRefused([](const NetworkSession& s) { s.withClock(nullptr); }, "clock");
  expectRefused([](const NetworkSession& s) { s.withRandom(nullptr); }, "random");
  EXPECT_EQ(NetworkSession().withRetryBudget(nullptr).retryBudget(), nullptr);
  EXPECT_NO_THROW(NetworkSession().withObserver(nullptr).withNetworkClient(nullptr));
}

TEST(NetworkSession, BringsBaseUrlsIntoOneForm) {
  const auto canonical = [](std::string url) {
    return NetworkSession().withCustomBaseUrls(BaseUrls(std::move(url))).baseUrls().baseUrl;
  };
  EXPECT_EQ(canonical("https://api.box.com/"), "https://api.box.com");
  EXPECT_EQ(canonical("HTTPS://API.Box.com:443"), "https://api.box.com");
  EXPECT_EQ(canonical("https://api.box.com./Prefix/"), "https://api.box.com/Prefix");
  EXPECT_EQ(canonical("https://[::1]:8443"), "https://[::1]:8443");
}

TEST(NetworkSession, NamesTheUrlThatItRefusesAndDoesNotRepeatIt) {
  for (const char* url : {"", "http://secret", "https://user:secret@h", "https://h/?secret"}) {
    BaseUrls urls;
    urls.baseUrl = url;
    expectRefused([&](const NetworkSession& s) { s.withCustomBaseUrls(urls); }, "BaseUrls::baseUrl");
    urls = BaseUrls();
    urls.oauth2Url = url;
    expectRefused([&](const NetworkSession& s) { s.withCustomBaseUrls(urls); }, "BaseUrls::oauth2Url");
  }
}

TEST(NetworkSession, RefusesTlsThatTrustsNobody) {
  TlsOptions tls;
  tls.systemStore = false;
  expectRefused([&](const NetworkSession& s) { s.withTls(tls); }, "TlsOptions");
  tls.caFile = "ca.pem";
  EXPECT_NO_THROW(NetworkSession().withTls(tls));
}

TEST(NetworkSession, RefusesProxiesThatMakeNoSense) {
  const auto proxy = [](std::string url, std::string username, const char* password) {
    ProxyOptions options;
    options.url = std::move(url);
    options.username = std::move(username);
    options.password = password;
    return options;
  };
  const auto with = [](const ProxyOptions& options) {
    return [options](const NetworkSession& s) { s.withProxy(options); };
  };
  expectRefused(with(proxy("proxy:3128", "", "")), "ProxyOptions::url");
  expectRefused(with(proxy("http://user:secret@proxy:3128", "", "")), "ProxyOptions::url");
  expectRefused(with(proxy("http://proxy:3128", "", "secret")), "ProxyOptions");
  expectRefused(with(proxy("http://proxy:3128", "a:b", "secret")), "ProxyOptions");
  expectRefused(with(proxy("http://proxy:3128", "a\nb", "secret")), "ProxyOptions");
  expectRefused(with(proxy("http://proxy:3128", "a", "secret\r\nX: y")), "ProxyOptions");
  expectRefused(with(proxy("http://proxy:3128", "a", std::string(4097, 's').c_str())), "ProxyOptions");
  expectRefused(with(proxy("", "a", "")), "ProxyOptions");
  expectRefused(with(proxy("", "", "secret")), "ProxyOptions");
  EXPECT_NO_THROW(NetworkSession().withProxy(proxy("http://proxy:3128", "a", "secret")));
  EXPECT_NO_THROW(NetworkSession().withProxy(ProxyOptions()));

  ProxyOptions untrusting = proxy("https://proxy:3128", "", "");
  untrusting.tls.emplace().systemStore = false;
  expectRefused(with(untrusting), "ProxyOptions::tls");
  untrusting.tls->caFile = "ca.pem";
  EXPECT_NO_THROW(NetworkSession().withProxy(untrusting));
}

TEST(NetworkSession, KeepsAProxyInOneForm) {
  for (const char* url : {"http://proxy.test:3128", "HTTP://Proxy.Test.:3128/"}) {
    ProxyOptions options;
    options.url = url;
    EXPECT_EQ(NetworkSession().withProxy(options).proxy().url, "http://proxy.test:3128");
  }
  // The port must stay the one that the URL means, even if Url::authority leaves it out.
  for (const char* url :
       {"http://proxy.test:443", "https://proxy.test:443", "http://proxy.test", "https://proxy.test:80"}) {
    ProxyOptions options;
    options.url = url;
    const Url given = parseProxyUrl(url, "x"),
              kept = parseProxyUrl(NetworkSession().withProxy(options).proxy().url, "x");
    EXPECT_EQ(kept.port, given.port) << url;
    EXPECT_EQ(kept.secure, given.secure) << url;
  }
}

TEST(NetworkSession, ReplacesHeadersByNameAndKeepsTheOthers) {
  const NetworkSession first = NetworkSession().withExtraHeaders({{"As-User", "1"}, {"X-B", "b"}});
  const NetworkSession second = first.withExtraHeaders({{"as-user", "2"}});
  EXPECT_EQ(first.extraHeaders().get("As-User"), "1");
  EXPECT_EQ(second.extraHeaders().get("As-User"), "2");
  EXPECT_EQ(second.extraHeaders().count("As-User"), 1U);
  EXPECT_EQ(second.extraHeaders().get("X-B"), "b");
}

TEST(NetworkSession, NamesTheHeaderThatItRefuses) {
  for (const char* name : {"Authorization", "host", "Content-Length", "Proxy-Authorization"}) {
    expectRefused([&](const NetworkSession& s) { s.withExtraHeaders({{name, "secret"}}); }, name);
  }
  expectRefused([](const NetworkSession& s) { s.withExtraHeaders({{"X-A", "1"}, {"X-B", "secret\r\n"}}); }, "X-B");
  expectRefused([](const NetworkSession& s) { s.withExtraHeaders({{"As-User", "secret"}}); }, "As-User");
}

TEST(NetworkSession, AddsInterceptorsInOrder) {
  const auto a = std::make_shared<Interceptor>(), b = std::make_shared<Interceptor>(),
             c = std::make_shared<Interceptor>();
  const NetworkSession session = NetworkSession().withInterceptors({a, b}).withInterceptors({c}).withInterceptors({});
  EXPECT_EQ(session.interceptors(), (std::vector<std::shared_ptr<Interceptor>>{a, b, c}));
  EXPECT_EQ(NetworkSession().withInterceptors(session.interceptors()).interceptors(), session.interceptors());
}

}  // namespace
}  // namespace box
