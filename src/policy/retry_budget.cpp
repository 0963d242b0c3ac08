#include "box/policy/retry_budget.hpp"

namespace box::inline v0_1 {
namespace {
constexpr std::int64_t one = 10;  // one token; the balance is counted in tenths, because a success returns a tenth
}

TokenRetryBudget::TokenRetryBudget(unsigned capacity) : capacity_(capacity * one), balance_(capacity_) {}

bool TokenRetryBudget::withdraw(const AttemptOutcome& outcome) noexcept {
  const std::int64_t cost = outcome.kind == FailureKind::timeout ? 2 * one : one;
  std::int64_t balance = balance_.load(std::memory_order_relaxed);
  do {
    if (balance < cost) return false;
  } while (!balance_.compare_exchange_weak(balance, balance - cost, std::memory_order_relaxed));
  return true;
}

void TokenRetryBudget::deposit() noexcept {
  std::int64_t balance = balance_.load(std::memory_order_relaxed);
  do {
    // In the usual case no thread changes the balance, so that threads do not slow each other down.
    if (balance >= capacity_) return;
  } while (!balance_.compare_exchange_weak(balance, balance + 1, std::memory_order_relaxed));
}

double TokenRetryBudget::balance() const noexcept {
  return static_cast<double>(balance_.load(std::memory_order_relaxed)) / one;
}

}  // namespace box::inline v0_1
