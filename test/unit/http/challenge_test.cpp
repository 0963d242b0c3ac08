#include "http/challenge.hpp"

#include <string_view>

#include <gtest/gtest.h>

namespace box {
namespace {

TEST(ChallengeParameter, IsFoundAmongOthers) {
  constexpr std::string_view box =
      R"(Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid.")";
  EXPECT_EQ(challengeParameter(box, "realm"), "Service");
  EXPECT_EQ(challengeParameter(box, "error"), "invalid_token");
  EXPECT_EQ(challengeParameter(box, "error_description"), "The access token provided is invalid.");
  EXPECT_EQ(challengeParameter(box, "scope"), "");
  EXPECT_EQ(challengeParameter(box, "bearer"), "");
}

TEST(ChallengeParameter, ReadsEveryFormOfThem) {
  struct {
    std::string_view challenges, error;
  } const rows[] = {
      {R"(Bearer error=invalid_token)", "invalid_token"},  // without quotes, as RFC 9110 11.2 allows
      {R"(Bearer ERROR="x")", "x"},
      {"Bearer error\t=  \"x\"", "x"},
      {R"(Bearer scope="a",error="x",error="y")", "x"},
      {R"(Basic realm="proxy", Bearer error="x")", "x"},
      {R"(Negotiate YWJj==, Bearer error="x")", "x"},
      {R"(Bearer error="", error="x")", "x"},
      {R"(Bearer error="say \"no\" \\")", R"(say "no" \)"},
      {R"(Bearer realm="error=\"a\", error=", error="x")", "x"},  // a quoted text is not a parameter
      {R"(Bearer realm=" error=a, error=b", error="x")", "x"},
      {R"(Bearer ,=error="x")", "x"},  // an equals sign without a name has no value
      {"error=\"x\"", "x"},
  };
  for (const auto& row : rows) EXPECT_EQ(challengeParameter(row.challenges, "error"), row.error) << row.challenges;
}

TEST(ChallengeParameter, IsEmptyWhereThereIsNone) {
  for (const std::string_view text :
       {"", " ", "Bearer", "error", "error=", "error=,x", "error=\"", "error=\"x", "error=\"x\\", "error=\"x\\\"", "=",
        "\"", "xerror=\"x\"", "errors=\"x\"", "x=error", "x=error=\"y\"", "realm=\"error=x", "error==x"}) {
    EXPECT_EQ(challengeParameter(text, "error"), "") << text;
  }
  constexpr std::string_view whole = R"(Bearer error="x")";
  EXPECT_EQ(challengeParameter(whole.substr(0, whole.size() - 1), "error"), "")
      << "the quote is not a part of the text";
}

TEST(OffersScheme, FindsItAmongSeveral) {
  for (const char* text : {"Basic realm=\"p\"", "Negotiate, Basic realm=\"p\"", "Negotiate, BASIC", "basic", ",,Basic",
                           "Digest realm=\"a, b\", nonce=\"x\\\", y\", Basic realm=\"p\"", "NTLM,,\tBasic\trealm=p",
                           "Negotiate abc==, Basic"}) {
    EXPECT_TRUE(offersScheme(text, "Basic")) << text;
  }
}

TEST(OffersScheme, TakesNothingElseForIt) {
  for (const char* text :
       {"", "Negotiate", "Basically realm=\"p\"", "Digest realm=\"x, Basic y\"", "Bearer basic=1", "Basic=1",
        "Negotiate Basic", "Bearer realm=Basic", "Bearer realm=\"Basic", "Bearer a=\"b\" Basic"}) {
    EXPECT_FALSE(offersScheme(text, "Basic")) << text;
  }
}

}  // namespace
}  // namespace box
