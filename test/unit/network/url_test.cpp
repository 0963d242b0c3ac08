#include "network/url.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "box/error.hpp"

namespace box {
namespace {

/// The text of the refusal, which must name the setting; empty: the URL was accepted.
std::string refusalOfUrl(std::string_view url, bool proxy = false) {
  try {
    proxy ? parseProxyUrl(url, "TheSetting") : parseUrl(url, "TheSetting");
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidConfiguration);
    EXPECT_TRUE(error.details().context.starts_with("TheSetting: ")) << error.details().context;
    return error.what();
  }
  return {};
}

std::string labels(std::size_t total) {
  // The host is 63 + '.' + 63 + '.' + ...
  std::string host;
  while (host.size() < total) {
    if (!host.empty()) host += '.';
    host.append(std::min<std::size_t>(63, total - host.size()), 'a');
  }
  return host;
}

TEST(Url, TakesUrlsApart) {
  struct {
    const char* text;
    const char* host;
    int port;
    bool ip;
    const char* path;
    const char* authority;
  } const urls[] = {
      {"https://api.box.com", "api.box.com", 443, false, "", "api.box.com"},
      {"https://api.box.com/", "api.box.com", 443, false, "", "api.box.com"},
      {"HTTPS://API.Box.COM/Path", "api.box.com", 443, false, "/Path", "api.box.com"},
      {"https://api.box.com./a", "api.box.com", 443, false, "/a", "api.box.com"},
      {"https://api.box.com.:8443/a/b", "api.box.com", 8443, false, "/a/b", "api.box.com:8443"},
      {"https://api.box.com:443/a/", "api.box.com", 443, false, "/a/", "api.box.com"},
      {"https://a.", "a", 443, false, "", "a"},
      {"https://localhost:1", "localhost", 1, false, "", "localhost:1"},
      {"https://a-b_c.d0:65535", "a-b_c.d0", 65535, false, "", "a-b_c.d0:65535"},
      {"https://xn--bcher-kva.example", "xn--bcher-kva.example", 443, false, "", "xn--bcher-kva.example"},
      {"https://127.0.0.1:9", "127.0.0.1", 9, true, "", "127.0.0.1:9"},
      {"https://127.0.0.1.", "127.0.0.1", 443, true, "", "127.0.0.1"},
      {"https://[::1]", "::1", 443, true, "", "[::1]"},
      {"https://[2001:DB8::A]:8443/x", "2001:db8::a", 8443, true, "/x", "[2001:db8::a]:8443"},
      {"https://[::ffff:127.0.0.1]", "::ffff:127.0.0.1", 443, true, "", "[::ffff:127.0.0.1]"},
      {"https://1.2.3.4.example", "1.2.3.4.example", 443, false, "", "1.2.3.4.example"},
      {"https://h/a%20b/c;d=e,f/(g)!*'~@:&+$-._", "h", 443, false, "/a%20b/c;d=e,f/(g)!*'~@:&+$-._", "h"},
      {"https://h/...", "h", 443, false, "/...", "h"},
  };
  for (const auto& u : urls) {
    SCOPED_TRACE(u.text);
    Url url;
    ASSERT_NO_THROW(url = parseUrl(u.text, "x"));
    EXPECT_EQ(url.host, u.host);
    EXPECT_EQ(url.port, u.port);
    EXPECT_EQ(url.isIpLiteral, u.ip);
    EXPECT_EQ(url.path, u.path);
    EXPECT_EQ(url.authority, u.authority);
    EXPECT_TRUE(url.secure);
  }
}

TEST(Url, RefusesEverythingElseWithoutRepeatingIt) {
  using namespace std::string_view_literals;
  // The text must not contain "secret": a refused URL may have credentials.
  const std::vector<std::string_view> urls = {""sv,
                                              "secret"sv,
                                              "https"sv,
                                              "HTTPS"sv,
                                              "https:"sv,
                                              "https:/"sv,
                                              "https://"sv,
                                              "https:///secret"sv,
                                              "://secret"sv,
                                              "http://secret.example"sv,
                                              "ftp://secret.example"sv,
                                              "file:///secret"sv,
                                              " https://secret.example"sv,
                                              "https ://secret.example"sv,
                                              "https//secret.example"sv,
                                              "https:secret.example"sv,
                                              "xhttps://secret.example"sv,
                                              "https://secret@api.box.com"sv,
                                              "https://user:secret@api.box.com/"sv,
                                              "https://@secret.example"sv,
                                              "https://user%40secret@h"sv,
                                              "https://api.box.com@secret.example/"sv,
                                              "https://h?secret"sv,
                                              "https://h/?secret"sv,
                                              "https://h/secret?"sv,
                                              "https://h#secret"sv,
                                              "https://h/secret#"sv,
                                              "https://h\\secret"sv,
                                              "https://h/secret\\a"sv,
                                              "https://h\\@secret"sv,
                                              "https://h/secret%0d%0aX:y"sv,
                                              "https://h/secret%0D"sv,
                                              "https://h/secret%00"sv,
                                              "https://h/secret%1f"sv,
                                              "https://h/secret%"sv,
                                              "https://h/secret%2"sv,
                                              "https://h/secret%zz"sv,
                                              "https://h/secret%2g"sv,
                                              "https://h/secret a"sv,
                                              "https://h/secret\r\nX: y"sv,
                                              "https://h/secret\n"sv,
                                              "https://h/secret\t"sv,
                                              "https://h/secret\0"sv,
                                              "https://h/secret\x7f"sv,
                                              "https://h/s\xc3\xa9"
                                              "cret/secret"sv,
                                              "https://h/<secret>"sv,
                                              "https://h/\"secret\""sv,
                                              "https://h/secret|"sv,
                                              "https://h/secret^"sv,
                                              "https://h/secret`"sv,
                                              "https://h/{secret}"sv,
                                              "https://h//secret"sv,
                                              "https://h/secret//a"sv,
                                              "https://h/./secret"sv,
                                              "https://h/../secret"sv,
                                              "https://h/secret/."sv,
                                              "https://h/secret/.."sv,
                                              "https://h/secret/../a"sv,
                                              "https://h//"sv,
                                              "https://h/%2e/secret"sv,
                                              "https://h/secret/%2E%2e"sv,
                                              "https://h/secret/.%2e/a"sv,
                                              "https://h/secret%2fa"sv,
                                              "https://h/secret%5Ca"sv,
                                              "https://.secret.example"sv,
                                              "https://secret..example"sv,
                                              "https://secret.example.."sv,
                                              "https://."sv,
                                              "https://.."sv,
                                              "https://-secret.example"sv,
                                              "https://secret-.example"sv,
                                              "https://secret example"sv,
                                              "https://secret\0.example"sv,
                                              "https://secret\n.example"sv,
                                              "https://secret\r\n"sv,
                                              "https://s\xc3\xa9"
                                              "cret.secret"sv,
                                              "https://%73ecret.secret"sv,
                                              "https://secret,example"sv,
                                              "https://secret;example"sv,
                                              "https://*.secret"sv,
                                              "https://secret$"sv,
                                              "https://secret'"sv,
                                              "https://secret:"sv,
                                              "https://secret:/a"sv,
                                              "https://secret:0"sv,
                                              "https://secret:65536"sv,
                                              "https://secret:-1"sv,
                                              "https://secret:+1"sv,
                                              "https://secret:1x"sv,
                                              "https://secret: 1"sv,
                                              "https://secret:1:2"sv,
                                              "https://secret:99999999999999999999"sv,
                                              "https://:443"sv,
                                              "https://secret:443\r\nX: y"sv,
                                              "https://secret:4\0"sv,
                                              "https://[::1"sv,
                                              "https://[]"sv,
                                              "https://[secret]"sv,
                                              "https://[::1]secret"sv,
                                              "https://[::1]:"sv,
                                              "https://[::1]:x"sv,
                                              "https://[::1%25eth0]"sv,
                                              "https://[::1%eth0]"sv,
                                              "https://[127.0.0.1]"sv,
                                              "https://[::1\0\r\nX: secret]"sv,
                                              "https://[::1 ]"sv,
                                              "https://[1:2:3:4:5:6:7:8:9]"sv,
                                              "https://[v1.a]"sv,
                                              "https://::1"sv,
                                              "https://2001:db8::1"sv,
                                              "https://1.2.3"sv,
                                              "https://256.1.1.1"sv,
                                              "https://1.2.3.4.5"sv,
                                              "https://01.2.3.4"sv,
                                              "https://1"sv,
                                              "https://2130706433"sv,
                                              "https://secret.1"sv};
  for (const std::string_view url : urls) {
    const std::string text = refusalOfUrl(url);
    EXPECT_NE(text, "") << testing::PrintToString(std::string(url));
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
  }
}

TEST(Url, ADotThatIsEscapedIsADot) {
  EXPECT_EQ(refusalOfUrl("https://h/%2e%2e%2e"), "") << "three of them are a name like any other";
  EXPECT_EQ(refusalOfUrl("https://h/%2ea"), "");
  EXPECT_EQ(refusalOfUrl("https://h/a%2e"), "");
}

TEST(Url, OnlyThatOfARequestHasAQuery) {
  const Url url = parseRequestUrl("https://h/a?b=%20c?d", "x");
  EXPECT_EQ(url.path, "/a");
  EXPECT_EQ(url.query, "b=%20c?d");
  EXPECT_EQ(parseRequestUrl("https://h/a", "x").query, "");
  for (const char* text :
       {"https://h/a?b c", "https://h/a?b#c", "https://h/a?%2g", "https://h/a?%g2", "https://h/a?%2"}) {
    EXPECT_THROW(parseRequestUrl(text, "x"), BoxSdkError) << text;
  }
  EXPECT_NE(refusalOfUrl("https://h/a?b").find("no query"), std::string::npos);
  EXPECT_NE(refusalOfUrl("https://h/a#b").find("no fragment"), std::string::npos);
  EXPECT_NE(refusalOfUrl("https://h/a b").find("must be escaped"), std::string::npos);
  EXPECT_NE(queryObjection("a#b").find("no fragment"), std::string::npos);
  EXPECT_NE(queryObjection("a b").find("must be escaped"), std::string::npos);
  EXPECT_EQ(queryObjection("a=%0a"), "");
}

TEST(Url, AnEscapeEndsWithTheUrlAtTheLatest) {
  const std::string_view longer = "https://h/a%20";
  EXPECT_EQ(refusalOfUrl(longer), "");
  EXPECT_NE(refusalOfUrl(longer.substr(0, longer.size() - 1)), "") << "what follows in memory is no part of the URL";
  EXPECT_NE(refusalOfUrl("https://h/a%20 b"), "");
  EXPECT_NE(queryObjection("a=%20 b"), "");
  EXPECT_NE(queryObjection(" a"), "");
  EXPECT_EQ(queryObjection("a=%20b"), "");
}

TEST(Url, SaysThatABackslashIsOne) {
  EXPECT_NE(refusalOfUrl("https://h\\a").find("it has a backslash"), std::string::npos);
}

TEST(Url, LimitsHostNamesAndLabels) {
  EXPECT_EQ(labels(253).size(), 253U);
  EXPECT_EQ(refusalOfUrl("https://" + labels(253)), "");
  EXPECT_EQ(refusalOfUrl("https://" + labels(253) + "."), "") << "the trailing dot does not belong to the name";
  EXPECT_NE(refusalOfUrl("https://" + labels(254)), "");
  EXPECT_EQ(refusalOfUrl("https://" + std::string(63, 'a') + ".example"), "");
  EXPECT_NE(refusalOfUrl("https://" + std::string(64, 'a') + ".example"), "");
  for (const char* host : {"box.test..", "..", ".", ".box.test"})
    EXPECT_NE(refusalOfUrl("https://" + std::string(host)), "") << host;
  EXPECT_NE(hostObjection("box.test.").find("not made of labels"), std::string::npos);
  EXPECT_NE(refusalOfUrl("https://" + std::string(1'000'000, 'a')), "");
}

TEST(Url, KeepsProxiesToSchemeAndHost) {
  struct {
    const char* text;
    int port;
    bool secure;
    const char* authority;
  } const proxies[] = {
      {"http://proxy.example:3128", 3128, false, "proxy.example:3128"},
      {"http://proxy.example", 80, false, "proxy.example"},
      {"HTTP://Proxy.Example/", 80, false, "proxy.example"},
      {"https://proxy.example", 443, true, "proxy.example"},
      {"http://proxy.example:443", 443, false, "proxy.example:443"},
      {"https://proxy.example:80", 80, true, "proxy.example:80"},
      {"http://[::1]:3128", 3128, false, "[::1]:3128"},
  };
  for (const auto& p : proxies) {
    SCOPED_TRACE(p.text);
    Url url;
    ASSERT_NO_THROW(url = parseProxyUrl(p.text, "x"));
    EXPECT_EQ(url.port, p.port);
    EXPECT_EQ(url.secure, p.secure);
    EXPECT_EQ(url.authority, p.authority);
  }
  for (const char* text : {"", "http", "https", "http:", "socks5://secret", "secret:3128", "http://secret/a",
                           "http://user:secret@proxy.example", "http://secret:", "http://h?secret"}) {
    const std::string reason = refusalOfUrl(text, true);
    EXPECT_NE(reason, "") << text;
    EXPECT_EQ(reason.find("secret"), std::string::npos) << reason;
  }
  EXPECT_NE(refusalOfUrl("http://api.box.com"), "") << "Box is never called without TLS";
}

TEST(Host, IsSafeToHandToOpenSsl) {
  using namespace std::string_view_literals;
  for (const std::string_view host : {"a"sv, "api.box.com"sv, "API.BOX.COM"sv, "a1.b-2.c_3"sv, "127.0.0.1"sv, "1a"sv}) {
    EXPECT_EQ(hostObjection(host), "") << host;
  }
  for (const std::string_view host : {""sv,
                                      "."sv,
                                      ".box.com"sv,
                                      "box.com."sv,
                                      "a..b"sv,
                                      "a.-b"sv,
                                      "a-.b"sv,
                                      "*.box.com"sv,
                                      "api.box.com\0.evil"sv,
                                      "\0"sv,
                                      "a b"sv,
                                      "a/b"sv,
                                      "a@b"sv,
                                      "a:b"sv,
                                      "[::1]"sv,
                                      "::1"sv,
                                      "a\\b"sv,
                                      "a?b"sv,
                                      "a#b"sv,
                                      "a%b"sv,
                                      "a\x7f"sv,
                                      "\xc3\xa9.fr"sv,
                                      "1.2.3.4.5"sv,
                                      "9"sv}) {
    EXPECT_NE(hostObjection(host), "") << testing::PrintToString(std::string(host));
  }
}

}  // namespace
}  // namespace box
