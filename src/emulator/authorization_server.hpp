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

namespace box::emulator {

/// Box's OAuth 2.0 side: hands tokens out, and knows which are good. No I/O and no clock of its own; not thread-safe.
class AuthorizationServer {
 public:
  using WallTime = std::chrono::system_clock::time_point;

  /// Both have to outlive it. Errors: std::runtime_error for a JWT key that is none.
  AuthorizationServer(const EmulatorOptions& options, BoxAnswers& answers);

  /// POST /oauth2/token.
  [[nodiscard]] BoxAnswer token(const BoxRequest& request, WallTime now);
  /// POST /oauth2/revoke.
  [[nodiscard]] BoxAnswer revoke(const BoxRequest& request);
  /// GET /api/oauth2/authorize, and the person's button at once.
  [[nodiscard]] BoxAnswer authorize(const BoxRequest& request, WallTime now);

  [[nodiscard]] TokenStore& tokens() noexcept { return tokens_; }

 private:
  /// A code that `authorize` gave out.
  struct Code {
    WallTime expires;
    std::string redirectUri;
    Entitlement entitlement;
  };
  using Grant = BoxAnswer (AuthorizationServer::*)(const FormFields&, WallTime);

  /// The form of a request, or why there is none.
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
  /// Grants by grant_type: a new one is a function and a line in the constructor.
  std::map<std::string, Grant, std::less<>> grants_;
  std::map<std::string, Code> codes_;
  std::set<std::string> usedCodes_;
};

}  // namespace box::emulator
