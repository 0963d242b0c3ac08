#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gtest/gtest.h>

#include "box/error.hpp"
#include "box/session_termination.hpp"

namespace box::test {

/// A call under way, or how it ended.
class Call : public std::enable_shared_from_this<Call> {
 public:
  /// What the caller's own coroutine lets through of a cancellation. Asio's default is terminal only.
  enum class Accepts { terminal, totalToo };

  /// Spawns a coroutine on `executor` that awaits `awaitable`.
  static std::shared_ptr<Call> start(const asio::any_io_executor& executor,
                                     asio::awaitable<SessionTerminationMessage> awaitable,
                                     Accepts accepts = Accepts::terminal);

  /// Emits the signal on the call's executor, unless the call has ended.
  void cancel(asio::cancellation_type type = asio::cancellation_type::terminal);

  bool done() const noexcept { return done_; }
  bool accepted() const noexcept { return message_.has_value(); }
  /// These throw where it has not ended so.
  const SessionTerminationMessage& message() const { return message_.value(); }
  const BoxSdkError& error() const { return error_.value(); }
  /// An exception that is none of the library's; null where there was none.
  const std::exception_ptr& otherException() const noexcept { return other_; }
  bool hasError() const noexcept { return error_.has_value(); }

  error_code code() const { return error_ ? error_->code() : error_code(); }
  std::size_t attempts() const { return error_ ? error_->attempts().size() : 0; }
  /// From start() to its end.
  std::chrono::nanoseconds elapsed() const noexcept { return elapsed_; }
  /// Calls that had ended before this one did, in this process.
  std::size_t rank() const noexcept { return rank_; }
  /// For messages of tests.
  std::string describe() const;

 private:
  static asio::awaitable<void> perform(std::shared_ptr<Call> call, asio::awaitable<SessionTerminationMessage> awaitable,
                                       Accepts accepts);

  asio::any_io_executor executor_;
  asio::cancellation_signal signal_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::nanoseconds elapsed_{};
  bool done_ = false;
  std::size_t rank_ = 0;
  std::optional<SessionTerminationMessage> message_;
  std::optional<BoxSdkError> error_;
  std::exception_ptr other_;
};

testing::AssertionResult isAccepted(const Call& call);
/// An error with this code and fate; and this phase, where one is given.
testing::AssertionResult failed(const Call& call, error_code code, Fate fate,
                                std::optional<Phase> phase = std::nullopt);
/// The caller cancelled it.
testing::AssertionResult isCancelled(const Call& call, Fate fate, std::optional<Phase> phase = std::nullopt);

}  // namespace box::test
