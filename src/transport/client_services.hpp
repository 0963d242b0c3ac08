#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "async/context_end.hpp"
#include "async/watchdog.hpp"
#include "box/network/options.hpp"
#include "box/observe/observer.hpp"
#include "box/support/asio.hpp"
#include "transport/tls_context.hpp"

namespace box::inline v0_1 {

/// The objects that all connections of a client share.
struct ClientServices final : private ContextEnd::Member {
  ClientServices(asio::any_io_executor ioExecutor, const TlsOptions& tlsOptions,
                 std::shared_ptr<Observer> eventObserver);

  ~ClientServices() { leave(); }

  /// Gives the event to the observer, if there is one. Its exceptions are ignored.
  void notify(const Event& event) const noexcept;

  /// Empty after the context was destroyed.
  const asio::any_io_executor& executor() const noexcept { return executor_; }

  const std::shared_ptr<TlsContext> tls;
  const std::shared_ptr<Watchdog> watchdog;
  const std::shared_ptr<Observer> observer;
  std::atomic<std::uint64_t> connections{0};

 private:
  // A strand must not live longer than its context.
  void contextEnds() noexcept override { executor_ = asio::any_io_executor(); }

  asio::any_io_executor executor_;
};

}  // namespace box::inline v0_1
