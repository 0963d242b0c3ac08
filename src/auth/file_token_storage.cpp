#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "async/blocking.hpp"
#include "async/wait.hpp"
#include "auth/token_file.hpp"
#include "box/auth/token_storage.hpp"
#include "box/error.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// The pause between two checks of a lock that another process holds. A token request takes some hundred milliseconds.
constexpr milliseconds firstPause{1}, longestPause{50};

}  // namespace

/// It has at most one thread, so that operations run in the order in which they began, even if no coroutine waits for
/// an earlier one any more.
class FileTokenStorage::State {
 public:
  explicit State(std::string path) : file_(std::move(path)), threads_(std::make_shared<BlockingThreads>(1U)) {}

  const TokenFile& file() const noexcept { return file_; }

  /// `work` must own the state.
  template <class T>
  static asio::awaitable<T> perform(std::shared_ptr<State> self, std::function<T()> work) {
    co_return co_await box::perform<T>(self->threads_, self->underLock(std::move(work)));
  }

  static asio::awaitable<std::shared_ptr<void>> lock(std::shared_ptr<State> self, Deadline deadline);

 private:
  /// A caller that is cancelled while its token is written releases its lock. Another process must not read the old
  /// token then, so the work holds the lock too.
  template <class T>
  std::shared_ptr<BlockingCall<T>> underLock(std::function<T()> work) {
    const std::lock_guard guard(mutex_);
    return std::make_shared<BlockingCall<T>>([work = std::move(work), lock = lock_.lock()] { return work(); });
  }

  static std::shared_ptr<BlockingCall<std::shared_ptr<void>>> lockAttempt(std::shared_ptr<State> self) {
    return std::make_shared<BlockingCall<std::shared_ptr<void>>>([self] { return self->file_.tryLock(); });
  }

  void holds(const std::shared_ptr<void>& lock) {
    const std::lock_guard guard(mutex_);
    lock_ = lock;
  }

  [[noreturn]] void refuseLock(bool seen) const {
    const std::string lock = file_.quotedLockPath();
    throw BoxSdkError(Errc::tokenUnavailable,
                      seen ? "another process holds the lock " + lock + ", and has not released it in time"
                           : "the lock " + lock + " could not be examined in time");
  }

  const TokenFile file_;
  const std::shared_ptr<BlockingThreads> threads_;
  std::mutex mutex_;          // protects the members after it
  std::weak_ptr<void> lock_;  // the last lock that was taken here
};

asio::awaitable<std::shared_ptr<void>> FileTokenStorage::State::lock(std::shared_ptr<State> self, Deadline deadline) {
  const Steady::time_point until = deadline.resolve(Steady::now(), Deadline());
  const auto executor = co_await asio::this_coro::executor;
  bool seen = false;
  for (milliseconds pause = firstPause;; pause = std::min(2 * pause, longestPause)) {
    const auto attempt = lockAttempt(self);
    const bool ended = co_await awaitBlocking(self->threads_, attempt, until);
    if (ended) {
      std::shared_ptr<void> lock = attempt->take();
      if (lock) {
        self->holds(lock);
        co_return lock;
      }
      seen = true;
    }
    const Steady::time_point now = Steady::now();
    if (!ended || now >= until) self->refuseLock(seen);
    Waiter waiter(executor, until - now > pause ? now + pause : until);
    if (co_await waitWhileOpen(waiter, nullptr)) throw Cancellation();
  }
}

FileTokenStorage::FileTokenStorage(std::string path) : state_(std::make_shared<State>(std::move(path))) {}

FileTokenStorage::~FileTokenStorage() = default;

asio::awaitable<TokenStorage::Token> FileTokenStorage::get() {
  return State::perform<Token>(state_, [state = state_] { return state->file().read(); });
}

asio::awaitable<void> FileTokenStorage::store(Token token) {
  if (!token) return clear();
  return State::perform<void>(state_, [state = state_, token = std::move(token)] { state->file().replace(*token); });
}

asio::awaitable<void> FileTokenStorage::clear() {
  return State::perform<void>(state_, [state = state_] { state->file().remove(); });
}

asio::awaitable<std::shared_ptr<void>> FileTokenStorage::lock(Deadline deadline) {
  return State::lock(state_, deadline);
}

}  // namespace box::inline v0_1
