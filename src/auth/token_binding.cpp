#include "auth/token_binding.hpp"

#include <string>
#include <utility>

#include "auth/token_failure.hpp"
#include "box/error.hpp"

namespace box::inline v0_1 {
namespace {

std::string nameOfSubject(const TokenBinding& binding) {
  const auto known = [](const std::string& member) { return member.empty() ? std::string("(not known)") : member; };
  return "app '" + known(binding.clientId) + "' and " + known(binding.subject) + " at " + known(binding.baseUrl);
}

/// Whether no member that is known of both differs.
bool areCompatible(const TokenBinding& a, const TokenBinding& b) noexcept {
  const auto same = [](const std::string& one, const std::string& other) {
    return one.empty() || other.empty() || one == other;
  };
  return same(a.baseUrl, b.baseUrl) && same(a.clientId, b.clientId) && same(a.subject, b.subject);
}

}  // namespace

std::shared_ptr<const AccessToken> requireBoundTo(const TokenBinding& binding,
                                                  std::shared_ptr<const AccessToken> stored) {
  if (!stored || areCompatible(stored->binding(), binding)) return stored;
  throw BoxSdkError(Errc::tokenUnavailable, "the stored token is for " + nameOfSubject(stored->binding()) +
                                                ", and it is asked for by " + nameOfSubject(binding) +
                                                "; use another file or storage for each of them");
}

std::shared_ptr<const AccessToken> boundTo(TokenBinding binding, const std::shared_ptr<const AccessToken>& issued) {
  return std::make_shared<const AccessToken>(issued->withBinding(std::move(binding)));
}

void requireForBaseUrlOf(const NetworkSession& session, const std::shared_ptr<const AccessToken>& token) {
  if (!token || isForBaseUrlOf(session, *token)) return;
  throw tokenError(make_error_code(Errc::tokenUnavailable), "the token is for " + token->binding().baseUrl +
                                                                ", and the call is for " + session.baseUrls().baseUrl +
                                                                "; use a separate Authentication for each base URL");
}

}  // namespace box::inline v0_1
