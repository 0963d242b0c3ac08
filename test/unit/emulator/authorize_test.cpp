#include "behaviour_support.hpp"

#include <gtest/gtest.h>

#include <string>

namespace box::inline v0_1::emulator::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

BoxRequest authorize(const std::string& query) { return get("/api/oauth2/authorize?" + query); }

const std::string goodQuery =
    "response_type=code&client_id=id&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fback&state=s1";

std::string locationOf(const BoxAnswer& answer) { return findHeader(answer.headers, "Location"); }

/// A query field of the address to which an answer redirects the browser.
std::string redirected(const BoxAnswer& answer, const std::string& field) {
  const std::string location = locationOf(answer);
  const std::optional<FormFields> query = parseForm(queryOf(location));
  return query ? fieldOf(*query, field) : std::string();
}

BoxRequest codeRequest(const std::string& code, const std::string& further = std::string()) {
  return form("/oauth2/token", clientFields + ("grant_type=authorization_code&code=" + code + further));
}

TEST(BoxAuthorize, ConsentsAndSendsBackWithACodeAndTheState) {
  BoxBehaviour box(application());
  const BoxAnswer answer = box.answer(authorize(goodQuery), at());
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(findHeader(answer.headers, "Cache-Control"), "no-store");
  const std::string code = redirected(answer, "code");
  EXPECT_GE(code.size(), 32U);
  EXPECT_EQ(locationOf(answer), "http://127.0.0.1:8080/back?code=" + code + "&state=s1");
  const BoxAnswer token = box.answer(codeRequest(code), at());
  EXPECT_EQ(token.status, 200);
  EXPECT_NE(textOf(token, "refresh_token"), "");
  EXPECT_EQ(box.answer(codeRequest(code), at()).status, 400);
}

TEST(BoxAuthorize, KeepsTheQueryOfTheAddressAndEscapesTheState) {
  const std::string query =
      "response_type=code&client_id=id&redirect_uri=https%3A%2F%2Fapp.example%2Fback%3Fx%3D1&state=a%26code%3Dforged%"
      "20%0A";
  const BoxAnswer answer = once(authorize(query));
  ASSERT_EQ(answer.status, 302);
  EXPECT_EQ(locationOf(answer).rfind("https://app.example/back?x=1&code=", 0), 0U);
  EXPECT_EQ(redirected(answer, "state"), "a&code=forged \n");
  EXPECT_EQ(locationOf(answer).find_first_of(" \r\n"), std::string::npos);
}

TEST(BoxAuthorize, SendsNoStateBackWhenThereWasNone) {
  const BoxAnswer answer = once(authorize("response_type=code&client_id=id&redirect_uri=http%3A%2F%2Flocalhost%2F"));
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(locationOf(answer).find("state"), std::string::npos);
}

TEST(BoxAuthorize, TakesHttpsAndLoopbackAddressesOnly) {
  const auto with = [](const std::string& uri) {
    return once(authorize("response_type=code&client_id=id&redirect_uri=" + percentEncoded(uri)));
  };
  for (const char* good : {"http://127.0.0.1:1/", "http://127.0.0.1", "http://localhost:8080/x?y", "http://[::1]:8080/",
                           "https://app.example/back", "https://app.example:8443"}) {
    EXPECT_EQ(with(good).status, 302) << good;
  }
  for (const char* bad : {"",
                          "back",
                          "/back",
                          "//127.0.0.1/",
                          "http://",
                          "https://",
                          "https:///x",
                          "http://app.example/",
                          "http://127.0.0.2/",
                          "http://127.0.0.1.evil.example/",
                          "http://localhost.evil.example/",
                          "http://127.0.0.1@evil.example/",
                          "http://127.0.0.1:x@evil.example/",
                          "https://user@app.example/",
                          "ftp://127.0.0.1/",
                          "javascript:alert(1)",
                          "http://127.0.0.1/#x",
                          "http://127.0.0.1/\r\nSet-Cookie: a=b",
                          "http://127.0.0.1/ x",
                          "http://[::1].evil.example/",
                          "http://127.0.0.1\\@evil.example/",
                          "HTTP://evil.example/"}) {
    const BoxAnswer answer = with(bad);
    EXPECT_EQ(answer.status, 400) << bad;
    EXPECT_EQ(locationOf(answer), "") << bad;
    EXPECT_EQ(findHeader(answer.headers, "Content-Type"), "text/html; charset=utf-8");
  }
}

TEST(BoxAuthorize, RefusesOtherApplicationsAndMalformedQueriesWithAPage) {
  const std::string uri = "&redirect_uri=http%3A%2F%2F127.0.0.1%2F";
  for (const std::string& query :
       {"response_type=code" + uri, "response_type=code&client_id=" + uri, "response_type=code&client_id=other" + uri,
        "response_type=code&client_id=id&client_id=id" + uri, "response_type=code&client_id=%zz" + uri,
        std::string()}) {
    const BoxAnswer answer = once(authorize(query), application());
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(locationOf(answer), "");
  }
}

TEST(BoxAuthorize, TakesRegisteredAddressesExactly) {
  EmulatorOptions options = application();
  options.redirectUris = {"http://127.0.0.1:8080/back"};
  EXPECT_EQ(once(authorize(goodQuery), options).status, 302);
  const BoxAnswer without = once(authorize("response_type=code&client_id=id&state=s1"), options);
  EXPECT_EQ(locationOf(without).rfind("http://127.0.0.1:8080/back?code=", 0), 0U);
  const std::string other = "response_type=code&client_id=id&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fback%2F";
  EXPECT_EQ(once(authorize(other), options).status, 400);
  options.redirectUris.push_back("https://app.example/");
  EXPECT_EQ(once(authorize("response_type=code&client_id=id"), options).status, 400);
}

TEST(BoxAuthorize, TellsTheApplicationOfOtherErrors) {
  const std::string tail = "&client_id=id&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%2F";
  for (const std::string& query : {"response_type=token" + tail, tail.substr(1)}) {
    const BoxAnswer answer = once(authorize(query));
    EXPECT_EQ(answer.status, 302);
    EXPECT_EQ(redirected(answer, "error"), "unsupported_response_type");
    EXPECT_EQ(redirected(answer, "state"), "s1");
    EXPECT_EQ(redirected(answer, "code"), "");
  }
  EXPECT_EQ(redirected(once(authorize("response_type=code&scope=%22" + tail)), "error"), "invalid_scope");
}

TEST(BoxAuthorize, LetsThePersonRefuse) {
  EmulatorOptions options;
  options.refuseAuthorization = true;
  const BoxAnswer answer = once(authorize(goodQuery), options);
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(redirected(answer, "error"), "access_denied");
  EXPECT_NE(redirected(answer, "error_description"), "");
  EXPECT_EQ(redirected(answer, "state"), "s1");
  EXPECT_EQ(redirected(answer, "code"), "");
}

TEST(BoxAuthorize, LetsACodeLast30Seconds) {
  BoxBehaviour box(application());
  const std::string early = redirected(box.answer(authorize(goodQuery), at()), "code");
  const std::string late = redirected(box.answer(authorize(goodQuery), at()), "code");
  EXPECT_NE(early, late);
  EXPECT_EQ(box.answer(codeRequest(early), at(milliseconds(29999))).status, 200);
  const BoxAnswer answer = box.answer(codeRequest(late), at(seconds(30)));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(textOf(answer, "error"), "invalid_grant");
}

TEST(BoxAuthorize, AfterwardsOnlyCodesThatWereGivenOutAreGood) {
  BoxBehaviour box(application());
  EXPECT_EQ(box.answer(codeRequest("anything"), at()).status, 200);
  const std::string code = redirected(box.answer(authorize(goodQuery), at()), "code");
  EXPECT_EQ(box.answer(codeRequest("something"), at()).status, 400);
  EXPECT_EQ(box.answer(codeRequest(code), at()).status, 200);
}

TEST(BoxAuthorize, HoldsTheExchangeToTheSameAddress) {
  BoxBehaviour box(application());
  const std::string first = redirected(box.answer(authorize(goodQuery), at()), "code");
  EXPECT_EQ(box.answer(codeRequest(first, "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fback"), at()).status, 200);
  const std::string second = redirected(box.answer(authorize(goodQuery), at()), "code");
  EXPECT_EQ(box.answer(codeRequest(second, "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2F"), at()).status, 400);
  // A refused exchange has used the code up.
  EXPECT_EQ(box.answer(codeRequest(second), at()).status, 400);
}

TEST(BoxAuthorize, KeepsTheScopesThatWereAskedForThroughRefreshes) {
  BoxBehaviour box(application());
  const std::string code =
      redirected(box.answer(authorize(goodQuery + "&scope=root_readonly+manage_groups"), at()), "code");
  const BoxAnswer first = box.answer(codeRequest(code), at());
  EXPECT_EQ(box.answer(usersWith(textOf(first, "access_token")), at()).status, 403);
  const BoxAnswer second = box.answer(form("/oauth2/token", clientFields + ("grant_type=refresh_token&refresh_token=" +
                                                                            textOf(first, "refresh_token"))),
                                      at());
  EXPECT_EQ(box.answer(usersWith(textOf(second, "access_token")), at()).status, 403);
  const std::string wide =
      redirected(box.answer(authorize(goodQuery + "&scope=manage_enterprise_properties"), at()), "code");
  EXPECT_EQ(box.answer(usersWith(textOf(box.answer(codeRequest(wide), at()), "access_token")), at()).status, 202);
}

TEST(BoxAuthorize, AnswersGetOnly) {
  const BoxAnswer answer = once(form("/api/oauth2/authorize", goodQuery));
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(findHeader(answer.headers, "Allow"), "GET, OPTIONS");
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
