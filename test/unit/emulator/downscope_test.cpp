#include "behaviour_support.hpp"

#include <boost/json.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace box::inline v0_1::emulator::test {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// "urn:ietf:params:oauth:", encoded for a form.
const std::string urn = "urn%3Aietf%3Aparams%3Aoauth%3A";
const std::string exchangeGrant = "grant_type=" + urn + "grant-type%3Atoken-exchange&";
const std::string tokenType = "subject_token_type=" + urn + "token-type%3Aaccess_token&";

BoxRequest downscope(const std::string& subject, const std::string& scope, const std::string& further = std::string()) {
  return form("/oauth2/token", exchangeGrant + tokenType + "subject_token=" + subject + "&scope=" + scope + further);
}

EmulatorOptions withTokens() {
  EmulatorOptions options = application();
  options.accessTokens = {"wide"};
  options.underprivilegedTokens = {"weak"};
  options.expiredTokens = {"old"};
  return options;
}

TEST(BoxDownscope, GivesATokenWithTheseScopesOnly) {
  BoxBehaviour box(withTokens());
  const BoxAnswer answer = box.answer(downscope("wide", "item_preview+base_explorer"), at());
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(objection(answer.body, accessTokenFacts()), "");
  EXPECT_EQ(textOf(answer, "issued_token_type"), "urn:ietf:params:oauth:token-type:access_token");
  EXPECT_EQ(bodyOf(answer).at("expires_in").as_int64(), 3600);
  EXPECT_FALSE(bodyOf(answer).contains("refresh_token"));
  const json::object body = bodyOf(answer);
  const json::array& restrictions = body.at("restricted_to").as_array();
  ASSERT_EQ(restrictions.size(), 2U);
  EXPECT_EQ(restrictions[0].at("scope").as_string(), "base_explorer");
  EXPECT_EQ(restrictions[1].at("scope").as_string(), "item_preview");

  const std::string narrow = textOf(answer, "access_token");
  const BoxAnswer refused = box.answer(usersWith(narrow), at());
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.body, "");
  EXPECT_NE(findHeader(refused.headers, "WWW-Authenticate").find("error=\"insufficient_scope\""), std::string::npos);
  EXPECT_FALSE(refused.accepted.has_value());
  EXPECT_EQ(box.answer(usersWith("wide"), at()).status, 202);
}

TEST(BoxDownscope, GivesATokenThatMayTerminateWhenAskedFor) {
  BoxBehaviour box(withTokens());
  const BoxAnswer answer = box.answer(downscope("wide", "manage_enterprise_properties"), at());
  EXPECT_EQ(box.answer(usersWith(textOf(answer, "access_token")), at()).status, 202);
}

TEST(BoxDownscope, DoesNotWidenWhatIsNarrow) {
  BoxBehaviour box(withTokens());
  const std::string narrow = textOf(box.answer(downscope("wide", "item_preview+item_upload"), at()), "access_token");
  EXPECT_EQ(box.answer(downscope(narrow, "item_preview"), at()).status, 200);
  for (const std::string& subject : {narrow, std::string("weak")}) {
    const BoxAnswer answer = box.answer(downscope(subject, "manage_enterprise_properties"), at());
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(objection(answer.body, oauthErrorFacts()), "");
  }
}

TEST(BoxDownscope, NamesTheResource) {
  for (const char* kind : {"file", "folder"}) {
    const std::string url = "&resource=https%3A%2F%2Fapi.box.com%2F2.0%2F" + std::string(kind) + "s%2F123";
    const BoxAnswer answer = once(downscope("wide", "item_preview", url), withTokens());
    ASSERT_EQ(answer.status, 200);
    const json::object body = bodyOf(answer);
    const json::value& object = body.at("restricted_to").as_array().at(0).at("object");
    EXPECT_EQ(object.at("type").as_string(), kind);
    EXPECT_EQ(object.at("id").as_string(), "123");
  }
  for (const char* bad :
       {"x", "https%3A%2F%2Fapi.box.com%2F2.0%2Ffiles%2F", "https%3A%2F%2Fapi.box.com%2F2.0%2Ffiles%2Fa",
        "https%3A%2F%2Fapi.box.com%2F2.0%2Fusers%2F1", "%2F2.0%2Ffiles%2F1"}) {
    const BoxAnswer answer = once(downscope("wide", "item_preview", std::string("&resource=") + bad), withTokens());
    EXPECT_EQ(answer.status, 400) << bad;
    EXPECT_EQ(textOf(answer, "error_description"), "The target resource is invalid");
  }
}

TEST(BoxDownscope, LastsNoLongerThanItsSubject) {
  EmulatorOptions options = application();
  options.tokenLifetime = minutes(10);
  BoxBehaviour box(options);
  const BoxAnswer subject = box.answer(
      form("/oauth2/token",
           clientFields + std::string("grant_type=client_credentials&box_subject_type=user&box_subject_id=7")),
      at());
  const BoxAnswer answer =
      box.answer(downscope(textOf(subject, "access_token"), "manage_enterprise_properties"), at(milliseconds(480500)));
  ASSERT_EQ(answer.status, 200);
  // The number is rounded down, because a client relies on it.
  EXPECT_EQ(bodyOf(answer).at("expires_in").as_int64(), 119);
  const std::string narrow = textOf(answer, "access_token");
  EXPECT_EQ(box.answer(usersWith(narrow), at(milliseconds(599999))).status, 202);
  EXPECT_EQ(box.answer(usersWith(narrow), at(minutes(10))).status, 401);
}

TEST(BoxDownscope, ActsForTheSameSubject) {
  BoxBehaviour box(application());
  const BoxAnswer subject = box.answer(
      form("/oauth2/token",
           clientFields + std::string("grant_type=client_credentials&box_subject_type=user&box_subject_id=7")),
      at());
  const BoxAnswer answer = box.answer(downscope(textOf(subject, "access_token"), "item_preview"), at());
  EXPECT_EQ(textOf(box.answer(get("/2.0/users/me", textOf(answer, "access_token")), at()), "id"), "7");
}

TEST(BoxDownscope, NeedsNoClientButNoWrongOneEither) {
  EXPECT_EQ(once(downscope("wide", "item_preview", "&client_id=id&client_secret=secret"), withTokens()).status, 200);
  for (const char* client : {"&client_id=id", "&client_secret=secret", "&client_id=id&client_secret=wrong"}) {
    const BoxAnswer answer = once(downscope("wide", "item_preview", client), withTokens());
    EXPECT_EQ(answer.status, 400) << client;
    EXPECT_EQ(textOf(answer, "error"), "invalid_client");
  }
}

TEST(BoxDownscope, RefusesWhatIsWrong) {
  const std::string good = exchangeGrant + tokenType + "subject_token=wide&";
  const std::vector<Refusal> refusals = {
      {good, "invalid_scope"},
      {good + "scope=", "invalid_scope"},
      {good + "scope=+", "invalid_scope"},
      {good + "scope=a%22b", "invalid_scope"},
      {good + "scope=%C3%A4", "invalid_scope"},
      {exchangeGrant + "subject_token=wide&scope=a", "invalid_request"},
      {exchangeGrant + "subject_token_type=access_token&subject_token=wide&scope=a", "invalid_request"},
      {exchangeGrant + tokenType + "scope=a", "invalid_grant"},
      {exchangeGrant + tokenType + "subject_token=old&scope=a", "invalid_grant"},
      {exchangeGrant + tokenType + "subject_token=unknown&scope=a", "invalid_grant"}};
  for (const Refusal& refusal : refusals) {
    const BoxAnswer answer = once(form("/oauth2/token", refusal.body), withTokens());
    EXPECT_EQ(answer.status, 400) << refusal.body;
    EXPECT_EQ(textOf(answer, "error"), refusal.message) << refusal.body;
    EXPECT_EQ(objection(answer.body, oauthErrorFacts()), "");
  }
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
