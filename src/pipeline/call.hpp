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

struct ChangedRequest;
struct RequestParts;
class Lease;
class TimeLimits;

/// One call: the request, its record, the attempt that is in progress, and the data that one attempt leaves to the
/// next. The steps are declared in the order in which BoxNetworkClient uses them; a step throws if the call fails in
/// it.
///
/// The object is in the frame of a coroutine, which awaits the steps. Members that only failures need are allocated
/// separately: Asio keeps frames of up to 1 KiB for the next call, and a larger frame costs one allocation per call.
class Call {
 public:
  /// Both arguments must live as long as this object.
  Call(BoxNetworkClient& client, NetworkRequest& request);
  /// Wipes the bodies of a secret request and of its response.
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  /// Finds the route if the client has not prepared one, and checks the request. Throws BoxSdkError.
  void prepare();

  void beginAttempt();

  /// Takes the current token, if the attempt needs one. False: a token must be requested.
  bool takeToken();
  asio::awaitable<void> acquireToken();

  /// Whether nothing has failed in this attempt so far.
  bool canSend() const noexcept { return !attempt_.failed(); }
  /// Sends the request once, with the changes of the interceptors: gets a connection, and makes one exchange on it. The
  /// attempt receives the response if a final header has arrived, and a failure if no header has arrived or the body is
  /// broken. Throws BoxSdkError with Errc::invalidRequest if an interceptor's changes must not be sent.
  asio::awaitable<void> send();

  /// Ends the attempt. True if the request was accepted: then the call has ended.
  bool settle();
  FetchResponse takeResponse() noexcept { return std::move(attempt_.response); }

  /// Whether Box has refused the token, for the first time in this call.
  bool refusedToken() const noexcept;
  /// True if there is another token: then the next attempt begins at once; it has a number, but retry policies do not
  /// count it.
  asio::awaitable<bool> refreshToken();

  /// Decides about the next attempt.
  void planRetry();
  bool waits() const noexcept { return delay_ > std::chrono::nanoseconds::zero(); }
  asio::awaitable<void> pause();

  /// Keeps an exception of the call until endByException(), because a `catch` block cannot await.
  void catchException(std::exception_ptr exception) noexcept;
  [[noreturn]] void endByException(bool cancelled);

 private:
  using Clock = std::chrono::steady_clock;

  bool isSecret() const noexcept;
  bool isIntercepted() const noexcept;
  RequestParts partsOf(const ChangedRequest* changed) const;
  asio::awaitable<Lease> lease(TimeLimits& limits);
  asio::awaitable<CallResult<Authentication::Token>> askForToken(Authentication::Token refused);
  void failForToken(const BoxSdkError& error);
  const Secret* secret() const noexcept { return token_ ? &token_->value() : nullptr; }

  BoxNetworkClient& client_;
  NetworkRequest& request_;
  Clock::time_point now_ = Clock::
      now();  // the call reads the clock only after waits and after the caller's code, because reading it is expensive
  Attempt attempt_;  // declared before the record, whose destructor reads it
  CallRecord record_;
  std::unique_ptr<RetryState> retry_;  // made at the first failure
  std::chrono::nanoseconds delay_{0};  // the wait before the next attempt
  Authentication::Token token_;
  bool fresh_ = false;  // whether the next attempt must not use an idle connection
  bool refreshed_ = false;
  bool tokenIsNew_ = false;
};

}  // namespace box::inline v0_1
