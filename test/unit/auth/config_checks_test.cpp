#include "auth/config_checks.hpp"

#include <chrono>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "box/auth/ccg.hpp"
#include "box/auth/jwt.hpp"
#include "box/error.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;

/// The text of the refusal; empty: the configuration is accepted.
std::string refusalBy(const std::function<void()>& check) {
  try {
    check();
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidConfiguration);
    return error.details().context;
  }
  return {};
}

std::string refusalOfClient(const std::string& id, const std::string& secret) {
  return refusalBy([&] { requireClient("Config", id, Secret(secret), 60s); });
}

TEST(ConfigChecks, AcceptWhatBoxsConsoleShows) {
  EXPECT_EQ(refusalOfClient("abc123XYZ", "0aZ~!"), "");
  EXPECT_EQ(refusalOfClient(std::string(256, '!'), std::string(4096, '~')), "");
}

TEST(ConfigChecks, NameTheMemberThatIsUnusable) {
  EXPECT_EQ(refusalOfClient("", "secret"), "Config::clientId is empty: Box's console shows it under Configuration");
  EXPECT_EQ(refusalOfClient("id", ""), "Config::clientSecret is empty: Box's console shows it under Configuration");
  EXPECT_EQ(refusalOfClient(std::string(257, 'i'), "secret"), "Config::clientId is longer than 256 characters");
  for (const std::string odd : {"two words", "line\n", "\x7f", "\xc3\xbc"}) {
    EXPECT_EQ(refusalOfClient(odd, "secret"), "Config::clientId has characters that a client id cannot have") << odd;
    EXPECT_EQ(refusalOfClient("id", odd).rfind("Config::clientSecret has characters that a client secret cannot", 0),
              0U)
        << odd;
    EXPECT_EQ(refusalOfClient("id", odd).find(odd), std::string::npos) << "the secret is not shown";
  }
}

TEST(ConfigChecks, AMarginIsFromZeroToADay) {
  for (const std::chrono::nanoseconds margin : {std::chrono::nanoseconds(0), std::chrono::nanoseconds(24h)}) {
    EXPECT_EQ(requireMargin("Config::refreshMargin", margin), margin);
  }
  for (const std::chrono::nanoseconds margin : {std::chrono::nanoseconds(-1), std::chrono::nanoseconds(24h) + 1ns}) {
    EXPECT_EQ(refusalBy([&] { requireMargin("Config::refreshMargin", margin); }),
              "Config::refreshMargin must be from 0 to 24 h");
    EXPECT_EQ(refusalBy([&] { requireClient("Config", "id", Secret("secret"), margin); }),
              "Config::refreshMargin must be from 0 to 24 h");
  }
}

TEST(ConfigChecks, AnAppActsForOneEnterpriseOrOneUser) {
  const auto refused = [](const char* enterprise, const char* user) {
    return refusalBy([&] { requireSubject("Config", enterprise, user); });
  };
  EXPECT_EQ(refused("1", ""), "");
  EXPECT_EQ(refused("", "12345678901234567890"), "");
  EXPECT_EQ(refused("", ""),
            "Config::enterpriseId and ::userId are both empty: give the one of them for which the app acts");
  EXPECT_EQ(refused("1", "2"),
            "Config::enterpriseId and ::userId are both given: give the one of them for which the app acts");
  EXPECT_EQ(refused("x", ""), "Config::enterpriseId must be a decimal number of 1 to 20 digits");
  EXPECT_EQ(refused("", "123456789012345678901"), "Config::userId must be a decimal number of 1 to 20 digits");
}

TEST(ConfigChecks, EachKindOfAppIsChecked) {
  CcgConfig ccg;
  EXPECT_EQ(refusalBy([&] { BoxCcgAuth{ccg}; }).rfind("CcgConfig::clientId is empty", 0), 0U);
  ccg.clientId = "id";
  ccg.clientSecret = Secret("secret");
  EXPECT_EQ(refusalBy([&] { BoxCcgAuth{ccg}; }).rfind("CcgConfig::enterpriseId and ::userId are both empty", 0), 0U);
  ccg.userId = "1";
  EXPECT_EQ(refusalBy([&] { BoxCcgAuth{ccg}; }), "");
  EXPECT_EQ(refusalBy([&] { BoxJwtAuth{JwtConfig()}; }).rfind("JwtConfig::clientId is empty", 0), 0U);
}

}  // namespace
}  // namespace box
