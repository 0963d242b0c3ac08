#include "cli/entries.hpp"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace box::cli {
namespace {

TEST(CliEntries, TakesIdsAndLogins) {
  for (const std::string_view entry :
       {"1", "0", "12345678901234567890", "ann@example.com", "a.b+c@x.example", "jürgen@exämple.org"}) {
    EXPECT_FALSE(faultOf(Target::users, entry)) << entry;
  }
  EXPECT_FALSE(faultOf(Target::groups, "777"));
}

struct WrongEntry {
  Target target;
  std::string entry;
  std::size_t offset;
  std::string_view says;
};

void PrintTo(const WrongEntry& wrong, std::ostream* out) { *out << testing::PrintToString(wrong.entry); }

class CliWrongEntries : public testing::TestWithParam<WrongEntry> {};

TEST_P(CliWrongEntries, AreRefusedWithTheReason) {
  const auto fault = faultOf(GetParam().target, GetParam().entry);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->offset, GetParam().offset);
  EXPECT_NE(fault->text.find(GetParam().says), std::string::npos) << fault->text;
}

INSTANTIATE_TEST_SUITE_P(Entries, CliWrongEntries,
                         testing::Values(WrongEntry{Target::users, "", 0, "empty"},
                                         WrongEntry{Target::users, "ann", 0, "neither an id"},
                                         WrongEntry{Target::users, "12a", 2, "neither an id"},
                                         WrongEntry{Target::users, "-5", 0, "neither an id"},
                                         WrongEntry{Target::users, "123456789012345678901", 0, "at most 20 digits"},
                                         WrongEntry{Target::users, "@example.com", 0, "no login"},
                                         WrongEntry{Target::users, "ann@", 0, "no login"},
                                         WrongEntry{Target::users, "a@x.org,b@x.org", 7, "','"},
                                         WrongEntry{Target::users, "Ann <a@x.org>", 3, "' '"},
                                         WrongEntry{Target::users, "an\xffn@x.org", 2, "UTF-8"},
                                         WrongEntry{Target::users, "an\x1b@x.org", 2, "\\x1b"},
                                         WrongEntry{Target::users, std::string("a\0@x.org", 8), 1, "\\x00"},
                                         WrongEntry{Target::users, "an\u202e@x.org", 2, "\\u{202e}"},
                                         WrongEntry{Target::users, std::string(320, 'a') + "@x.org", 0, "320 bytes"},
                                         WrongEntry{Target::groups, "ann@example.com", 0, "no login"},
                                         WrongEntry{Target::groups, "7 7", 1, "no group id"}));

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
