#include "transport/client_services.hpp"

#include <utility>

#include "observe/notify.hpp"

namespace box {

ClientServices::ClientServices(asio::any_io_executor ioExecutor, const TlsOptions& tlsOptions,
                               std::shared_ptr<Observer> eventObserver)
    : executor(std::move(ioExecutor)),
      tls(TlsContext::of(tlsOptions)),
      watchdog(std::make_shared<Watchdog>(executor)),
      observer(std::move(eventObserver)) {
  join(executor);
}

void ClientServices::notify(const Event& event) const noexcept { box::notify(observer.get(), event); }

}  // namespace box
