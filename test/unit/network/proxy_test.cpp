#include "network/proxy.hpp"

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "box/error.hpp"
#include "box/network/session.hpp"
#include "support/posix.hpp"

namespace box {
namespace {

Url at(std::string_view host, std::uint16_t port = 443) {
  return parseUrl("https://" + std::string(host) + ":" + std::to_string(port), "x");
}

bool bypasses(std::string_view list, std::string_view host, std::uint16_t port = 443) {
  return bypassesProxy(list, at(host, port));
}

struct Match {
  const char* list;
  const char* host;
  bool good;
  std::uint16_t port = 443;
};

void check(const std::vector<Match>& matches) {
  for (const Match& m : matches) {
    EXPECT_EQ(bypasses(m.list, m.host, m.port), m.good) << '"' << m.list << "\" for " << m.host << ", port " << m.port;
  }
}

TEST(NoProxy, NamesMatchThemselvesAndWhatIsBelowThem) {
  check({{"", "box.test", false},
         {"box.test", "box.test", true},
         {"box.test", "api.box.test", true},
         {"box.test", "eu.api.box.test", true},
         {"box.test", "evilbox.test", false},
         {"box.test", "test", false},
         {"box.test", "box.test.example", false},
         {".box.test", "box.test", false},
         {".box.test", "api.box.test", true},
         {".box.test", "evilbox.test", false},
         {"*.box.test", "api.box.test", true},
         {"*.box.test", "box.test", false},
         {"localhost", "localhost", true},
         {"a_b.test", "a_b.test", true},
         {"cafe.de", "cafe.de", true},  // all of these letters are hexadecimal digits
         {"cafe", "cafe", true},
         {"a.", "a", true}});
}

TEST(NoProxy, NamesMatchInAnyCaseAndWithADotAtTheirEnd) {
  check({{"BOX.Test", "box.test", true},
         {"box.test.", "api.box.test", true},
         {".Box.TEST.", "API.box.test.", true},
         {"box.test", "API.BOX.TEST.", true},
         {"box.test..", "box.test", false}});
}

TEST(NoProxy, AnAsteriskMatchesAll) {
  check({{"*", "box.test", true},
         {"*", "10.0.0.1", true},
         {"*", "[::1]", true},
         {"*:443", "box.test", true},
         {"*:443", "box.test", false, 8443},
         {"a.test,*", "box.test", true},
         {"b*", "box.test", false},
         {"*.test.*", "box.test", false},
         {"**", "box.test", false},
         {"[*]", "box.test", false},
         {"*/8", "10.0.0.1", false}});
}

TEST(NoProxy, APortLimitsAnEntry) {
  check({{"box.test:443", "box.test", true},
         {"box.test:443", "api.box.test", true},
         {"box.test:8443", "box.test", false},
         {"box.test:8443", "box.test", true, 8443},
         {".box.test:8443", "api.box.test", true, 8443},
         {"10.0.0.1:443", "10.0.0.1", true},
         {"10.0.0.1:444", "10.0.0.1", false},
         {"10.0.0.0/8:443", "10.1.2.3", true},
         {"10.0.0.0/8:444", "10.1.2.3", false},
         {"[::1]:443", "[::1]", true},
         {"[::1]:444", "[::1]", false},
         {"[2001:db8::]/32:443", "[2001:db8::7]", true},
         {"2001:db8::/32:444", "[2001:db8::7]", false}});
}

TEST(NoProxy, AddressesMatchHoweverTheyAreWritten) {
  check({{"10.0.0.1", "10.0.0.1", true},
         {"10.0.0.1", "10.0.0.2", false},
         {"::1", "[::1]", true},
         {"[::1]", "[::1]", true},
         {"0:0:0:0:0:0:0:1", "[::1]", true},
         {"2001:DB8::A", "[2001:db8::a]", true},
         {"::ffff:10.0.0.1", "10.0.0.1", true},
         {"10.0.0.1", "[::ffff:10.0.0.1]", true},
         {"10.0.0.1", "box.test", false},
         {"box.test", "10.0.0.1", false},
         {".0.0.1", "10.0.0.1", false},
         {"0.0.1", "10.0.0.1", false}});
}

TEST(NoProxy, NetworksMatchByTheirBits) {
  check({{"10.0.0.0/8", "10.255.0.1", true},
         {"10.0.0.0/8", "11.0.0.1", false},
         {"10.1.2.3/8", "10.9.9.9", true},
         {"192.168.128.0/17", "192.168.128.1", true},
         {"192.168.128.0/17", "192.168.127.255", false},
         {"192.168.0.0/31", "192.168.0.1", true},
         {"192.168.0.0/31", "192.168.0.2", false},
         {"192.168.0.7/32", "192.168.0.7", true},
         {"192.168.0.7/32", "192.168.0.6", false},
         {"0.0.0.0/0", "8.8.8.8", true},
         {"0.0.0.0/0", "[2001:db8::1]", false},
         {"::/0", "[2001:db8::1]", true},
         {"::/0", "8.8.8.8", false},
         {"2001:db8::/32", "[2001:db8:ffff::1]", true},
         {"2001:db8::/33", "[2001:db8:8000::1]", false},
         {"[2001:db8::]/32", "[2001:db8::1]", true},
         {"2001:db8::1/128", "[2001:db8::1]", true},
         {"2001:db8::1/127", "[2001:db8::2]", false},
         {"10.0.0.0/8", "10.test", false},
         {"10.0.0.0/8", "[a00::1]", false}});
}

TEST(NoProxy, EntriesStandBetweenCommasAndBlanks) {
  for (const char* list : {"a.test,box.test", "a.test, box.test", " box.test ", "a.test box.test", "\tbox.test\t,b",
                           ",,box.test,,", " , , box.test", "a.test,\t box.test"}) {
    EXPECT_TRUE(bypasses(list, "box.test")) << list;
  }
  for (const char* list : {" ", ",", ", ,\t,", "a.test,b.test"}) EXPECT_FALSE(bypasses(list, "box.test")) << list;
}

TEST(NoProxy, WhatIsNoEntryMatchesNothing) {
  using namespace std::string_view_literals;
  for (const std::string_view entry : {"."sv,
                                       ".."sv,
                                       "*."sv,
                                       ":"sv,
                                       ":443"sv,
                                       "/"sv,
                                       "/8"sv,
                                       "["sv,
                                       "]"sv,
                                       "[]"sv,
                                       "[]:443"sv,
                                       "box.test:"sv,
                                       "box.test:x"sv,
                                       "box.test:443x"sv,
                                       "box.test:+443"sv,
                                       "box.test:65979"sv,
                                       "box.test:4294967739"sv,
                                       "box.test:443:443"sv,
                                       "box.test/8"sv,
                                       "box.test/443"sv,
                                       "[box.test]"sv,
                                       "https://box.test"sv,
                                       "box.test/"sv,
                                       "b?x.test"sv,
                                       "..box.test"sv,
                                       ".*.box.test"sv,
                                       "box.test\0x"sv,
                                       "box.test;a.test"sv,
                                       "-box.test"sv,
                                       "box..test"sv}) {
    EXPECT_FALSE(bypasses(entry, "box.test")) << entry;
    EXPECT_TRUE(bypasses(std::string(entry) + ",box.test", "box.test")) << entry << " spoils what follows it";
  }
  for (const std::string_view entry :
       {"10.0.0.1/"sv, "10.0.0.1/x"sv, "10.0.0.1/33"sv, "10.0.0.1/-1"sv, "10.0.0.1/8/8"sv, "10.0.0.1/4294967304"sv,
        "10.0.0"sv, "10/8"sv, "[10.0.0.1]"sv, "[10.0.0.1]/8"sv, "10.0.0.1\0x"sv, "010.0.0.1"sv}) {
    EXPECT_FALSE(bypasses(entry, "10.0.0.1")) << entry;
  }
  for (const std::string_view entry : {"::1/129"sv, "[::1"sv, "::1]"sv, "[::1]x"sv, "[::1]:"sv, "[::1]443"sv,
                                       "[[::1]]"sv, "::1%lo"sv, "[::1%25lo]"sv, "::1/"sv, "::1/64x"sv, ":::1"sv}) {
    EXPECT_FALSE(bypasses(entry, "[::1]")) << entry;
  }
}

TEST(ProxyCredentials, HaveAtMost4096BytesTogether) {
  const auto objection = [](std::size_t username, std::size_t password) {
    ProxyOptions options;
    options.url = "http://proxy.test";
    options.username = std::string(username, 'u');
    options.password = Secret(std::string(password, 'p'));
    return proxyObjection(options);
  };
  EXPECT_EQ(objection(4000, 96), "");
  EXPECT_EQ(objection(4000, 97), "ProxyOptions: user name and password are longer than 4096 bytes");
  EXPECT_EQ(objection(4096, 0), "");
  EXPECT_EQ(objection(4097, 0), "ProxyOptions: user name and password are longer than 4096 bytes");
}

TEST(BasicCredentials, AreUserAndPasswordInBase64) {
  const auto credentials = [](std::string username, std::string_view password) {
    ProxyOptions options;
    options.url = "http://proxy.test";
    options.username = std::move(username);
    options.password = Secret(password);
    return std::string(basicCredentials(options).reveal());
  };
  EXPECT_EQ(credentials("", ""), "");
  EXPECT_EQ(credentials("Aladdin", "open sesame"), "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");  // RFC 7617, 2
  EXPECT_EQ(credentials("test", "123\xc2\xa3"), "dGVzdDoxMjPCow==");                 // and 2.1
  EXPECT_EQ(credentials("a", ""), "YTo=");
  EXPECT_EQ(credentials("a", "b"), "YTpi");
  EXPECT_EQ(credentials("a", "b:c"), "YTpiOmM=");
  EXPECT_EQ(credentials("u", std::string(4000, 'p')).size(), (4000U + 2U + 2U) / 3U * 4U);
}

/// The text of the refusal; empty: the URL was accepted.
std::string refusal(std::string_view url) {
  try {
    ProxyOptions::fromUrl(url);
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidConfiguration);
    EXPECT_TRUE(error.details().context.starts_with("ProxyOptions::fromUrl: ")) << error.what();
    return error.what();
  }
  return {};
}

TEST(ProxyFromUrl, TakesUrlsApart) {
  struct {
    const char* text;
    const char* url;
    const char* username;
    std::string_view password;
  } const urls[] = {
      {"http://proxy.test:3128", "http://proxy.test:3128", "", ""},
      {"HTTP://Proxy.Test", "http://proxy.test:80", "", ""},
      {"http://proxy.test:80/", "http://proxy.test:80", "", ""},
      {"https://proxy.test", "https://proxy.test", "", ""},
      {"https://proxy.test:443", "https://proxy.test", "", ""},
      {"http://[::1]:3128", "http://[::1]:3128", "", ""},
      {"http://ann@proxy.test:3128", "http://proxy.test:3128", "ann", ""},
      {"http://ann:@proxy.test:3128", "http://proxy.test:3128", "ann", ""},
      {"http://ann:secret@proxy.test:3128", "http://proxy.test:3128", "ann", "secret"},
      {"https://ann:a:b@[::1]:3128/", "https://[::1]:3128", "ann", "a:b"},
      {"http://a%20n%40n:s%3ae%2Fc%25%C3%A9@proxy.test:1", "http://proxy.test:1", "a n@n", "s:e/c%\xc3\xa9"},
  };
  for (const auto& u : urls) {
    SCOPED_TRACE(u.text);
    ProxyOptions options;
    ASSERT_NO_THROW(options = ProxyOptions::fromUrl(u.text));
    EXPECT_EQ(parseProxyUrl(options.url, "x").authority, parseProxyUrl(u.url, "x").authority);
    EXPECT_EQ(parseProxyUrl(options.url, "x").secure, parseProxyUrl(u.url, "x").secure);
    EXPECT_EQ(options.username, u.username);
    EXPECT_EQ(options.password.reveal(), u.password);
    EXPECT_EQ(options.noProxy, "");
    EXPECT_FALSE(options.tls);
    EXPECT_NO_THROW(NetworkSession().withProxy(options));
  }
}

TEST(ProxyFromUrl, SaysThatASecondAtMustBeEscaped) {
  for (const char* url : {"http://ann:a@b@proxy.test", "http://ann:a@@proxy.test"}) {
    try {
      ProxyOptions::fromUrl(url);
      ADD_FAILURE() << url;
    } catch (const BoxSdkError& error) {
      EXPECT_NE(error.details().context.find("it has more than one @"), std::string::npos) << error.what();
    }
  }
}

TEST(ProxyFromUrl, RefusesEverythingElseWithoutRepeatingIt) {
  using namespace std::string_view_literals;
  const std::string tooLong = "http://secret:" + std::string(4097, 's') + "@proxy.test";
  for (const std::string_view url : {""sv,
                                     "secret"sv,
                                     "secret:3128"sv,
                                     "//secret"sv,
                                     "ftp://secret"sv,
                                     "socks5://ann:secret@proxy.test"sv,
                                     "http://"sv,
                                     "http://@secret.test"sv,
                                     "http://:secret@proxy.test"sv,
                                     "http://ann:secret@"sv,
                                     "http://ann:secret@:3128"sv,
                                     "http://ann:secret@proxy.test:x"sv,
                                     "http://ann:secret@proxy.test/path"sv,
                                     "http://ann:secret@proxy.test?query"sv,
                                     "http://ann:secret@proxy.test#fragment"sv,
                                     "http://ann:secret@proxy.test:3128 "sv,
                                     " http://ann:secret@proxy.test"sv,
                                     "http://ann:se@cret@proxy.test"sv,
                                     "http://ann:se/secret@proxy.test"sv,
                                     "http://ann:1/secret@proxy.test"sv,
                                     "http://ann:1#secret@proxy.test"sv,
                                     "http://ann:1?secret@proxy.test"sv,
                                     "http://ann\\secret@proxy.test"sv,
                                     "http://ann:secret%@proxy.test"sv,
                                     "http://ann:secret%4@proxy.test"sv,
                                     "http://ann:secret%zz@proxy.test"sv,
                                     "http://ann:secret%4g@proxy.test"sv,
                                     "http://ann:secret%0d%0aX:y@proxy.test"sv,
                                     "http://ann:secret%00@proxy.test"sv,
                                     "http://ann:secret%7f@proxy.test"sv,
                                     "http://ann:secret\n@proxy.test"sv,
                                     "http://ann:secret\0@proxy.test"sv,
                                     "http://ann%3asecret:secret@proxy.test"sv,
                                     "http://secret%0a:x@proxy.test"sv,
                                     "http://ann:secret@proxy.secret test"sv,
                                     "http://ann:secret@[::1"sv,
                                     std::string_view(tooLong)}) {
    const std::string text = refusal(url);
    EXPECT_NE(text, "") << testing::PrintToString(std::string(url));
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    EXPECT_EQ(text.find("ann"), std::string::npos) << text;
  }
  EXPECT_EQ(refusal("http://secret:" + std::string(4090, 's') + "@proxy.test"), "");
}

/// Sets environment variables about proxies, and restores them after the test.
class ProxyFromEnvironment : public testing::Test {
 protected:
  ProxyFromEnvironment() {
    for (Variable& variable : before_) {
      if (const char* value = std::getenv(variable.name)) variable.value = value;
      ::unsetenv(variable.name);
    }
  }
  ~ProxyFromEnvironment() override {
    for (const Variable& variable : before_) {
      if (variable.value) {
        ::setenv(variable.name, variable.value->c_str(), 1);
      } else {
        ::unsetenv(variable.name);
      }
    }
  }
  static void set(const char* name, const char* value) { ::setenv(name, value, 1); }
  static std::string refusal() {
    try {
      ProxyOptions::fromEnvironment();
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidConfiguration);
      return error.details().context;
    }
    return {};
  }

 private:
  struct Variable {
    const char* name;
    std::optional<std::string> value{};
  };
  std::vector<Variable> before_ = {{"HTTPS_PROXY"}, {"https_proxy"}, {"NO_PROXY"},  {"no_proxy"},
                                   {"HTTP_PROXY"},  {"http_proxy"},  {"ALL_PROXY"}, {"all_proxy"}};
};

TEST_F(ProxyFromEnvironment, WithoutVariablesThereIsNone) {
  set("HTTP_PROXY", "http://other.test:3128");  // applies only to http://, which the library never uses with Box
  set("http_proxy", "http://other.test:3128");
  const ProxyOptions options = ProxyOptions::fromEnvironment();
  EXPECT_EQ(options.url, "");
  EXPECT_EQ(options.username, "");
  EXPECT_EQ(options.noProxy, "");
  EXPECT_NO_THROW(NetworkSession().withProxy(options));
}

TEST_F(ProxyFromEnvironment, TheVariablesSayWhich) {
  set("https_proxy", "http://ann:secret@proxy.test:3128");
  set("no_proxy", "box.test,10.0.0.0/8");
  const ProxyOptions options = ProxyOptions::fromEnvironment();
  EXPECT_EQ(options.url, "http://proxy.test:3128");
  EXPECT_EQ(options.username, "ann");
  EXPECT_EQ(options.password.reveal(), "secret");
  EXPECT_EQ(options.noProxy, "box.test,10.0.0.0/8");
}

#ifndef _WIN32  // where the names of variables have no capitals of their own
TEST_F(ProxyFromEnvironment, CapitalsWinAndWhatIsEmptyIsNotSet) {
  set("HTTPS_PROXY", "https://upper.test");
  set("https_proxy", "http://lower.test:3128");
  set("NO_PROXY", "upper.test");
  set("no_proxy", "lower.test");
  EXPECT_EQ(ProxyOptions::fromEnvironment().url, "https://upper.test");
  EXPECT_EQ(ProxyOptions::fromEnvironment().noProxy, "upper.test");
  set("HTTPS_PROXY", "");
  set("NO_PROXY", "");
  EXPECT_EQ(ProxyOptions::fromEnvironment().url, "http://lower.test:3128");
  EXPECT_EQ(ProxyOptions::fromEnvironment().noProxy, "lower.test");
}
#endif

TEST_F(ProxyFromEnvironment, WithoutASchemeItIsHttp) {
  set("HTTPS_PROXY", "proxy.test:3128");
  EXPECT_EQ(ProxyOptions::fromEnvironment().url, "http://proxy.test:3128");
  set("HTTPS_PROXY", "ann:p%40ss@proxy.test:3128");
  EXPECT_EQ(ProxyOptions::fromEnvironment().url, "http://proxy.test:3128");
  EXPECT_EQ(ProxyOptions::fromEnvironment().password.reveal(), "p@ss");
}

TEST_F(ProxyFromEnvironment, ASeparatorInAPasswordIsToldHowToWrite) {
  for (const char* value : {"http://ann:p#w@proxy.test", "http://ann:p?w@proxy.test", "ann:p/w@proxy.test"}) {
    set("HTTPS_PROXY", value);
    EXPECT_NE(refusal().find("%23"), std::string::npos) << refusal();
  }
}

TEST_F(ProxyFromEnvironment, ARefusalNamesTheVariableAndNotItsValue) {
  for (const char* name : {
#ifndef _WIN32
           "https_proxy",
#endif
           "HTTPS_PROXY"}) {
    for (const char* value : {"socks5://ann:secret@proxy.test", "ann:secret@", "http://ann:secret%@proxy.test",
                              " secret", "ann:secret@proxy.test:3128/x", "secret secret"}) {
      set(name, value);
      const std::string text = refusal();
      EXPECT_TRUE(text.starts_with(std::string(name) + ": ")) << text;
      EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace box
