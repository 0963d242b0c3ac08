#include "follow/people.hpp"

#include <deque>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "box/error.hpp"
#include "follow/recent_ids.hpp"

namespace box {
namespace {

TEST(People, AreFoundByIdAndByLoginInAnyCase) {
  const People people({{"11", "Ann@Example.com"}, {"12", ""}, {"", "ben@example.com"}}, 0);
  EXPECT_EQ(people.withId("11"), 0u);
  EXPECT_EQ(people.withLogin("ANN@example.COM"), 0u);
  EXPECT_EQ(people.withId("12"), 1u);
  EXPECT_EQ(people.withLogin("Ben@example.com"), 2u);
  EXPECT_FALSE(people.withId("13"));
  EXPECT_FALSE(people.withId(""));
  EXPECT_FALSE(people.withLogin("11")) << "an id is not a login";
  EXPECT_FALSE(People({}, 0).withId("1"));
}

TEST(People, AreFoundByTheShortestAndTheLongestTexts) {
  const std::string longest(320, 'a'), id(20, '9');
  const People people({{"1", ""}, {"", "x"}, {id, ""}, {"", longest}}, 0);
  EXPECT_EQ(people.withId("1"), 0u);
  EXPECT_EQ(people.withLogin("x"), 1u);
  EXPECT_EQ(people.withId(id), 2u);
  EXPECT_EQ(people.withLogin(longest), 3u);
  EXPECT_EQ(people.login(3), longest);
}

TEST(People, WhoAreThereTwiceAreOne) {
  const People people({{"11", "a@b.c"}, {"11", ""}, {"", "A@B.C"}, {"12", "a@b.c"}}, 0);
  EXPECT_EQ(people.originalOf(1), 0u);
  EXPECT_EQ(people.originalOf(2), 0u);
  EXPECT_EQ(people.originalOf(3), 3u) << "another id is another person";
  EXPECT_EQ(people.withId("12"), 3u);
  EXPECT_FALSE(People({{"11", "a@b.c"}, {"11", "z@b.c"}}, 0).withLogin("z@b.c")) << "the first login counts";
  const People later({{"11", ""}, {"11", "a@b.c"}}, 0);
  ASSERT_TRUE(later.withLogin("a@b.c")) << "the first login need not be that of the first target";
  EXPECT_EQ(later.withLogin("a@b.c"), 0u);
  EXPECT_EQ(later.login(0), "a@b.c");
  EXPECT_EQ(later.id(0), "11");
  EXPECT_FALSE(People({{"11", ""}, {"11", "a@b.c"}, {"11", "z@b.c"}}, 0).withLogin("z@b.c"));
  for (const std::vector<FollowTarget>& targets :
       {std::vector<FollowTarget>{{"11", ""}, {"11", "a@b.c"}, {"", "a@b.c"}},
        {{"", "a@b.c"}, {"11", ""}, {"11", "a@b.c"}}}) {
    const People three(targets, 0);
    const std::uint32_t known = three.originalOf(*three.withLogin("a@b.c"));
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(three.originalOf(three.originalOf(i)), three.originalOf(i)) << i;
    EXPECT_EQ(three.originalOf(targets[0].id.empty() ? 0 : 2), known) << "a login finds the person whose result it is";
  }
}

TEST(People, RefusesWhatIsNoPerson) {
  for (const FollowTarget& target :
       {FollowTarget{"", ""}, FollowTarget{"x", ""}, FollowTarget{"", std::string(321, 'a')}}) {
    try {
      People({{"11", ""}, target}, 0);
      ADD_FAILURE() << target.id;
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidRequest);
      EXPECT_NE(std::string(error.what()).find("targets[1]"), std::string::npos) << error.what();
    }
  }
}

TEST(People, AreAllFoundHoweverMany) {
  std::vector<FollowTarget> targets;
  for (int i = 0; i < 20'000; ++i)
    targets.push_back({std::to_string(100 + i), "p" + std::to_string(i) + "@example.com"});
  const People people(targets, 0);
  for (std::uint32_t i = 0; i < targets.size(); ++i) {
    ASSERT_EQ(people.withId(targets[i].id), i);
    ASSERT_EQ(people.withLogin(targets[i].login), i);
  }
  EXPECT_NE(people.digest(), People({{"11", ""}}, 0).digest());
}

TEST(RecentIds, KnowTheLastOnesAndForgetTheOldest) {
  std::mt19937 random(7);
  RecentIds ids(1'000);
  std::set<std::uint64_t> known;
  std::deque<std::uint64_t> order;
  for (int i = 0; i < 50'000; ++i) {
    // The ids collide in the table, so that many neighbouring slots are used.
    const std::uint64_t id = 1 + (random() % 3'000) * 64 + random() % 3;
    ASSERT_EQ(ids.insert(id), !known.contains(id)) << i;
    if (!known.insert(id).second) continue;
    order.push_back(id);
    if (order.size() > 1'000) {
      known.erase(order.front());
      order.pop_front();
    }
  }
  EXPECT_EQ(ids.all(), std::vector<std::uint64_t>(order.begin(), order.end()));
}

}  // namespace
}  // namespace box
