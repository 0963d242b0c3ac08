#include "box/auth/callback.hpp"

#include <utility>

#include "auth/config_checks.hpp"
#include "auth/token_service.hpp"
#include "box/error.hpp"

namespace box::inline v0_1 {
namespace {

class CallbackGrant final : public Grant {
 public:
  explicit CallbackGrant(CallbackAuth::Source source) : source_(std::move(source)) {
    if (!source_) throw BoxSdkError(Errc::invalidConfiguration, "CallbackAuth: the function is empty");
  }

  asio::awaitable<Token> request(Token, TokenContext context) override {
    AccessToken token = co_await source_(std::move(context));
    co_return std::make_shared<const AccessToken>(std::move(token));
  }

  void identify(FormBody&) const override {
    throw BoxSdkError(Errc::invalidConfiguration, "CallbackAuth has no client id and secret to revoke a token with");
  }

  TokenBinding binding() const override {
    TokenBinding binding;
    binding.subject = "the caller's token source";
    return binding;
  }

 private:
  CallbackAuth::Source source_;
};

}  // namespace

CallbackAuth::CallbackAuth(Source source, std::chrono::nanoseconds refreshMargin, std::shared_ptr<TokenStorage> storage)
    : RefreshingAuthentication(
          std::make_shared<Service>(std::make_unique<CallbackGrant>(std::move(source)), std::move(storage),
                                    requireMargin("CallbackAuth: refreshMargin", refreshMargin))) {}

}  // namespace box::inline v0_1
