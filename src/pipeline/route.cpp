#include "pipeline/route.hpp"

#include <algorithm>
#include <utility>

#include "network/proxy.hpp"
#include "support/same_secret.hpp"

namespace box::inline v0_1 {
namespace {

/// Whether a connection to one destination can be used for the other.
bool same(const Destination& a, const Destination& b) {
  return a.origin.port == b.origin.port && a.origin.host == b.origin.host && a.proxy.url == b.proxy.url &&
         a.proxy.username == b.proxy.username && isSameSecret(a.proxy.password.reveal(), b.proxy.password.reveal()) &&
         a.proxy.tls == b.proxy.tls;
}

Destination destinationOf(const Url& url, const ProxyOptions& proxy) {
  const bool direct = proxy.url.empty() || bypassesProxy(proxy.noProxy, url);
  return Destination{Origin(url), direct ? ProxyOptions() : proxy};
}

}  // namespace

std::shared_ptr<const Route> RouteTable::find(const NetworkSession& session) {
  auto route = std::make_shared<Route>(session.baseUrls().baseUrl);
  Destination destination = destinationOf(route->url(), session.proxy());
  {
    const std::lock_guard lock(mutex_);
    route->pool_ = known(destination);
  }
  if (!route->pool_) {
    auto pool = std::make_shared<ConnectionPool>(services_, std::move(destination), options_);
    const std::lock_guard lock(mutex_);
    // Another thread may have added the pool in the meantime.
    route->pool_ = known(pool->destination());
    if (!route->pool_) {
      pools_.push_back(pool);
      route->pool_ = std::move(pool);
    }
  }
  Pools unused;
  {
    const std::lock_guard lock(mutex_);
    const auto place = std::find(pools_.begin(), pools_.end(), route->pool_);
    if (place != pools_.end()) std::rotate(place, place + 1, pools_.end());
    unused = takeUnused();
  }
  // An observer may use this table when a connection is closed.
  for (const auto& pool : unused) {
    pool->closeExpired();
    pool->shedIdle();
  }
  return route;
}

/// Must be called with the mutex held.
std::shared_ptr<ConnectionPool> RouteTable::known(const Destination& destination) const {
  for (const auto& pool : pools_) {
    if (same(pool->destination(), destination)) return pool;
  }
  return nullptr;
}

/// Takes out the pools that are to be removed. Must be called with the mutex held.
RouteTable::Pools RouteTable::takeUnused() {
  const auto now = ConnectionPool::Clock::now();
  const auto isUnused = [](const std::shared_ptr<ConnectionPool>& pool) { return pool.use_count() == 1; };
  const auto isKept = [&](const std::shared_ptr<ConnectionPool>& pool) {
    return isUnused(pool) && pool->keepsConnections(now);
  };
  auto kept = static_cast<std::size_t>(std::count_if(pools_.begin(), pools_.end(), isKept));
  const auto stays = [&](const std::shared_ptr<ConnectionPool>& pool) {
    if (!isUnused(pool)) return true;
    if (!pool->keepsConnections(now)) return false;
    if (kept <= maxUnusedPools) return true;
    --kept;
    return false;
  };
  Pools gone;
  gone.reserve(pools_.size());  // so that nothing fails once pools are taken out
  Pools::iterator end = pools_.begin();
  for (std::shared_ptr<ConnectionPool>& pool : pools_) {
    if (stays(pool)) {
      std::swap(*end++, pool);
    } else {
      gone.push_back(pool);
    }
  }
  pools_.erase(end, pools_.end());
  return gone;
}

bool RouteTable::shedIdle() noexcept {
  bool any = false;
  // One pool after the other, because there may be no memory for a copy of the list.
  for (std::size_t i = 0;; ++i) {
    std::shared_ptr<ConnectionPool> pool;
    {
      const std::lock_guard lock(mutex_);
      if (i >= pools_.size()) return any;
      pool = pools_[i];
    }
    any = pool->shedIdle() || any;
  }
}

void RouteTable::close() noexcept {
  Pools all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(pools_);
  }
  for (const auto& pool : all) pool->close();
}

}  // namespace box::inline v0_1
