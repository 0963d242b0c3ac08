#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <utility>

#include "box/auth/authentication.hpp"
#include "box/network/fetch.hpp"
#include "box/network/request.hpp"
#include "box/support/asio.hpp"
#include "pipeline/attempt.hpp"
#include "pipeline/box_network_client.hpp"
#include "pipeline/call_record.hpp"
#include "policy/retry_state.hpp"

namespace box::inline v0_1 {

/// One call: the request, its record, the attempt that is in progress, and what is carried from one attempt to the
/// next. The steps stand in the order in which BoxNetworkClient takes them; one that ends the call throws.
///
/// Lives in a coroutine's frame while its steps are awaited. Members that only failures need are allocated apart: Asio
/// keeps frames of up to 1 KiB for the next call, and a larger frame costs an allocation in each call.
class Call {
 public:
  /// Both must live as long as this.
  Call(BoxNetworkClient& client, NetworkRequest& request);
  /// A secret request is wiped.
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  /// Prepares the route where the client has not done so.
  void route();

  void beginAttempt();

  /// The attempt needs a token, and there is no current one.
  bool lacksToken();
  asio::awaitable<void> requestToken();

  /// Nothing has failed so far in this attempt.
  bool canSend() const noexcept { return !attempt_.failed(); }
  asio::awaitable<void> send();

  /// Ends the attempt. True if the request was accepted: then the call has ended.
  bool settle();
  FetchResponse takeResponse() noexcept { return std::move(attempt_.response); }

  /// Box has refused the token, for the first time in this call.
  bool refusedToken() const noexcept;
  /// True where there is another token: the next attempt is not counted and not waited for.
  asio::awaitable<bool> refreshToken();

  /// Decides about the next attempt.
  void planRetry();
  bool waits() const noexcept { return delay_ > std::chrono::nanoseconds::zero(); }
  asio::awaitable<void> pause();

  /// Keeps what was thrown in the middle of the call until endByException(), because a `catch` block cannot await.
  void catchException(std::exception_ptr exception) noexcept;
  [[noreturn]] void endByException(bool cancelled);

 private:
  using Clock = std::chrono::steady_clock;

  asio::awaitable<CallResult<Authentication::Token>> askForToken(Authentication::Token refused);
  void failForToken(const BoxSdkError& error);
  const Secret* secret() const noexcept { return token_ ? &token_->value() : nullptr; }

  BoxNetworkClient& client_;
  NetworkRequest& request_;
  Clock::time_point now_ = Clock::now();  // the call reads the clock only after waits, because reading it is expensive
  Attempt attempt_;                       // before the record, whose destructor reads it
  CallRecord record_;
  std::unique_ptr<RetryState> retry_;  // from the first failure on
  std::chrono::nanoseconds delay_{0};  // before the next attempt
  Authentication::Token token_;
  bool fresh_ = false;  // the next attempt takes a newly opened connection only
  bool refreshed_ = false;
  bool tokenIsNew_ = false;
};

}  // namespace box::inline v0_1
