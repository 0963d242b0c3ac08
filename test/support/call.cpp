#include "support/call.hpp"

#include <atomic>
#include <sstream>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace box::test {
namespace {

std::atomic<std::size_t> ended{0};

}  // namespace

std::shared_ptr<Call> Call::start(const asio::any_io_executor& executor,
                                  asio::awaitable<SessionTerminationMessage> awaitable, Accepts accepts) {
  auto call = std::make_shared<Call>();
  call->executor_ = executor;
  call->started_ = std::chrono::steady_clock::now();
  asio::co_spawn(executor, perform(call, std::move(awaitable), accepts),
                 asio::bind_cancellation_slot(call->signal_.slot(), [](std::exception_ptr) {}));
  return call;
}

asio::awaitable<void> Call::perform(std::shared_ptr<Call> call, asio::awaitable<SessionTerminationMessage> awaitable,
                                    Accepts accepts) {
  try {
    if (accepts == Accepts::totalToo) {
      co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    }
    SessionTerminationMessage message = co_await std::move(awaitable);
    call->message_ = std::move(message);
  } catch (const BoxSdkError& error) {
    call->error_ = error;
  } catch (...) {
    call->other_ = std::current_exception();
  }
  call->elapsed_ = std::chrono::steady_clock::now() - call->started_;
  call->rank_ = ended.fetch_add(1);
  call->done_ = true;
}

void Call::cancel(asio::cancellation_type type) {
  // The signal is emitted on the executor, so that co_spawn passes it on at once. Otherwise Boost 1.81 keeps a pointer
  // to a coroutine that may have ended.
  asio::post(executor_, [self = shared_from_this(), type] {
    if (!self->done_) self->signal_.emit(type);
  });
}

std::string Call::describe() const {
  std::ostringstream text;
  if (!done_) return "the call has not ended";
  if (message_) return "the call was accepted";
  if (error_) {
    text << "the call failed: " << error_->what() << " [code " << error_->code() << ", cause " << error_->cause()
         << ", fate " << toString(error_->fate()) << ", phase " << toString(error_->phase()) << ", "
         << error_->attempts().size() << " attempts, " << error_->elapsed().count() / 1000000 << " ms]";
    return text.str();
  }
  try {
    if (other_) std::rethrow_exception(other_);
  } catch (const std::exception& error) {
    text << "the call threw: " << error.what();
  } catch (...) {
    text << "the call threw something";
  }
  return text.str();
}

testing::AssertionResult isAccepted(const Call& call) {
  if (call.accepted()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << call.describe();
}

testing::AssertionResult failed(const Call& call, error_code code, Fate fate, std::optional<Phase> phase) {
  if (call.hasError() && call.code() == code && call.error().fate() == fate &&
      (!phase || call.error().phase() == *phase)) {
    return testing::AssertionSuccess();
  }
  testing::AssertionResult result = testing::AssertionFailure();
  result << call.describe() << "; expected was " << code << ", fate " << toString(fate);
  if (phase) result << ", phase " << toString(*phase);
  return result;
}

testing::AssertionResult isCancelled(const Call& call, Fate fate, std::optional<Phase> phase) {
  return failed(call, asio::error::operation_aborted, fate, phase);
}

}  // namespace box::test
