#pragma once

#include <exception>
#include <optional>
#include <string>

#include "box/error.hpp"

namespace box::inline v0_1 {

/// What the exception says; empty if it says nothing.
std::string textOf(const std::exception_ptr& exception);

/// An exception that has ended a call or a part of it, classified by its origin: the library's own exception, Asio's
/// exception for a cancellation, or a foreign exception, which the caller's own code has thrown.
class Thrown {
 public:
  /// `cancelled`: whether the caller has cancelled. If not, operation_aborted counts as foreign in every type of
  /// exception, because the caller's own code must have caused it. Rethrows std::bad_alloc, because there may be no
  /// memory for a text.
  Thrown(std::exception_ptr exception, bool cancelled);

  /// The exception, if it is a BoxSdkError with a code; null: it is another exception.
  const BoxSdkError* ours() const noexcept { return ours_ ? &*ours_ : nullptr; }
  bool isCancellation() const noexcept { return cancellation_; }
  bool isForeign() const noexcept { return !ours_ && !cancellation_; }
  /// The code of a foreign exception; default: it has no code.
  const error_code& cause() const noexcept { return cause_; }

  /// Throws the exception as a BoxSdkError. The library's own exception is thrown unchanged; for another one a
  /// BoxSdkError with `details` is made, which contains a foreign exception as nested().
  [[noreturn]] void raise(ErrorDetails details) const;
  BoxSdkError asForeign(ErrorDetails details) const;

 private:
  std::exception_ptr exception_;
  std::optional<BoxSdkError> ours_;
  bool cancellation_ = false;
  error_code cause_;
};

}  // namespace box::inline v0_1
