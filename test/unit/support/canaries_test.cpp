// The search for secrets finds them; otherwise the tests that rely on it could not fail.
#include "support/canaries.hpp"

#include <cstddef>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>
#include <openssl/evp.h>

namespace box::test {
namespace {

std::string base64(const std::string& text) {
  std::string out(4 * (text.size() + 2) / 3 + 4, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

TEST(Canaries, AreFoundInEveryFormAndInPart) {
  const std::string secret = Canaries::make("a secret");
  EXPECT_EQ(secret.substr(0, Canaries::mark.size()), Canaries::mark);
  EXPECT_EQ(Canaries::search("nothing to see"), "");
  EXPECT_NE(Canaries::search("token=" + secret + "&x"), "");
  EXPECT_NE(Canaries::search(secret.substr(0, secret.size() / 2)), "") << "the first half";
  EXPECT_NE(Canaries::search(secret.substr(secret.size() / 2)), "") << "the second half";
  for (const char* before : {"", "a", "ab"}) EXPECT_NE(Canaries::search(base64(before + secret)), "") << before;
  std::string hex, percent, json;
  for (const char c : secret) {
    char digits[4];
    std::snprintf(digits, sizeof digits, "%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    hex += digits;
    percent += c == '+' || c == '/' ? std::string("%") + digits : std::string(1, c);
    json += c == '/' ? "\\/" : std::string(1, c);
  }
  EXPECT_NE(Canaries::search(hex), "");
  EXPECT_NE(Canaries::search(percent), "");
  EXPECT_NE(Canaries::search(json), "");
  EXPECT_EQ(Canaries::search(hex).find(secret), std::string::npos) << "and never shown";
}

}  // namespace
}  // namespace box::test
