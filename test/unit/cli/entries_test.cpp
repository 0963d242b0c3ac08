#include "cli/entries.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace box::cli {
namespace {

TEST(CliEntries, AreJudgedByTheLibrary) {
  EXPECT_FALSE(faultOf(kindOf(Target::users), "ann@example.com"));
  EXPECT_FALSE(faultOf(kindOf(Target::groups), "777"));
  EXPECT_TRUE(faultOf(kindOf(Target::groups), "ann@example.com"));
}

TEST(CliEntries, ARefusedOneIsShownWithItsInvisibleCharacters) {
  const auto textOf = [](std::string_view entry) { return faultOf(EntryKind::user, entry)->text; };
  EXPECT_EQ(textOf("222\xef\xbb\xbf"), "'222\\u{feff}' has the invisible character U+FEFF: remove it");
  EXPECT_EQ(textOf("bob\xc2\xa0@x.org"), "'bob\\u{a0}@x.org' has the blank U+00A0 in it: remove it");
  EXPECT_EQ(textOf("\xe2\x80\x9c"
                   "fay@x.org"),
            "'\xe2\x80\x9c"
            "fay@x.org' has the quote U+201C: remove it");
  EXPECT_EQ(textOf(""), "the entry is empty: fill it in or leave it out");
  EXPECT_EQ(textOf("T9cE5asGnuyYCCqIZFoWjFHvNbvVqHjl").find("T9cE"), std::string::npos);
}

TEST(CliEntryList, KeepsOrderAndDropsDuplicates) {
  EntryList list;
  for (const char* const entry : {"3", "a@x.org", "1", "3", "a@x.org", "2"}) list.add(entry);
  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[0], "3");
  EXPECT_EQ(list[1], "a@x.org");
  EXPECT_EQ(list[2], "1");
  EXPECT_EQ(list[3], "2");
  EXPECT_EQ(list.duplicates(), 2U);
}

TEST(CliEntryList, KeepsItsEntriesWhileItGrows) {
  EntryList list;
  for (int i = 0; i < 10'000; ++i) list.add(std::to_string(i));
  for (int i = 0; i < 10'000; ++i) EXPECT_EQ(list[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST(CliInputFaults, ShowsTwentyAndCountsTheRest) {
  InputFaults faults;
  for (int i = 1; i <= 25; ++i) faults.add("f:" + std::to_string(i), "bad");
  EXPECT_EQ(faults.total(), 25U);
  ASSERT_EQ(faults.lines().size(), 20U);
  EXPECT_EQ(faults.lines().front(), "f:1: bad");
  EXPECT_EQ(faults.lines().back(), "f:20: bad");
}

TEST(CliPlan, CutsTheListIntoCallsInOrder) {
  EntryList list;
  for (const char* const entry : {"1", "a@x.org", "2", "3", "b@x.org"}) list.add(entry);
  const Plan plan(Target::users, list, 2);
  ASSERT_EQ(plan.calls(), 3U);
  EXPECT_EQ(plan.call(0).ids, std::vector<std::string>{"1"});
  EXPECT_EQ(plan.call(0).logins, std::vector<std::string>{"a@x.org"});
  EXPECT_EQ(plan.call(1).ids, (std::vector<std::string>{"2", "3"}));
  EXPECT_TRUE(plan.call(1).logins.empty());
  EXPECT_EQ(plan.call(2).logins, std::vector<std::string>{"b@x.org"});
  EXPECT_EQ(plan.begin(2), 4U);
  EXPECT_EQ(plan.begin(3), 5U);
}

TEST(CliPlan, MakesNoEmptyCallWhereTheLastIsFull) {
  EntryList list;
  for (const char* const entry : {"1", "2", "3", "4"}) list.add(entry);
  EXPECT_EQ(Plan(Target::users, list, 2).calls(), 2U);
  EXPECT_EQ(Plan(Target::users, list, 4).calls(), 1U);
  EXPECT_EQ(Plan(Target::users, list, 100).call(0).size(), 4U);
}

}  // namespace
}  // namespace box::cli
