#include "auth/token_file.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/token_text.hpp"
#include "box/error.hpp"
#include "box/support/private_file.hpp"
#include "support/posix.hpp"

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using box::AccessToken;
using box::Errc;
using box::Secret;
using testing::HasSubstr;

AccessToken::TimePoint at(std::int64_t seconds) { return AccessToken::TimePoint(std::chrono::seconds(seconds)); }

std::string encoded(const AccessToken& token) { return std::string(box::encodeToken(token).reveal()); }

TEST(TokenText, HasWhatIsKnown) {
  EXPECT_EQ(encoded(AccessToken(Secret("T1"), at(1'700'000'000), Secret("R1"))),
            R"({"access_token":"T1","expires_at":1700000000,"refresh_token":"R1"})");
  EXPECT_EQ(encoded(AccessToken(Secret("T1"))), R"({"access_token":"T1"})");
  EXPECT_EQ(encoded(AccessToken(Secret("a-._~+/=="), std::nullopt, Secret("R1"))),
            R"({"access_token":"a-._~+/==","refresh_token":"R1"})");
}

TEST(TokenText, TimesAreRoundedDownAndStayInTheRangeOfTheClock) {
  EXPECT_THAT(encoded(AccessToken(Secret("T"), at(1'700'000'000) + 999ms)), HasSubstr(":1700000000}"));
  EXPECT_THAT(encoded(AccessToken(Secret("T"), at(-1))), HasSubstr(":0}"));
  EXPECT_THAT(encoded(AccessToken(Secret("T"), AccessToken::TimePoint::max())), HasSubstr(":9000000000}"));
  EXPECT_THAT(encoded(AccessToken(Secret("T"), AccessToken::TimePoint::min())), HasSubstr(":0}"));
}

TEST(TokenText, TimesAreTakenFromTheFirstToTheLast) {
  for (const std::int64_t time : {std::int64_t(0), std::int64_t(9'000'000'000)}) {
    const auto token = box::decodeToken("{\"access_token\":\"T\",\"expires_at\":" + std::to_string(time) + "}");
    ASSERT_TRUE(token) << time;
    EXPECT_EQ(token->expiresAt(), at(time));
  }
}

TEST(TokenText, ComesBackAsItWas) {
  for (const std::size_t size : {1U, 14U, 15U, 100U, 4000U, 8192U}) {
    const AccessToken token(Secret(std::string(size, 'a')), at(1'700'000'000), Secret(std::string(size, 'r')));
    const auto back = box::decodeToken(box::encodeToken(token).reveal());
    ASSERT_TRUE(back) << size;
    EXPECT_EQ(back->value().reveal(), token.value().reveal());
    EXPECT_EQ(back->refreshToken().reveal(), token.refreshToken().reveal());
    EXPECT_EQ(back->expiresAt(), token.expiresAt());
  }
}

TEST(TokenText, HasRoomForEachOfItsPartsAlone) {
  // A quotation mark takes two characters in JSON.
  const std::string longest(8192, 'a'), quotes(2048, '"');
  for (int part = 0; part < 5; ++part) {
    box::TokenBinding binding;
    if (part == 2) binding.baseUrl = quotes;
    if (part == 3) binding.clientId = quotes;
    if (part == 4) binding.subject = quotes;
    const AccessToken token(Secret(part == 0 ? longest : "T"), at(1'700'000'000), Secret(part == 1 ? longest : "R"));
    const auto back = box::decodeToken(encoded(token.withBinding(binding)));
    ASSERT_TRUE(back) << part;
    EXPECT_EQ(back->value().reveal(), token.value().reveal()) << part;
    EXPECT_EQ(back->refreshToken().reveal(), token.refreshToken().reveal()) << part;
    EXPECT_EQ(back->binding(), binding) << part;
  }
}

TEST(TokenText, SaysForWhomTheTokenIs) {
  box::TokenBinding binding;
  binding.baseUrl = "https://api.box.com";
  binding.clientId = R"(an "app\\)";
  binding.subject = "enterprise 5";
  const AccessToken token = AccessToken(Secret("T1"), at(1'700'000'000), Secret("R1")).withBinding(binding);
  EXPECT_THAT(encoded(token), HasSubstr(R"("base_url":"https://api.box.com","client_id":)"));
  EXPECT_EQ(box::decodeToken(encoded(token))->binding(), binding);
  binding.clientId = std::string(256, '"');
  EXPECT_EQ(box::decodeToken(encoded(token.withBinding(binding)))->binding(), binding);
  for (const char* const text :
       {R"({"access_token":"T1","client_id":""})", R"({"access_token":"T1","client_id":1})",
        R"({"access_token":"T1","subject":"a\nb"})", R"({"access_token":"T1","subject":"\u00e9"})"}) {
    EXPECT_FALSE(box::decodeToken(text)) << text;
  }
}

TEST(TokenText, AByteOrderMarkIsNoPartOfIt) { EXPECT_TRUE(box::decodeToken("\xef\xbb\xbf{\"access_token\":\"T1\"}")); }

TEST(TokenText, AbsentMembersAreUnknown) {
  const auto token = box::decodeToken(R"( { "access_token" : "T1" }
)");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->value().reveal(), "T1");
  EXPECT_FALSE(token->expiresAt());
  EXPECT_TRUE(token->refreshToken().empty());
}

TEST(TokenText, EscapesOfJsonAreUnderstood) {
  const auto token = box::decodeToken(R"({"access_token":"a\/b\u0063"})");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->value().reveal(), "a/bc");
}

TEST(TokenText, AnythingElseIsNone) {
  const std::string deep = R"({"access_token":"T","refresh_token":)" + std::string(10000, '[');
  const std::string many = [] {
    std::string text = "{\"access_token\":\"T\"";
    for (int i = 0; i < 3000; ++i) text += ",\"" + std::to_string(i) + "\":1";
    return text + "}";
  }();
  const std::string longString = R"({"access_token":")" + std::string(60000, 'a') + "\"}";
  const std::string tooLong = R"({"access_token":")" + std::string(8193, 'a') + "\"}";
  const std::string repeated = [] {  // each token may be that long, but not the text
    std::string text = "{\"access_token\":\"T\"";
    for (int i = 0; i < 7; ++i) text += R"(,"refresh_token":")" + std::string(8000, 'r') + "\"";
    return text + "}";
  }();
  const std::string nul("{\"access_token\":\"T\"}\0", 21);
  for (const std::string& text : std::vector<std::string>{
           "",
           " ",
           "T1",
           "null",
           "\"T1\"",
           "[\"T1\"]",
           "{}",
           "{",
           R"({"access_token":"T1")",
           R"({"access_token":"T)",
           R"({"access_token":"T1"}x)",
           R"({"access_token":"T1"}{"access_token":"T1"})",
           R"({"access_token":"T1",})",
           R"({"access_token":"T1"} // a comment)",
           R"({'access_token':'T1'})",
           R"({"access_token":""})",
           R"({"access_token":null})",
           R"({"access_token":1})",
           R"({"access_token":["T1"]})",
           R"({"access_token":{"a":"T1"}})",
           R"({"access_token":"T 1"})",
           R"({"access_token":"T\r\nX-Evil: 1"})",
           R"({"access_token":"T\u0000"})",
           R"({"access_token":"Tö"})",
           "{\"access_token\":\"T\xff\"}",
           R"({"Access_Token":"T1"})",
           R"({"access_token":"T1","expires_in":3600})",
           R"({"access_token":"T1","token_type":"bearer"})",
           R"({"access_token":"T1","expires_at":"1700000000"})",
           R"({"access_token":"T1","expires_at":null})",
           R"({"access_token":"T1","expires_at":1700000000.5})",
           R"({"access_token":"T1","expires_at":1.7e9})",
           R"({"access_token":"T1","expires_at":-1})",
           R"({"access_token":"T1","expires_at":9000000001})",
           R"({"access_token":"T1","base_url":""})",
           R"({"access_token":"T1","base_url":1})",
           R"({"access_token":"T1","client_id":"a\nb"})",
           "{\"access_token\":\"T1\",\"subject\":\"\x7f\"}",
           R"({"access_token":"T1","expires_at":18446744073709551615})",
           R"({"access_token":"T1","expires_at":99999999999999999999999})",
           R"({"access_token":"T1","refresh_token":""})",
           R"({"access_token":"T1","refresh_token":null})",
           R"({"access_token":"T1","refresh_token":"R\n1"})",
           R"({"refresh_token":"R1"})",
           deep,
           many,
           longString,
           repeated,
           tooLong,
           nul,
       }) {
    EXPECT_FALSE(box::decodeToken(text)) << text.substr(0, 100);
  }
}

TEST(TokenFile, ThePathMustBeAFiles) {
  for (const std::string& path : {std::string(), std::string("/"), std::string("/tmp/"), std::string("."),
                                  std::string("a/.."), std::string("/tmp/a\0b", 8), std::string("a/.")}) {
    try {
      const box::TokenFile file(path);
      ADD_FAILURE() << "'" << path << "' was accepted";
    } catch (const box::BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidConfiguration) << path;
    }
  }
  for (const std::string path : {"token", "/token", "./token", "../token", "a/b", ".token", "a//b", "..."}) {
    EXPECT_NO_THROW(box::TokenFile{path}) << path;
  }
}

class TokenFileInAFolder : public testing::Test {
 protected:
  TokenFileInAFolder() {
    std::string pattern = (fs::temp_directory_path() / "box-token-file-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), pattern);
    folder_ = pattern;
  }
  ~TokenFileInAFolder() override { fs::remove_all(folder_); }

  std::string path(const char* name = "token") const { return (folder_ / name).string(); }
  void write(const std::string& name, std::string_view content) const {
    box::replaceFile(name, content, box::Readers::owner);
  }
  std::string refusal() const {
    try {
      box::TokenFile(path()).read();
    } catch (const box::BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::tokenUnavailable);
      return error.what();
    }
    return "read";
  }

  fs::path folder_;
};

TEST_F(TokenFileInAFolder, KeepsTheTokenUntilItIsRemoved) {
  const box::TokenFile file(path());
  EXPECT_EQ(file.read(), nullptr) << "there is no file";
  file.replace(AccessToken(Secret("T1"), at(1'700'000'000), Secret("R1")));
  ASSERT_TRUE(file.read());
  EXPECT_EQ(file.read()->value().reveal(), "T1");
  file.replace(AccessToken(Secret("T2")));
  EXPECT_EQ(file.read()->value().reveal(), "T2");
  file.remove();
  EXPECT_EQ(file.read(), nullptr);
  EXPECT_FALSE(fs::exists(path()));
  file.remove();  // there is nothing to remove
}

TEST_F(TokenFileInAFolder, AnEmptyFileHasNoToken) {
  write(path(), " \r\n");
  EXPECT_EQ(box::TokenFile(path()).read(), nullptr);
}

TEST_F(TokenFileInAFolder, SaysWhatIsWrongWithTheFile) {
  write(path(), "{}");
  EXPECT_THAT(refusal(), HasSubstr("the token file "));
  EXPECT_THAT(refusal(), HasSubstr("it does not hold a token as this library stores it"));
  write(path(), std::string("\xff\xfe{\0", 4));
  EXPECT_THAT(refusal(), HasSubstr("it is UTF-16; save it as UTF-8"));
  write(path(), std::string(64 * 1024 + 1, ' '));
  EXPECT_THAT(refusal(), HasSubstr("larger than 65536 bytes"));
}

TEST_F(TokenFileInAFolder, AFolderThatIsMissingHasNoTokenAndTakesNone) {
  const box::TokenFile file((folder_ / "missing" / "token").string());
  EXPECT_EQ(file.read(), nullptr);
  EXPECT_NO_THROW(file.remove());
  for (const bool isLock : {false, true}) {
    try {
      if (isLock) {
        file.tryLock();
      } else {
        file.replace(AccessToken(Secret("T1")));
      }
      ADD_FAILURE() << "there is no folder";
    } catch (const box::BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::tokenUnavailable);
      EXPECT_THAT(error.what(), HasSubstr(isLock ? "the lock file " : "the token file "));
    }
  }
}

TEST_F(TokenFileInAFolder, IsLockedByOneAtATime) {
  const box::TokenFile one(path()), other(path());
  std::shared_ptr<void> lock = one.tryLock();
  ASSERT_TRUE(lock);
  EXPECT_FALSE(other.tryLock());
  lock.reset();
  EXPECT_TRUE(other.tryLock());
  EXPECT_THAT(one.quotedLockPath(), HasSubstr("token.lock"));
}

TEST_F(TokenFileInAFolder, WhoLocksItRemovesWhatAKilledProcessHasLeft) {
  const std::string left = path("token.box-sessions-new");
  write(left, "a token");
  const std::shared_ptr<void> lock = box::TokenFile(path()).tryLock();
  ASSERT_TRUE(lock);
  EXPECT_FALSE(fs::exists(left));
}

}  // namespace
