#include "jwt_signer.hpp"
#include "test_client.hpp"

#include <box/emulator/emulator.hpp>

#include <boost/json.hpp>

#include <gtest/gtest.h>

#include <ctime>
#include <stdexcept>
#include <string>
#include <vector>

/// The emulator's OAuth endpoints over TLS on loopback; other tests examine their decisions without a connection.
namespace box::inline v0_1::emulator::test {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::seconds;

EmulatorOptions application() {
  EmulatorOptions options;
  options.tls = false;
  options.clientId = "id";
  options.clientSecret = "canary-secret";
  return options;
}

const std::string client = "client_id=id&client_secret=canary-secret&";
const std::string credentials = client + "grant_type=client_credentials&box_subject_type=enterprise&box_subject_id=5";

std::string get(const std::string& target, const std::string& token = std::string()) {
  const std::string authorization = token.empty() ? token : "Authorization: Bearer " + token + "\r\n";
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + authorization + "\r\n";
}

/// One call on a new connection.
Response call(const Emulator& emulator, const std::string& request) {
  TestClient made(emulator.port(), ClientOptions());
  made.send(request);
  return made.read();
}

std::string textIn(const Response& response, const char* key) {
  boost::system::error_code ec;
  const json::value body = json::parse(response.body, ec);
  const json::object* object = ec ? nullptr : body.if_object();
  const json::value* value = object == nullptr ? nullptr : object->if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t nowSeconds() {
  return std::chrono::duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Parses "Sun, 06 Nov 1994 08:49:37 GMT".
std::int64_t secondsOf(const std::string& date) {
  std::tm parts{};
  return strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr ? 0 : timegm(&parts);
}

std::string jwtBody(const JwtSigner& signer, std::int64_t expires, const std::string& jti) {
  json::object claims;
  claims["iss"] = "id";
  claims["sub"] = "5";
  claims["box_sub_type"] = "enterprise";
  claims["aud"] = "https://api.box.com/oauth2/token";
  claims["jti"] = jti;
  claims["exp"] = expires;
  return client + "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" +
         signer.assertion(R"({"alg":"RS256","typ":"JWT","kid":"key1"})", json::serialize(claims));
}

TEST(EmulatorOAuth, GoesByItsOwnClockInExpAndDate) {
  const JwtSigner signer;
  EmulatorOptions options = application();
  options.jwtPublicKeys = {{"key1", signer.publicKeyPem()}};
  options.clockOffset = -hours(1);
  Emulator emulator(options);
  EXPECT_EQ(emulator.clockOffset(), -hours(1));
  const Response refused =
      call(emulator, postForm("/oauth2/token", jwtBody(signer, nowSeconds() + 30, "jti-0123456789-1")));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(textIn(refused, "error"), "invalid_grant");
  EXPECT_EQ(textIn(refused, "error_description"), "Please check the 'exp' claim.");
  const std::int64_t itsTime = secondsOf(refused.header("date"));
  EXPECT_NEAR(static_cast<double>(itsTime), static_cast<double>(nowSeconds() - 3600), 30.0);
  // The client has taken the server's time from the Date header.
  const Response granted = call(emulator, postForm("/oauth2/token", jwtBody(signer, itsTime + 45, "jti-0123456789-2")));
  EXPECT_EQ(granted.status, 200);

  emulator.setClockOffset(hours(2));
  EXPECT_EQ(emulator.clockOffset(), hours(2));
  const Response late =
      call(emulator, postForm("/oauth2/token", jwtBody(signer, nowSeconds() + 30, "jti-0123456789-3")));
  EXPECT_EQ(late.status, 400);
  EXPECT_NEAR(static_cast<double>(secondsOf(late.header("date"))), static_cast<double>(nowSeconds() + 7200), 30.0);
}

TEST(EmulatorOAuth, LetsTokensGrowOldWithItsClock) {
  Emulator emulator(application());
  const std::string token = textIn(call(emulator, postForm("/oauth2/token", credentials)), "access_token");
  EXPECT_EQ(call(emulator, postUsers("", token)).status, 202);
  emulator.setClockOffset(hours(1));
  EXPECT_EQ(call(emulator, postUsers("", token)).status, 401);
  emulator.setClockOffset(seconds(0));
  EXPECT_EQ(call(emulator, postUsers("", token)).status, 202);
}

TEST(EmulatorOAuth, LeadsAPersonThroughAuthorizationToTokens) {
  Emulator emulator(application());
  const std::string target =
      "/api/oauth2/authorize?response_type=code&client_id=id&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fback&state=s1";
  const Response redirect = call(emulator, get(target));
  EXPECT_EQ(redirect.status, 302);
  EXPECT_EQ(redirect.header("content-length"), "0");
  const std::string location = redirect.header("location");
  const std::string start = "http://127.0.0.1:1/back?code=";
  ASSERT_EQ(location.rfind(start, 0), 0U);
  const std::string code = location.substr(start.size(), location.find('&') - start.size());
  EXPECT_EQ(location, start + code + "&state=s1");

  const Response granted =
      call(emulator, postForm("/oauth2/token", client + "grant_type=authorization_code&code=" + code));
  ASSERT_EQ(granted.status, 200);
  const Response me = call(emulator, get("/2.0/users/me", textIn(granted, "access_token")));
  EXPECT_EQ(me.status, 200);
  EXPECT_EQ(textIn(me, "login"), EmulatorOptions().adminUser.login);

  const std::string refresh = client + "grant_type=refresh_token&refresh_token=" + textIn(granted, "refresh_token");
  EXPECT_EQ(call(emulator, postForm("/oauth2/token", refresh)).status, 200);
  emulator.expireRefreshTokens();
  const Response refused = call(emulator, postForm("/oauth2/token", refresh));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(textIn(refused, "error_description"), "Refresh token has expired");
  EXPECT_EQ(call(emulator, get("/2.0/users/me", "invented")).status, 401);
}

TEST(EmulatorOAuth, RecordsTheGrantTypeAndNoneOfTheSecrets) {
  EmulatorOptions options = application();
  options.refreshTokens = {"canary-refresh"};
  Emulator emulator(options);
  call(emulator, postForm("/oauth2/token", credentials));
  call(emulator, postForm("/oauth2/token", client + "grant_type=refresh_token&refresh_token=canary-refresh"));
  call(emulator, postForm("/oauth2/token", client + "grant_type=" + std::string(200, 'x')));
  call(emulator, postForm("/oauth2/token", "grant_type=%zz"));
  call(emulator, postForm("/oauth2/revoke", client + "grant_type=refresh_token&token=canary-token"));
  const std::vector<RequestRecord> records = emulator.requests();
  ASSERT_EQ(records.size(), 5U);
  EXPECT_EQ(records[0].grantType, "client_credentials");
  EXPECT_EQ(records[1].grantType, "refresh_token");
  EXPECT_EQ(records[2].grantType, std::string(100, 'x'));
  EXPECT_EQ(records[3].grantType, "");
  EXPECT_EQ(records[4].grantType, "");
  for (const RequestRecord& record : records) {
    std::string all = record.method + record.target + record.boxRequestId + record.grantType;
    for (const Header& header : record.headers) all += header.first + header.second;
    EXPECT_EQ(all.find("canary"), std::string::npos);
    EXPECT_GT(record.bodySize, 0U);
  }
  EXPECT_EQ(emulator.counts().tokenRequests, 4U);
  EXPECT_EQ(emulator.counts().tokenRequestsOf("client_credentials"), 1U);
  EXPECT_EQ(emulator.counts().tokenRequestsOf("refresh_token"), 1U);
  EXPECT_EQ(emulator.counts().tokenRequestsOf("authorization_code"), 0U);
  emulator.clear();
  EXPECT_EQ(emulator.counts().tokenRequestsOf("refresh_token"), 0U);
}

TEST(EmulatorOAuth, CountsGrantsThatAScriptAnswers) {
  Emulator emulator(application());
  emulator.scriptOAuth({Reply::status(503), Reply::error(400, "invalid_grant", "Please check the 'exp' claim.")});
  EXPECT_EQ(call(emulator, postForm("/oauth2/token", credentials)).status, 503);
  EXPECT_EQ(textIn(call(emulator, postForm("/oauth2/token", credentials)), "error"), "invalid_grant");
  EXPECT_EQ(call(emulator, postForm("/oauth2/token", credentials)).status, 200);
  EXPECT_EQ(emulator.counts().tokenRequestsOf("client_credentials"), 3U);
}

TEST(EmulatorOAuth, ScriptsAuthorizeAmongTheOAuthCalls) {
  Emulator emulator(application());
  emulator.script(Reply::status(500));
  emulator.scriptOAuth(Reply::status(503));
  EXPECT_EQ(call(emulator, get("/api/oauth2/authorize")).status, 503);
  EXPECT_EQ(call(emulator, postUsers()).status, 500);
  EXPECT_EQ(call(emulator, get("/api/oauth2/authorize")).status, 400);
}

TEST(EmulatorOAuth, SaysWhenAJwtKeyIsNone) {
  EmulatorOptions options = application();
  options.jwtPublicKeys = {{"key1", "nonsense"}};
  EXPECT_THROW(Emulator emulator(options), std::runtime_error);
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
