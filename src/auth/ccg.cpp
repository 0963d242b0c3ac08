#include "box/auth/ccg.hpp"

#include <utility>

#include "auth/config_checks.hpp"
#include "auth/token_service.hpp"
#include "box/error.hpp"

namespace box::inline v0_1 {
namespace {

class CcgGrant final : public Grant {
 public:
  explicit CcgGrant(const CcgConfig& config)
      : identity_(config.clientId, config.clientSecret),
        subjectType_(config.userId.empty() ? "enterprise" : "user"),
        subjectId_(config.userId.empty() ? config.enterpriseId : config.userId) {}

  void identify(FormBody& form) const override { identity_.identify(form); }
  TokenBinding binding() const override { return identity_.bindingFor(subjectType_ + " " + subjectId_); }

  asio::awaitable<Token> request(Token, TokenContext context) override {
    FormBody form;
    form.add("grant_type", "client_credentials");
    identity_.identify(form);
    form.add("box_subject_type", subjectType_).add("box_subject_id", subjectId_);
    return postTokenRequest(GrantType::clientCredentials, std::move(form), std::move(context));
  }

 private:
  ClientIdentity identity_;
  std::string subjectType_, subjectId_;
};

const CcgConfig& checkedCcg(const CcgConfig& config) {
  requireClient("CcgConfig", config.clientId, config.clientSecret, config.refreshMargin);
  requireSubject("CcgConfig", config.enterpriseId, config.userId);
  return config;
}

}  // namespace

BoxCcgAuth::BoxCcgAuth(CcgConfig config)
    : RefreshingAuthentication(std::make_shared<Service>(std::make_unique<CcgGrant>(checkedCcg(config)),
                                                         config.tokenStorage, config.refreshMargin)),
      config_(std::make_shared<const CcgConfig>(std::move(config))) {}

std::shared_ptr<BoxCcgAuth> BoxCcgAuth::withUserSubject(std::string_view userId,
                                                        std::shared_ptr<TokenStorage> storage) const {
  return std::make_shared<BoxCcgAuth>(forSubject(*config_, "", userId, std::move(storage)));
}

std::shared_ptr<BoxCcgAuth> BoxCcgAuth::withEnterpriseSubject(std::string_view enterpriseId,
                                                              std::shared_ptr<TokenStorage> storage) const {
  return std::make_shared<BoxCcgAuth>(forSubject(*config_, enterpriseId, "", std::move(storage)));
}

}  // namespace box::inline v0_1
