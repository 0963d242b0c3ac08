#include "transport/address_race.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;
using TimePoint = AddressRace::TimePoint;
using testing::ElementsAre;

constexpr TimePoint start{1h};

/// All attempts that may begin at one moment.
std::vector<std::size_t> tried(AddressRace& race, TimePoint now) {
  std::vector<std::size_t> all;
  while (const auto address = race.next(now)) all.push_back(*address);
  return all;
}

TEST(AddressRace, TriesOneAtATimeAndTheNextWhenTheStaggerHasPassed) {
  AddressRace race(3, 5s);
  EXPECT_THAT(tried(race, start), ElementsAre(0));
  EXPECT_EQ(race.wakeAt(), start + 250ms);
  EXPECT_THAT(tried(race, start + 249ms), ElementsAre());
  EXPECT_THAT(tried(race, start + 250ms), ElementsAre(1));
  EXPECT_THAT(tried(race, start + 500ms), ElementsAre(2));
  EXPECT_EQ(race.wakeAt(), start + 5s);
  EXPECT_THAT(tried(race, start + 1s), ElementsAre());
  EXPECT_FALSE(race.over());
}

TEST(AddressRace, TriesTheNextAtOnceWhenOneFails) {
  AddressRace race(3, 5s);
  tried(race, start);
  race.failed(0);
  EXPECT_EQ(race.wakeAt(), TimePoint::min());
  EXPECT_THAT(tried(race, start), ElementsAre(1));
  // After that it waits as usual again.
  EXPECT_EQ(race.wakeAt(), start + 250ms);
}

TEST(AddressRace, HasNoMoreThanFourUnderWay) {
  AddressRace race(10, 5s);
  for (int i = 0; i < 4; ++i) EXPECT_THAT(tried(race, start + i * 250ms), ElementsAre(i));
  EXPECT_THAT(tried(race, start + 4s), ElementsAre());
  EXPECT_EQ(race.wakeAt(), start + 5s) << "no use in asking before one has ended";
  race.failed(2);
  EXPECT_THAT(tried(race, start + 4s), ElementsAre(4));
  EXPECT_FALSE(race.running(2));
  EXPECT_TRUE(race.running(4));
}

TEST(AddressRace, AnAddressThatTakesTooLongHasFailed) {
  AddressRace race(2, 1s);
  tried(race, start);
  tried(race, start + 250ms);
  EXPECT_EQ(race.expired(start + 999ms), std::nullopt);
  EXPECT_EQ(race.expired(start + 1s), 0U);
  EXPECT_EQ(race.expired(start + 1s), std::nullopt);
  EXPECT_FALSE(race.running(0));
  EXPECT_EQ(race.wakeAt(), start + 1250ms);
  EXPECT_FALSE(race.over());
  EXPECT_EQ(race.expired(start + 2s), 1U);
  EXPECT_TRUE(race.over());
  EXPECT_EQ(race.wakeAt(), TimePoint::max());
}

TEST(AddressRace, EndsWhenAllHaveFailedOrNoMoreAreToBeTried) {
  AddressRace race(3, 5s);
  tried(race, start);
  race.tryNoMore();
  EXPECT_FALSE(race.over());
  EXPECT_THAT(tried(race, start + 1s), ElementsAre());
  EXPECT_EQ(race.wakeAt(), start + 5s);
  race.failed(0);
  EXPECT_TRUE(race.over());
  EXPECT_TRUE(AddressRace(0, 5s).over());
}

TEST(AddressRace, GivesUpTheLastFirstAndEachOnce) {
  AddressRace race(3, 5s);
  tried(race, start);
  tried(race, start + 250ms);
  EXPECT_EQ(race.giveUp(), 1U);
  EXPECT_FALSE(race.running(1));
  EXPECT_TRUE(race.running(0));
  EXPECT_EQ(race.giveUp(), 0U);
  EXPECT_EQ(race.giveUp(), std::nullopt);
}

TEST(AddressRace, WithoutALimitAnAddressNeverExpires) {
  AddressRace race(1, std::chrono::nanoseconds::max());
  tried(race, start);
  EXPECT_EQ(race.expired(TimePoint::max() - 1ns), std::nullopt);
  EXPECT_EQ(race.wakeAt(), TimePoint::max());
}

TEST(Interleaved, TakesTheFamiliesInTurnEachInItsOwnOrder) {
  const auto endpoints = [](const std::vector<std::string>& texts) {
    std::vector<asio::ip::tcp::endpoint> all;
    for (const std::string& text : texts) all.emplace_back(asio::ip::make_address(text), 443);
    return all;
  };
  EXPECT_EQ(interleaved(endpoints({"::1", "::2", "::3", "10.0.0.1", "10.0.0.2"})),
            endpoints({"::1", "10.0.0.1", "::2", "10.0.0.2", "::3"}));
  EXPECT_EQ(interleaved(endpoints({"10.0.0.1", "::1", "::2"})), endpoints({"10.0.0.1", "::1", "::2"}));
  EXPECT_EQ(interleaved(endpoints({"10.0.0.1"})), endpoints({"10.0.0.1"}));
  EXPECT_EQ(interleaved({}), endpoints({}));
}

}  // namespace
}  // namespace box
