#include "cli/redirect.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace box::cli {
namespace {

constexpr std::string_view state = "0123456789abcdef";

RedirectAnswer answerTo(std::string_view target, std::string_view method = "GET") {
  return answerRedirect(method, target, "/callback", state);
}

TEST(CliRedirect, BringsTheCode) {
  const RedirectAnswer answer = answerTo("/callback?code=c%2Bde&state=" + std::string(state));
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.settles());
  EXPECT_EQ(answer.code.reveal(), "c+de");
  EXPECT_EQ(answer.text.find("c+de"), std::string::npos);
}

TEST(CliRedirect, BringsARefusal) {
  const RedirectAnswer answer = answerTo("/callback?error=access_denied&state=" + std::string(state));
  EXPECT_EQ(answer.status, 200);
  ASSERT_TRUE(answer.settles());
  ASSERT_TRUE(answer.failure);
  EXPECT_EQ(answer.failure->code(), Errc::tokenUnavailable);
  EXPECT_TRUE(answer.code.empty());
}

TEST(CliRedirect, IsNotSettledByStrangers) {
  const struct {
    std::string_view method, target;
    int status;
  } cases[] = {
      {"GET", "/callback?code=stolen&state=another", 400},
      {"GET", "/callback?code=stolen", 400},
      {"GET", "/callback?code=stolen&state=", 400},
      {"GET", "/callback?error=access_denied", 400},
      {"GET", "/callback", 400},
      {"GET", "/favicon.ico", 404},
      {"GET", "/callbacks?code=stolen&state=0123456789abcdef", 404},
      {"GET", "/", 404},
      {"GET", "*", 404},
      {"GET", "http://127.0.0.1/callback?code=stolen&state=0123456789abcdef", 404},
      {"POST", "/callback?code=stolen&state=0123456789abcdef", 405},
      {"HEAD", "/callback?code=stolen&state=0123456789abcdef", 405},
      {"get", "/callback?code=stolen&state=0123456789abcdef", 405},
  };
  for (const auto& [method, target, status] : cases) {
    const RedirectAnswer answer = answerTo(target, method);
    EXPECT_EQ(answer.status, status) << target;
    EXPECT_FALSE(answer.settles()) << target;
    EXPECT_EQ(answer.text.find("stolen"), std::string::npos) << target;
  }
}

}  // namespace
}  // namespace box::cli
