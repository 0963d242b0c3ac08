#include "transport/client_services.hpp"

#include <utility>

#include "observe/notify.hpp"

namespace box::inline v0_1 {

ClientServices::ClientServices(asio::any_io_executor ioExecutor, const TlsOptions& tlsOptions,
                               std::shared_ptr<Observer> eventObserver)
    : tls(TlsContext::of(tlsOptions)),
      watchdog(std::make_shared<Watchdog>(ioExecutor)),
      observer(std::move(eventObserver)),
      executor_(std::move(ioExecutor)) {
  join(executor_);
}

void ClientServices::notify(const Event& event) const noexcept { box::notify(observer.get(), event); }

}  // namespace box::inline v0_1
