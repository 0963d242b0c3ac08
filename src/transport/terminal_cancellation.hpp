#pragma once

#include <boost/asio/cancellation_signal.hpp>

#include "box/support/asio.hpp"

namespace box {

/// Makes every cancellation that the caller lets through a terminal one, while it lives: the operations of a TLS stream
/// take no other, and up to the handshake a call is to be cancelled by any. For one operation: behind each, Asio forgets what
/// stands in the caller's slot.
class TerminalCancellation {
 public:
  explicit TerminalCancellation(asio::cancellation_slot callers) : callers_(callers) {
    if (!callers_.is_connected()) return;
    callers_.assign([this](asio::cancellation_type) { signal_.emit(asio::cancellation_type::terminal); });
  }
  ~TerminalCancellation() {
    if (callers_.is_connected()) callers_.clear();
  }
  TerminalCancellation(const TerminalCancellation&) = delete;
  TerminalCancellation& operator=(const TerminalCancellation&) = delete;

  asio::cancellation_slot slot() noexcept { return signal_.slot(); }

 private:
  asio::cancellation_slot callers_;
  asio::cancellation_signal signal_;
};

}  // namespace box
