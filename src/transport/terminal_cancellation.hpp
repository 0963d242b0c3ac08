#pragma once

#include <boost/asio/cancellation_signal.hpp>

#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// While this object exists, every cancellation that the caller's slot delivers becomes a terminal one, because until
/// the end of the handshake every type of cancellation ends a call. It serves one operation, because Asio clears the
/// caller's slot after each operation.
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

}  // namespace box::inline v0_1
