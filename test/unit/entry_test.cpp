#include "box/entry.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::string_view_literals;

TEST(Entry, IdsAndPlainLoginsAreTaken) {
  for (const EntryKind kind : {EntryKind::user, EntryKind::userId, EntryKind::groupId}) {
    for (const std::string_view id : {"1", "0", "007", "12345678901234567890"})
      EXPECT_FALSE(checkEntry(kind, id)) << id;
  }
  for (const std::string_view login :
       {"ann@example.com", "a.b+c@x.example", "o'brien@example.com", "'t.hooft@example.nl", "a@b", "a_b-c@x-y.example",
        "j\u00fcrgen@ex\u00e4mple.org", "\u6771@\u4eac.example"}) {
    EXPECT_FALSE(checkEntry(EntryKind::user, login)) << login;
    EXPECT_FALSE(checkEntry(EntryKind::userLogin, login)) << login;
  }
  EXPECT_FALSE(checkEntry(EntryKind::userLogin, std::string(318, 'a') + "@x"));
}

struct Refusal {
  EntryKind kind;
  std::string entry;
  std::size_t offset;
  std::string_view says;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << testing::PrintToString(refusal.entry); }

class EntryRefusals : public testing::TestWithParam<Refusal> {};

TEST_P(EntryRefusals, NamePlaceAndReason) {
  const std::optional<EntryFault> fault = checkEntry(GetParam().kind, GetParam().entry);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->offset, GetParam().offset) << fault->text;
  EXPECT_NE(fault->text.find(GetParam().says), std::string::npos) << fault->text;
  EXPECT_EQ(fault->text.find_first_of("\n\x1b\xe2"), std::string::npos) << fault->text;
}

INSTANTIATE_TEST_SUITE_P(OfIds, EntryRefusals,
                         testing::Values(Refusal{EntryKind::user, "", 0, "is empty"},
                                         Refusal{EntryKind::userId, "", 0, "is empty"},
                                         Refusal{EntryKind::user, "ann", 0, "neither an id"},
                                         Refusal{EntryKind::user, "12a", 2, "neither an id"},
                                         Refusal{EntryKind::user, "-5", 0, "neither an id"},
                                         Refusal{EntryKind::user, "123456789012345678901", 0, "at most 20 digits"},
                                         Refusal{EntryKind::userId, "1 2", 1, "is not an id"},
                                         Refusal{EntryKind::userId, "ann@example.com", 0, "is a login and not an id"},
                                         Refusal{EntryKind::groupId, "ann@example.com", 0, "groups have no login"},
                                         Refusal{EntryKind::user, "222\xef\xbb\xbf", 3, "U+FEFF"},
                                         Refusal{EntryKind::groupId, "222\u200b", 3, "U+200B"},
                                         Refusal{EntryKind::userId, "\uff12\uff12", 0, "is not an id"},
                                         Refusal{EntryKind::user, "1\n", 1, "control character U+000A"},
                                         Refusal{EntryKind::user, "1.14465E+7", 1, "Excel has changed this id"},
                                         Refusal{EntryKind::user, "11446498.0", 8, "Excel has changed this id"},
                                         Refusal{EntryKind::userId, "11,446,498", 2, "Excel has changed this id"},
                                         Refusal{EntryKind::groupId, "'11446498", 0, "Excel has changed this id"},
                                         Refusal{EntryKind::user, "=\"11446498\"", 0, "Excel has changed this id"}));

INSTANTIATE_TEST_SUITE_P(OfLogins, EntryRefusals,
                         testing::Values(Refusal{EntryKind::userLogin, "ann", 0, "is not a login"},
                                         Refusal{EntryKind::userLogin, "1", 0, "not a login"},
                                         Refusal{EntryKind::user, "@example.com", 0, "a name before the @"},
                                         Refusal{EntryKind::user, "ann@", 3, "a domain after it"},
                                         Refusal{EntryKind::user, "bob@example.comcarl@example.com", 19, "a second @"},
                                         Refusal{EntryKind::user, "a@@x.org", 2, "a second @"},
                                         Refusal{EntryKind::user, "mailto:ann@x.org", 0, "mailto:"},
                                         Refusal{EntryKind::user, "MailTo:ann@x.org", 0, "mailto:"},
                                         Refusal{EntryKind::user, "a@x.org,b@x.org", 7, "several addresses"},
                                         Refusal{EntryKind::user, "Ann <a@x.org>", 3, "a blank"},
                                         Refusal{EntryKind::user, "\"a\"@x.org", 0, "'\"'"},
                                         Refusal{EntryKind::user, "FIRM\\ann@x.org", 4, "'\\'"},
                                         Refusal{EntryKind::user, "'ann@x.org'", 10, "in its domain"},
                                         Refusal{EntryKind::user, "ann@x.org/", 9, "in its domain"},
                                         Refusal{EntryKind::user, "ann@x.org.", 9, "a dot"},
                                         Refusal{EntryKind::user, "ann@.x.org", 4, "a dot"},
                                         Refusal{EntryKind::userLogin, std::string(319, 'a') + "@x", 0, "320 bytes"}));

INSTANTIATE_TEST_SUITE_P(
    OfWhatNobodySees, EntryRefusals,
    testing::Values(Refusal{EntryKind::user, "eve@x.org\u200b", 9, "invisible character U+200B"},
                    Refusal{EntryKind::user,
                            "\u2060"
                            "dan@x.org",
                            0, "invisible character U+2060"},
                    Refusal{EntryKind::user,
                            "\ufeff"
                            "cat@x.org",
                            0, "invisible character U+FEFF"},
                    Refusal{EntryKind::user, "an\u00adn@x.org", 2, "invisible character U+00AD"},
                    Refusal{EntryKind::user, "an\u202en@x.org", 2, "invisible character U+202E"},
                    Refusal{EntryKind::user, "ann\ufe0f@x.org", 3, "invisible character U+FE0F"},
                    Refusal{EntryKind::user, "ann\u3164@x.org", 3, "invisible character U+3164"},
                    Refusal{EntryKind::userLogin, "ann@x.org\U000e0041", 9, "invisible character U+E0041"},
                    Refusal{EntryKind::user, "bob@x.org\u00a0", 9, "blank U+00A0"},
                    Refusal{EntryKind::user,
                            "\u3000"
                            "bob@x.org",
                            0, "blank U+3000"},
                    Refusal{EntryKind::user,
                            "\u201c"
                            "fay@x.org\u201d",
                            0, "quote U+201C"},
                    Refusal{EntryKind::user,
                            "o\u2019"
                            "brien@x.org",
                            1, "quote U+2019"},
                    Refusal{EntryKind::user,
                            "\u00ab"
                            "fay@x.org",
                            0, "quote U+00AB"},
                    Refusal{EntryKind::user, "j\ufffdrgen@x.org", 1, "lost character"},
                    Refusal{EntryKind::user, "an\xffn@x.org", 2, "UTF-8"},
                    Refusal{EntryKind::user, "an\x1b@x.org", 2, "control character U+001B"},
                    Refusal{EntryKind::user, "an\xc2\x85@x.org", 2, "control character U+0085"},
                    Refusal{EntryKind::user, std::string("a\0@x.org", 8), 1, "control character U+0000"}));

TEST(Entry, TrimmingRemovesWhatCopyingAdds) {
  EXPECT_EQ(trimmedEntry("ann@x.org"), "ann@x.org");
  EXPECT_EQ(trimmedEntry(" \t ann@x.org \t"), "ann@x.org");
  EXPECT_EQ(trimmedEntry("\xef\xbb\xbf"
                         "ann@x.org\xc2\xa0"),
            "ann@x.org");
  EXPECT_EQ(trimmedEntry("\u3000\u2003"
                         "12\u202f"),
            "12");
  EXPECT_EQ(trimmedEntry(" mailto:ann@x.org"), "ann@x.org");
  EXPECT_EQ(trimmedEntry("MAILTO: ann@x.org "), "ann@x.org");
  EXPECT_EQ(trimmedEntry("Lee, Ann <ann@x.org>"), "ann@x.org");
  EXPECT_EQ(trimmedEntry("\"Ann\" < mailto:ann@x.org > "), "ann@x.org");
  EXPECT_EQ(trimmedEntry("Ann@x.org <ann@x.org>"), "ann@x.org");
  EXPECT_EQ(trimmedEntry("<ann@x.org>"), "ann@x.org");
  EXPECT_EQ(trimmedEntry(" \xef\xbb\xbf \xc2\xa0"), "");
  EXPECT_EQ(trimmedEntry(""), "");
}

TEST(Entry, TrimmingKeepsAllElse) {
  for (const std::string_view text :
       {"\u200b"
        "a@x.org"sv,
        "a@x.org\u200b"sv, "a b"sv, "mailto:"sv, "<>"sv, "Ann <12>"sv, "boss@x.org <ann@x.org>"sv, "A <a@x.org> x"sv,
        "A <a@x.org>; B <b@x.org>"sv, "\xa0"sv, "a\xa0"sv, "\x80\x80\x80\x80"sv, "\n1"sv, "1\r"sv}) {
    EXPECT_EQ(trimmedEntry(text), text) << testing::PrintToString(std::string(text));
  }
}

TEST(Entry, AnIdIsOneToTwentyDigits) {
  for (const char* text : {"0", "1", "007", "12345678901234567890"}) EXPECT_TRUE(isBoxId(text)) << text;
  for (const char* text : {"", "a", "1a", " 1", "1 ", "-1", "+1", "1.0", "0x1", "123456789012345678901", "\u0661"}) {
    EXPECT_FALSE(isBoxId(text)) << text;
  }
  EXPECT_FALSE(isBoxId(std::string_view("1\0", 2)));
}

TEST(Entry, RefusesEachQuoteAndControlCharacterByName) {
  const auto isAny = [](unsigned c, std::initializer_list<std::pair<unsigned, unsigned>> ranges) {
    return std::any_of(ranges.begin(), ranges.end(), [c](const auto& r) { return r.first <= c && c <= r.second; });
  };
  for (unsigned c = 1; c < 0x10000; ++c) {
    if (c >= 0xd800 && c < 0xe000) continue;
    std::string login = "a";
    if (c < 0x80) {
      login += static_cast<char>(c);
    } else if (c < 0x800) {
      login += {static_cast<char>(0xc0 + c / 64), static_cast<char>(0x80 + c % 64)};
    } else {
      login +=
          {static_cast<char>(0xe0 + c / 4096), static_cast<char>(0x80 + c / 64 % 64), static_cast<char>(0x80 + c % 64)};
    }
    login += "@x.org";
    const std::optional<EntryFault> fault = checkEntry(EntryKind::userLogin, login);
    const std::string text = fault ? fault->text : "";
    const bool isQuote = isAny(c, {{0xab, 0xab},
                                   {0xbb, 0xbb},
                                   {0x2018, 0x201f},
                                   {0x2039, 0x203a},
                                   {0x300c, 0x300f},
                                   {0x301d, 0x301f},
                                   {0xff02, 0xff02},
                                   {0xff07, 0xff07}});
    ASSERT_EQ(text.starts_with("has the quote U+"), isQuote) << c << text;
    ASSERT_EQ(text.starts_with("has the control character U+"), c < 0x20 || (c >= 0x7f && c <= 0x9f)) << c << text;
  }
}

TEST(Entry, SaysWhatIsWrongInTheDomainOfALogin) {
  const auto faultOf = [](std::string_view login) {
    const auto fault = checkEntry(EntryKind::userLogin, login);
    return fault ? std::to_string(fault->offset) + ": " + fault->text : "none";
  };
  EXPECT_EQ(faultOf("a@x#y.org"), "3: has '#' in its domain: remove it");
  EXPECT_EQ(faultOf("a@#"), "2: has '#' in its domain: remove it");
  EXPECT_EQ(faultOf("a@.x"), "2: has a domain that begins or ends with a dot: remove the dot");
  EXPECT_EQ(faultOf("a@x."), "3: has a domain that begins or ends with a dot: remove the dot");
  EXPECT_EQ(faultOf("a#b@x-y_z.org"), "none");
}

TEST(Entry, OnlyALongNumberWasChangedByExcel) {
  const auto isExcels = [](std::string_view id) {
    return checkEntry(EntryKind::userId, id)->text.find("Excel has changed this id") != std::string::npos;
  };
  EXPECT_TRUE(isExcels("1,234"));
  EXPECT_FALSE(isExcels("1,23"));
  EXPECT_FALSE(isExcels("-1234.0"));
  EXPECT_FALSE(isExcels("e1234"));
  EXPECT_FALSE(isExcels("1,234x"));
  EXPECT_FALSE(isExcels("====="));
}

TEST(Entry, ALoginHasAtMost320Bytes) {
  const std::string longest = std::string(314, 'a') + "@x.org";
  EXPECT_FALSE(checkEntry(EntryKind::userLogin, longest));
  EXPECT_EQ(checkEntry(EntryKind::userLogin, "a" + longest)->text, "is longer than 320 bytes: a login is one address");
}

}  // namespace
}  // namespace box
