#include "auth/token_endpoint.hpp"

#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/token_failure.hpp"
#include "box/auth/oauth.hpp"
#include "box/network/network_client.hpp"
#include "pipeline/route.hpp"
#include "support/json.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr AccessToken::TimePoint now{std::chrono::hours(24 * 365 * 50)};

// ---------------------------------------------------------------------------------------------------------------- form

TEST(FormBody, EncodesAllButUnreservedCharacters) {
  FormBody form;
  form.add("grant_type", "urn:ietf:params").add("client_secret", "a b+c&d=e%f/\xc3\xa9~-._Z9");
  EXPECT_EQ(form.text(), "grant_type=urn%3Aietf%3Aparams&client_secret=a%20b%2Bc%26d%3De%25f%2F%C3%A9~-._Z9");
}

TEST(FormBody, TakesLongValues) {
  FormBody form;
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "field" + std::to_string(i), value(1000, static_cast<char>('a' + i));
    form.add(name, value);
    expected += (i == 0 ? "" : "&") + name + "=" + value;
  }
  EXPECT_EQ(form.text(), expected);
}

TEST(FormBody, DoesNotMoveItsSecretsWhereItIsShort) {
  FormBody form;
  form.add("client_id", "id");
  const char* const place = form.text().data();
  for (int i = 0; i < 5; ++i) form.add("client_secret", std::string(50, '/'));
  EXPECT_EQ(form.text().data(), place) << "memory that it left would have to be wiped";
}

// ------------------------------------------------------------------------------------------------------------- request

TEST(TokenEndpoint, ItsOperationsAreSecretAndMayBeSentTwice) {
  for (const auto& operation : {tokenOperation(), revokeOperation()}) {
    EXPECT_EQ(operation->path, "/" + operation->name);
    EXPECT_EQ(operation->method, "POST");
    EXPECT_TRUE(operation->expectedStatus.contains(200));
    EXPECT_FALSE(operation->expectedStatus.contains(204));
    EXPECT_EQ(operation->idempotency, Idempotency::idempotent);
    EXPECT_TRUE(operation->secret);
    EXPECT_FALSE(operation->answerInBody);
  }
  EXPECT_EQ(tokenOperation()->name, "oauth2/token");
  EXPECT_EQ(revokeOperation()->name, "oauth2/revoke");
}

/// Keeps the last request, and gives the responses of a list; afterwards, an empty object.
class Recording final : public NetworkClient {
 public:
  asio::awaitable<FetchResponse> fetch(NetworkRequest asked) override {
    request.emplace(std::move(asked));
    ++requests;
    FetchResponse response;
    response.statusCode = 200;
    response.body = "{}";
    if (!responses.empty()) {
      response = std::move(responses.front());
      responses.pop_front();
    }
    return give(std::move(response));
  }

  std::optional<NetworkRequest> request;
  int requests = 0;
  std::deque<FetchResponse> responses;

 private:
  static asio::awaitable<FetchResponse> give(FetchResponse response) { co_return response; }
};

TEST(TokenEndpoint, AFormIsSentWithItsTypeItsSecretsAndTheDeadlineOfTheCall) {
  const auto client = std::make_shared<Recording>();
  const Deadline deadline = std::chrono::steady_clock::time_point(1h);
  const auto route = std::make_shared<const Route>("https://api.box.test");
  FormBody form;
  form.add("grant_type", "refresh_token").add("refresh_token", "s3cret");
  asio::io_context io;
  asio::co_spawn(io, postForm(tokenOperation(), form, TokenContext(client, NetworkSession(), deadline, route)),
                 [](std::exception_ptr thrown, const FetchResponse& response) {
                   EXPECT_FALSE(thrown);
                   EXPECT_EQ(response.body, "{}");
                 });
  io.run();
  ASSERT_TRUE(client->request);
  EXPECT_EQ(client->request->operation, tokenOperation());
  EXPECT_EQ(client->request->route, route);
  EXPECT_EQ(client->request->contentType, "application/x-www-form-urlencoded");
  EXPECT_EQ(client->request->body, "grant_type=refresh_token&refresh_token=s3cret");
  EXPECT_EQ(client->request->auth, nullptr);
  ASSERT_EQ(client->request->secrets.size(), 1U);
  EXPECT_EQ(client->request->secrets[0].reveal(), "s3cret");
  EXPECT_EQ(client->request->deadline.resolve(std::chrono::steady_clock::time_point(), 2h),
            std::chrono::steady_clock::time_point(1h));
}

FetchResponse tokenAnswer(bool intact) {
  FetchResponse response;
  response.statusCode = 200;
  response.body = R"({"access_token":"T0ken"})";
  response.bodyIntact = intact;
  return response;
}

/// The text of the token, or the error's.
std::string tokenFrom(const std::shared_ptr<Recording>& client) {
  std::string outcome;
  asio::io_context io;
  asio::co_spawn(io, postForToken(tokenOperation(), FormBody(), TokenContext(client, NetworkSession(), Deadline())),
                 [&](std::exception_ptr thrown, const std::shared_ptr<const AccessToken>& token) {
                   try {
                     if (thrown) std::rethrow_exception(thrown);
                     outcome = token->value().reveal();
                   } catch (const BoxSdkError& error) {
                     outcome = error.what();
                   }
                 });
  io.run();
  return outcome;
}

TEST(TokenEndpoint, AnAnswerThatWasCutShortIsRequestedOnceMore) {
  const auto client = std::make_shared<Recording>();
  client->responses = {tokenAnswer(false), tokenAnswer(true)};
  EXPECT_EQ(tokenFrom(client), "T0ken");
  EXPECT_EQ(client->requests, 2);
  client->responses = {tokenAnswer(false), tokenAnswer(false), tokenAnswer(true)};
  EXPECT_THAT(tokenFrom(client), HasSubstr("the token endpoint's answer was cut short"));
  EXPECT_EQ(client->requests, 4);
}

TEST(TokenEndpoint, AnAnswerInAContentCodingIsNotRequestedAgain) {
  const auto client = std::make_shared<Recording>();
  client->responses = {tokenAnswer(false), tokenAnswer(true)};
  client->responses.front().headers.append("Content-Encoding", "gzip");
  EXPECT_THAT(tokenFrom(client), HasSubstr("in a content coding"));
  EXPECT_EQ(client->requests, 1);
}

/// Refuses each request as an authorization server does.
class RefusingGrants final : public NetworkClient {
 public:
  asio::awaitable<FetchResponse> fetch(NetworkRequest asked) override {
    request.emplace(std::move(asked));
    return refuse();
  }
  std::optional<NetworkRequest> request;

 private:
  static asio::awaitable<FetchResponse> refuse() {
    ErrorDetails details;
    details.api.emplace();
    details.api->statusCode = 400;
    details.api->clientError.code = "invalid_grant";
    throw BoxSdkError(Errc::badRequest, std::move(details));
    co_return FetchResponse();
  }
};

TEST(TokenEndpoint, ARefusalIsExplainedAndACodeIsSentOnce) {
  const struct {
    GrantType grant;
    Errc code;
    Idempotency idempotency;
  } rows[] = {{GrantType::authorizationCode, Errc::tokenUnavailable, Idempotency::notIdempotent},
              {GrantType::refreshToken, Errc::refreshTokenExpired, Idempotency::idempotent}};
  for (const auto& row : rows) {
    const auto client = std::make_shared<RefusingGrants>();
    std::optional<error_code> code;
    asio::io_context io;
    asio::co_spawn(io, postTokenRequest(row.grant, FormBody(), TokenContext(client, NetworkSession(), Deadline())),
                   [&](std::exception_ptr thrown, const std::shared_ptr<const AccessToken>&) {
                     try {
                       if (thrown) std::rethrow_exception(thrown);
                     } catch (const BoxSdkError& error) {
                       code = error.code();
                     }
                   });
    io.run();
    EXPECT_EQ(code, make_error_code(row.code));
    ASSERT_TRUE(client->request);
    EXPECT_EQ(client->request->operation->idempotency, row.idempotency);
  }
}

// ------------------------------------------------------------------------------------------------------------ response

TEST(TokenResponse, IsReadAsBoxSendsIt) {
  const auto token = parseTokenResponse(
      R"({"access_token":"c3FIOG9vSGV4VHo4QzAyg5T1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVQ","expires_in":3600,
          "token_type":"bearer","restricted_to":[{"scope":"item_download"}],"refresh_token":"abc"})",
      now);
  EXPECT_EQ(token->value().reveal(), "c3FIOG9vSGV4VHo4QzAyg5T1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVQ");
  EXPECT_EQ(token->expiresAt(), now + 1h);
  EXPECT_EQ(token->refreshToken().reveal(), "abc");
}

TEST(TokenResponse, NamesItsTypeInAnyCase) {
  for (const char* const type : {"bearer", "Bearer", "BEARER", "bEaReR", ""}) {
    const std::string body = R"({"access_token":"a","token_type":")" + std::string(type) + "\"}";
    EXPECT_EQ(parseTokenResponse(body, now)->value().reveal(), "a") << type;
  }
}

TEST(TokenResponse, IsNotParsedOnTheEventLoopIfItIsLong) {
  std::string body = R"({"access_token":"a","more":")";
  body.append(longestParsedAtOnce - body.size() - 2, 'x').append("\"}");
  EXPECT_EQ(parseTokenResponse(body, now)->value().reveal(), "a");
  body.append(" ");
  try {
    parseTokenResponse(body, now);
    ADD_FAILURE();
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::tokenUnavailable);
    EXPECT_THAT(error.what(), HasSubstr("more than 32 KiB"));
  }
}

TEST(TokenResponse, WithAnOddTokenIsNoFileOfTheUsers) {
  for (const char* const body : {R"({"access_token":"a\u0000b"})", R"({"access_token":"\ufeffab"})",
                                 R"({"access_token":"a b"})", R"({"access_token":"a","refresh_token":"b\u0000c"})"}) {
    try {
      parseTokenResponse(body, now);
      ADD_FAILURE() << body;
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::tokenUnavailable);
      EXPECT_THAT(error.what(), HasSubstr("has characters that a bearer token cannot have"));
      EXPECT_THAT(error.what(), Not(HasSubstr("UTF")));
      EXPECT_THAT(error.what(), Not(HasSubstr("?")));
    }
  }
}

class Lifetime : public testing::TestWithParam<std::pair<const char*, int>> {};

TEST_P(Lifetime, IsTakenForWhatItMayMean) {
  const auto [field, seconds] = GetParam();
  const std::string body = std::string(R"({"access_token":"a")") + field + "}";
  const auto token = parseTokenResponse(body, now);
  if (seconds == 0) {
    EXPECT_EQ(token->expiresAt(), std::nullopt) << body;
  } else {
    EXPECT_EQ(token->expiresAt(), now + std::chrono::seconds(seconds)) << body;
  }
}

// 0 means unknown: the token is used until Box refuses it. If it counted as expired, each call would request a token.
INSTANTIATE_TEST_SUITE_P(
    TokenResponse, Lifetime,
    testing::Values(std::pair("", 0), std::pair(R"(,"expires_in":null)", 0), std::pair(R"(,"expires_in":0)", 0),
                    std::pair(R"(,"expires_in":-1)", 0), std::pair(R"(,"expires_in":-1e999)", 0),
                    std::pair(R"(,"expires_in":1)", 1), std::pair(R"(,"expires_in":2.5)", 3),
                    std::pair(R"(,"expires_in":4169)", 4169), std::pair(R"(,"expires_in":86401)", 86400),
                    std::pair(R"(,"expires_in":99999999999999999999)", 86400),
                    std::pair(R"(,"expires_in":18446744073709551615)", 86400),
                    std::pair(R"(,"expires_in":1e999)", 86400), std::pair(R"(,"expires_in":"3600")", 3600),
                    std::pair(R"(,"expires_in":"99999999999999999999999")", 86400), std::pair(R"(,"expires_in":"")", 0),
                    std::pair(R"(,"expires_in":"soon")", 0), std::pair(R"(,"expires_in":"-5")", 0),
                    std::pair(R"(,"expires_in":"1e3")", 0), std::pair(R"(,"expires_in":[3600])", 0),
                    std::pair(R"(,"expires_in":{})", 0), std::pair(R"(,"expires_in":true)", 0)));

TEST(TokenResponse, WithoutATokenIsRefusedAndNotShown) {
  for (const char* body : {"", "{", "[]", "null", "\"access_token\"", "{}", R"({"access_token":""})",
                           R"({"access_token":17})", R"({"access_token":"hidden value"})",
                           R"({"access_token":"hidden\r\nX: y"})", R"({"access_token":"hidden","token_type":"mac"})",
                           R"({"access_token":"hidden","refresh_token":"a b"})", "<html>hidden</html>"}) {
    try {
      parseTokenResponse(body, now);
      ADD_FAILURE() << body;
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::tokenUnavailable) << body;
      EXPECT_THAT(error.what(), Not(HasSubstr("hidden"))) << body;
    }
  }
  EXPECT_THROW(parseTokenResponse(R"({"access_token":")" + std::string(9000, 'a') + R"("})", now), BoxSdkError);
  EXPECT_THROW(parseTokenResponse(std::string(100, '[') + std::string(100, ']'), now), BoxSdkError);
}

// -------------------------------------------------------------------------------------------------------------- errors

BoxSdkError refusal(int status, Errc code, const char* error, const char* description) {
  ErrorDetails details;
  details.context = "oauth2/token: 400";
  details.api.emplace();
  details.api->statusCode = status;
  if (error != nullptr) details.api->clientError.code = error;
  if (description != nullptr) details.api->clientError.message = description;
  return BoxSdkError(code, details);
}

struct Explained {
  const char* error;
  const char* description;
  GrantType grant;
  Errc code;
  const char* remedy;
};

class Explanation : public testing::TestWithParam<Explained> {};

TEST_P(Explanation, TellsFailuresApartAndSaysWhatToDo) {
  const Explained& expected = GetParam();
  const BoxSdkError error =
      explainGrantError(refusal(400, Errc::badRequest, expected.error, expected.description), expected.grant);
  EXPECT_EQ(error.code(), expected.code) << error.what();
  EXPECT_EQ(error.kind(), kindOf(expected.code));
  EXPECT_THAT(error.what(), HasSubstr(expected.remedy));
  EXPECT_THAT(error.what(), HasSubstr("oauth2/token: 400")) << "what Box said stays";
  EXPECT_EQ(error.code(), ErrorCondition::authentication);
  ASSERT_NE(error.api(), nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    TokenErrors, Explanation,
    testing::Values(
        Explained{"invalid_client", "The client credentials are invalid", GrantType::clientCredentials,
                  Errc::credentialsInvalid, "client secret"},
        Explained{"invalid_client", "The client credentials are invalid", GrantType::refreshToken,
                  Errc::credentialsInvalid, "client secret"},
        Explained{"unauthorized_client", "This app is not authorized by the enterprise admin.",
                  GrantType::clientCredentials, Errc::appNotAuthorized, "administrator"},
        Explained{"unauthorized_client", "This app is not authorized by the enterprise admin.", GrantType::jwtBearer,
                  Errc::appNotAuthorized, "administrator"},
        Explained{"unauthorized_client", "", GrantType::jwtBearer, Errc::appNotAuthorized, "administrator"},
        Explained{"invalid_request", "The app is not authorized by the enterprise admin.", GrantType::jwtBearer,
                  Errc::appNotAuthorized, "administrator"},
        Explained{"invalid_grant", "Refresh token has expired", GrantType::refreshToken, Errc::refreshTokenExpired,
                  "sign in again"},
        Explained{"invalid_grant", "Invalid refresh token", GrantType::refreshToken, Errc::refreshTokenExpired,
                  "sign in again"},
        Explained{"invalid_grant", "Please check the 'exp' claim.", GrantType::jwtBearer, Errc::clockSkew, "clock"},
        Explained{"invalid_grant", "Please check the 'jti' claim.", GrantType::jwtBearer, Errc::clockSkew, "clock"},
        Explained{"invalid_grant", "Please check the 'kid' claim: it has expired.", GrantType::jwtBearer,
                  Errc::credentialsInvalid, "public key id"},
        Explained{"invalid_grant", "Grant credentials are invalid", GrantType::clientCredentials,
                  Errc::credentialsInvalid, "enterprise"},
        Explained{"invalid_grant", "The authorization code has expired", GrantType::authorizationCode,
                  Errc::tokenUnavailable, "30 seconds"},
        Explained{"invalid_scope", "No", GrantType::tokenExchange, Errc::tokenUnavailable, "scopes"}));

TEST(TokenErrors, A401IsAboutTheCredentials) {
  for (const auto& [status, code] :
       {std::pair(401, Errc::credentialsInvalid), std::pair(402, Errc::tokenUnavailable)}) {
    const BoxSdkError error = refusal(status, Errc::badRequest, "unknown", nullptr);
    EXPECT_EQ(explainGrantError(error, GrantType::jwtBearer).code(), code) << status;
  }
}

TEST(TokenErrors, A401IsAboutTheTokenWhereNoCredentialsAreSent) {  // so Box answers a scope that the token lacks
  const BoxSdkError error = refusal(401, Errc::unauthorized, "invalid_scope", "No");
  EXPECT_EQ(explainGrantError(error, GrantType::tokenExchange).code(), Errc::tokenUnavailable);
  EXPECT_THAT(explainGrantError(error, GrantType::tokenExchange).what(), HasSubstr("must have the scopes"));
}

TEST(TokenErrors, SkewSaysWhatWasTried) {
  const BoxSdkError without = refusal(400, Errc::badRequest, "invalid_grant", "Please check the 'exp' claim.");
  EXPECT_THAT(explainGrantError(without, GrantType::jwtBearer).what(), HasSubstr("did not contain the server's time"));
  ErrorDetails details = without.details();
  details.api->date = now;
  const BoxSdkError with(without.code(), details);
  EXPECT_THAT(explainGrantError(with, GrantType::jwtBearer).what(), HasSubstr("own time was tried"));
}

TEST(TokenErrors, SayTheirReasonAndThatTheyAreAboutTheToken) {
  const BoxSdkError error = tokenError(Errc::tokenUnavailable, "why");
  EXPECT_EQ(error.code(), Errc::tokenUnavailable);
  EXPECT_EQ(error.details().context, "why");
  EXPECT_EQ(error.details().phase, Phase::token);
}

TEST(TokenErrors, WhatIsNoRefusalKeepsItsCode) {
  for (const Errc code : {Errc::connectFailed, Errc::hostNotFound, Errc::readTimeout, Errc::callTimeout,
                          Errc::tlsVerificationFailed, Errc::clientClosed}) {
    EXPECT_EQ(explainGrantError(BoxSdkError(code, "x"), GrantType::jwtBearer).code(), code);
  }
  EXPECT_EQ(explainGrantError(refusal(503, Errc::serverError, nullptr, nullptr), GrantType::jwtBearer).code(),
            Errc::serverError);
  EXPECT_EQ(explainGrantError(refusal(429, Errc::rateLimited, nullptr, nullptr), GrantType::jwtBearer).code(),
            Errc::rateLimited);
}

TEST(TokenErrors, ACancellationBehindTheHeaderOfARefusalKeepsItsCode) {
  ErrorDetails details = refusal(400, Errc::badRequest, "invalid_grant", "exp").details();
  details.kind = FailureKind::final;
  const BoxSdkError cancelled(boost::asio::error::operation_aborted, std::move(details));
  EXPECT_EQ(explainGrantError(cancelled, GrantType::authorizationCode).code(), boost::asio::error::operation_aborted);
  EXPECT_FALSE(isSkew(cancelled));
}

TEST(TokenErrors, EveryRefusalThatDoesNotPassIsAboutTheToken) {
  for (const int status : {405, 406, 410, 421, 451}) {
    const BoxSdkError error = refusal(status, Errc::requestRefused, nullptr, nullptr);
    EXPECT_EQ(explainGrantError(error, GrantType::clientCredentials).code(), Errc::tokenUnavailable) << status;
  }
  for (const int status : {408, 425}) {
    ErrorDetails details = refusal(status, Errc::requestRefused, nullptr, nullptr).details();
    details.kind = FailureKind::transient;
    const BoxSdkError passing(make_error_code(Errc::requestRefused), details);
    EXPECT_TRUE(isPassing(passing)) << status;
    EXPECT_EQ(explainGrantError(passing, GrantType::clientCredentials).code(), Errc::requestRefused) << status;
    EXPECT_EQ(explainGrantError(passing, GrantType::clientCredentials).kind(), FailureKind::transient) << status;
  }
}

TEST(TokenErrors, OnlyWhatPassesIsWorthWaitingFor) {
  for (const Errc code :
       {Errc::connectFailed, Errc::resolveFailed, Errc::hostNotFound, Errc::readTimeout, Errc::callTimeout,
        Errc::connectionLost, Errc::rateLimited, Errc::serverError, Errc::protocolError, Errc::localResource,
        Errc::poolTimeout, Errc::poolExhausted, Errc::unexpectedResponse, Errc::proxyFailed, Errc::proxyRefused,
        Errc::proxyAuthenticationRequired}) {
    EXPECT_TRUE(isPassing(BoxSdkError(code, "x"))) << make_error_code(code).message();
  }
  for (const Errc code : {Errc::credentialsInvalid, Errc::appNotAuthorized, Errc::refreshTokenExpired, Errc::clockSkew,
                          Errc::tokenUnavailable, Errc::clientClosed, Errc::tlsVerificationFailed, Errc::tlsNotTls,
                          Errc::invalidConfiguration, Errc::extensionFailed, Errc::badRequest, Errc::forbidden}) {
    EXPECT_FALSE(isPassing(BoxSdkError(code, "x"))) << make_error_code(code).message();
  }
}

TEST(TokenErrors, SkewIsWhatNamesExpOrJti) {
  EXPECT_TRUE(isSkew(refusal(400, Errc::badRequest, "invalid_grant", "Please check the 'exp' claim.")));
  EXPECT_TRUE(isSkew(refusal(400, Errc::badRequest, "invalid_grant", "jti is not unique")));
  EXPECT_FALSE(isSkew(refusal(400, Errc::badRequest, "invalid_grant", "The assertion has expired")));
  for (const char* text : {"an unexp value", "jtis", "xjti", "exp1red expire"}) {
    EXPECT_EQ(isSkew(refusal(400, Errc::badRequest, "invalid_grant", text)), text[0] == 'e') << text;
  }
  EXPECT_FALSE(isSkew(refusal(400, Errc::badRequest, "invalid_client", "Please check the 'exp' claim.")));
  EXPECT_FALSE(isSkew(refusal(503, Errc::serverError, "invalid_grant", "Please check the 'exp' claim.")));
  EXPECT_FALSE(isSkew(BoxSdkError(Errc::connectFailed, "exp")));
}

// --------------------------------------------------------------------------------------------------------------- OAuth

BoxOAuth oauth() {
  OAuthConfig config;
  config.clientId = "id";
  config.clientSecret = Secret("s3cret-and-hidden");
  return BoxOAuth(config);
}

TEST(OAuth, TheAuthorizeUrlHasWhatWasGivenAndNoSecret) {
  GetAuthorizeUrlOptions options;
  options.redirectUri = "http://127.0.0.1:4711/callback?a=b";
  options.state = "a&b";
  options.scope = "manage_enterprise_properties root_readonly";
  EXPECT_EQ(oauth().getAuthorizeUrl(options),
            "https://account.box.com/api/oauth2/authorize?response_type=code&client_id=id"
            "&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fcallback%3Fa%3Db&state=a%26b"
            "&scope=manage_enterprise_properties%20root_readonly");
  EXPECT_EQ(oauth().getAuthorizeUrl(), "https://account.box.com/api/oauth2/authorize?response_type=code&client_id=id");
}

TEST(OAuth, StatesAreLongAndNeverTheSame) {
  const std::string a = BoxOAuth::makeState(), b = BoxOAuth::makeState();
  EXPECT_EQ(a.size(), 32U);
  EXPECT_NE(a, b);
}

std::string codeIn(std::string_view redirected, std::string_view state) {
  return std::string(BoxOAuth::authorizationCode(redirected, state).reveal());
}

TEST(OAuth, TheCodeComesBackInUrlsAndPaths) {
  EXPECT_EQ(codeIn("http://127.0.0.1:1/callback?code=a%2Bb&state=s", "s"), "a+b");
  EXPECT_EQ(codeIn("/callback?state=s%20t&code=abc#top", "s t"), "abc");
  EXPECT_EQ(codeIn("?xcode=no&code=yes&state=s", "s"), "yes");
}

TEST(OAuth, AnotherStateIsRefusedBeforeAnythingElse) {
  for (const char* redirected : {"/?code=abc&state=other", "/?code=abc", "/?code=abc&state=", "/?error=x&state=sx", "",
                                 "/", "/?code=abc&state=%", "/?code=abc&state=%zz"}) {
    try {
      codeIn(redirected, "s");
      ADD_FAILURE() << redirected;
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::stateMismatch) << redirected;
    }
  }
}

TEST(OAuth, TwoValuesOfAFieldAreRefused) {
  const auto refusal = [](const char* redirected) {
    try {
      codeIn(redirected, "s");
    } catch (const BoxSdkError& error) {
      return error.code();
    }
    return error_code();
  };
  for (const char* const twice : {"/?state=s&state=s&code=c", "/?state=s&state=t&code=c", "/?state=t&code=c&state=s",
                                  "/?state=s&code=c&state", "/?state&state=s&code=c"}) {
    EXPECT_EQ(refusal(twice), Errc::stateMismatch) << twice;
  }
  for (const char* const twice :
       {"/?state=s&code=c&code=d", "/?code=c&state=s&code=c", "/?state=s&code&code=c", "/?state=s&error=a&error=b"}) {
    EXPECT_EQ(refusal(twice), Errc::tokenUnavailable) << twice;
  }
  EXPECT_EQ(codeIn("/?a=1&a=2&code=c&xcode=d&state=s&states=t", "s"), "c");
}

TEST(OAuth, WithoutAStateNoAnswerIsTaken) {
  EXPECT_THROW(codeIn("/?code=abc&state=", ""), BoxSdkError);
  EXPECT_THROW(codeIn("/?code=abc", ""), BoxSdkError);
}

TEST(OAuth, ARefusalAndAMissingCodeSaySo) {
  try {
    codeIn("/?error=access_denied%1b%5b31m&error_description=no&state=s", "s");
    ADD_FAILURE();
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::tokenUnavailable);
    EXPECT_THAT(error.what(), HasSubstr("access_denied"));
    EXPECT_THAT(error.what(), Not(HasSubstr("\x1b")));
  }
  EXPECT_THROW(codeIn("/?state=s", "s"), BoxSdkError);
}

TEST(OAuth, ConfigurationsAreCheckedAndFieldsNamed) {
  OAuthConfig config;
  const auto objection = [&] {
    try {
      BoxOAuth auth(config);
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidConfiguration);
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(objection(), HasSubstr("OAuthConfig::clientId"));
  config.clientId = "a b";
  EXPECT_THAT(objection(), HasSubstr("OAuthConfig::clientId"));
  config.clientId = "id";
  EXPECT_THAT(objection(), HasSubstr("OAuthConfig::clientSecret"));
  config.clientSecret = Secret("hidden\n");
  EXPECT_THAT(objection(), HasSubstr("OAuthConfig::clientSecret"));
  EXPECT_THAT(objection(), Not(HasSubstr("hidden")));
  config.clientSecret = Secret("hidden");
  config.refreshMargin = -1s;
  EXPECT_THAT(objection(), HasSubstr("OAuthConfig::refreshMargin"));
  config.refreshMargin = 0s;
  EXPECT_EQ(objection(), "");
}

}  // namespace
}  // namespace box
