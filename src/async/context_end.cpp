#include "async/context_end.hpp"

#include <boost/asio/execution_context.hpp>

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
  return asio::use_service<Service>(asio::query(executor, asio::execution::context)).end;
}

void ContextEnd::begin() {
  std::unique_lock lock(mutex_);
  begun_ = true;
  while (Member* const member = first_) {
    first_ = member->next_;
    if (first_ != nullptr) first_->previous_ = nullptr;
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
  next_ = end_->first_;
  if (next_ != nullptr) next_->previous_ = this;
  end_->first_ = this;
}

void ContextEnd::Member::leave() noexcept {
  if (!end_) return;
  {
    const std::lock_guard lock(end_->mutex_);
    if (next_ != nullptr) next_->previous_ = previous_;
    (previous_ != nullptr ? previous_->next_ : end_->first_) = next_;
  }
  end_.reset();
}

}  // namespace box::inline v0_1
