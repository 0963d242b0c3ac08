#include "jwt_verifier.hpp"

#include "http_text.hpp"

#include <boost/json.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdexcept>

namespace box::inline v0_1::emulator {
namespace json = boost::json;
namespace {

/// Box's limits: how far `exp` may be in the future, and the length of a `jti`.
constexpr std::int64_t longestLife = 60;
constexpr std::size_t shortestId = 16;
constexpr std::size_t longestId = 128;
/// How far `iat` and `nbf` may be in the future, because clocks differ. Box requires neither of them.
constexpr std::int64_t leeway = 60;
/// Box expects this audience on every host.
constexpr std::string_view audience = "https://api.box.com/oauth2/token";

constexpr std::string_view malformed = "Grant credentials are invalid";
constexpr std::string_view badSignature =
    "Signature verification error. The public key identified by \"kid\" must correspond to the private key used for "
    "signing.";

struct DigestFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::shared_ptr<EVP_PKEY> readPublicKey(const JwtPublicKey& key) {
  const std::unique_ptr<BIO, int (*)(BIO*)> text(
      BIO_new_mem_buf(key.publicKeyPem.data(), static_cast<int>(key.publicKeyPem.size())), &BIO_free);
  std::shared_ptr<EVP_PKEY> read(PEM_read_bio_PUBKEY(text.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  ERR_clear_error();
  if (!read || EVP_PKEY_get_base_id(read.get()) != EVP_PKEY_RSA || EVP_PKEY_get_bits(read.get()) < 2048) {
    throw std::runtime_error("JWT key " + key.keyId + " is not an RSA public key of 2048 bits or more");
  }
  return read;
}

/// The hash function for an algorithm's name. Null: Box does not accept the algorithm; `none` is such a name.
const EVP_MD* hashOf(std::string_view algorithm) {
  if (algorithm == "RS256") return EVP_sha256();
  if (algorithm == "RS384") return EVP_sha384();
  if (algorithm == "RS512") return EVP_sha512();
  return nullptr;
}

bool signatureIsGood(EVP_PKEY* key, const EVP_MD* hash, std::string_view text, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, DigestFree> context(EVP_MD_CTX_new());
  // OpenSSL uses PKCS #1 v1.5 for RSA keys by default, as RS256 and its relatives require (RFC 7518 3.3).
  const bool good =
      context && EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key) == 1 &&
      EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  ERR_clear_error();
  return good;
}

std::optional<json::object> readPart(std::string_view part) {
  const std::optional<std::string> text = decodeBase64Url(part);
  if (!text) return std::nullopt;
  boost::system::error_code ec;
  json::value value = json::parse(*text, ec);
  if (ec || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

/// The text of a member of type string; empty where there is no such member.
std::string_view textIn(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

/// The value of a member that is written as a whole number.
std::optional<std::int64_t> secondsIn(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  // A number beyond int64 would be too far in the future for every check below.
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

std::string check(std::string_view claim) { return "Please check the '" + std::string(claim) + "' claim."; }

JwtVerdict refused(std::string_view description) {
  JwtVerdict verdict;
  verdict.refusal = description;
  return verdict;
}

}  // namespace

JwtVerifier::JwtVerifier(const std::vector<JwtPublicKey>& keys) {
  for (const JwtPublicKey& key : keys) {
    if (key.keyId.empty() || !keys_.emplace(key.keyId, readPublicKey(key)).second) {
      throw std::runtime_error("the ids of JWT keys must be there and differ");
    }
  }
}

JwtVerdict JwtVerifier::verify(std::string_view assertion, const std::string& clientId, WallTime now) {
  const std::size_t first = assertion.find('.');
  const std::size_t second = first == std::string_view::npos ? first : assertion.find('.', first + 1);
  if (second == std::string_view::npos) return refused(malformed);
  const std::optional<json::object> header = readPart(assertion.substr(0, first));
  const std::optional<json::object> claims = readPart(assertion.substr(first + 1, second - first - 1));
  // The alphabet has no dot, so that a text of four parts fails here.
  const std::optional<std::string> signature = decodeBase64Url(assertion.substr(second + 1));
  if (!header || !claims || !signature) return refused(malformed);

  const EVP_MD* hash = hashOf(textIn(*header, "alg"));
  // RFC 7515 4.1.11: a verifier that does not understand a critical header must refuse.
  if (hash == nullptr || textIn(*header, "typ") != "JWT" || header->contains("crit")) return refused(malformed);
  const auto key = keys_.find(textIn(*header, "kid"));
  if (key == keys_.end() || !signatureIsGood(key->second.get(), hash, assertion.substr(0, second), *signature)) {
    return refused(badSignature);
  }

  if (textIn(*claims, "iss") != clientId) return refused(check("iss"));
  if (textIn(*claims, "aud") != audience) return refused(check("aud"));
  JwtVerdict verdict;
  verdict.subjectId = textIn(*claims, "sub");
  verdict.subjectType = textIn(*claims, "box_sub_type");
  if (verdict.subjectId.empty()) return refused(check("sub") + " The 'sub' specified is invalid.");
  if (verdict.subjectType != "enterprise" && verdict.subjectType != "user") return refused(check("box_sub_type"));

  const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  const std::optional<std::int64_t> expires = secondsIn(*claims, "exp");
  const bool timely = expires && *expires > seconds && *expires <= seconds + longestLife;
  const std::string_view id = textIn(*claims, "jti");
  for (auto used = usedIds_.begin(); used != usedIds_.end();) {
    used = used->second <= seconds ? usedIds_.erase(used) : std::next(used);
  }
  // An assertion refused because of its time uses up its `jti` too: a corrected assertion needs a new one.
  const bool fresh = id.size() >= shortestId && id.size() <= longestId &&
                     usedIds_.emplace(id, timely ? *expires : seconds + longestLife).second;
  if (!timely) return refused(check("exp"));
  if (!fresh) return refused(check("jti"));
  for (const std::string_view name : {"iat", "nbf"}) {
    if (!claims->contains(name)) continue;
    const std::optional<std::int64_t> from = secondsIn(*claims, name);
    if (!from || *from > seconds + leeway) return refused(check(name));
  }
  return verdict;
}

}  // namespace box::inline v0_1::emulator
