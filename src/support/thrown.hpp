#pragma once

#include <exception>
#include <optional>
#include <string>

#include "box/error.hpp"

namespace box::inline v0_1 {

/// What the exception says; empty if it says nothing.
std::string textOf(const std::exception_ptr& exception);

/// Asio's exception for a cancellation, thrown where the library has found out that its caller has cancelled. Asio's
/// cancellation state alone does not show that: it keeps the last cancellation only, and it forgets a cancellation if
/// another one follows that the caller's filter does not allow (Boost 1.81).
class Cancellation final : public boost::system::system_error {
 public:
  Cancellation();
};

/// Whether the library's own client has ended a call with this exception; then the exception has its final form, also
/// where it says that the caller has cancelled.
bool endedACall(const std::exception_ptr& exception);

/// Whether a token operation of the library has ended with this exception because it was cancelled.
bool endedATokenOperation(const std::exception_ptr& exception);

/// An exception that has ended a call or a part of it, classified by its origin: the library's own exception, Asio's
/// exception for a cancellation, or a foreign exception, which the caller's own code has thrown.
class Thrown {
 public:
  /// `cancelled`: whether the caller has cancelled. If not, operation_aborted counts as foreign in every type of
  /// exception but Cancellation, because the caller's own code must have caused it. Rethrows std::bad_alloc, because
  /// there may be no memory for a text.
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
