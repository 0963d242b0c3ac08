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

}  // namespace
}  // namespace box::cli
