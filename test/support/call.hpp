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

/// A call in progress, or its result.
class Call : public std::enable_shared_from_this<Call> {
 public:
  /// Which cancellations the caller's coroutine passes on. Asio's default is terminal only.
  enum class Accepts { terminal, totalToo };

  /// Spawns a coroutine on `executor` that awaits `awaitable`.
  static std::shared_ptr<Call> start(const asio::any_io_executor& executor,
                                     asio::awaitable<SessionTerminationMessage> awaitable,
                                     Accepts accepts = Accepts::terminal);

  /// Emits the signal on the call's executor, unless the call has ended.
  void cancel(asio::cancellation_type type = asio::cancellation_type::terminal);

  bool done() const noexcept { return done_; }
  bool accepted() const noexcept { return message_.has_value(); }
  /// The result. Each of these functions throws where the call has ended in another way.
  const SessionTerminationMessage& message() const { return message_.value(); }
  const BoxSdkError& error() const { return error_.value(); }
  /// An exception that is not one of the library's; null where the call threw none.
  const std::exception_ptr& otherException() const noexcept { return other_; }
  bool hasError() const noexcept { return error_.has_value(); }

  error_code code() const { return error_ ? error_->code() : error_code(); }
  std::size_t attempts() const { return error_ ? error_->attempts().size() : 0; }
  /// The time from start() to the end of the call.
  std::chrono::nanoseconds elapsed() const noexcept { return elapsed_; }
  /// How many calls of this process had ended before this one.
  std::size_t rank() const noexcept { return rank_; }
  /// A description for failure messages.
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
/// The call has failed with this code and fate, and in this phase if one is given.
testing::AssertionResult failed(const Call& call, error_code code, Fate fate,
                                std::optional<Phase> phase = std::nullopt);
/// The call has ended because its caller cancelled it.
testing::AssertionResult isCancelled(const Call& call, Fate fate, std::optional<Phase> phase = std::nullopt);

}  // namespace box::test
