#include "http/request_writer.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <gtest/gtest.h>

#include "box/error.hpp"
#include "box/network/operation.hpp"
#include "box/version.hpp"
#include "network/url.hpp"
#include "network/validation.hpp"

namespace box {
namespace {

namespace http = boost::beast::http;
using Fields = std::vector<std::pair<std::string, std::string>>;

const std::string version_(version());
const std::string ownHeaders = "X-Box-UA: agent=box-sessions/" + version_ + "; env=c++/" +
                               std::to_string(__cplusplus / 100) + "\r\nAccept: application/json\r\n";

/// A request to be written, with everything to which it refers.
class Request {
 public:
  explicit Request(std::string address = "https://api.box.com/2.0/users/terminate_sessions")
      : text_(std::move(address)), url_(parseRequestUrl(text_, "the URL")) {}

  std::string method = "POST", token = "T0ken", contentType = "application/json", body = "{}";
  HttpHeaders session, own;
  bool withSession = true;

  std::string write() const {
    RequestParts parts;
    parts.method = method;
    parts.authority = url_.authority;
    parts.path = url_.path;
    parts.query = url_.query;
    parts.bearerToken = token;
    parts.contentType = contentType;
    parts.sessionHeaders = withSession ? &session : nullptr;
    parts.headers = &own;
    parts.body = body;
    std::string out = "of the request before";
    check();
    writeRequest(out, parts);
    return out;
  }

  /// The text of the refusal; empty: the request was written.
  std::string refusal() const {
    try {
      write();
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidRequest);
      EXPECT_EQ(error.fate(), Fate::notSent);
      return error.what();
    }
    return {};
  }

 private:
  /// The checks that a request has passed when it is written.
  void check() const {
    if (const std::string_view objection = methodObjection(method); !objection.empty()) {
      throw BoxSdkError(Errc::invalidRequest, std::string(objection));
    }
    for (const HeaderView header : session) checkHeader(header);
    checkDetails(url_.query, contentType, own);
  }

  std::string text_;
  Url url_;
};

/// What a server reads from these bytes: exactly one request, and nothing after it.
Fields parsed(const std::string& bytes, std::string& body) {
  http::request_parser<http::string_body> parser;
  parser.eager(true);
  boost::system::error_code ec;
  const std::size_t used = parser.put(boost::asio::buffer(bytes), ec);
  EXPECT_FALSE(ec) << ec.message() << "\n" << bytes;
  EXPECT_EQ(used, bytes.size());
  EXPECT_TRUE(parser.is_done());
  Fields fields;
  for (const auto& field : parser.get()) {
    fields.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  body = parser.get().body();
  return fields;
}

TEST(RequestWriter, WritesTheUsersCall) {
  Request request;
  request.body = R"({"user_ids":["1"],"user_logins":[]})";
  EXPECT_EQ(request.write(),
            "POST /2.0/users/terminate_sessions HTTP/1.1\r\n"
            "Host: api.box.com\r\n"
            "Authorization: Bearer T0ken\r\n"
            "User-Agent: box-sessions/" +
                version_ + "\r\n" + ownHeaders +
                "Content-Type: application/json\r\n"
                "Content-Length: 35\r\n"
                "\r\n"
                R"({"user_ids":["1"],"user_logins":[]})");
}

TEST(RequestWriter, WritesTheGroupsCallWithAllThatAClientMayAdd) {
  Request request("https://Api.Example:8443/prefix/2.0/groups/terminate_sessions");
  request.session.append("As-User", "123");
  request.session.append("User-Agent", "mine/1.0");
  request.own.append("X-Trace", "a b");
  request.body = R"({"group_ids":["7","8"]})";
  EXPECT_EQ(request.write(),
            "POST /prefix/2.0/groups/terminate_sessions HTTP/1.1\r\n"
            "Host: api.example:8443\r\n"
            "Authorization: Bearer T0ken\r\n"
            "As-User: 123\r\n"
            "User-Agent: mine/1.0\r\n"
            "X-Trace: a b\r\n" +
                ownHeaders +
                "Content-Type: application/json\r\n"
                "Content-Length: 23\r\n"
                "\r\n"
                R"({"group_ids":["7","8"]})");
}

TEST(RequestWriter, WritesATokenRequestWithoutAuthorizationOrTheSessionsHeaders) {
  Request request("https://api.box.com/oauth2/token");
  request.token.clear();
  request.contentType = "application/x-www-form-urlencoded";
  request.session.append("As-User", "123");
  request.session.append("X-Session", "1");
  request.withSession = false;  // a request with secrets gets null: see partsOf() in the pipeline
  request.body = "grant_type=client_credentials";
  const std::string bytes = request.write();
  EXPECT_EQ(bytes.find("Authorization"), std::string::npos);
  EXPECT_EQ(bytes.find("As-User"), std::string::npos);
  EXPECT_EQ(bytes.find("X-Session"), std::string::npos);
  EXPECT_NE(bytes.find("\r\nContent-Type: application/x-www-form-urlencoded\r\n"), std::string::npos);
}

TEST(RequestWriter, WritesHostsAndTargets) {
  struct {
    const char* url;
    const char* line;
    const char* host;
  } const urls[] = {
      {"https://api.box.com", "POST / HTTP/1.1\r\n", "Host: api.box.com\r\n"},
      {"https://api.box.com/", "POST / HTTP/1.1\r\n", "Host: api.box.com\r\n"},
      {"https://api.box.com:443/a", "POST /a HTTP/1.1\r\n", "Host: api.box.com\r\n"},
      {"https://api.box.com.:8080/a", "POST /a HTTP/1.1\r\n", "Host: api.box.com:8080\r\n"},
      {"https://127.0.0.1:1/a%20b", "POST /a%20b HTTP/1.1\r\n", "Host: 127.0.0.1:1\r\n"},
      {"https://api.box.com/a?b=c%20d&e", "POST /a?b=c%20d&e HTTP/1.1\r\n", "Host: api.box.com\r\n"},
      {"https://api.box.com?b", "POST /?b HTTP/1.1\r\n", "Host: api.box.com\r\n"},
      {"https://[::1]/a", "POST /a HTTP/1.1\r\n", "Host: [::1]\r\n"},
      {"https://[2001:DB8::1]:99/a", "POST /a HTTP/1.1\r\n", "Host: [2001:db8::1]:99\r\n"},
  };
  for (const auto& u : urls) {
    const std::string bytes = Request(u.url).write();
    EXPECT_TRUE(bytes.starts_with(std::string(u.line) + u.host)) << bytes;
  }
}

TEST(RequestWriter, WritesNoContentTypeWhereThereIsNone) {
  Request request;
  request.contentType.clear();
  request.body.clear();
  const std::string bytes = request.write();
  EXPECT_EQ(bytes.find("Content-Type"), std::string::npos);
  EXPECT_TRUE(bytes.ends_with("\r\nContent-Length: 0\r\n\r\n"));
}

TEST(RequestWriter, TellsALengthOnlyWhereABodyIsOrCouldBe) {
  for (const char* method : {"GET", "HEAD", "DELETE", "OPTIONS"}) {
    Request request;
    request.method = method;
    request.body.clear();
    EXPECT_EQ(request.write().find("Content-Length"), std::string::npos) << method;
    request.body = "{}";
    EXPECT_NE(request.write().find("\r\nContent-Length: 2\r\n"), std::string::npos) << method;
  }
  for (const char* method : {"POST", "PUT", "PATCH"}) {
    Request request;
    request.method = method;
    request.body.clear();
    EXPECT_NE(request.write().find("\r\nContent-Length: 0\r\n"), std::string::npos) << method;
  }
}

TEST(RequestWriter, CallsABodyJsonWhereNobodySaysWhatItIs) {
  Request request;
  request.contentType.clear();
  EXPECT_NE(request.write().find("\r\nContent-Type: application/json\r\n"), std::string::npos);
}

TEST(RequestWriter, PrefersACallsHeaderToTheSessions) {
  Request request;
  request.session.append("X-A", "session");
  request.session.append("x-b", "session");
  request.session.append("X-C", "session");
  request.own.append("x-a", "call");
  request.own.append("X-B", "call 1");
  request.own.append("X-B", "call 2");
  std::string body;
  const Fields fields = parsed(request.write(), body);
  const Fields expected = {{"X-C", "session"}, {"x-a", "call"}, {"X-B", "call 1"}, {"X-B", "call 2"}};
  ASSERT_GE(fields.size(), 6U);
  EXPECT_EQ(Fields(fields.begin() + 2, fields.begin() + 6), expected);
}

TEST(RequestWriter, ACallersUserAgentAndAcceptReplaceItsOwn) {
  for (const std::string name : {"User-Agent", "user-agent", "USER-AGENT", "Accept", "accept"}) {
    for (const bool session : {false, true}) {
      Request request;
      (session ? request.session : request.own).append(name, "mine");
      std::string body;
      std::vector<std::string> values;
      std::size_t own = 0;
      for (const auto& [field, value] : parsed(request.write(), body)) {
        if (equalsIgnoreCase(field, name)) values.push_back(value);
        for (const std::string_view kept : {"User-Agent", "Accept", "X-Box-UA"}) own += equalsIgnoreCase(field, kept);
      }
      EXPECT_EQ(values, std::vector<std::string>{"mine"}) << name;
      EXPECT_EQ(own, 3U) << "the others are sent once";
    }
  }
}

TEST(RequestWriter, LetsNothingThroughThatCouldEndAHeader) {
  std::vector<std::string> values = {"a\r\nX-Evil: 1",
                                     "a\nX-Evil: 1",
                                     "a\rX-Evil: 1",
                                     "\r\n\r\nGET / HTTP/1.1",
                                     " a",
                                     "a ",
                                     "\ta",
                                     "a\t",
                                     " ",
                                     "\t",
                                     "caf\xc3\xa9",
                                     std::string(4097, 'a')};
  std::vector<std::string> names = {"",
                                    " ",
                                    "X A",
                                    "X-A ",
                                    " X-A",
                                    "X-A:",
                                    "X:A",
                                    "X-A\r\nX-Evil",
                                    "X\n",
                                    "X\r",
                                    "X\"A",
                                    "X(A)",
                                    "X/A",
                                    "X[A]",
                                    "X{A}",
                                    "X@A",
                                    "X,A",
                                    "X;A",
                                    "X=A",
                                    "X?A",
                                    "X\\A",
                                    "X-\xc3\xa9",
                                    std::string(129, 'X')};
  for (int c = 0; c < 256; ++c) {
    const bool control = (c < 0x20 && c != '\t') || c >= 0x7f;
    if (!control) continue;
    values.push_back(std::string("a") + static_cast<char>(c) + "b");
    names.push_back(std::string("X") + static_cast<char>(c) + "B");
  }
  for (const bool session : {false, true}) {
    for (const std::string& value : values) {
      Request request;
      (session ? request.session : request.own).append("X-Injected", value);
      const std::string refusal = request.refusal();
      EXPECT_NE(refusal.find("X-Injected"), std::string::npos) << testing::PrintToString(value);
      EXPECT_EQ(refusal.find("Evil"), std::string::npos) << "never the value itself";
      EXPECT_EQ(refusal.find('\n'), std::string::npos);
    }
    for (const std::string& name : names) {
      Request request;
      (session ? request.session : request.own).append(name, "a");
      EXPECT_NE(request.refusal(), "") << testing::PrintToString(name);
    }
  }
}

TEST(RequestWriter, KeepsItsOwnHeadersToItself) {
  for (const char* name : {"Host", "Authorization", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection",
                           "Keep-Alive", "Expect", "TE", "Trailer", "Upgrade", "Accept-Encoding", "Cookie",
                           "HTTP2-Settings", "X-Box-UA", "Proxy-Authorization", "Proxy-Connection", "Proxy-Anything"}) {
    std::string lower(name), upper(name);
    for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    for (const std::string& spelling : {std::string(name), lower, upper}) {
      for (const bool session : {false, true}) {
        Request request;
        (session ? request.session : request.own).append(spelling, "1");
        EXPECT_NE(request.refusal().find(spelling), std::string::npos) << spelling;
      }
    }
  }
}

TEST(RequestWriter, ActsForUsersWithIdsOnly) {
  for (const char* value : {"1", "12345678901234567890"}) {
    Request request;
    request.own.append("as-user", value);
    EXPECT_EQ(request.refusal(), "") << value;
  }
  for (const char* value : {"", "0x1", "-1", "1 2", "ann@example.com", "123456789012345678901"}) {
    Request request;
    request.own.append("as-user", value);
    EXPECT_NE(request.refusal(), "") << value;
  }
}

TEST(RequestWriter, RefusesMethodsAndContentTypesThatBreakTheLine) {
  for (const char* method : {"", "POST /evil", "POST\r\n", "PO\tST", "POST:"}) {
    Request request;
    request.method = method;
    EXPECT_NE(request.refusal(), "") << method;
  }
  for (const char* type : {"a\r\nX: y", " application/json", "a\n", "\xc3\xa9"}) {
    Request request;
    request.contentType = type;
    EXPECT_NE(request.refusal(), "") << type;
  }
}

TEST(RequestWriter, LetsNoUrlEndTheLine) {
  for (const char* text : {"/a b", "/a\r\nX: y", "/a\n", "/\xc3\xbc"}) {
    EXPECT_THROW(Operation("test", "GET", text, 200, Idempotency::idempotent), BoxSdkError) << text;
    EXPECT_THROW(checkDetails(text, "", HttpHeaders()), BoxSdkError) << text;
    EXPECT_THROW(Request("https://api.box.com" + std::string(text)), BoxSdkError) << text;
    EXPECT_THROW(Request("https://api.box.com/?" + std::string(text)), BoxSdkError) << text;
  }
}

TEST(RequestWriter, IsReadBackExactlyAsItWasMeant) {
  std::string visible;
  for (char c = 0x21; c < 0x7f; ++c) visible += c;
  const std::vector<Fields> sets = {
      {},
      {{"X-A", "1"}},
      {{"X-A", ""}},
      {{"X-A", "a b\tc"}, {"X-A", "again"}, {"x-a", "and again"}},
      {{"!#$%&'*+-.^_`|~09azAZ", visible}},
      {{"X-Colon", "a: b"}, {"X-Quote", "\"\\\""}, {"X-Comma", "a, b"}},
      {{std::string(128, 'N'), std::string(4096, 'v')}},
      {{"Box-Notifications", "off"}, {"As-User", "42"}, {"BoxApi", "shared_link=https://x"}},
  };
  const std::vector<std::string> bodies = {
      "", "{}", "\r\n\r\n", std::string("\0\x01\xff", 3), std::string(100'000, 'b'), "GET / HTTP/1.1\r\n\r\n"};
  for (const Fields& set : sets) {
    for (const std::string& body : bodies) {
      Request request;
      for (const auto& [name, value] : set) request.own.append(name, value);
      request.body = body;
      Fields expected = {{"Host", "api.box.com"}, {"Authorization", "Bearer T0ken"}};
      expected.insert(expected.end(), set.begin(), set.end());
      expected.emplace_back("User-Agent", "box-sessions/" + version_);
      expected.emplace_back("X-Box-UA",
                            "agent=box-sessions/" + version_ + "; env=c++/" + std::to_string(__cplusplus / 100));
      expected.emplace_back("Accept", "application/json");
      expected.emplace_back("Content-Type", "application/json");
      expected.emplace_back("Content-Length", std::to_string(body.size()));
      std::string readBody;
      Fields fields = parsed(request.write(), readBody);
      // Beast puts fields with the same name together.
      std::stable_sort(fields.begin(), fields.end());
      std::stable_sort(expected.begin(), expected.end());
      EXPECT_EQ(fields, expected);
      EXPECT_EQ(readBody, body);
    }
  }
}

/// Whether the memory of `out` was reserved once. A text that grows gets twice the memory, or exactly what it needs.
/// The long texts of these tests make both visible.
bool hasNotGrown(const std::string& out) {
  constexpr std::size_t mostSpare = 1000;
  return out.capacity() > out.size() && out.capacity() < out.size() + mostSpare;
}

TEST(RequestWriter, NeverGrowsBecauseThatWouldLeaveTheTokenInMemory) {
  const std::string longText(100'000, '1');
  HttpHeaders headers;
  headers.append("X-Long", longText);
  HttpHeaders many;
  for (int i = 0; i < 10'000; ++i) many.append("A", "1");
  RequestParts usual;
  usual.method = "POST";
  usual.authority = "api.box.com";
  usual.path = "/2.0/users/terminate_sessions";
  usual.bearerToken = "T0ken";
  std::vector<RequestParts> requests;
  for (auto part :
       {&RequestParts::method, &RequestParts::authority, &RequestParts::prefix, &RequestParts::path,
        &RequestParts::query, &RequestParts::bearerToken, &RequestParts::contentType, &RequestParts::body}) {
    requests.push_back(usual);
    requests.back().*part = longText;
  }
  for (auto part : {&RequestParts::sessionHeaders, &RequestParts::headers}) {
    for (const HttpHeaders* value : {&headers, &many}) {
      requests.push_back(usual);
      requests.back().*part = value;
    }
  }
  for (const RequestParts& parts : requests) {
    std::string out;
    writeRequest(out, parts);
    EXPECT_TRUE(hasNotGrown(out)) << out.substr(0, 100) << "…: " << out.size() << " of " << out.capacity();
  }
}

TEST(WriteConnect, NeverGrowsBecauseThatWouldLeaveTheCredentialsInMemory) {
  const std::string credentials(5000, 'd');
  for (std::size_t size = 1; size <= 260; ++size) {
    std::string out;
    writeConnect(out, std::string(size, 'h'), credentials);
    EXPECT_TRUE(hasNotGrown(out)) << size << " bytes of host and port";
  }
}

TEST(WriteConnect, NamesTheTargetTwiceAndTheCredentialsIfThereAreAny) {
  const std::string agent = "User-Agent: box-sessions/" + std::string(version()) + "\r\n";
  std::string out = "what was there";
  writeConnect(out, "api.box.com:443", "dTpw");
  EXPECT_EQ(out, "CONNECT api.box.com:443 HTTP/1.1\r\nHost: api.box.com:443\r\n" + agent +
                     "Proxy-Authorization: Basic dTpw\r\n\r\n");
  writeConnect(out, "[::1]:8443", "");
  EXPECT_EQ(out, "CONNECT [::1]:8443 HTTP/1.1\r\nHost: [::1]:8443\r\n" + agent + "\r\n");
}

}  // namespace
}  // namespace box
