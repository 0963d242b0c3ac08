#include "box/auth/token_storage.hpp"

#include <mutex>
#include <utility>

namespace box::inline v0_1 {
namespace {

asio::awaitable<std::shared_ptr<void>> noLock() { co_return std::shared_ptr<void>(); }

}  // namespace

asio::awaitable<std::shared_ptr<void>> TokenStorage::lock(Deadline) { return noLock(); }

class InMemoryTokenStorage::State {
 public:
  explicit State(Token token) noexcept : token_(std::move(token)) {}

  static asio::awaitable<Token> get(std::shared_ptr<State> self) {
    const std::lock_guard lock(self->mutex_);
    co_return self->token_;
  }

  static asio::awaitable<void> set(std::shared_ptr<State> self, Token token) {
    const std::lock_guard lock(self->mutex_);
    self->token_.swap(token);  // the old token is destroyed after the mutex is released
    co_return;
  }

 private:
  std::mutex mutex_;
  Token token_;
};

InMemoryTokenStorage::InMemoryTokenStorage(Token token) : state_(std::make_shared<State>(std::move(token))) {}

InMemoryTokenStorage::~InMemoryTokenStorage() = default;

asio::awaitable<TokenStorage::Token> InMemoryTokenStorage::get() { return State::get(state_); }

asio::awaitable<void> InMemoryTokenStorage::store(Token token) { return State::set(state_, std::move(token)); }

asio::awaitable<void> InMemoryTokenStorage::clear() { return State::set(state_, nullptr); }

}  // namespace box::inline v0_1
