#include "behaviour_support.hpp"
#include "jwt_signer.hpp"

#include <boost/json.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace box::inline v0_1::emulator::test {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Made once, because making a key takes time.
const JwtSigner& signer() {
  static const JwtSigner made;
  return made;
}

const JwtSigner& otherSigner() {
  static const JwtSigner made;
  return made;
}

EmulatorOptions withKey() {
  EmulatorOptions options = application();
  options.subjectIds = {"5", "7"};
  options.jwtPublicKeys = {{"key1", signer().publicKeyPem()}, {"key2", otherSigner().publicKeyPem()}};
  return options;
}

json::object goodHeader() {
  json::object header;
  header["alg"] = "RS256";
  header["typ"] = "JWT";
  header["kid"] = "key1";
  return header;
}

std::string freshJti() {
  static int number = 0;
  return "jti-0123456789-" + std::to_string(++number);
}

/// Valid from the start for 30 s.
json::object goodClaims() {
  json::object claims;
  claims["iss"] = "id";
  claims["sub"] = "5";
  claims["box_sub_type"] = "enterprise";
  claims["aud"] = "https://api.box.com/oauth2/token";
  claims["jti"] = freshJti();
  claims["exp"] = startSeconds + 30;
  return claims;
}

std::string assertionOf(const json::object& header, const json::object& claims) {
  return signer().assertion(json::serialize(header), json::serialize(claims));
}

BoxRequest grant(const std::string& assertion, const std::string& client = clientFields) {
  return form("/oauth2/token",
              client + "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + assertion);
}

/// A valid assertion whose claims `change` modifies.
BoxAnswer withClaims(const std::function<void(json::object&)>& change) {
  json::object claims = goodClaims();
  change(claims);
  return once(grant(assertionOf(goodHeader(), claims)), withKey());
}

BoxAnswer withHeader(const std::function<void(json::object&)>& change) {
  json::object header = goodHeader();
  change(header);
  return once(grant(assertionOf(header, goodClaims())), withKey());
}

constexpr const char* signatureRefusal =
    "Signature verification error. The public key identified by \"kid\" must correspond to the private key used for "
    "signing.";

void expectRefused(const BoxAnswer& answer, const std::string& description) {
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(textOf(answer, "error"), "invalid_grant");
  EXPECT_EQ(textOf(answer, "error_description"), description);
  EXPECT_EQ(objection(answer.body, oauthErrorFacts()), "");
}

TEST(BoxJwt, IssuesATokenForAGoodAssertion) {
  BoxBehaviour box(withKey());
  const BoxAnswer answer = box.answer(grant(assertionOf(goodHeader(), goodClaims())), at());
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(objection(answer.body, accessTokenFacts()), "");
  EXPECT_FALSE(bodyOf(answer).contains("refresh_token"));
  const std::string token = textOf(answer, "access_token");
  EXPECT_EQ(box.answer(usersWith(token), at()).status, 202);
  EXPECT_EQ(textOf(box.answer(get("/2.0/users/me", token), at()), "id"), withKey().serviceAccount.id);
}

TEST(BoxJwt, IssuesATokenForAUser) {
  BoxBehaviour box(withKey());
  json::object claims = goodClaims();
  claims["sub"] = "7";
  claims["box_sub_type"] = "user";
  const BoxAnswer answer = box.answer(grant(assertionOf(goodHeader(), claims)), at());
  EXPECT_EQ(textOf(box.answer(get("/2.0/users/me", textOf(answer, "access_token")), at()), "id"), "7");
}

TEST(BoxJwt, TakesAllThreeHashesAndAllRegisteredKeys) {
  for (const int bits : {256, 384, 512}) {
    json::object header = goodHeader();
    header["alg"] = "RS" + std::to_string(bits);
    const std::string text = json::serialize(header);
    EXPECT_EQ(once(grant(signer().assertion(text, json::serialize(goodClaims()), bits)), withKey()).status, 200)
        << bits;
    // Signed with another hash than that of the header.
    const int other = bits == 256 ? 384 : 256;
    expectRefused(once(grant(signer().assertion(text, json::serialize(goodClaims()), other)), withKey()),
                  signatureRefusal);
  }
  json::object header = goodHeader();
  header["kid"] = "key2";
  const std::string made = otherSigner().assertion(json::serialize(header), json::serialize(goodClaims()));
  EXPECT_EQ(once(grant(made), withKey()).status, 200);
}

TEST(BoxJwt, RefusesOtherAlgorithms) {
  for (const char* algorithm : {"none", "None", "HS256", "PS256", "ES256", "rs256", "RS1", ""}) {
    expectRefused(withHeader([&](json::object& header) { header["alg"] = algorithm; }),
                  "Grant credentials are invalid");
  }
  expectRefused(withHeader([](json::object& header) { header.erase("alg"); }), "Grant credentials are invalid");
  json::object none = goodHeader();
  none["alg"] = "none";
  const std::string unsigned_ = base64Url(json::serialize(none)) + "." + base64Url(json::serialize(goodClaims())) + ".";
  expectRefused(once(grant(unsigned_), withKey()), "Grant credentials are invalid");
  const std::string pss = signer().assertion(json::serialize(goodHeader()), json::serialize(goodClaims()), 256, true);
  expectRefused(once(grant(pss), withKey()), signatureRefusal);
}

TEST(BoxJwt, RefusesOtherHeaders) {
  for (const char* type : {"", "jwt", "JWS", "at+jwt"}) {
    expectRefused(withHeader([&](json::object& header) { header["typ"] = type; }), "Grant credentials are invalid");
  }
  expectRefused(withHeader([](json::object& header) { header.erase("typ"); }), "Grant credentials are invalid");
  expectRefused(withHeader([](json::object& header) { header["crit"] = json::array(); }),
                "Grant credentials are invalid");
  for (const char* key : {"", "key", "key3"}) {
    expectRefused(withHeader([&](json::object& header) { header["kid"] = key; }), signatureRefusal);
  }
  expectRefused(withHeader([](json::object& header) { header.erase("kid"); }), signatureRefusal);
  // A registered key, which is not the one that has signed.
  expectRefused(withHeader([](json::object& header) { header["kid"] = "key2"; }), signatureRefusal);
}

TEST(BoxJwt, RefusesASignatureOverSomethingElse) {
  const std::string good = assertionOf(goodHeader(), goodClaims());
  const std::size_t second = good.rfind('.');
  json::object claims = goodClaims();
  claims["sub"] = "7";
  const std::string forged =
      base64Url(json::serialize(goodHeader())) + "." + base64Url(json::serialize(claims)) + good.substr(second);
  expectRefused(once(grant(forged), withKey()), signatureRefusal);
  expectRefused(once(grant(good.substr(0, second + 1)), withKey()), signatureRefusal);
  expectRefused(once(grant(good.substr(0, second + 1) + "AAAA"), withKey()), signatureRefusal);
}

TEST(BoxJwt, RefusesWhatIsNoAssertion) {
  const std::string good = assertionOf(goodHeader(), goodClaims());
  const std::string header = base64Url(json::serialize(goodHeader()));
  const std::string claims = base64Url(json::serialize(goodClaims()));
  // With padding, with the other alphabet, with two and with four parts, not JSON, not an object.
  for (const std::string& bad :
       {good + "%3D", good + "%2B", std::string("x"), std::string("."), std::string(".."), header + "." + claims,
        good + ".", good + ".AAAA", base64Url("{") + good.substr(good.find('.')),
        base64Url("[]") + good.substr(good.find('.')), header + "." + base64Url("null") + good.substr(good.rfind('.')),
        " " + good}) {
    expectRefused(once(grant(bad), withKey()), "Grant credentials are invalid");
  }
  const BoxAnswer missing = once(grant(""), withKey());
  EXPECT_EQ(missing.status, 400);
  EXPECT_EQ(textOf(missing, "error"), "invalid_request");
}

TEST(BoxJwt, RefusesEveryAssertionWithoutKeys) {
  EmulatorOptions options = withKey();
  options.jwtPublicKeys.clear();
  expectRefused(once(grant(assertionOf(goodHeader(), goodClaims())), options), signatureRefusal);
}

TEST(BoxJwt, HoldsTheClaimsToTheirValues) {
  struct Case {
    std::string claim;
    /// In JSON.
    std::vector<std::string> values;
    std::string description;
  };
  const auto from = [](std::int64_t later) { return std::to_string(startSeconds + later); };
  const auto text = [](const std::string& value) { return "\"" + value + "\""; };
  const std::string audience = "https://api.box.com/oauth2/token";
  const std::vector<Case> cases = {
      {"iss", {text("other"), text(""), "5", "null"}, "Please check the 'iss' claim."},
      {"aud",
       {text("http://api.box.com/oauth2/token"), text(audience + "/"), text("https://localhost:1/oauth2/token"),
        text(""), "[" + text(audience) + "]"},
       "Please check the 'aud' claim."},
      {"sub", {text(""), "5", "null"}, "Please check the 'sub' claim. The 'sub' specified is invalid."},
      {"box_sub_type", {text(""), text("robot"), text("Enterprise"), "1"}, "Please check the 'box_sub_type' claim."},
      {"jti",
       {text(""), text(std::string(15, 'x')), text(std::string(129, 'x')), "1234567890123456", "null"},
       "Please check the 'jti' claim."},
      {"exp",
       {from(0), from(-1), from(61), "-1", "0", text(from(30)), from(30) + ".5", from(30) + ".0", "null",
        "9223372036854775807", "18446744073709551615", "1e300"},
       "Please check the 'exp' claim."},
      {"iat", {from(61), text("now"), "null"}, "Please check the 'iat' claim."},
      {"nbf", {from(61), text("now")}, "Please check the 'nbf' claim."}};
  for (const Case& each : cases) {
    for (const std::string& value : each.values) {
      SCOPED_TRACE(each.claim + " " + value);
      expectRefused(withClaims([&](json::object& claims) { claims[each.claim] = json::parse(value); }),
                    each.description);
    }
    if (each.claim == "iat" || each.claim == "nbf") continue;
    SCOPED_TRACE(each.claim + " missing");
    expectRefused(withClaims([&](json::object& claims) { claims.erase(each.claim); }), each.description);
  }
}

TEST(BoxJwt, TakesWhatIsJustGoodEnough) {
  EXPECT_EQ(withClaims([](json::object& claims) { claims["exp"] = startSeconds + 1; }).status, 200);
  EXPECT_EQ(withClaims([](json::object& claims) { claims["exp"] = startSeconds + 60; }).status, 200);
  EXPECT_EQ(withClaims([](json::object& claims) { claims["jti"] = std::string(16, 'x'); }).status, 200);
  EXPECT_EQ(withClaims([](json::object& claims) { claims["jti"] = std::string(128, 'x'); }).status, 200);
  EXPECT_EQ(withClaims([](json::object& claims) { claims["iat"] = startSeconds + 60; }).status, 200);
  EXPECT_EQ(withClaims([](json::object& claims) { claims["iat"] = startSeconds - 1000; }).status, 200);
  EXPECT_EQ(withClaims([](json::object& claims) { claims["nbf"] = startSeconds; }).status, 200);
  EXPECT_EQ(withClaims([](json::object& claims) { claims["further"] = "x"; }).status, 200);
}

TEST(BoxJwt, JudgesTheTimeByTheClockItIsGiven) {
  const std::string assertion = assertionOf(goodHeader(), goodClaims());
  const auto when = [&](milliseconds time) {
    BoxBehaviour box(withKey());
    return box.answer(grant(assertion), at(time));
  };
  EXPECT_EQ(when(milliseconds(29999)).status, 200);
  expectRefused(when(seconds(30)), "Please check the 'exp' claim.");
  EXPECT_EQ(when(seconds(-30)).status, 200);
  expectRefused(when(milliseconds(-30001)), "Please check the 'exp' claim.");
}

TEST(BoxJwt, TakesAJtiOnceUntilItsAssertionHasExpired) {
  BoxBehaviour box(withKey());
  const json::object claims = goodClaims();
  EXPECT_EQ(box.answer(grant(assertionOf(goodHeader(), claims)), at()).status, 200);
  json::object again = claims;
  again["exp"] = startSeconds + 60;
  expectRefused(box.answer(grant(assertionOf(goodHeader(), again)), at(seconds(1))), "Please check the 'jti' claim.");
  expectRefused(box.answer(grant(assertionOf(goodHeader(), again)), at(seconds(29))), "Please check the 'jti' claim.");
  EXPECT_EQ(box.answer(grant(assertionOf(goodHeader(), again)), at(seconds(30))).status, 200);
}

TEST(BoxJwt, UsesAJtiUpEvenWhenTheTimeIsWrong) {
  BoxBehaviour box(withKey());
  json::object claims = goodClaims();
  claims["exp"] = startSeconds - 100;
  expectRefused(box.answer(grant(assertionOf(goodHeader(), claims)), at()), "Please check the 'exp' claim.");
  claims["exp"] = startSeconds + 30;
  expectRefused(box.answer(grant(assertionOf(goodHeader(), claims)), at()), "Please check the 'jti' claim.");
}

TEST(BoxJwt, LeavesTheJtiOfAForgedAssertionAlone) {
  BoxBehaviour box(withKey());
  const json::object claims = goodClaims();
  const std::string forged = otherSigner().assertion(json::serialize(goodHeader()), json::serialize(claims));
  expectRefused(box.answer(grant(forged), at()), signatureRefusal);
  EXPECT_EQ(box.answer(grant(assertionOf(goodHeader(), claims)), at()).status, 200);
}

TEST(BoxJwt, TakesOnlyAuthorizedSubjects) {
  const BoxAnswer answer = withClaims([](json::object& claims) { claims["sub"] = "6"; });
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(textOf(answer, "error"), "unauthorized_client");
  EXPECT_EQ(textOf(answer, "error_description"), "This app is not authorized by the enterprise admin.");
}

TEST(BoxJwt, NeedsTheClientAndItsSecret) {
  const std::string assertion = assertionOf(goodHeader(), goodClaims());
  for (const char* client :
       {"", "client_id=id&", "client_id=id&client_secret=wrong&", "client_id=x&client_secret=secret&"}) {
    const BoxAnswer answer = once(grant(assertion, client), withKey());
    EXPECT_EQ(answer.status, 400) << client;
    EXPECT_EQ(textOf(answer, "error"), "invalid_client");
    EXPECT_EQ(textOf(answer, "error_description"), "The client credentials are invalid");
  }
}

TEST(BoxJwt, WithoutAnApplicationTheIssuerIsTheClientOfTheRequest) {
  EmulatorOptions options = withKey();
  options.clientId.clear();
  const std::string assertion = assertionOf(goodHeader(), goodClaims());
  EXPECT_EQ(once(grant(assertion), options).status, 200);
  expectRefused(once(grant(assertion, "client_id=other&client_secret=any&"), options), "Please check the 'iss' claim.");
}

TEST(BoxJwt, TakesOnlyRsaKeysThatAreLongEnough) {
  const auto with = [](const std::vector<JwtPublicKey>& keys) {
    EmulatorOptions options;
    options.jwtPublicKeys = keys;
    const BoxBehaviour box(options);
  };
  const std::string good = signer().publicKeyPem();
  EXPECT_NO_THROW(with({{"a", good}, {"b", good}}));
  EXPECT_THROW(with({{"a", "nonsense"}}), std::runtime_error);
  EXPECT_THROW(with({{"a", JwtSigner(JwtSigner::Kind::rsa1024).publicKeyPem()}}), std::runtime_error);
  EXPECT_THROW(with({{"a", JwtSigner(JwtSigner::Kind::ecP256).publicKeyPem()}}), std::runtime_error);
  EXPECT_THROW(with({{"a", good}, {"a", good}}), std::runtime_error);
  EXPECT_THROW(with({{"", good}}), std::runtime_error);
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
