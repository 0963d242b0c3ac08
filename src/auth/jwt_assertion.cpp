#include "auth/jwt_assertion.hpp"

#include <cstdint>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "support/text_codec.hpp"
#include "support/wipe.hpp"

namespace box::inline v0_1 {
namespace {

namespace json = boost::json;

/// The same for every base URL, because Box compares it as text.
constexpr std::string_view audience = "https://api.box.com/oauth2/token";
/// In seconds. Box allows 60 s. With half of that, a fast clock may be wrong by as much as a slow one.
constexpr std::int64_t lifetime = 30;

std::string_view nameOf(JwtAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case JwtAlgorithm::RS256: return "RS256";
    case JwtAlgorithm::RS384: return "RS384";
    case JwtAlgorithm::RS512: return "RS512";
  }
  return "RS256";
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

  // The text without its signature is not secret, so only texts with the signature are wiped.
  std::string text = base64Url(json::serialize(header)) + "." + base64Url(json::serialize(body));
  std::string signature = key.sign(text, algorithm);
  std::string encoded = base64Url(signature);
  // The memory is reserved before, because growing would leave a copy of the beginning of the signature in memory.
  text.reserve(text.size() + 1 + encoded.size());
  text.append(".").append(encoded);
  wipe(signature);
  wipe(encoded);
  return Secret(std::move(text));
}

}  // namespace box::inline v0_1
