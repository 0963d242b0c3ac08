#include "network/make_request.hpp"

#include <chrono>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "box/error.hpp"
#include "box/policy/retry.hpp"
#include "network/fetch_as.hpp"

namespace box {
namespace {

using testing::HasSubstr;
using testing::Not;

NetworkSession session() { return NetworkSession().withCustomBaseUrls(BaseUrls("https://box.test/gateway")); }

NetworkRequest made(const std::string& url, std::vector<std::pair<std::string, std::string>> params = {}) {
  FetchOptions options;
  options.url = url;
  options.params = std::move(params);
  return makeNetworkRequest(std::move(options), session());
}

std::string refusalOfRequest(FetchOptions options) {
  try {
    makeNetworkRequest(std::move(options), session());
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidRequest);
    EXPECT_EQ(error.fate(), Fate::notSent);
    return error.what();
  }
  return {};
}

std::string refusalOf(const std::string& url) {
  FetchOptions options;
  options.url = url;
  return refusalOfRequest(options);
}

TEST(MakeRequest, TakesPathsWholeUrlsAndQueries) {
  EXPECT_EQ(made("/2.0/users/me").url(), "https://box.test/gateway/2.0/users/me");
  EXPECT_EQ(made("https://box.test/gateway/2.0/users/me").operation->path, "/2.0/users/me");
  EXPECT_EQ(made("/2.0/users/me?fields=id,role").url(), "https://box.test/gateway/2.0/users/me?fields=id,role");
  EXPECT_EQ(made("/a", {{"fields", "id,role"}, {"q", "M\xc3\xbcller & Co?"}}).query,
            "fields=id%2Crole&q=M%C3%BCller%20%26%20Co%3F");
  EXPECT_EQ(made("/a?b=c", {{"d", ""}}).query, "b=c&d=");
  EXPECT_EQ(made("/a?").url(), "https://box.test/gateway/a");
}

TEST(MakeRequest, HandsOnWhatTheCallerHasChosen) {
  FetchOptions options;
  options.url = "/a";
  options.body = "body";
  options.contentType = "text/plain";
  options.headers.append("X-A", "1");
  options.tag = "incident 4711";
  options.deadline = Deadline::Clock::time_point(std::chrono::hours(1));
  options.retryPolicy = std::make_shared<DefaultRetryPolicy>();
  const NetworkRequest request = makeNetworkRequest(options, session());
  EXPECT_EQ(request.body, "body");
  EXPECT_EQ(request.contentType, "text/plain");
  EXPECT_EQ(request.headers.get("X-A"), "1");
  EXPECT_EQ(request.tag, "incident 4711");
  EXPECT_EQ(request.deadline.resolve({}, Deadline()), Deadline::Clock::time_point(std::chrono::hours(1)));
  EXPECT_EQ(request.retryPolicy, options.retryPolicy);
}

TEST(MakeRequest, GoesToTheBaseUrlOnly) {
  for (const char* url : {"", "a", "https://box.test/2.0/users/me", "https://box.test.evil/gateway/a", "//evil/a",
                          "https://box.test/gateway.evil/a", "https://box.test/gateway", "http://box.test/gateway/a",
                          "https://box.test@evil/gateway/a", "/\\evil"}) {
    EXPECT_NE(refusalOf(url), "") << url;
  }
}

TEST(MakeRequest, RefusesPathsThatLeadElsewhere) {
  for (const char* path : {"/2.0/users/../files/1",
                           "/2.0/users/%2e%2e/files",
                           "/a/%2E./b",
                           "/a/.%2e",
                           "/a/%2e/b",
                           "/2.0/users/1%2ffiles",
                           "/a%2Fb",
                           "/a%5cb",
                           "/a%5C..",
                           "/a%7fb",
                           "/a%00",
                           "/a%0d%0aX: y",
                           "/a%",
                           "/a%2",
                           "/a%zz",
                           "/a#b",
                           "/a?b#c",
                           "/a b",
                           "/a?b c",
                           "/a\r\nX: y",
                           "/a?\r\nX: y",
                           "/a?b=%",
                           "/a?b=%g0",
                           "/\xc3\xbc",
                           "/a?\xc3\xbc"}) {
    const std::string text = refusalOf(path);
    EXPECT_NE(text, "") << path;
    EXPECT_THAT(text, Not(HasSubstr("X: y")));
  }
  for (const char* path : {"/a%2e", "/a.b", "/...", "/%2e%2e%2e", "/a%20b", "/a?b=/?:@!$&'()*+,;=", "/a?b=%0a%2f"}) {
    EXPECT_EQ(refusalOf(path), "") << path;
  }
}

TEST(MakeRequest, SaysThatAFragmentIsOne) {
  for (const char* const url : {"/a#b", "/a?b#c"}) EXPECT_THAT(refusalOf(url), HasSubstr("it must have no fragment"));
}

TEST(MakeRequest, ExpectsAnySuccessUnlessTold) {
  EXPECT_TRUE(made("/a").operation->expectedStatus.contains(204));
  FetchOptions options;
  options.url = "/a";
  options.expectedStatus = {200, 404};
  const auto expected = makeNetworkRequest(options, session()).operation->expectedStatus;
  EXPECT_TRUE(expected.contains(200) && expected.contains(404));
  EXPECT_FALSE(expected.contains(201));
  EXPECT_EQ(expected.text(), "200 or 404");
  EXPECT_EQ(ExpectedStatus({599, 200}).text(), "200 or 599");
  EXPECT_EQ(ExpectedStatus().text(), "2xx");
  for (const int status : {199, 200, 299, 300}) {
    EXPECT_EQ(ExpectedStatus().contains(status), status == 200 || status == 299) << status;
  }
  for (const int status : {200, 599}) EXPECT_TRUE(ExpectedStatus(status).contains(status));
  for (const int status : {199, 600}) EXPECT_THROW(ExpectedStatus{status}, BoxSdkError) << status;
  EXPECT_THROW(ExpectedStatus(100), BoxSdkError);
  EXPECT_THROW(ExpectedStatus({200, 600}), BoxSdkError);
  EXPECT_THROW(ExpectedStatus(std::initializer_list<int>()), BoxSdkError);
}

TEST(MakeRequest, KnowsFromTheMethodWhatMayBeSentTwice) {
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "get"}) {
    EXPECT_EQ(idempotencyOf(method), Idempotency::idempotent) << method;
  }
  for (const char* method : {"POST", "PATCH", "", "GETS"}) {
    EXPECT_EQ(idempotencyOf(method), Idempotency::notIdempotent) << method;
  }
  FetchOptions options;
  options.url = "/a";
  options.method = "POST";
  EXPECT_EQ(makeNetworkRequest(options, session()).operation->idempotency, Idempotency::notIdempotent);
  options.idempotency = Idempotency::idempotent;
  EXPECT_EQ(makeNetworkRequest(options, session()).operation->idempotency, Idempotency::idempotent);
}

TEST(MakeRequest, RefusesWhatMayNotGoOut) {
  FetchOptions options;
  options.url = "/a";
  options.headers.append("Authorization", "Bearer mine");
  EXPECT_THAT(refusalOfRequest(options), HasSubstr("Authorization"));
  options.headers.clear();
  options.method = "GET /evil";
  EXPECT_THAT(refusalOfRequest(options), HasSubstr("method"));
  for (const char* const method : {"CONNECT", "TRACE", "connect", "Trace"}) {
    options.method = method;
    EXPECT_THAT(refusalOfRequest(options), HasSubstr("method")) << method;
  }
  options.method = "GET";
  options.contentType = "a\r\nX: y";
  EXPECT_THAT(refusalOfRequest(options), HasSubstr("content type"));
}

TEST(Operation, CannotBeOneThatNoRequestMayHave) {
  const auto make = [](const char* method, const char* path) {
    return Operation("doIt", method, path, ExpectedStatus(), Idempotency::notIdempotent);
  };
  EXPECT_NO_THROW(make("GET", "/a"));
  EXPECT_NO_THROW(make("GET", ""));
  for (const char* path : {"a", "/a?b", "/a#b", "/a b", "/a\r\nX: y", "/../a", "//a", "/%2e%2e", "/%0d"}) {
    EXPECT_THROW(make("GET", path), BoxSdkError) << path;
  }
  for (const char* method : {"", "GET /", "CONNECT", "TRACE", "GET\r\n"}) {
    EXPECT_THROW(make(method, "/a"), BoxSdkError) << method;
  }
}

TEST(RequireExpected, TakesNothingElseForSuccess) {
  const Operation operation("doIt", "POST", "/a", ExpectedStatus(202), Idempotency::idempotent);
  EXPECT_NO_THROW(requireExpected(operation, 202, ""));
  for (const int status : {0, 200, 503, -1}) {
    try {
      requireExpected(operation, status, "incident 4711");
      ADD_FAILURE() << status;
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::unexpectedResponse);
      EXPECT_EQ(error.fate(), Fate::inDoubt);
      EXPECT_THAT(error.what(), HasSubstr("where 202 was expected"));
      EXPECT_EQ(error.tag(), "incident 4711");
    }
  }
}

}  // namespace
}  // namespace box
