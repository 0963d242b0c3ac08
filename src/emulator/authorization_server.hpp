#pragma once

#include <box/emulator/emulator.hpp>

#include "box_answers.hpp"
#include "http_text.hpp"
#include "jwt_verifier.hpp"
#include "token_store.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace box::inline v0_1::emulator {

/// Box's OAuth 2.0 endpoints: issues tokens and knows which ones are valid. Has no I/O and no clock; not thread-safe.
class AuthorizationServer {
 public:
  using WallTime = std::chrono::system_clock::time_point;

  /// Both arguments must outlive this object. Errors: std::runtime_error where a JWT key cannot be used.
  AuthorizationServer(const EmulatorOptions& options, BoxAnswers& answers);

  /// POST /oauth2/token.
  [[nodiscard]] BoxAnswer token(const BoxRequest& request, WallTime now);
  /// POST /oauth2/revoke.
  [[nodiscard]] BoxAnswer revoke(const BoxRequest& request);
  /// GET /api/oauth2/authorize. It acts as if the person had clicked the button at once.
  [[nodiscard]] BoxAnswer authorize(const BoxRequest& request, WallTime now);

  [[nodiscard]] TokenStore& tokens() noexcept { return tokens_; }

 private:
  /// A code that authorize() has issued.
  struct Code {
    WallTime expires;
    std::string redirectUri;
    Entitlement entitlement;
  };
  using Grant = BoxAnswer (AuthorizationServer::*)(const FormFields&, WallTime);

  /// The form of a request. No value: it cannot be read, and `refusal` is the answer.
  [[nodiscard]] std::optional<FormFields> formOf(const BoxRequest& request, BoxAnswer& refusal);
  [[nodiscard]] bool clientIsGood(const FormFields& form) const;
  [[nodiscard]] bool subjectIsAuthorized(const std::string& id) const;
  [[nodiscard]] BoxAnswer refuseClient();
  [[nodiscard]] BoxAnswer refuseSubject();

  [[nodiscard]] BoxAnswer grantClientCredentials(const FormFields& form, WallTime now);
  [[nodiscard]] BoxAnswer grantJwt(const FormFields& form, WallTime now);
  [[nodiscard]] BoxAnswer grantAuthorizationCode(const FormFields& form, WallTime now);
  [[nodiscard]] BoxAnswer grantRefreshToken(const FormFields& form, WallTime now);
  [[nodiscard]] BoxAnswer exchangeToken(const FormFields& form, WallTime now);
  [[nodiscard]] BoxAnswer issueToken(const Entitlement& entitlement, WallTime now);
  [[nodiscard]] BoxAnswer issuePair(const Entitlement& entitlement, const std::string& replaces, WallTime now);

  const EmulatorOptions& options_;
  BoxAnswers& answers_;
  TokenStore tokens_;
  JwtVerifier jwt_;
  /// Functions by grant_type. To add a grant, write a function and register it in the constructor.
  std::map<std::string, Grant, std::less<>> grants_;
  std::map<std::string, Code> codes_;
  std::set<std::string> usedCodes_;
};

}  // namespace box::inline v0_1::emulator
