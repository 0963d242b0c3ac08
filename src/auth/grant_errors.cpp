#include "auth/grant_errors.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "auth/token_failure.hpp"
#include "support/ascii.hpp"
#include "support/refusal.hpp"

namespace box::inline v0_1 {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Whether the text contains the word as a whole: "exp", but not "expired".
bool names(std::string_view text, std::string_view word) {
  const auto continues = [&](std::size_t i) { return i < text.size() && isLetter(text[i]); };
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if (!(at > 0 && continues(at - 1)) && !continues(at + word.size())) return true;
  }
  return false;
}

std::string remedy(Errc code, GrantType grant, bool knowsServersTime) {
  switch (code) {
    case Errc::credentialsInvalid:
      switch (grant) {
        case GrantType::jwtBearer:
          return "check that client id, secret, public key id, private key and subject are of one app, and that the "
                 "key is "
                 "still listed in Box's console";
        case GrantType::clientCredentials:
          return "check client id, client secret and the id of the enterprise or user in Box's console";
        default: return "check client id and client secret in Box's console";
      }
    case Errc::appNotAuthorized:
      return "an administrator of the enterprise must authorise the app (Admin Console, Apps), and again after each "
             "change of "
             "its scopes";
    case Errc::refreshTokenExpired: return "a person must sign in again";
    case Errc::clockSkew:
      return knowsServersTime ? "set this machine's clock; the server's own time was tried and refused as well"
                              : "set this machine's clock; the answer did not contain the server's time";
    default:
      switch (grant) {
        case GrantType::authorizationCode:
          return "a code is valid for 30 seconds and for one use: start the sign-in again";
        case GrantType::tokenExchange: return "the token must have the scopes and the right to the resource";
        default: return "";
      }
  }
}

Errc classify(const ApiErrorInfo& answer, GrantType grant) {
  const std::string error = answer.clientError.code.value_or("");
  const std::string description = answer.clientError.message.value_or("");
  if (error == "unauthorized_client" || contains(description, "not authorized by the enterprise")) {
    return Errc::appNotAuthorized;
  }
  // A token exchange sends no client id and no client secret. Box answers it with 401 where the token lacks a scope.
  if (error == "invalid_client" || (answer.statusCode == 401 && grant != GrantType::tokenExchange)) {
    return Errc::credentialsInvalid;
  }
  if (error != "invalid_grant") return Errc::tokenUnavailable;
  switch (grant) {
    case GrantType::refreshToken: return Errc::refreshTokenExpired;
    case GrantType::jwtBearer:
      return names(description, "exp") || names(description, "jti") ? Errc::clockSkew : Errc::credentialsInvalid;
    case GrantType::clientCredentials: return Errc::credentialsInvalid;
    default: return Errc::tokenUnavailable;
  }
}

}  // namespace

bool isSkew(const BoxSdkError& error) noexcept {
  return !isCancellation(error) && error.api() != nullptr && error.api()->statusCode == 400 &&
         classify(*error.api(), GrantType::jwtBearer) == Errc::clockSkew;
}

BoxSdkError explainGrantError(const BoxSdkError& error, GrantType grant) {
  ErrorDetails details = error.details();
  error_code code = error.code();
  const int status = details.api ? details.api->statusCode : 0;
  if (status >= 400 && status < 500 && !isPassing(error) && !isCancellation(error)) {
    const Errc reason = classify(*details.api, grant);
    code = reason;
    details.kind = kindOf(code);
    if (const std::string advice = remedy(reason, grant, details.api->date.has_value()); !advice.empty())
      details.context += "; " + advice;
  }
  return BoxSdkError(code, std::move(details));
}

}  // namespace box::inline v0_1
