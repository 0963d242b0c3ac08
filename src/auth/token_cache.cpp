#include "auth/token_cache.hpp"

#include <algorithm>
#include <utility>

#include "auth/bearer_token.hpp"
#include "box/support/time.hpp"

namespace box::inline v0_1 {

TokenCache::Need TokenCache::need(const AccessToken* refused, TimePoint now) const noexcept {
  if (!token_ || isExpired(*token_, now)) return Need::now;
  if (refused != nullptr && isSameToken(token_.get(), refused)) return Need::now;
  return due_ && *due_ <= now ? Need::early : Need::none;
}

void TokenCache::renewed(Token token, TimePoint now) {
  token_ = std::move(token);
  due_.reset();
  if (!token_ || !token_->expiresAt()) return;
  const TimePoint::duration life = std::max(between(now, *token_->expiresAt()), TimePoint::duration::zero());
  const TimePoint::duration margin = std::min(saturatingCast<TimePoint::duration>(margin_), life / 4);
  due_ = after(*token_->expiresAt(), -margin);
  pause_ = margin / 6;  // several renewals are tried before the expiry, but not every call waits for one
}

void TokenCache::postponed(TimePoint now) noexcept {
  if (due_ && *due_ <= now) due_ = after(now, pause_);
}

void TokenCache::forget() noexcept { token_.reset(); }

}  // namespace box::inline v0_1
