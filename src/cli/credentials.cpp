#include "cli/credentials.hpp"

#include <optional>
#include <utility>

#include <box/auth/ccg.hpp>
#include <box/auth/developer_token.hpp>
#include <box/auth/jwt.hpp>
#include <box/auth/oauth.hpp>
#include <box/auth/token_storage.hpp>
#include <box/error.hpp>

#include "cli/option_words.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

std::shared_ptr<TokenStorage> storageAt(const std::optional<std::string>& path) {
  return path ? std::make_shared<FileTokenStorage>(*path) : nullptr;
}

Asker developerToken(const CredentialArguments& arguments, const Environment& environment) {
  const auto authenticated = [](Secret token) {
    return Asker{std::make_shared<BoxDeveloperTokenAuth>(std::move(token)), "developer token"};
  };
  if (arguments.tokenFile) return authenticated(readSecret(*arguments.tokenFile, SecretKind::accessToken));
  if (!environment.developerToken.empty()) return authenticated(environment.developerToken);
  if (environment.mayAsk && canAsk()) return authenticated(askForSecret(SecretKind::accessToken));
  throw MissingSecret("no token: give it with --token-file FILE or in the environment variable " +
                      std::string(Environment::developerTokenName) +
                      ", or authenticate with --ccg, --jwt-config or --oauth");
}

/// Reads an id from an environment variable. The error's text does not show the value: it may be a secret in the wrong
/// variable.
std::string idFrom(const std::string& text, const char* variable) {
  if (!text.empty() && !isBoxId(text)) throw UsageError(std::string(variable) + " is not an id: set it to digits only");
  return text;
}

Asker ccg(const CredentialArguments& arguments, const Environment& environment) {
  CcgConfig config;
  if (arguments.enterpriseId || arguments.userId) {
    config.enterpriseId = arguments.enterpriseId.value_or("");
    config.userId = arguments.userId.value_or("");
  } else {
    config.enterpriseId = idFrom(environment.enterpriseId, Environment::enterpriseIdName);
    config.userId = idFrom(environment.userId, Environment::userIdName);
  }
  if (!config.enterpriseId.empty() && !config.userId.empty()) {
    throw UsageError(arguments.enterpriseId
                         ? std::string("--enterprise-id and --user-id: give one of them, for whom the app acts")
                         : std::string(Environment::enterpriseIdName) + " and " + Environment::userIdName +
                               ": set one of them, for whom the app acts, or give --enterprise-id or --user-id");
  }
  if (config.enterpriseId.empty() && config.userId.empty()) {
    throw UsageError(
        "--ccg alone does not say for whom the app acts: give --enterprise-id ID (the app's service account) or "
        "--user-id ID, or the "
        "environment variable " +
        std::string(Environment::enterpriseIdName) + " or " + Environment::userIdName);
  }
  ClientCredentials client = findClient(arguments, environment);
  config.clientId = std::move(client.id);
  config.clientSecret = std::move(client.secret);
  config.tokenStorage = storageAt(arguments.tokenCacheFile);
  std::string subject = "ccg " + config.clientId +
                        (config.userId.empty() ? " enterprise " + config.enterpriseId : " user " + config.userId);
  return {std::make_shared<BoxCcgAuth>(std::move(config)), std::move(subject)};
}

/// Reads the file of --jwt-config itself, because only the program, and not the library, can open a path of <(...).
JwtConfig readJwtConfig(const std::string& path) {
  const Secret text = readSecret(path, SecretKind::jwtConfig);
  try {
    return JwtConfig::fromJson(text.reveal());
  } catch (const BoxSdkError& error) {
    throw UsageError("--jwt-config: " + (isInherited(path) ? "standard input" : shownPath(path)) + ": " +
                     printable(error.details().context));
  }
}

Asker jwt(const CredentialArguments& arguments) {
  JwtConfig config = readJwtConfig(*arguments.jwtConfigFile);
  if (arguments.userId) {
    config.userId = *arguments.userId;
    config.enterpriseId.clear();
  } else if (config.enterpriseId.empty() == config.userId.empty()) {
    throw UsageError(
        config.userId.empty()
            ? "--jwt-config: the file has no \"enterpriseID\": give --user-id ID to act as that user"
            : "--jwt-config: the file has an \"enterpriseID\" and a \"userID\": give --user-id ID to act as "
              "a user, or take one of the two out of the file");
  }
  config.tokenStorage = storageAt(arguments.tokenCacheFile);
  std::string subject = "jwt " + config.clientId +
                        (config.enterpriseId.empty() ? " user " + config.userId : " enterprise " + config.enterpriseId);
  return {std::make_shared<BoxJwtAuth>(std::move(config)), std::move(subject)};
}

Asker oauth(const CredentialArguments& arguments, const Environment& environment) {
  ClientCredentials client = findClient(arguments, environment);
  OAuthConfig config;
  config.clientId = std::move(client.id);
  config.clientSecret = std::move(client.secret);
  config.tokenStorage = storageAt(arguments.oauthFile);
  std::string subject = "oauth " + config.clientId;
  return {std::make_shared<BoxOAuth>(std::move(config)), std::move(subject)};
}

Asker make(const CredentialArguments& arguments, const Environment& environment) {
  switch (arguments.method) {
    case Method::ccg: return ccg(arguments, environment);
    case Method::jwt: return jwt(arguments);
    case Method::oauth: return oauth(arguments, environment);
    case Method::developerToken: break;
  }
  return developerToken(arguments, environment);
}

}  // namespace

ClientCredentials findClient(const CredentialArguments& arguments, const Environment& environment) {
  ClientCredentials out;
  out.id = arguments.clientId.value_or(environment.clientId);
  if (out.id.empty()) {
    throw UsageError("no client id: give --client-id ID or the environment variable " +
                     std::string(Environment::clientIdName) + "; Box's console shows it under Configuration");
  }
  if (arguments.clientSecretFile) {
    out.secret = readSecret(*arguments.clientSecretFile, SecretKind::clientSecret);
  } else if (!environment.clientSecret.empty()) {
    out.secret = environment.clientSecret;
  } else if (environment.mayAsk && canAsk()) {
    out.secret = askForSecret(SecretKind::clientSecret);
  } else {
    throw MissingSecret("no client secret: give it with --client-secret-file FILE or in the environment variable " +
                        std::string(Environment::clientSecretName));
  }
  return out;
}

Asker makeAsker(const CredentialArguments& arguments, const Environment& environment) {
  try {
    return make(arguments, environment);
  } catch (const BoxSdkError& error) {
    if (arguments.method == Method::developerToken) throw;
    throw UsageError(reasonOf("--" + std::string(nameOf(arguments.method)), error));
  }
}

std::string_view nameOf(Method method) noexcept {
  switch (method) {
    case Method::ccg: return "ccg";
    case Method::jwt: return "jwt-config";
    case Method::oauth: return "oauth";
    case Method::developerToken: break;
  }
  return "token";
}

std::string_view describe(Method method) noexcept {
  switch (method) {
    case Method::ccg: return "client credentials (--ccg)";
    case Method::jwt: return "JWT (--jwt-config)";
    case Method::oauth: return "OAuth 2.0 (--oauth)";
    case Method::developerToken: break;
  }
  return "developer token";
}

}  // namespace box::cli
