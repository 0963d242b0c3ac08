#include "auth/downscope.hpp"

#include <algorithm>
#include <utility>

#include "auth/token_context.hpp"
#include "auth/token_endpoint.hpp"
#include "support/operation_error.hpp"

namespace box::inline v0_1 {

std::string joinScopes(StringListView scopes) {
  std::string joined;
  bool malformed = false;
  scopes.forEach([&](std::string_view scope) {
    const bool good = !scope.empty() && std::all_of(scope.begin(), scope.end(), [](char c) {
      return c > ' ' && c < 0x7f && c != '"' && c != '\\';  // RFC 6749 3.3
    });
    malformed = malformed || !good;
    if (!joined.empty()) joined += ' ';
    joined += scope;
  });
  return malformed ? std::string() : joined;
}

asio::awaitable<std::shared_ptr<const AccessToken>> downscope(
    asio::awaitable<std::shared_ptr<const AccessToken>> subject, std::string scopes, std::string resource,
    TokenContext context) {
  if (scopes.empty()) {
    throw operationError(Errc::invalidRequest, "downscopeToken",
                         "give at least one scope; none may be empty or have blanks");
  }
  fixDeadline(context);
  const std::shared_ptr<const AccessToken> token = co_await std::move(subject);
  FormBody form;
  form.add("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
  form.add("subject_token", token->value().reveal());
  form.add("subject_token_type", "urn:ietf:params:oauth:token-type:access_token");
  form.add("scope", scopes);
  if (!resource.empty()) form.add("resource", resource);
  co_return co_await postTokenRequest(GrantType::tokenExchange, std::move(form), std::move(context));
}

}  // namespace box::inline v0_1
