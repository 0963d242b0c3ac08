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
