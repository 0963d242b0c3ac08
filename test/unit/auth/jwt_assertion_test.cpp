#include "auth/jwt_assertion.hpp"

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "support/keys.hpp"
#include "support/random_hex.hpp"
#include "support/text_codec.hpp"

namespace box {
namespace {

namespace json = boost::json;
using namespace box::test;

/// Decoded by OpenSSL and not by our own code.
std::string decoded(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  const std::size_t padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return "not base64";
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

struct Parts {
  explicit Parts(const Secret& assertion) {
    const std::string text(assertion.reveal());
    const std::size_t first = text.find('.'), last = text.rfind('.');
    header = json::parse(decoded(text.substr(0, first)));
    claims = json::parse(decoded(text.substr(first + 1, last - first - 1)));
    isSigned = text.substr(0, last);
    signature = decoded(text.substr(last + 1));
  }

  json::value header, claims;
  std::string isSigned, signature;
};

const PrivateKey& key() {
  static const PrivateKey key = PrivateKey::fromPem(pkcs8Pem(rsaKey(), "secret"), "secret");
  return key;
}

AssertionClaims claims() {
  AssertionClaims claims;
  claims.clientId = "client";
  claims.publicKeyId = "kid12345";
  claims.subject = "123456";
  claims.jti = "0123456789abcdef0123456789abcdef";
  claims.now = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000));
  return claims;
}

TEST(JwtAssertion, SaysWhatBoxWants) {
  const Parts parts(makeAssertion(claims(), key(), JwtAlgorithm::RS256));
  EXPECT_EQ(parts.header, json::parse(R"({"alg": "RS256", "kid": "kid12345", "typ": "JWT"})"));
  EXPECT_EQ(parts.claims, json::parse(R"({"iss": "client", "sub": "123456", "box_sub_type": "enterprise",
      "aud": "https://api.box.com/oauth2/token", "jti": "0123456789abcdef0123456789abcdef",
      "exp": 1700000030, "iat": 1700000000})"));
}

TEST(JwtAssertion, CanSpeakForAUser) {
  AssertionClaims user = claims();
  user.isEnterprise = false;
  EXPECT_EQ(Parts(makeAssertion(user, key(), JwtAlgorithm::RS256)).claims.at("box_sub_type"), json::value("user"));
}

TEST(JwtAssertion, IsSignedAsItsHeaderSays) {
  const struct {
    JwtAlgorithm algorithm;
    const char *name, *digest;
  } all[] = {{JwtAlgorithm::RS256, "RS256", "SHA256"},
             {JwtAlgorithm::RS384, "RS384", "SHA384"},
             {JwtAlgorithm::RS512, "RS512", "SHA512"}};
  for (const auto& [algorithm, name, digest] : all) {
    const Parts parts(makeAssertion(claims(), key(), algorithm));
    EXPECT_EQ(parts.header.at("alg"), json::value(name));
    EXPECT_TRUE(verifies(rsaKey(), digest, parts.isSigned, parts.signature)) << name;
    EXPECT_FALSE(verifies(otherRsaKey(), digest, parts.isSigned, parts.signature)) << name;
  }
}

TEST(JwtAssertion, EscapesWhatItIsGiven) {
  AssertionClaims odd = claims();
  const std::string quoted = "a\"b\\c\n\x01/\xc3\xa9\",\"sub\":\"1";
  odd.clientId = odd.publicKeyId = odd.subject = odd.jti = quoted;
  const Parts parts(makeAssertion(odd, key(), JwtAlgorithm::RS256));
  EXPECT_EQ(parts.header.at("kid"), json::value(quoted));
  for (const char* claim : {"iss", "sub", "jti"}) EXPECT_EQ(parts.claims.at(claim), json::value(quoted)) << claim;
  EXPECT_EQ(parts.claims.as_object().size(), 7U);
}

TEST(JwtAssertion, IsPlainAsAFormAndAHeaderWantIt) {
  const Secret assertion = makeAssertion(claims(), key(), JwtAlgorithm::RS512);
  EXPECT_EQ(assertion.reveal().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."),
            std::string_view::npos);
}

TEST(Base64Url, IsThatOfRfc4648WithoutPadding) {
  const struct {
    std::string_view bytes, text;
  } cases[] = {{"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
               {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"}};
  for (const auto& [bytes, text] : cases) EXPECT_EQ(base64Url(bytes), text);
  EXPECT_EQ(base64Url(std::string_view("\0\0\0\0", 4)), "AAAAAA");
}

TEST(Base64Url, CanBeReadBack) {
  std::string bytes;
  for (int i = 0; i < 600; ++i) {
    EXPECT_EQ(decoded(base64Url(bytes)), bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(RandomHex, IsOfTheLengthAskedForAndLowerCaseHex) {
  for (const std::size_t bytes : {0U, 1U, 16U, 32U, 1000U}) {
    const std::string text = randomHex(bytes);
    EXPECT_EQ(text.size(), 2 * bytes);
    EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
}

TEST(RandomHex, LeavesOpenSslsListOfErrorsAsItWas) {
  ERR_clear_error();
  ERR_raise(ERR_LIB_USER, 42);
  const unsigned long theirs = ERR_peek_last_error();
  randomHex(16);
  EXPECT_EQ(ERR_peek_last_error(), theirs);
  EXPECT_EQ(ERR_pop_to_mark(), 0) << "no mark is left";
  ERR_clear_error();
}

TEST(RandomHex, IsNeverTheSameAndUsesEveryDigitInEveryPlace) {
  std::set<std::string> seen;
  std::vector<std::set<char>> digits(16);
  for (int i = 0; i < 1000; ++i) {
    const std::string text = randomHex(8);
    EXPECT_TRUE(seen.insert(text).second);
    for (std::size_t at = 0; at < text.size(); ++at) digits[at].insert(text[at]);
  }
  for (const auto& place : digits) EXPECT_EQ(place.size(), 16U);
}

}  // namespace
}  // namespace box
