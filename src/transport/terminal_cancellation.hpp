#pragma once

#include <memory>

#include <boost/asio/cancellation_signal.hpp>

#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// While this object exists, every cancellation that the caller's slot delivers becomes a terminal one, because until
/// the end of the handshake every type of cancellation ends a call. It serves one operation, because Asio clears the
/// caller's slot after each operation.
///
/// It does not touch the caller's slot when it is destroyed: it may be destroyed with the io_context, and by then the
/// caller's signal may be gone.
class TerminalCancellation {
 public:
  explicit TerminalCancellation(asio::cancellation_slot callers) {
    if (!callers.is_connected()) return;
    callers.assign([weak = std::weak_ptr(signal_)](asio::cancellation_type) {
      if (const auto signal = weak.lock()) signal->emit(asio::cancellation_type::terminal);
    });
  }
  TerminalCancellation(const TerminalCancellation&) = delete;
  TerminalCancellation& operator=(const TerminalCancellation&) = delete;

  asio::cancellation_slot slot() noexcept { return signal_->slot(); }

 private:
  const std::shared_ptr<asio::cancellation_signal> signal_ = std::make_shared<asio::cancellation_signal>();
};

}  // namespace box::inline v0_1
