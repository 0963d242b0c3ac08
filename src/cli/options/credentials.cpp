#include "cli/options/sections.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace box::cli {

namespace {

template <auto Member>
constexpr auto text = &storeText<&Draft::credentials, Member>;

template <auto Member>
void storeId(Draft& draft, const GivenOption& given) {
  draft.credentials.*Member = idOf(given);
}

template <auto Member>
void storeWritten(Draft& draft, const GivenOption& given) {
  draft.credentials.*Member = fileOf(given, "tokens are written to it too");
}

constexpr Option tokenFile{"token-file", "FILE",
                           "file with a developer token, which no other user may read; - is standard input. It may "
                           "also be a pipe, <(...). Without this option the token is in the environment "
                           "variable BOX_DEVELOPER_TOKEN; without both you are asked, if there is a terminal",
                           text<&CredentialArguments::tokenFile>};
constexpr Option ccg{
    "ccg", "",
    "use client credentials: the app's --client-id (or BOX_CLIENT_ID), its secret in --client-secret-file (or "
    "BOX_CLIENT_SECRET), and either --enterprise-id (or BOX_ENTERPRISE_ID) or --user-id (or BOX_USER_ID)",
    [](Draft&, const GivenOption&) {}};
constexpr Option jwtConfig{
    "jwt-config", "FILE",
    "the configuration file from Box's console, mode 0600; with --user-id the app acts as that user",
    text<&CredentialArguments::jwtConfigFile>};
constexpr Option oauth{"oauth", "FILE",
                       "the token file that 'box-sessions login' wrote; it needs the client id and the secret, given "
                       "in the same way as for --ccg",
                       storeWritten<&CredentialArguments::oauthFile>};
constexpr Option clientId{"client-id", "ID", "the app's client id; without this option, BOX_CLIENT_ID",
                          text<&CredentialArguments::clientId>};
constexpr Option clientSecretFile{"client-secret-file", "FILE",
                                  "file with the app's secret; - is standard input. Without this option the secret is "
                                  "in BOX_CLIENT_SECRET; without both you are asked, if there is a terminal",
                                  text<&CredentialArguments::clientSecretFile>};
constexpr Option enterpriseId{"enterprise-id", "ID", "act as the app's service account in this enterprise, with --ccg",
                              storeId<&CredentialArguments::enterpriseId>};
constexpr Option userId{"user-id", "ID", "act as this user, with --ccg or --jwt-config",
                        storeId<&CredentialArguments::userId>};
constexpr Option tokenCache{"token-cache", "FILE",
                            "keep the token in FILE (mode 0600) between runs, with --ccg or --jwt-config. Use one FILE "
                            "for each --base-url, app and subject: the FILE of another one is refused",
                            storeWritten<&CredentialArguments::tokenCacheFile>};

/// The options that choose a way to authenticate.
constexpr std::pair<std::string_view, Method> ways[] = {{tokenFile.name(), Method::developerToken},
                                                        {ccg.name(), Method::ccg},
                                                        {jwtConfig.name(), Method::jwt},
                                                        {oauth.name(), Method::oauth}};

/// An option that is allowed with some ways to authenticate only.
struct Companion {
  std::string_view name;
  bool ccg, jwt, oauth;
  std::string_view remedy;
};

constexpr Companion companions[] = {
    {clientId.name(), true, false, true, "it goes with --ccg or --oauth FILE"},
    {clientSecretFile.name(), true, false, true, "it goes with --ccg or --oauth FILE"},
    {enterpriseId.name(), true, false, false, "it goes with --ccg"},
    {userId.name(), true, true, false,
     "it goes with --ccg or --jwt-config FILE; to act for somebody else, see --as-user"},
    {tokenCache.name(), true, true, false, "it goes with --ccg or --jwt-config FILE"},
};

Method methodIn(const Draft& draft) {
  Method method = Method::developerToken;
  std::string chosen;
  for (const auto& [name, meaning] : ways) {
    if (!draft.has(name)) continue;
    if (!chosen.empty()) {
      throw UsageError("--" + chosen + " and --" + std::string(name) +
                       ": give one of them, because a run authenticates in one way only");
    }
    chosen = name;
    method = meaning;
  }
  for (const Companion& option : companions) {
    const bool belongs = (method == Method::ccg && option.ccg) || (method == Method::jwt && option.jwt) ||
                         (method == Method::oauth && option.oauth);
    if (belongs || !draft.has(option.name)) continue;
    throw UsageError("--" + std::string(option.name) +
                     (chosen.empty() ? " alone does not say how to authenticate" : " does not go with --" + chosen) +
                     ": " + std::string(option.remedy));
  }
  return method;
}

}  // namespace

Section credentialSection() {
  return {
      "Credentials (choose one way; a secret is never taken from an argument):",
      {tokenFile, ccg, jwtConfig, oauth, clientId, clientSecretFile, enterpriseId, userId, tokenCache},
      "Environment variables of the other ways are ignored. The program removes all these variables, used or not, from "
      "its environment."};
}

std::vector<Option> loginCredentialOptions() {
  return {oauth.saying("file in which to keep the tokens (mode 0600); required"), clientId, clientSecretFile};
}

CredentialArguments credentialsIn(const Draft& draft) {
  CredentialArguments out = draft.credentials;
  out.method = methodIn(draft);
  return out;
}

}  // namespace box::cli
