#include "async/context_end.hpp"

#include <boost/asio/execution_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace box::inline v0_1 {

class ContextEnd::Service : public asio::execution_context::service {
 public:
  inline static asio::execution_context::id id;

  explicit Service(asio::execution_context& context) : service(context) {}
  const std::shared_ptr<ContextEnd> end = std::make_shared<ContextEnd>();

 private:
  void shutdown() override { end->begin(); }
};

std::shared_ptr<ContextEnd> ContextEnd::of(const asio::any_io_executor& executor) {
  asio::execution_context& context = asio::query(executor, asio::execution::context);
  if (!asio::has_service<Service>(context)) {
    // The services of the timers and of the sockets must be the older ones. On Windows, that of the sockets closes them
    // when it is shut down.
    static_cast<void>(asio::steady_timer(executor));
    static_cast<void>(asio::ip::tcp::socket(executor));
  }
  return asio::use_service<Service>(context).end;
}

void ContextEnd::begin() {
  std::unique_lock lock(mutex_);
  begun_ = true;
  while (Member* const member = members_.first()) {
    members_.remove(*member);
    member->end_.reset();
    lock.unlock();
    member->contextEnds();
    lock.lock();
  }
}

void ContextEnd::Member::join(const asio::any_io_executor& executor) {
  if (!executor) return;
  end_ = ContextEnd::of(executor);
  const std::lock_guard lock(end_->mutex_);
  end_->members_.pushFront(*this);
}

void ContextEnd::Member::leave() noexcept {
  if (!end_) return;
  {
    const std::lock_guard lock(end_->mutex_);
    end_->members_.remove(*this);
  }
  end_.reset();
}

}  // namespace box::inline v0_1
