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

TEST(CliEntries, AnIdWithZerosBeforeItIsRefused) {
  for (const char* const id : {"0101", "01", "0", "00012345678"}) {
    const auto fault = faultOf(EntryKind::user, id);
    ASSERT_TRUE(fault) << id;
    EXPECT_TRUE(fault->text.starts_with(std::string("'") + id + "' begins with 0, and no id of Box does"))
        << fault->text;
    EXPECT_TRUE(fault->text.ends_with("Take the id from Box, or use the login")) << fault->text;
    EXPECT_TRUE(faultOf(EntryKind::userId, id));
    ASSERT_TRUE(faultOf(EntryKind::groupId, id));
    EXPECT_TRUE(faultOf(EntryKind::groupId, id)->text.ends_with("Take the id from Box"));
    EXPECT_FALSE(faultOf(EntryKind::user, id, EntryUse::exclude)) << "they are compared without zeros";
  }
  EXPECT_FALSE(faultOf(EntryKind::user, "1010"));
  EXPECT_FALSE(faultOf(EntryKind::user, "007@x.org"));
}

TEST(CliEntries, AWildcardIsRefused) {
  for (const char* const entry : {"*@example.com", "ann*@example.com", "*"}) {
    const auto fault = faultOf(EntryKind::user, entry);
    ASSERT_TRUE(fault) << entry;
    EXPECT_TRUE(fault->text.starts_with(std::string("'") + entry + "' has a *, and there are no wildcards"))
        << fault->text;
    EXPECT_NE(fault->text.find("box-sessions users --domain DOMAIN"), std::string::npos) << fault->text;
    EXPECT_TRUE(faultOf(EntryKind::userLogin, entry));
    ASSERT_TRUE(faultOf(EntryKind::user, entry, EntryUse::exclude));
    EXPECT_NE(faultOf(EntryKind::user, entry, EntryUse::exclude)->text.find("name each person who must stay"),
              std::string::npos);
  }
  EXPECT_NE(faultOf(EntryKind::groupId, "*")->text.find("no wildcards: name each group by its id"), std::string::npos);
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
