#include "box/policy/retry_budget.hpp"

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace box {
namespace {

AttemptOutcome failed(FailureKind kind) {
  AttemptOutcome outcome;
  outcome.kind = kind;
  return outcome;
}

const AttemptOutcome lost = failed(FailureKind::transport);
const AttemptOutcome late = failed(FailureKind::timeout);

TEST(TokenRetryBudget, StartsFullAndPaysOneForARepeatTwoAfterATimeout) {
  TokenRetryBudget budget(4);
  EXPECT_DOUBLE_EQ(budget.balance(), 4);
  EXPECT_TRUE(budget.withdraw(lost));
  EXPECT_DOUBLE_EQ(budget.balance(), 3);
  EXPECT_TRUE(budget.withdraw(late));
  EXPECT_DOUBLE_EQ(budget.balance(), 1);
  EXPECT_FALSE(budget.withdraw(late));
  EXPECT_DOUBLE_EQ(budget.balance(), 1) << "a refusal costs nothing";
  EXPECT_TRUE(budget.withdraw(lost));
  EXPECT_FALSE(budget.withdraw(lost));
  EXPECT_DOUBLE_EQ(budget.balance(), 0);
}

TEST(TokenRetryBudget, EarnsATenthForASuccess) {
  TokenRetryBudget budget(1);
  EXPECT_TRUE(budget.withdraw(lost));
  for (int i = 0; i < 9; ++i) {
    budget.deposit();
    EXPECT_FALSE(budget.withdraw(lost)) << i;
  }
  budget.deposit();
  EXPECT_TRUE(budget.withdraw(lost));
}

TEST(TokenRetryBudget, NeverHoldsMoreThanItsCapacity) {
  TokenRetryBudget budget(2);
  for (int i = 0; i < 1000; ++i) budget.deposit();
  EXPECT_DOUBLE_EQ(budget.balance(), 2);
  EXPECT_TRUE(budget.withdraw(lost));
  for (int i = 0; i < 11; ++i) budget.deposit();
  EXPECT_DOUBLE_EQ(budget.balance(), 2);
}

TEST(TokenRetryBudget, AllowsNothingWhereItsCapacityIsZero) {
  TokenRetryBudget budget(0);
  for (int i = 0; i < 100; ++i) budget.deposit();
  EXPECT_FALSE(budget.withdraw(lost));
}

TEST(TokenRetryBudget, HasRoomForTwentyByDefault) {
  TokenRetryBudget budget;
  int repeats = 0;
  while (repeats < 100 && budget.withdraw(lost)) ++repeats;
  EXPECT_EQ(repeats, 20);
}

TEST(TokenRetryBudget, HoldsTheLargestCapacity) {
  TokenRetryBudget budget(4'294'967'295U);
  EXPECT_DOUBLE_EQ(budget.balance(), 4'294'967'295.0);
  EXPECT_TRUE(budget.withdraw(late));
  EXPECT_DOUBLE_EQ(budget.balance(), 4'294'967'293.0);
}

TEST(TokenRetryBudget, LosesNothingBetweenFourThreads) {
  constexpr int rounds = 200'000, threads = 4;
  // The budget is so large that no deposit reaches the cap, and the sum is exact.
  TokenRetryBudget budget(1'000'000);
  std::atomic<int> repeats{0};
  for (int i = 0; i < 500'000; ++i) ASSERT_TRUE(budget.withdraw(lost));
  const double before = budget.balance();
  std::latch together(threads);  // otherwise one thread may have ended before the next begins
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      together.arrive_and_wait();
      for (int i = 0; i < rounds; ++i) {
        budget.deposit();
        if (i % 4 == 0 && budget.withdraw(lost)) repeats.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  for (auto& worker : workers) worker.join();
  EXPECT_EQ(repeats.load(), rounds / 4 * threads);
  EXPECT_DOUBLE_EQ(budget.balance(), before + rounds * threads * 0.1 - repeats.load());
}

TEST(TokenRetryBudget, IsNeverOverdrawnByFourThreads) {
  constexpr int threads = 4, capacity = 200'000;
  TokenRetryBudget budget(capacity);
  std::atomic<int> repeats{0};
  std::latch together(threads);
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      together.arrive_and_wait();
      for (int i = 0; i < capacity; ++i) {
        if (budget.withdraw(lost)) repeats.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  for (auto& worker : workers) worker.join();
  EXPECT_EQ(repeats.load(), capacity) << "the whole budget was used, and not more";
  EXPECT_DOUBLE_EQ(budget.balance(), 0);
}

}  // namespace
}  // namespace box
