#pragma once

#include <exception>
#include <optional>

#include "box/error.hpp"

namespace box::inline v0_1 {

/// An exception that has ended a call or a part of it, sorted by its origin: ours, Asio's for a cancellation, or
/// foreign, which means that the caller's own code has thrown it.
class Thrown {
 public:
  /// `cancelled`: the caller has cancelled. Without that operation_aborted is foreign, whatever type has it: the
  /// caller's own code has ended by itself. Rethrows std::bad_alloc, because there is no memory for words either.
  Thrown(std::exception_ptr exception, bool cancelled);

  /// A BoxSdkError with a code; null: it is another exception.
  const BoxSdkError* ours() const noexcept { return ours_ ? &*ours_ : nullptr; }
  bool isCancellation() const noexcept { return cancellation_; }
  bool isForeign() const noexcept { return !ours_ && !cancellation_; }
  /// The code of a foreign one; default where it has none.
  const error_code& cause() const noexcept { return cause_; }

  /// Throws it as a BoxSdkError: ours as it is, a foreign one nested. `details` are for the two that are not ours.
  [[noreturn]] void raise(ErrorDetails details) const;
  BoxSdkError asForeign(ErrorDetails details) const;

 private:
  std::exception_ptr exception_;
  std::optional<BoxSdkError> ours_;
  bool cancellation_ = false;
  error_code cause_;
};

}  // namespace box::inline v0_1
