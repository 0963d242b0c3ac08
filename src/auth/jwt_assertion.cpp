#include "auth/jwt_assertion.hpp"

#include <climits>
#include <cstdint>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/err.h>
#include <openssl/rand.h>

#include "box/error.hpp"
#include "support/wipe.hpp"

namespace box {
namespace {

namespace json = boost::json;

/// Whatever the base URL is: Box compares it as text.
constexpr std::string_view audience = "https://api.box.com/oauth2/token";
/// Box allows 60 s; half of it leaves as much room for a clock that runs ahead as for one that is behind.
constexpr std::int64_t lifetime = 30;

std::string_view nameOf(JwtAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case JwtAlgorithm::RS256: return "RS256";
    case JwtAlgorithm::RS384: return "RS384";
    case JwtAlgorithm::RS512: return "RS512";
  }
  return "RS256";
}

constexpr std::size_t encodedSize(std::size_t bytes) noexcept { return bytes / 3 * 4 + (bytes % 3 * 4 + 2) / 3; }

void appendBase64Url(std::string& out, std::string_view bytes) {
  static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
  };
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += alphabet[group >> 18 & 63];
    out += alphabet[group >> 12 & 63];
    if (i + 1 < bytes.size()) out += alphabet[group >> 6 & 63];
    if (i + 2 < bytes.size()) out += alphabet[group & 63];
  }
}

}  // namespace

Secret makeAssertion(const AssertionClaims& claims, const PrivateKey& key, JwtAlgorithm algorithm) {
  json::object header;
  header["alg"] = nameOf(algorithm);
  header["kid"] = claims.publicKeyId;
  header["typ"] = "JWT";
  const std::int64_t now = claims.now.time_since_epoch().count();
  json::object body;
  body["iss"] = claims.clientId;
  body["sub"] = claims.subject;
  body["box_sub_type"] = claims.isEnterprise ? "enterprise" : "user";
  body["aud"] = audience;
  body["jti"] = claims.jti;
  body["exp"] = now + lifetime;
  body["iat"] = now;

  // Without its signature it opens nothing, so that only what holds the signature is wiped.
  std::string text;
  appendBase64Url(text, json::serialize(header));
  text += '.';
  appendBase64Url(text, json::serialize(body));
  std::string signature = key.sign(text, algorithm);
  // At once: growing would leave a copy behind with the signature's beginning.
  text.reserve(text.size() + 1 + encodedSize(signature.size()));
  text += '.';
  appendBase64Url(text, signature);
  wipe(signature);
  return Secret(std::move(text));
}

std::string randomHex(std::size_t bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string raw(bytes, '\0');
  ERR_set_mark();
  const bool done =
      bytes <= INT_MAX && RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)) == 1;
  ERR_pop_to_mark();
  if (!done) {
    throw BoxSdkError(Errc::localResource, "the system's random source failed");
  }
  std::string text;
  text.reserve(2 * bytes);
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  wipe(raw);
  return text;
}

std::string base64Url(std::string_view bytes) {
  std::string text;
  text.reserve(encodedSize(bytes.size()));
  appendBase64Url(text, bytes);
  return text;
}

}  // namespace box
