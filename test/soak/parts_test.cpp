#include <chrono>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "soak/latencies.hpp"
#include "soak/options.hpp"
#include "soak/server_faults.hpp"
#include "soak/trend.hpp"

namespace box::soak {
namespace {

using namespace std::chrono_literals;

TEST(SoakLatencies, QuantilesAreExactEnough) {
  Latencies latencies;
  EXPECT_EQ(latencies.quantile(0.5), 0us);
  for (int ms = 1; ms <= 1000; ++ms) latencies.add(std::chrono::milliseconds(ms));
  EXPECT_NEAR(static_cast<double>(latencies.quantile(0.5).count()), 500e3, 500e3 * 0.04);
  EXPECT_NEAR(static_cast<double>(latencies.quantile(0.99).count()), 990e3, 990e3 * 0.04);
  EXPECT_NEAR(static_cast<double>(latencies.quantile(1).count()), 1000e3, 1000e3 * 0.04);
}

TEST(SoakLatencies, TheShortestAndTheLongestHaveAPlace) {
  Latencies latencies;
  latencies.add(-1ns);
  EXPECT_EQ(latencies.quantile(1), 0us);
  latencies.add(7us);
  EXPECT_EQ(latencies.quantile(1), 7us);
  latencies.add(std::chrono::hours(24 * 365));
  EXPECT_GT(latencies.quantile(1), 1h);
}

std::optional<std::int64_t> growthOf(std::size_t samples, auto valueAt) {
  Trend trend;
  for (std::size_t i = 0; i < samples; ++i) trend.add(valueAt(static_cast<std::int64_t>(i)));
  return trend.growth();
}

TEST(SoakTrend, ALeakIsSeenHoweverLongTheRunIs) {
  for (const std::size_t samples : {10U, 100U, 1023U, 1024U, 5000U, 300000U}) {
    const auto all = static_cast<double>(samples);
    const auto growth = growthOf(samples, [](std::int64_t i) { return 1000 + i; });
    ASSERT_TRUE(growth);
    EXPECT_GE(static_cast<double>(*growth), 0.6 * all) << samples;
    EXPECT_LE(static_cast<double>(*growth), all) << samples;
  }
}

TEST(SoakTrend, WhatGoesUpAndDownDoesNotGrow) {
  const auto growth = growthOf(10000, [](std::int64_t i) { return 1000 + (i % 7) * 10 + (i == 9999 ? 100000 : 0); });
  ASSERT_TRUE(growth);
  EXPECT_LE(std::abs(*growth), 30);
}

TEST(SoakTrend, AFewSamplesTellNothing) {
  EXPECT_FALSE(growthOf(0, [](std::int64_t i) { return i; }));
  EXPECT_FALSE(growthOf(5, [](std::int64_t i) { return i; }));
}

Options parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "box_soak");
  return Options::parse(static_cast<int>(arguments.size()), arguments.data());
}

TEST(SoakOptions, WithoutAnyItIsAMinuteOfChaos) {
  const Options options = parse({});
  EXPECT_TRUE(options.chaos);
  EXPECT_EQ(options.seconds, 60s);
  EXPECT_FALSE(options.requests);
}

TEST(SoakOptions, AllAreTaken) {
  const Options options =
      parse({"--clean", "--requests", "12", "--concurrency", "3", "--threads", "4", "--rate", "0.5", "--faults", "7.5",
             "--deadline", "1500", "--seed", "18446744073709551615", "--tls12", "--progress", "5"});
  EXPECT_FALSE(options.chaos);
  EXPECT_FALSE(options.seconds);
  EXPECT_EQ(options.requests, 12U);
  EXPECT_EQ(options.concurrency, 3U);
  EXPECT_EQ(options.threads, 4U);
  EXPECT_EQ(options.rate, 0.5);
  EXPECT_EQ(options.faults, 7.5);
  EXPECT_EQ(options.deadline, 1500ms);
  EXPECT_EQ(options.seed, ~std::uint64_t{0});
  EXPECT_TRUE(options.tls12);
  EXPECT_EQ(options.progress, 5s);
}

TEST(SoakOptions, NonsenseIsRefused) {
  using Arguments = std::vector<const char*>;
  for (const Arguments& arguments :
       {Arguments{"--what"}, Arguments{"--seconds"}, Arguments{"--seconds", "0"}, Arguments{"--seconds", "1m"},
        Arguments{"--threads", "-1"}, Arguments{"--faults", "101"}, Arguments{"--faults", "nan"}, Arguments{"12"}}) {
    EXPECT_THROW(parse(arguments), std::invalid_argument) << arguments.front();
  }
}

std::size_t kindsThatHappened(const ServerFaults& faults) {
  std::size_t kinds = 0;
  for (const auto& [name, count] : faults.counts()) kinds += count != 0 ? 1 : 0;
  return kinds;
}

TEST(SoakServerFaults, EachKindComesUpAndHasANameOfItsOwn) {
  ServerFaults faults(1, 1);
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(faults.forCall());
  std::set<std::string_view> names;
  for (const auto& [name, count] : faults.counts()) {
    EXPECT_GT(count, 0U) << name;
    names.insert(name);
  }
  EXPECT_FALSE(names.contains(""));
  EXPECT_EQ(names.size(), faults.counts().size());
}

TEST(SoakServerFaults, TokenRequestsMeetNoLies) {
  ServerFaults faults(1, 1);
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(faults.forTokenRequest());
  for (const auto& [name, count] : faults.counts()) EXPECT_TRUE(count == 0 || name.find("though") == name.npos) << name;
  EXPECT_GT(kindsThatHappened(faults), 10U);
}

TEST(SoakServerFaults, TheShareIsKept) {
  ServerFaults faults(0.05, 1);
  int met = 0;
  for (int i = 0; i < 10000; ++i) met += faults.forCall() ? 1 : 0;
  EXPECT_NEAR(met, 500, 100);
  faults.heal();
  for (int i = 0; i < 1000; ++i) ASSERT_FALSE(faults.forCall());
}

}  // namespace
}  // namespace box::soak
