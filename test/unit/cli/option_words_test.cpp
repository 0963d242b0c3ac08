#include "cli/option_words.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace box::cli {
namespace {

BoxSdkError wrongSetting(std::string reason) { return BoxSdkError(Errc::invalidConfiguration, std::move(reason)); }

TEST(CliOptionWords, NameOptionsInPlaceOfFields) {
  EXPECT_EQ(inOptionWords("BaseUrls::baseUrl: it names no host"), "--base-url: it names no host");
  EXPECT_EQ(inOptionWords("set TlsOptions::caFile"), "set --ca");
  EXPECT_EQ(inOptionWords("CcgConfig::userId must be digits"), "--user-id must be digits");
  EXPECT_EQ(inOptionWords("JwtConfig::fromFile: 'c.json'"), "--jwt-config: 'c.json'");
}

TEST(CliOptionWords, LeaveNoClassOfTheLibrary) {
  EXPECT_EQ(inOptionWords("JwtConfig::privateKey: no key"), "\"privateKey\": no key") << "the name in the file";
  EXPECT_EQ(inOptionWords("PoolOptions::maxAge is 0"), "maxAge is 0");
  EXPECT_EQ(inOptionWords("see BoxOAuth::getAuthorizeUrl())"), "see getAuthorizeUrl())");
}

TEST(CliOptionWords, NameTheCode) {
  EXPECT_EQ(inOptionWords(BoxSdkError(Errc::hostNotFound, "looking up box.test")),
            "looking up box.test: host not found [hostNotFound]");
  EXPECT_EQ(inOptionWords("[box:3005] and [box:1]x"), "[connectFailed] and [" + std::string(toString(Errc(1))) + "]x");
  EXPECT_EQ(inOptionWords("reading: " + BoxSdkError(asio::error::operation_aborted, ErrorDetails()).code().what()),
            "reading: stopped at your request");
}

TEST(CliOptionWords, LeaveAllElse) {
  for (const char* const text : {"", "[box:", "[box:]", "[box:3", "https://[::1]:1", "fe80::a",
                                 "PEM routines::no start line", "A::B", "::x", "A::", "a::b"}) {
    EXPECT_EQ(inOptionWords(text), text);
  }
}

TEST(CliOptionWords, GiveTheReasonUnderTheOptionThatWasTyped) {
  EXPECT_EQ(reasonOf(wrongSetting("TlsOptions::caPem: no PEM")), "--ca: no PEM");
  EXPECT_EQ(reasonOf("--ca 'a.pem'", wrongSetting("TlsOptions::caPem: no PEM")), "--ca 'a.pem': no PEM");
  EXPECT_EQ(reasonOf("--oauth", wrongSetting("'tokens': it is a link")), "--oauth: 'tokens': it is a link");
  EXPECT_EQ(reasonOf("--ccg", wrongSetting("CcgConfig::userId: digits only")), "--user-id: digits only");
  EXPECT_EQ(reasonOf("--proxy", wrongSetting("a\nb")), "--proxy: a\\nb");
}

TEST(CliOptionWords, KeepTheCodeOfOtherErrors) {
  const std::string text = reasonOf(BoxSdkError(Errc::hostNotFound, "api.box.com"));
  EXPECT_NE(text.find("host not found"), std::string::npos) << text;
}

}  // namespace
}  // namespace box::cli
