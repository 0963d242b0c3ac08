#include "behaviour_support.hpp"

#include <boost/json.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace box::inline v0_1::emulator::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

BoxRequest tokenRequest(const std::string& fields) { return form("/oauth2/token", clientFields + fields); }

BoxRequest clientCredentials(const std::string& type = "enterprise", const std::string& id = "5") {
  return tokenRequest("grant_type=client_credentials&box_subject_type=" + type + "&box_subject_id=" + id);
}

BoxRequest requestWithCode(const std::string& code) {
  return tokenRequest("grant_type=authorization_code&code=" + code);
}

BoxRequest refreshRequest(const std::string& token) {
  return tokenRequest("grant_type=refresh_token&refresh_token=" + token);
}

BoxRequest revokeRequest(const std::string& token) { return form("/oauth2/revoke", clientFields + ("token=" + token)); }

/// The tokens of an answer; empty where it has none.
struct Pair {
  explicit Pair(const BoxAnswer& answer)
      : access(textOf(answer, "access_token")), refresh(textOf(answer, "refresh_token")) {}
  std::string access;
  std::string refresh;
};

/// The options of an application with a refresh token named "first".
EmulatorOptions withRefreshToken() {
  EmulatorOptions options = application();
  options.refreshTokens = {"first"};
  return options;
}

TEST(BoxOAuth, IssuesATokenForClientCredentials) {
  EmulatorOptions options = application();
  options.clientSecret = "s&cret";
  options.tokenLifetime = seconds(60);
  BoxBehaviour box(options);
  const BoxAnswer answer =
      box.answer(form("/oauth2/token",
                      "grant_type=client_credentials&client_id=id&client_secret=s%26cret&box_subject_type=enterprise&"
                      "box_subject_id=5"),
                 at());
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(objection(answer.body, accessTokenFacts()), "");
  EXPECT_EQ(findHeader(answer.headers, "Cache-Control"), "no-store");
  EXPECT_EQ(bodyOf(answer).at("expires_in").as_int64(), 60);
  EXPECT_EQ(bodyOf(answer).at("restricted_to").as_array().size(), 0U);
  EXPECT_FALSE(bodyOf(answer).contains("refresh_token"));
  const std::string token = textOf(answer, "access_token");
  EXPECT_EQ(box.answer(usersWith(token), at(milliseconds(59999))).status, 202);
  EXPECT_EQ(box.answer(usersWith(token), at(seconds(60))).status, 401);
  EXPECT_EQ(box.answer(usersWith("invented"), at()).status, 401);
}

TEST(BoxOAuth, GivesADifferentTokenEachTime) {
  BoxBehaviour box(application());
  EXPECT_NE(Pair(box.answer(clientCredentials(), at())).access, Pair(box.answer(clientCredentials(), at())).access);
}

TEST(BoxOAuth, TakesOnlyAuthorizedSubjects) {
  EmulatorOptions options = application();
  options.subjectIds = {"5", "7"};
  BoxBehaviour box(options);
  EXPECT_EQ(box.answer(clientCredentials("enterprise", "5"), at()).status, 200);
  EXPECT_EQ(box.answer(clientCredentials("user", "7"), at()).status, 200);
  for (const char* id : {"6", ""}) {
    const BoxAnswer answer = box.answer(clientCredentials("user", id), at());
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(textOf(answer, "error"), "unauthorized_client");
    EXPECT_EQ(textOf(answer, "error_description"), "This app is not authorized by the enterprise admin.");
  }
}

TEST(BoxOAuth, RefusesBadGrants) {
  const std::string client = clientFields;
  const std::string subject = "box_subject_type=enterprise&box_subject_id=5&";
  const std::vector<Refusal> refusals = {
      {"", "invalid_request"},
      {"grant_type=%zz", "invalid_request"},
      {client, "invalid_request"},
      {"grant_type=&" + client, "invalid_request"},
      {"grant_type=client_credentials&grant_type=client_credentials&" + subject + client, "invalid_request"},
      {"grant_type=password&" + client, "unsupported_grant_type"},
      {"grant_type=client_credentials&" + subject + "client_id=id&client_secret=wrong", "invalid_client"},
      {"grant_type=client_credentials&" + subject + "client_id=wrong&client_secret=secret", "invalid_client"},
      {"grant_type=client_credentials&" + subject + "client_id=id", "invalid_client"},
      {"grant_type=client_credentials&" + subject, "invalid_client"},
      {"grant_type=client_credentials&" + client + "box_subject_type=robot&box_subject_id=5", "invalid_grant"},
      {"grant_type=client_credentials&" + client + "box_subject_id=5", "invalid_grant"},
      {"grant_type=refresh_token&client_id=id&client_secret=wrong&refresh_token=first", "invalid_client"},
      {"grant_type=refresh_token&" + client + "refresh_token=none", "invalid_grant"},
      {"grant_type=refresh_token&" + client, "invalid_grant"},
      {"grant_type=authorization_code&client_id=id&client_secret=wrong&code=c", "invalid_client"},
      {"grant_type=authorization_code&" + client, "invalid_grant"}};
  for (const Refusal& refusal : refusals) {
    const BoxAnswer answer = once(form("/oauth2/token", refusal.body), withRefreshToken());
    EXPECT_EQ(answer.status, 400) << refusal.body;
    EXPECT_EQ(textOf(answer, "error"), refusal.message) << refusal.body;
    EXPECT_EQ(objection(answer.body, oauthErrorFacts()), "");
  }
}

TEST(BoxOAuth, TakesFormsOnly) {
  for (const char* target : {"/oauth2/token", "/oauth2/revoke"}) {
    BoxRequest json = form(target, "{}");
    json.headers.back().second = "application/json";
    EXPECT_EQ(once(json).status, 400);
    EXPECT_EQ(textOf(once(json), "error"), "invalid_request");
  }
}

TEST(BoxOAuth, DoesNotTakeTheSecretFromTheTargetOrAHeader) {
  BoxRequest inTarget = form("/oauth2/token?client_id=id&client_secret=secret",
                             "grant_type=client_credentials&box_subject_type=user&box_subject_id=5");
  EXPECT_EQ(textOf(once(inTarget, application()), "error"), "invalid_client");
  inTarget.target = "/oauth2/token";
  inTarget.headers.emplace_back("Authorization", "Basic aWQ6c2VjcmV0");
  EXPECT_EQ(textOf(once(inTarget, application()), "error"), "invalid_client");
}

TEST(BoxOAuth, TakesACodeOnce) {
  EmulatorOptions options = application();
  options.authorizationCodes = {"c0de"};
  BoxBehaviour box(options);
  const BoxAnswer answer = box.answer(requestWithCode("c0de"), at());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(objection(answer.body, accessTokenFacts()), "");
  EXPECT_EQ(bodyOf(answer).at("expires_in").as_int64(), 3600);
  EXPECT_NE(textOf(answer, "refresh_token"), "");
  const BoxAnswer again = box.answer(requestWithCode("c0de"), at());
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(textOf(again, "error"), "invalid_grant");
  EXPECT_EQ(textOf(again, "error_description"), "The authorization code has expired");
  EXPECT_EQ(box.answer(requestWithCode("other"), at()).status, 400);
}

TEST(BoxOAuth, KeepsARefreshTokenUntilItsAccessTokenIsUsed) {
  BoxBehaviour box(withRefreshToken());
  // The client does not receive this answer.
  EXPECT_EQ(box.answer(refreshRequest("first"), at()).status, 200);
  const Pair again(box.answer(refreshRequest("first"), at()));
  ASSERT_NE(again.access, "");
  EXPECT_EQ(box.answer(usersWith(again.access), at()).status, 202);
  const BoxAnswer late = box.answer(refreshRequest("first"), at());
  EXPECT_EQ(late.status, 400);
  EXPECT_EQ(textOf(late, "error"), "invalid_grant");
  EXPECT_EQ(textOf(late, "error_description"), "Refresh token has expired");
  EXPECT_EQ(box.answer(refreshRequest(again.refresh), at()).status, 200);
}

TEST(BoxOAuth, ForgetsAllOlderRefreshTokensWhenAnAccessTokenIsUsed) {
  BoxBehaviour box(withRefreshToken());
  const Pair second(box.answer(refreshRequest("first"), at()));
  const Pair third(box.answer(refreshRequest(second.refresh), at()));
  EXPECT_EQ(box.answer(usersWith(third.access), at()).status, 202);
  EXPECT_EQ(box.answer(refreshRequest("first"), at()).status, 400);
  EXPECT_EQ(box.answer(refreshRequest(second.refresh), at()).status, 400);
  EXPECT_EQ(box.answer(refreshRequest(third.refresh), at()).status, 200);
}

TEST(BoxOAuth, ARefusedUseOfAnAccessTokenEndsNoRefreshToken) {
  EmulatorOptions options = withRefreshToken();
  options.tokenLifetime = seconds(10);
  BoxBehaviour box(options);
  const Pair second(box.answer(refreshRequest("first"), at()));
  EXPECT_EQ(box.answer(usersWith(second.access), at(seconds(10))).status, 401);
  EXPECT_EQ(box.answer(refreshRequest("first"), at(seconds(10))).status, 200);
}

TEST(BoxOAuth, LetsRefreshTokensGrowOld) {
  EmulatorOptions options = withRefreshToken();
  BoxBehaviour box(options);
  const Pair second(box.answer(refreshRequest("first"), at()));
  EXPECT_EQ(box.answer(refreshRequest(second.refresh), at(hours(24 * 60) - seconds(1))).status, 200);
  EXPECT_EQ(box.answer(refreshRequest(second.refresh), at(hours(24 * 60))).status, 400);
}

TEST(BoxOAuth, RevokesWithAnEmptyAnswer) {
  BoxBehaviour box{EmulatorOptions()};
  EXPECT_EQ(box.answer(users(), at()).status, 202);
  const BoxAnswer answer = box.answer(form("/oauth2/revoke", "client_id=a&client_secret=b&token=token-1"), at());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(box.answer(users(), at()).status, 401);
  EXPECT_EQ(box.answer(form("/oauth2/revoke", "client_id=a&client_secret=b"), at()).status, 400);
}

TEST(BoxOAuth, RevokesForItsApplicationOnly) {
  BoxBehaviour box(application());
  const Pair pair(box.answer(clientCredentials(), at()));
  for (const char* client : {"", "client_id=id&", "client_id=id&client_secret=wrong&"}) {
    const BoxAnswer answer = box.answer(form("/oauth2/revoke", client + ("token=" + pair.access)), at());
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(textOf(answer, "error"), "invalid_client");
  }
  EXPECT_EQ(box.answer(usersWith(pair.access), at()).status, 202);
  EXPECT_EQ(box.answer(revokeRequest(pair.access), at()).status, 200);
  EXPECT_EQ(box.answer(usersWith(pair.access), at()).status, 401);
  // RFC 7009 2.2: neither a second revocation nor an unknown token is an error.
  EXPECT_EQ(box.answer(revokeRequest(pair.access), at()).status, 200);
  EXPECT_EQ(box.answer(revokeRequest("invented"), at()).status, 200);
}

TEST(BoxOAuth, RevokesBothTokensOfAPair) {
  for (const bool byRefreshToken : {false, true}) {
    BoxBehaviour box(withRefreshToken());
    const Pair pair(box.answer(refreshRequest("first"), at()));
    const Pair other(box.answer(requestWithCode("code"), at()));
    EXPECT_EQ(box.answer(revokeRequest(byRefreshToken ? pair.refresh : pair.access), at()).status, 200);
    EXPECT_EQ(box.answer(usersWith(pair.access), at()).status, 401);
    EXPECT_EQ(box.answer(refreshRequest(pair.refresh), at()).status, 400);
    // The older refresh token was still valid, because the pair had not been used. It is revoked too.
    EXPECT_EQ(box.answer(refreshRequest("first"), at()).status, 400);
    EXPECT_EQ(box.answer(usersWith(other.access), at()).status, 202);
    EXPECT_EQ(box.answer(refreshRequest(other.refresh), at()).status, 200);
  }
}

TEST(BoxOAuth, ExpiresOneTokenOrAll) {
  BoxBehaviour box{EmulatorOptions()};
  EXPECT_EQ(box.answer(usersWith("a"), at()).status, 202);
  EXPECT_EQ(box.answer(usersWith("b"), at()).status, 202);
  box.expireToken("a");
  EXPECT_EQ(box.answer(usersWith("a"), at()).status, 401);
  EXPECT_EQ(box.answer(usersWith("b"), at()).status, 202);
  box.expireAllTokens();
  EXPECT_EQ(box.answer(usersWith("b"), at()).status, 401);
  EXPECT_EQ(box.answer(usersWith("c"), at()).status, 202);
}

TEST(BoxOAuth, ExpiresIssuedTokensThatNobodyHasUsedButNotTheirRefreshTokens) {
  EmulatorOptions options = withRefreshToken();
  options.accessTokens = {"static"};
  BoxBehaviour box(options);
  const Pair pair(box.answer(refreshRequest("first"), at()));
  box.expireAllTokens();
  EXPECT_EQ(box.answer(usersWith(pair.access), at()).status, 401);
  EXPECT_EQ(box.answer(usersWith("static"), at()).status, 401);
  const Pair next(box.answer(refreshRequest(pair.refresh), at()));
  EXPECT_EQ(box.answer(usersWith(next.access), at()).status, 202);
}

TEST(BoxOAuth, ExpiresRefreshTokensButNotTheirAccessTokens) {
  BoxBehaviour box(withRefreshToken());
  const Pair pair(box.answer(refreshRequest("first"), at()));
  box.expireRefreshTokens();
  for (const std::string& token : {std::string("first"), pair.refresh}) {
    const BoxAnswer answer = box.answer(refreshRequest(token), at());
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(textOf(answer, "error_description"), "Refresh token has expired");
  }
  EXPECT_EQ(box.answer(usersWith(pair.access), at()).status, 202);
  const Pair later(box.answer(requestWithCode("code"), at()));
  EXPECT_EQ(box.answer(refreshRequest(later.refresh), at()).status, 200);
}

TEST(BoxOAuth, GoesByTheWallClockAlone) {
  BoxBehaviour box(application());
  const Pair pair(box.answer(clientCredentials(), at()));
  Moment ahead = at();
  ahead.wall += hours(1);
  EXPECT_EQ(box.answer(usersWith(pair.access), ahead).status, 401);
  Moment later = at();
  later.steady += hours(1);
  EXPECT_EQ(box.answer(usersWith(pair.access), later).status, 202);
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
