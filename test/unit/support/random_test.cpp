#include "box/support/random.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "box/support/clock.hpp"
#ifndef _WIN32
#include "support/forked.hpp"
#endif

namespace box {
namespace {

TEST(SystemRandom, StaysFromZeroToBelowOneAndSpreads) {
  const auto random = systemRandom();
  ASSERT_NE(random, nullptr);
  constexpr int draws = 20'000;
  int halves[2] = {0, 0};
  for (int i = 0; i < draws; ++i) {
    const double x = random->uniform();
    ASSERT_GE(x, 0.0);
    ASSERT_LT(x, 1.0);
    ++halves[x < 0.5 ? 0 : 1];
  }
  // Twenty standard deviations: the test checks that there is any jitter, not its quality.
  EXPECT_NEAR(halves[0], draws / 2, 1500);
}

TEST(SystemRandom, IsSeededAnewEachTime) { EXPECT_NE(systemRandom()->uniform(), systemRandom()->uniform()); }

#ifndef _WIN32
TEST(SystemRandom, GivesParentAndChildrenNumbersOfTheirOwn) {
  const auto random = systemRandom();
  const auto draw = [&] { return std::to_string(random->uniform()); };
  test::Forked first(draw), second(draw);
  const std::set<std::string> drawn{draw(), first.result(), second.result()};
  EXPECT_EQ(drawn.size(), 3U);
}
#endif

TEST(SystemRandom, GivesEachOfFourThreadsNumbersOfItsOwn) {
  const auto random = systemRandom();
  constexpr std::size_t threads = 4, draws = 5'000;
  std::vector<double> all(threads * draws);
  std::vector<std::thread> workers;
  for (std::size_t t = 0; t < threads; ++t) {
    workers.emplace_back([&all, &random, t] {
      for (std::size_t i = 0; i < draws; ++i) all[t * draws + i] = random->uniform();
    });
  }
  for (auto& worker : workers) worker.join();
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end()) << "two threads drew the same number";
}

TEST(SystemClock, Exists) { EXPECT_NE(systemClock(), nullptr); }

}  // namespace
}  // namespace box
