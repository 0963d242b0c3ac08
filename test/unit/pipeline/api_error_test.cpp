#include "pipeline/api_error.hpp"
#include "support/json.hpp"
#include "support/responses.hpp"

#include <chrono>
#include <optional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace box {

namespace {

using namespace std::chrono_literals;

const std::chrono::system_clock::time_point now = std::chrono::sys_days(std::chrono::year(2026) / 7 / 26) + 12h;

using test::response;

TEST(DescribeApiError, ReadsEveryFieldOfAClientError) {
  FetchResponse r = response(403, R"({"type":"error","status":403,"code":"access_denied_insufficient_permissions",
      "context_info":{"errors":[{"reason":"x","name":"y","message":"z"}]},
      "help_url":"https://developer.box.com/","message":"Access denied",
      "request_id":"22043c6jtsl","more":[1,2]})");
  r.headers.append("BOX-REQUEST-ID", "0a1b2c");
  r.headers.append("www-authenticate", "Bearer realm=\"Service\"");
  r.headers.append("Retry-After", "Sun, 26 Jul 2026 12:00:30 GMT");
  const ApiErrorInfo info = describeApiError(r, now);
  EXPECT_EQ(info.statusCode, 403);
  EXPECT_EQ(info.clientError.type, "error");
  EXPECT_EQ(info.clientError.status, 403);
  EXPECT_EQ(info.clientError.code, "access_denied_insufficient_permissions");
  EXPECT_EQ(info.clientError.message, "Access denied");
  EXPECT_EQ(info.clientError.contextInfo, R"({"errors":[{"reason":"x","name":"y","message":"z"}]})");
  EXPECT_EQ(info.clientError.helpUrl, "https://developer.box.com/");
  EXPECT_EQ(info.clientError.requestId, "22043c6jtsl");
  EXPECT_EQ(info.boxRequestId, "0a1b2c");
  EXPECT_EQ(info.wwwAuthenticate, "Bearer realm=\"Service\"");
  EXPECT_EQ(info.contentType, "application/json");
  EXPECT_EQ(info.retryAfter, 30s);
}

bool isEmpty(const ClientError& e) {
  return !e.type && !e.status && !e.code && !e.message && !e.contextInfo && !e.helpUrl && !e.requestId;
}

TEST(DescribeApiError, MakesNothingOfBodiesThatAreNoObject) {
  for (const std::string& body :
       {std::string(), std::string(" "), std::string("null"), std::string("[]"), std::string(R"([{"code":"x"}])"),
        std::string("\"code\""), std::string("5"), std::string("1e999"), std::string("{"),
        std::string(R"({"code":"x")"), std::string(R"({"code":"x"} trailing)"), std::string("<html>"),
        std::string("\0\0\0", 3), std::string("\xff\xfe"), std::string("{\"code\":\"\xff\"}"),
        std::string(1'000'000, '['), "{\"a\":" + std::string(100'000, '{')}) {
    EXPECT_TRUE(isEmpty(describeApiError(response(400, body), now).clientError)) << body.substr(0, 30);
  }
}

TEST(DescribeApiError, IgnoresFieldsOfAnotherType) {
  for (const char* value : {"null", "true", "[]", "{}", "1.5", "[\"x\"]"}) {
    const std::string v(value);
    const ClientError e =
        describeApiError(response(400, "{\"type\":" + v + ",\"status\":" + v + ",\"code\":" + v + ",\"message\":" + v +
                                           ",\"help_url\":" + v + ",\"request_id\":" + v + "}"),
                         now)
            .clientError;
    EXPECT_TRUE(isEmpty(e)) << value;
  }
  for (const char* value : {"null", "true", "[]", "\"x\"", "5"}) {
    const ClientError e =
        describeApiError(response(400, "{\"context_info\":" + std::string(value) + "}"), now).clientError;
    EXPECT_EQ(e.contextInfo, std::nullopt) << value;
  }
}

TEST(DescribeApiError, TakesAStatusOnlyWhereItFitsAnInt) {
  struct {
    const char* text;
    std::optional<int> status;
  } const numbers[] = {{"400", 400},
                       {"-1", -1},
                       {"2147483647", 2147483647},
                       {"2147483648", {}},
                       {"-2147483648", std::numeric_limits<int>::min()},
                       {"-2147483649", {}},
                       {"4e2", {}},
                       {"400.0", {}},
                       {"18446744073709551615", {}},
                       {"99999999999999999999999999", {}},
                       {"1e999", {}},
                       {"\"400\"", {}}};
  for (const auto& n : numbers) {
    const auto info = describeApiError(response(400, "{\"status\":" + std::string(n.text) + ",\"code\":\"c\"}"), now);
    EXPECT_EQ(info.clientError.status, n.status) << n.text;
    EXPECT_EQ(info.clientError.code, "c") << n.text;
  }
}

TEST(DescribeApiError, ReadsSixteenLevelsAndNoMore) {
  const auto nested = [](std::size_t depth) {
    // The outer object is one level.
    return R"({"code":"c","context_info":{},"deep":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_EQ(describeApiError(response(400, nested(16)), now).clientError.code, "c");
  EXPECT_TRUE(isEmpty(describeApiError(response(400, nested(18)), now).clientError));
}

TEST(DescribeApiError, KeepsAtMostFourKibibytesOfAText) {
  const auto info = describeApiError(response(400, "{\"message\":\"" + std::string(10'000, 'm') + "\"}"), now);
  ASSERT_TRUE(info.clientError.message.has_value());
  EXPECT_EQ(info.clientError.message->size(), 4096U);
}

TEST(DescribeApiError, ReadsTheAuthorizationServersForm) {
  const ClientError e =
      describeApiError(response(400, R"({"error":"invalid_grant","error_description":"Refresh token has expired"})"),
                       now)
          .clientError;
  EXPECT_EQ(e.code, "invalid_grant");
  EXPECT_EQ(e.message, "Refresh token has expired");
  const ClientError both =
      describeApiError(response(400, R"({"code":"c","message":"m","error":"e","error_description":"d"})"), now)
          .clientError;
  EXPECT_EQ(both.code, "c");
  EXPECT_EQ(both.message, "m");
}

std::string line(const FetchResponse& r) {
  return summarize(describeApiError(r, now), r.body, *defaultDataSanitizer());
}

FetchResponse with(FetchResponse r, std::string_view name, std::string_view value) {
  r.headers.append(name, value);
  return r;
}

TEST(Summarize, SaysWhatBoxSaid) {
  EXPECT_EQ(line(with(response(403, R"({"code":"access_denied_insufficient_permissions","message":"Access denied",
                                       "request_id":"22043c6jtsl"})"),
                      "box-request-id", "0a1b-2c")),
            "403 Forbidden, code access_denied_insufficient_permissions: Access denied, box-request-id 0a1b-2c, "
            "request_id 22043c6jtsl");
  EXPECT_EQ(line(with(response(429, R"({"code":"rate_limit_exceeded","message":"Request rate limit exceeded"})"),
                      "retry-after", "100")),
            "429 Too Many Requests, code rate_limit_exceeded: Request rate limit exceeded, Retry-After 100 s");
  EXPECT_EQ(line(response(400, R"({"error":"invalid_grant"})")), "400 Bad Request, code invalid_grant");
  EXPECT_EQ(line(response(404, R"({"code":"not_found","message":"Not Found"})")), "404 Not Found");
  EXPECT_EQ(line(response(404, R"({"code":"not_found","message":"No such user"})")), "404 Not Found: No such user");
}

TEST(Summarize, FindsTheReasonInWwwAuthenticateWhereTheBodyIsEmpty) {  // F06
  const FetchResponse r = with(with(response(401, "", "application/octet-stream"), "WWW-Authenticate",
                                    "Bearer realm=\"Service\", error=\"invalid_token\", "
                                    "error_description=\"The access token provided is invalid.\""),
                               "BOX-REQUEST-ID", "06c0ffee");
  EXPECT_EQ(line(r),
            "401 Unauthorized, code invalid_token: The access token provided is invalid., box-request-id 06c0ffee");
  for (const char* odd : {"", "Bearer", "error=", "error=\"", "error=\"\"", "xerror=\"x\"", "error_description=\""}) {
    EXPECT_EQ(line(with(response(401, ""), "WWW-Authenticate", odd)), "401 Unauthorized, without a body") << odd;
  }
}

TEST(Summarize, SaysSomethingUsefulOfEveryBody) {
  EXPECT_EQ(line(response(502, "")), "502 Bad Gateway, without a body");
  EXPECT_EQ(line(response(502, "<html><head><TITLE>502 Bad\nGateway</Title>", "text/html; charset=utf-8")),
            "502 Bad Gateway, with a page in HTML instead of Box's JSON: 502 Bad\\nGateway");
  EXPECT_EQ(line(response(503, "<html>", "TEXT/HTML")),
            "503 Service Unavailable, with a page in HTML instead of Box's JSON");
  for (const char* unclosed : {"<title>", "<title", "</title><title>x", "<title>x</titl"}) {
    EXPECT_EQ(line(response(503, unclosed, "text/html")),
              "503 Service Unavailable, with a page in HTML instead of Box's JSON")
        << unclosed;
  }
  for (const char* body : {"{", "[]", "nonsense", "{}", R"({"more":1})"}) {
    EXPECT_EQ(line(response(500, body)), "500 Internal Server Error, with a body that is not Box's JSON") << body;
  }
  EXPECT_EQ(line(response(299, "")), "299, without a body");
}

TEST(Summarize, NeverShowsLoginsTokensOrControlCharacters) {
  const std::string login = "ann@example.com", token = "T9cE5asGnuyYCCqIZFoWjFHvNbvVqHjl";
  const std::string nasty = login + " Bearer abc " + token + "\\u001b[2J\\r\\nsecond line";
  std::vector<FetchResponse> all = {
      response(400, "{\"message\":\"" + nasty + "\"}"),
      response(400, "{\"code\":\"" + nasty + "\"}"),
      response(400, R"({"error":")" + nasty + R"(","error_description":")" + nasty + "\"}"),
      response(400, "{\"request_id\":\"" + login + "\"}"),
      response(400, "{\"request_id\":\"x\\r\\ny\"}"),
      response(400, "<title>" + login + " Bearer abc " + token + "\x1b\r\n</title>", "text/html"),
      response(400, login + token),
      with(response(400), "box-request-id", login),
      with(response(400), "WWW-Authenticate",
           "Bearer error=\"" + login + "\", error_description=\"Bearer abc " + token + "\""),
  };
  for (const FetchResponse& r : all) {
    const std::string text = line(r);
    EXPECT_TRUE(text.starts_with("400 Bad Request")) << text;
    EXPECT_EQ(text.find("ann"), std::string::npos) << text;
    EXPECT_EQ(text.find("abc"), std::string::npos) << text;
    EXPECT_EQ(text.find(token), std::string::npos) << text;
    for (const char c : text) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << text;
    EXPECT_LT(text.size(), 700U) << "bounded, whatever the server sends";
  }
}

TEST(Summarize, BoundsItsLength) {
  const std::string longText(10'000, ',');
  FetchResponse r = with(response(400, "{\"code\":\"" + longText + "\",\"message\":\"" + longText +
                                           "\",\"request_id\":\"" + std::string(65, 'r') + "\"}"),
                         "box-request-id", std::string(65, 'i'));
  const std::string text = line(r);
  EXPECT_LT(text.size(), 500U);
  EXPECT_EQ(text.find("request-id"), std::string::npos) << "a text that is longer than an id is not an id";
  const std::string longestId(64, 'i');
  EXPECT_EQ(line(with(response(500, ""), "box-request-id", longestId)),
            "500 Internal Server Error, without a body, box-request-id " + longestId);
}

TEST(Summarize, ReadsNoBodyThatWouldHoldUpTheEventLoop) {
  std::string body = R"({"code":"forbidden","more":")";
  body.append(longestParsedAtOnce - body.size() - 2, 'x').append("\"}");
  EXPECT_EQ(line(response(403, body)), "403 Forbidden") << "the same words are not repeated";
  EXPECT_EQ(line(response(403, body + " ")), "403 Forbidden, with a body that is too long for an error of Box");
}

TEST(Summarize, SaysWhatWasExpectedWhereAnotherSuccessCame) {
  const auto line = [](const FetchResponse& r) {
    return summarize(describeApiError(r, now), r.body, *defaultDataSanitizer(), "202");
  };
  EXPECT_EQ(line(response(200, "{\"id\":\"1\"}")), "200 where 202 was expected");
  EXPECT_EQ(line(response(204)), "204 where 202 was expected");
  EXPECT_EQ(line(response(200, "<title>Sign in</title>", "text/html")),
            "200 where 202 was expected, with a page in HTML instead of Box's JSON: Sign in");
}

TEST(DescribeApiError, TakesNoDateThatNoClockShows) {
  for (const char* const distant : {"Fri, 31 Dec 9999 23:59:59 GMT", "Wed, 01 Jan 2200 00:00:00 GMT"}) {
    FetchResponse response;
    response.headers.set("Date", distant);
    EXPECT_FALSE(describeApiError(response, std::chrono::system_clock::now()).date.has_value()) << distant;
  }
}

TEST(DescribeApiError, CutsEveryTextAndContextInfoToo) {
  const std::string mass(10'000, 'm');
  const auto info =
      describeApiError(response(400, "{\"code\":\"" + mass + "\",\"context_info\":{\"a\":\"" + mass + "\"}}"), now);
  EXPECT_EQ(info.clientError.code->size(), 4096U);
  EXPECT_EQ(info.clientError.contextInfo->size(), 4096U);
  std::string umlauts;
  while (umlauts.size() < 5000) umlauts += "\xe6\x8b\x92";
  const auto cut = describeApiError(response(400, "{\"message\":\"" + umlauts + "\"}"), now);
  EXPECT_EQ(cut.clientError.message->size(), 4095U) << "no character is cut in two";
}

}  // namespace

}  // namespace box
