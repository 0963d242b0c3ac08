#pragma once

#include <memory>

#include <boost/asio/cancellation_signal.hpp>

#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// Hears the cancellations that the caller's slot delivers. Each ends the operation that has slot(), because it becomes
/// a terminal one there; types() tells what the caller's were. It serves one operation, because Asio clears the
/// caller's slot after each operation.
///
/// It does not touch the caller's slot when it is destroyed: it may be destroyed with the io_context, and by then the
/// caller's signal may be gone. Asio does not clear that slot if there was no memory for the operation.
class HeardCancellation {
 public:
  explicit HeardCancellation(asio::cancellation_slot callers) {
    if (!callers.is_connected()) return;
    callers.assign([weak = std::weak_ptr(heard_)](asio::cancellation_type type) {
      const auto heard = weak.lock();
      if (!heard) return;
      heard->types = heard->types | type;
      heard->passedOn.emit(asio::cancellation_type::terminal);
    });
  }
  HeardCancellation(const HeardCancellation&) = delete;
  HeardCancellation& operator=(const HeardCancellation&) = delete;

  asio::cancellation_slot slot() noexcept { return heard_->passedOn.slot(); }
  /// The types of all cancellations until now.
  asio::cancellation_type types() const noexcept { return heard_->types; }

 private:
  struct Heard {
    asio::cancellation_type types = asio::cancellation_type::none;
    asio::cancellation_signal passedOn;
  };
  const std::shared_ptr<Heard> heard_ = std::make_shared<Heard>();
};

}  // namespace box::inline v0_1
