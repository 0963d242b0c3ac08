#include "auth/token_service.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "auth/bearer_token.hpp"
#include "auth/token_binding.hpp"
#include "auth/token_context.hpp"
#include "auth/token_failure.hpp"

namespace box::inline v0_1 {

using Token = std::shared_ptr<const AccessToken>;

RefreshingAuthentication::Service::Service(std::unique_ptr<Grant> grant, std::shared_ptr<TokenStorage> storage,
                                           std::chrono::nanoseconds margin)
    : grant_(std::move(grant)),
      storage_(storage ? std::move(storage) : std::make_shared<InMemoryTokenStorage>()),
      cache_(margin) {}

Token RefreshingAuthentication::Service::current(AccessToken::TimePoint now) const noexcept {
  Token due;
  {
    const std::lock_guard lock(mutex_);
    switch (cache_.need(nullptr, now)) {
      case TokenCache::Need::none: return cache_.token();
      case TokenCache::Need::early: due = cache_.token(); break;
      case TokenCache::Need::now: return nullptr;
    }
  }
  // One call renews the token; the others continue to use it until the renewal has ended.
  return inProgress() ? due : nullptr;
}

Token RefreshingAuthentication::Service::fallback(const AccessToken* refused, TimePoint now) const noexcept {
  const std::lock_guard lock(mutex_);
  return cache_.need(refused, now) == TokenCache::Need::now ? nullptr : cache_.token();
}

void RefreshingAuthentication::Service::postpone(TimePoint now) noexcept {
  const std::lock_guard lock(mutex_);
  cache_.postponed(now);
}

asio::awaitable<Token> RefreshingAuthentication::Service::renew(std::shared_ptr<Service> self, Token refused,
                                                                TokenContext context) {
  fixDeadline(context);
  const std::shared_ptr<const Clock> clock = context.session.clock();
  const TokenBinding binding = self->bindingAt(context);
  Token known;
  {
    const std::lock_guard lock(self->mutex_);
    known = self->cache_.token();
  }
  std::optional<BoxSdkError> failure;
  try {
    const std::shared_ptr<void> exclusion = co_await self->storage_->lock(context.deadline);
    Token token = co_await self->storage_->get();
    token = requireBoundTo(binding, std::move(token));
    // Another process may have renewed the token already; then that token is used.
    const bool found = token && !isSameToken(token.get(), known.get()) && !isSameToken(token.get(), refused.get()) &&
                       !isExpired(*token, clock->now());
    if (!found) {
      token = co_await self->grant_->request(std::move(token), context);
      token = boundTo(binding, token);
      co_await self->storage_->store(token);
    }
    self->use(token, clock->now());
    co_return token;
  } catch (const BoxSdkError& error) {
    failure = error;
  }
  if (isPassing(*failure)) self->postpone(clock->now());
  failure->raise();
}

TokenBinding RefreshingAuthentication::Service::bindingAt(const TokenContext& context) const {
  TokenBinding binding = grant_->binding();
  binding.baseUrl = context.session.baseUrls().baseUrl;
  return binding;
}

void RefreshingAuthentication::Service::use(const Token& token, AccessToken::TimePoint now) {
  const std::lock_guard lock(mutex_);
  cache_.renewed(token, now);
}

asio::awaitable<Token> RefreshingAuthentication::Service::adopt(std::shared_ptr<Service> self, GrantType type,
                                                                FormBody form, TokenContext context) {
  fixDeadline(context);
  const Exclusion::Turn turn = co_await takeTurn(self, context.deadline, context.session.timeouts().call);
  // The storage is locked before the request, because a token that cannot be stored would be lost.
  const std::shared_ptr<void> exclusion = co_await self->storage_->lock(context.deadline);
  Token token = co_await postTokenRequest(type, std::move(form), context);
  token = boundTo(self->bindingAt(context), token);
  try {
    co_await self->storage_->store(token);
  } catch (...) {
    raiseAfterAnswer(std::current_exception());
  }
  self->use(token, context.session.clock()->now());
  co_return token;
}

asio::awaitable<void> RefreshingAuthentication::Service::revoke(std::shared_ptr<Service> self, TokenContext context) {
  fixDeadline(context);
  const Exclusion::Turn turn = co_await takeTurn(self, context.deadline, context.session.timeouts().call);
  const std::shared_ptr<void> exclusion = co_await self->storage_->lock(context.deadline);
  Token stored = co_await self->storage_->get();
  stored = requireBoundTo(self->bindingAt(context), std::move(stored));
  if (!stored) co_return;
  std::optional<BoxSdkError> failure;
  try {
    FormBody form;
    self->grant_->identify(form);
    // From here on, no call gets the token, because Box may revoke it before its answer arrives. If the request fails,
    // the token is still in the storage.
    self->forget(nullptr);
    // Box revokes both tokens if it is given one of them. The refresh token is given because it is valid for longer.
    form.add("token", stored->refreshToken().empty() ? stored->value().reveal() : stored->refreshToken().reveal());
    co_await postForm(revokeOperation(), form, context);
  } catch (const BoxSdkError& error) {
    failure = explainGrantError(error, GrantType::revocation);
  }
  if (failure) failure->raise();
  try {
    // If the storage has no lock, another task may have stored a new token since, or this one may have been read again.
    const Token left = co_await self->storage_->get();
    if (isSameToken(left.get(), stored.get())) co_await self->storage_->clear();
  } catch (...) {
    raiseAfterAnswer(std::current_exception());
  }
  self->forget(stored.get());
}

void RefreshingAuthentication::Service::forget(const AccessToken* token) noexcept {
  const std::lock_guard lock(mutex_);
  if (token == nullptr || isSameToken(cache_.token().get(), token)) cache_.forget();
}

}  // namespace box::inline v0_1
