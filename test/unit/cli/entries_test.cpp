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

TEST(CliEntries, AnIdThatASpreadsheetHasRoundedIsRefused) {
  for (const char* const rounded : {"123456789012345000", "12345678901234500000"}) {
    const auto fault = faultOf(EntryKind::user, rounded);
    ASSERT_TRUE(fault) << rounded;
    EXPECT_NE(fault->text.find(std::string("'") + rounded + "' ends with zeros after 15 digits"), std::string::npos);
    EXPECT_TRUE(faultOf(EntryKind::groupId, rounded));
  }
  for (const char* const good : {"123456789012345001", "12345678901234567000", "12345678901234500", "11446498000"})
    EXPECT_FALSE(faultOf(EntryKind::user, good)) << good;
  EXPECT_FALSE(faultOf(EntryKind::user, "123456789012345000@x.org"));
}

TEST(CliEntries, ALetterThatLooksLatinIsFound) {
  EXPECT_EQ(lookAlikeIn("\xd0\xb0nn@x.org"), char32_t{0x430});
  EXPECT_EQ(lookAlikeIn("ann@x\xce\xbf.org"), char32_t{0x3bf});
  EXPECT_EQ(lookAlikeIn("\xef\xbd\x81nn@x.org"), char32_t{0xff41}) << "full-width";
  EXPECT_EQ(lookAlikeIn("\xef\xbd\x81@\xef\xbd\x82"), char32_t{0xff41}) << "all of it is full-width";
  EXPECT_EQ(lookAlikeIn("ann@x\xd5\xb8.org"), char32_t{0x578}) << "Armenian";
  EXPECT_EQ(lookAlikeIn("\xe1\x8e\xaann@x.org"), char32_t{0x13aa}) << "Cherokee";
  EXPECT_EQ(lookAlikeIn("\xf0\x9d\x90\x9ann@x.org"), char32_t{0x1d41a}) << "mathematical";
  EXPECT_FALSE(lookAlikeIn("\xe6\x9d\x8e@x.org")) << "Chinese looks like no Latin letter";
  EXPECT_FALSE(lookAlikeIn("nguy\xe1\xbb\x85n@x.org")) << "Latin with two marks";
  EXPECT_FALSE(lookAlikeIn("ann@x.org"));
  EXPECT_FALSE(lookAlikeIn("m\xc3\xbcller@x.org"));
  EXPECT_FALSE(lookAlikeIn("\xd0\xb0@\xd0\xb0")) << "all of it is Cyrillic";
}

TEST(CliEntries, ADomainWithoutADotIsFound) {
  EXPECT_TRUE(isDomainBare("ann.lee@xorg"));
  EXPECT_FALSE(isDomainBare("ann@x.org"));
  EXPECT_FALSE(isDomainBare("12345"));
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
