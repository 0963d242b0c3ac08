#include "cli/list_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "cli/list/decoder.hpp"

#include "list_collector.hpp"

namespace box::cli {
namespace {

using test::ListCollector;

struct Parsed {
  std::vector<std::string> entries;
  std::vector<std::string> faults;
  std::size_t duplicates = 0;
  std::vector<std::string> notes;

  bool operator==(const Parsed&) const = default;
};

Parsed parsed(Target target, std::string_view text, std::size_t pieceSize, const ListOptions& options) {
  ListCollector collector;
  ListParser parser(target, collector, options);
  for (std::size_t at = 0; at < text.size(); at += pieceSize) {
    if (!parser.feed(text.substr(at, pieceSize))) break;
  }
  parser.finish();
  Parsed out;
  out.entries = collector.entries;
  out.faults = collector.faults.lines();
  out.duplicates = collector.duplicates;
  out.notes = parser.notes();
  return out;
}

// Reads the text in pieces of different sizes, which must not change the result.
Parsed parsed(Target target, std::string_view text, const ListOptions& options = {}) {
  const Parsed whole = parsed(target, text, text.size() + 1, options);
  for (const std::size_t pieceSize : {std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
    EXPECT_EQ(parsed(target, text, pieceSize, options), whole) << "in pieces of " << pieceSize;
  }
  return whole;
}

std::vector<std::string> entriesOf(Target target, std::string_view text) {
  const Parsed out = parsed(target, text);
  EXPECT_EQ(out.faults, std::vector<std::string>());
  return out.entries;
}

std::string onlyFaultOf(Target target, std::string_view text) {
  const Parsed out = parsed(target, text);
  EXPECT_EQ(out.faults.size(), 1U) << (out.faults.size() > 1 ? out.faults[1] : "");
  return out.faults.empty() ? "" : out.faults.front();
}

using Entries = std::vector<std::string>;

template <class List>
std::string nameOf(const testing::TestParamInfo<List>& list) {
  return std::string(list.param.name);
}

struct GoodList {
  std::string_view name;
  Target target;
  std::string text;
  Entries entries;
};

void PrintTo(const GoodList& list, std::ostream* out) { *out << list.name; }

class CliGoodLists : public testing::TestWithParam<GoodList> {};

TEST_P(CliGoodLists, AreReadWhole) { EXPECT_EQ(entriesOf(GetParam().target, GetParam().text), GetParam().entries); }

INSTANTIATE_TEST_SUITE_P(
    Lists, CliGoodLists,
    testing::Values(
        GoodList{"Empty", Target::users, "", {}}, GoodList{"ShortAndPlain", Target::users, "1", {"1"}},
        GoodList{"Plain", Target::users, "12\nann@example.com\n", {"12", "ann@example.com"}},
        GoodList{"PlainWithoutLastLineEnd", Target::users, "12\n13", {"12", "13"}},
        GoodList{"PlainFromWindows", Target::users, "12\r\n13\r\n", {"12", "13"}},
        GoodList{"PlainWithByteOrderMark",
                 Target::users,
                 "\xef\xbb\xbf"
                 "12\n13\n",
                 {"12", "13"}},
        GoodList{"OnlyAByteOrderMark", Target::users, "\xef\xbb\xbf", {}},
        GoodList{"PlainWithEmptyLinesAndBlanks", Target::users, "\n  \n 12\t\n\n13 \n\n", {"12", "13"}},
        GoodList{"PlainWithComments", Target::users, "# who left\n12\n  # and\n13\n#14\n", {"12", "13"}},
        GoodList{"PlainGroups", Target::groups, "7\n8\n", {"7", "8"}},
        GoodList{"CsvOfIds", Target::users, "user_id\n12\n13\n", {"12", "13"}},
        GoodList{"CsvWithOtherColumns",
                 Target::users,
                 "name,login,user_id,note\nAnn,,12,x\nBob,bob@x.org,,y\n",
                 {"12", "bob@x.org"}},
        GoodList{"CsvHeaderInAnyCase", Target::users, " Login , User ID \na@x.org,\n,5\n", {"a@x.org", "5"}},
        GoodList{"CsvQuoted", Target::users, "\"user_id\",\"name\"\n\"12\",\"Ann, \"\"A\"\" Example\"\n", {"12"}},
        GoodList{"CsvWithLineEndInQuotes", Target::users, "name,user_id\n\"Ann\nExample\",12\nBob,13\n", {"12", "13"}},
        GoodList{
            "CsvFromWindows", Target::users, "\xef\xbb\xbfuser_id,login\r\n12,\r\n,a@x.org\r\n", {"12", "a@x.org"}},
        GoodList{"CsvQuotedFromWindows", Target::users, "name,user_id\r\nAnn,\"12\"\r\n", {"12"}},
        GoodList{"CsvWithoutLastLineEnd", Target::users, "user_id,login\n12,\n,a@x.org", {"12", "a@x.org"}},
        GoodList{"CsvWithEmptyLines", Target::users, "\n\nuser_id,login\n\n12,\n \n", {"12"}},
        GoodList{"CsvBehindComments", Target::users, "# exported today\nuser_id\n12\n", {"12"}},
        GoodList{"CsvWithSemicolons", Target::users, "name;user_id\n\"a;b\";12\n", {"12"}},
        GoodList{"CsvWithTabs", Target::users, "user_id\tname\n12\tAnn, Bob\n", {"12"}},
        GoodList{"CsvWithBlanksAroundQuotes", Target::users, "user_id,name\n \"12\" , Ann\n", {"12"}},
        GoodList{"CsvWithStrayQuoteInOtherColumn", Target::users, "user_id,size\n12,5\" pipe\n13,x\n", {"12", "13"}},
        GoodList{"PlainFromAnOldMac", Target::users, "12\r13\rann@x.org", {"12", "13", "ann@x.org"}},
        GoodList{"CsvFromAnOldMac", Target::users, "user_id,name\r12,A\r13,B\r", {"12", "13"}},
        GoodList{"PlainWithBlanksAndMarksAroundEntries",
                 Target::users,
                 "12\u00a0\n\xef\xbb\xbf"
                 "cat@x.org\n\u3000"
                 "bob@x.org\n",
                 {"12", "cat@x.org", "bob@x.org"}},
        GoodList{"CsvWithBlanksAndMarksAroundEntries",
                 Target::users,
                 "\u00a0login,name\nann@x.org\u00a0,A\n\xef\xbb\xbf"
                 "bob@x.org,B\n\u00a0,\u00a0\n",
                 {"ann@x.org", "bob@x.org"}},
        GoodList{"MailtoAddresses", Target::users, "mailto:ann@x.org\nMAILTO:bob@x.org\n", {"ann@x.org", "bob@x.org"}},
        GoodList{"CsvWithADeclaredSeparator", Target::users, "sep=;\r\nna,me;user_id\r\nA;12\r\n", {"12"}},
        GoodList{"CsvWithRowsOfSeparators", Target::users, "user_id,login,name\n12,,A\n,,\n , ,\n,,,,\n", {"12"}},
        GoodList{"CsvWithAQuotedHash", Target::users, "name,user_id\n\"#1 Fan\",12\nx#,13\n", {"12", "13"}},
        GoodList{"CsvWithMoreSeparatorsThanTheHeader", Target::users, "user_id,name\n12,A,,\n13,B,\n", {"12", "13"}},
        GoodList{"CsvWithSeparatorsAfterTheHeader", Target::users, "user_id,,\n12,,\n13,,\n", {"12", "13"}},
        GoodList{
            "PlainWithSeparatorsAtTheEnd", Target::users, "12,\nann@x.org;\n13 ; ;\t\n", {"12", "ann@x.org", "13"}},
        GoodList{
            "CsvWithALineEndInTheHeader", Target::users, "\"Last\nname\",\"E-mail\"\r\nA,a@x.org\r\n", {"a@x.org"}},
        GoodList{"CsvWithAQuotedHeaderOfOneColumn", Target::users, "\"Email\"\n\"a@x.org\"\n", {"a@x.org"}},
        GoodList{"CsvOfGroups", Target::groups, "group_id,name\n7,A\n", {"7"}},
        GoodList{"CsvOfGroupsById", Target::groups, "id,name\n7,A\n", {"7"}},
        GoodList{"CsvOfGroupsAndTheirMembers", Target::groups, "user_id,login,group_id\n12,a@x.org,7\n", {"7"}},
        GoodList{"CsvOfUsersAndTheirGroups", Target::users, "group_id,user_id\n7,12\n", {"12"}}),
    &nameOf<GoodList>);

struct BadList {
  std::string_view name;
  Target target;
  std::string text;
  std::string_view place;
  std::string_view says;
};

void PrintTo(const BadList& list, std::ostream* out) { *out << list.name; }

class CliBadLists : public testing::TestWithParam<BadList> {};

TEST_P(CliBadLists, AreRefusedWithPlaceAndRemedy) {
  const std::string fault = onlyFaultOf(GetParam().target, GetParam().text);
  EXPECT_TRUE(fault.starts_with(std::string(GetParam().place) + ": ")) << fault;
  EXPECT_NE(fault.find(GetParam().says), std::string::npos) << fault;
}

INSTANTIATE_TEST_SUITE_P(
    Lists, CliBadLists,
    testing::Values(
        BadList{"NeitherIdNorLogin", Target::users, "12\n\n  ann\n", "list, line 3, character 3",
                "'ann' is neither an id"},
        BadList{"ControlCharacter", Target::users,
                "12\n1\x1b"
                "3\n",
                "list, line 2, character 2", "'1\\x1b3' has the control character U+001B"},
        BadList{"NotUtf8", Target::users, "a@x.org\nj\xfcrgen@x.org\n", "list, line 2, character 2", "UTF-8"},
        BadList{"Utf16WithoutAMark", Target::users, std::string("1\0002\000", 4), "list, line 1, character 2",
                "CSV UTF-8"},
        BadList{"AWorkbook", Target::users, std::string("PK\3\4\024\0\6\0\0\0", 10), "list, line 1, character 1",
                "an Excel workbook"},
        BadList{"AnOldWorkbook", Target::users, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "list, line 1, character 1",
                "(.xls)"},
        BadList{"APdf", Target::users, "%PDF-1.7\n12345\n", "list, line 1, character 1", "is a PDF"},
        BadList{"AShortPdf", Target::users, "%PDF", "list, line 1, character 1", "is a PDF"},
        BadList{"ACompressedFile", Target::users, std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10),
                "list, line 1, character 1", "unpack it"},
        BadList{"Utf32", Target::users,
                std::string("\xff\xfe\0\0"
                            "1\0\0\0",
                            8),
                "list, line 1, character 1", "UTF-32"},
        BadList{"Json", Target::users, "\n[{\"id\":\"12\",\n\"login\":\"a@x.org\"}]", "list, line 2, character 1",
                "is JSON"},
        BadList{"JsonOfNumbers", Target::users, "[12, 13]", "list, line 1, character 1", "is JSON"},
        BadList{"JsonObject", Target::users, "{\n  \"entries\": []\n}\n", "list, line 1, character 1", "is JSON"},
        BadList{"AWebPage", Target::users, "<!DOCTYPE html>\n<html><body>a@x.org\n", "list, line 1, character 1",
                "a web page (HTML)"},
        BadList{"Xml", Target::users, "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<a>12</a>\n", "list, line 1, character 1",
                "is XML"},
        BadList{"ADocument", Target::users, "{\\rtf1\\ansi a@x.org}", "list, line 1, character 1", "RTF"},
        BadList{"AKey", Target::users, "-----BEGIN PRIVATE KEY-----\nMII\n", "list, line 1, character 1",
                "a key or a certificate"},
        BadList{"Contacts", Target::users, "BEGIN:VCARD\nEMAIL:a@x.org\n", "list, line 1, character 1", "vCard"},
        BadList{"LogarithmOfAnId", Target::users, "user_id,name\n1.14465E+7,A\n", "list, line 2, character 2",
                "Excel has changed this id"},
        BadList{"IdWithCommas", Target::users, "name,user_id\nA,\"11,446,498\"\n", "list, line 2, character 6",
                "Excel has changed this id"},
        BadList{"IdAsANumber", Target::users, "11446498\n11446498.0\n", "list, line 2, character 9",
                "Excel has changed this id"},
        BadList{"IdAsAFormula", Target::users, "1\n=\"11446498\"\n", "list, line 2, character 1",
                "Excel has changed this id"},
        BadList{"SeveralAddressesInALine", Target::users, "1\nAnn <a@x.org>; Bob <b@x.org>\n",
                "list, line 2, character 14", "has several addresses in it: put each on a line"},
        BadList{"InvisibleCharacter", Target::users, "ann@x.org\n eve@x.org\u200b\n", "list, line 2, character 11",
                "'eve@x.org\\u{200b}' has the invisible character U+200B"},
        BadList{"InvisibleCharacterInAColumn", Target::users,
                "name,login\nAnn,\u2060"
                "ann@x.org\n",
                "list, line 2, character 5", "column 'login': '\\u{2060}ann@x.org' has the invisible character U+2060"},
        BadList{"TypographicQuotes", Target::users, "\u201cann@x.org\u201d\n", "list, line 1, character 1",
                "the quote U+201C"},
        BadList{"TwoLoginsRunTogether", Target::users, "bob@example.comcarl@example.com\n",
                "list, line 1, character 20", "a second @"},
        BadList{"CommentAfterAHeader", Target::users, "login\nann@x.org\n#ceo@x.org\n", "list, line 3, character 1",
                "begins with #"},
        BadList{"CommentedRow", Target::users, "name,login\nAnn,a@x.org\n # Bob, \"the\nCeo,c@x.org\n",
                "list, line 3, character 1", "quote its first field"},
        BadList{"HeaderOfASecondExport", Target::users, "user_id\n1\n\xef\xbb\xbfid\n2\n", "list, line 3, character 4",
                "the header row of another list"},
        BadList{
            "TwoListsJoined", Target::users, "login,name\nann@x.org,Ann\nname,team,Email\nBob,A,bob@x.org\n",
            "list, line 3, character 1",
            "looks like the header row of another list, so what follows is not read: if two lists were joined, give "
            "each of them by its own --file"},
        BadList{"TwoListsOfEqualWidthJoined", Target::users,
                "login,manager mail\nann@x.org,boss@x.org\nManager,E-Mail\nboss@x.org,bob@x.org\n",
                "list, line 3, character 1", "looks like the header row of another list, so what follows is not read"},
        BadList{"TheSameHeaderTwice", Target::users, "name,login\nAnn,ann@x.org\nname,login\nBob,bob@x.org\n",
                "list, line 3, character 6", "the header row stands here again: remove this row"},
        BadList{"RowOfAnotherWidth", Target::users, "login,name\nann@x.org,Ann\nBob,A,bob@x.org\n",
                "list, line 3, character 1",
                "quote a field that has a separator in it, or, if two lists were joined, give each of them by its own "
                "--file"},
        BadList{"AHeaderAfterAPlainList", Target::users, "ann@x.org\nEmail\nbob@x.org\n", "list, line 2, character 1",
                "looks like the header row of another list: if two lists were joined, give each"},
        BadList{"ATitleAboveAnEmptyHeader", Target::users, "Report, 2025\n\nName,Email\nAnn,ann@x.org\n",
                "list, line 1, character 1", "line 3 looks like the header row: remove the rows above that line"},
        BadList{"ATitleAboveTheColumnOfTheOperator", Target::users, "Report, of users\nName,User Name\nA,ann@x.org\n",
                "list, line 1, character 1", "line 2 looks like the header row: remove the rows above that line"},
        BadList{"ZerosInAColumn", Target::users, "user_id\n0101\n", "list, line 2, character 1",
                "column 'user_id': '0101' begins with 0"},
        BadList{"ZerosInAPlainList", Target::groups, "7\n07\n", "list, line 2, character 1", "'07' begins with 0"},
        BadList{"AWildcardInAColumn", Target::users, "login\n*@x.org\n", "list, line 2, character 1",
                "column 'login': '*@x.org' has a *, and there are no wildcards"},
        BadList{"MailtoAlone", Target::users, "mailto:\n", "list, line 1, character 1", "neither an id"},
        BadList{"SeveralValuesOnTheFirstLine", Target::users, "1,2,3\n4\n", "list, line 1, character 1", "header row"},
        BadList{"SeveralValuesOnALaterLine", Target::users, "1\n2,3\n", "list, line 2, character 2", "neither an id"},
        BadList{"NoColumnOfOurs", Target::users, "name,address\nAnn,a@x.org\n", "list, line 1, character 1",
                "pick one with --column NAME. The columns are 'name', 'address'"},
        BadList{"GroupsGivenForUsers", Target::users, "group_id\n7\n", "list, line 1, character 1",
                "box-sessions groups"},
        BadList{"UsersGivenForGroups", Target::groups, "user_id,login\n12,a@x.org\n", "list, line 1, character 1",
                "box-sessions users"},
        BadList{"ColumnTwice", Target::users, "user_id,name,user_ID\n1,a,2\n", "list, line 1, character 14",
                "two columns may have the ids, 'user_id' and 'user_ID': pick one with --column 'user_id' or --column "
                "'user_ID'"},
        BadList{"BadId", Target::users, "name,user_id\nBob,7\nAnn,1x\n", "list, line 3, character 6",
                "column 'user_id': '1x'"},
        BadList{"LoginInTheIdColumn", Target::users, "name,user_id\nAnn,a@x.org\n", "list, line 2, character 5",
                "column 'user_id': 'a@x.org' is a login and not an id"},
        BadList{"IdInTheLoginColumn", Target::users, "name,login\nAnn, 12\n", "list, line 2, character 6",
                "column 'login': '12' is not a login"},
        BadList{"RowWithNeither", Target::users, "user_id,login,name\n,,Ann\n", "list, line 2, character 1",
                "no user_id and no login"},
        BadList{"RowWithoutGroup", Target::groups, "group_id,name\n,Ann\n", "list, line 2, character 1", "no group_id"},
        BadList{"TooManyFields", Target::users, "user_id,name\n12,Ann, Example\n", "list, line 2, character 1",
                "3 fields, the header row 2"},
        BadList{"TooFewFields", Target::users, "user_id,name\n12\n", "list, line 2, character 1",
                "1 field, the header row 2"},
        BadList{"TextBehindQuotes", Target::users, "user_id,name\n12,\"Ann\" E\n", "list, line 2, character 10",
                "closing quote"},
        BadList{"QuoteNeverClosed", Target::users, "user_id,name\n12,\"Ann\n13,Bob\n", "list, line 2, character 4",
                "never closes"},
        BadList{"QuoteNeverClosedInTheHeader", Target::users, "user_id,\"name\n12,a\n", "list, line 1, character 9",
                "never closes"},
        BadList{"LineEndInAnId", Target::users, "name,user_id\nA,\"1\n2\"\n", "list, line 2, character 5",
                "control character U+000A"},
        BadList{"FaultBehindLineEndInQuotes", Target::users, "name,user_id\n\"a\nb\",x\nc,1\n",
                "list, line 3, character 4", "'x'"}),
    &nameOf<BadList>);

TEST(CliListParser, SaysThatTheTitleOfAListMustBeRemoved) {
  for (const std::string header : {"Name,Email", "\"Name\";\"Email\"", "Email"}) {
    const Parsed out = parsed(Target::users, "Users report 2025\n\n" + header + "\nAnn,ann\n");
    ASSERT_EQ(out.faults.size(), 3U);
    EXPECT_NE(out.faults[1].find("The line looks like a header row: remove the lines above it"), std::string::npos)
        << out.faults[1];
    EXPECT_EQ(out.faults[0].find("header"), std::string::npos) << out.faults[0];
  }
  ListOptions options;
  options.columns.column = "Work Email";
  const Parsed picked = parsed(Target::users, "Users report 2025\n\nName,Work Email\nAnn,ann@x.org\n", options);
  ASSERT_EQ(picked.faults.size(), 1U);
  EXPECT_NE(picked.faults[0].find("line 3 looks like the header row"), std::string::npos) << picked.faults[0];
}

TEST(CliListParser, ARowWithTheWordOfAColumnIsNoHeader) {
  const Parsed out =
      parsed(Target::users, "name,login,contact\nAnn,,Email\nBob,bob@x.org,Email\nCat,cat@x.org,Phone\n");
  EXPECT_EQ(out.entries, (Entries{"bob@x.org", "cat@x.org"}));
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults[0].find("the row has no login"), std::string::npos) << out.faults[0];
}

TEST(CliListParser, GoesOnBehindFaults) {
  const Parsed out = parsed(Target::users, "1\nx\n2\ny\n3\n");
  EXPECT_EQ(out.entries, (Entries{"1", "2", "3"}));
  ASSERT_EQ(out.faults.size(), 2U);
  EXPECT_TRUE(out.faults[1].starts_with("list, line 4, character 1: ")) << out.faults[1];
}

TEST(CliListParser, UsesTheLoginWhereARowHasBothAndSaysSo) {
  const Parsed out = parsed(Target::users, "user_id,login\n12,a@x.org\n,b@x.org\n13,c@x.org\n14,\n");
  EXPECT_EQ(out.entries, (Entries{"a@x.org", "b@x.org", "c@x.org", "14"}));
  EXPECT_EQ(out.notes,
            (std::vector<std::string>{"2 rows have an id and a login: the login is used (--prefer id uses the id)",
                                      "1 row has no login: the id is used"}));
}

TEST(CliListParser, UsesTheIdWhereTheOperatorSaysSo) {
  ListOptions options;
  options.columns.preferId = true;
  const Parsed out = parsed(Target::users, "user_id,login\n12,a@x.org\n,b@x.org\n13,c@x.org\n", options);
  EXPECT_EQ(out.entries, (Entries{"12", "b@x.org", "13"}));
  EXPECT_EQ(out.notes, std::vector<std::string>{"2 rows have an id and a login: the id is used"});
}

TEST(CliListParser, NotesRowsOverSeveralLines) {
  EXPECT_EQ(
      parsed(Target::users, "name,user_id\n\"Ann\n,12\nBob\",13\n\"Carl\nC.\",14\n").notes,
      std::vector<std::string>{"2 rows go over several lines (the first: lines 2 to 4), because of quotes: if these "
                               "are several entries, remove the quotes"});
}

// A text in UTF-16.
std::string inUtf16(std::u16string_view text, bool bigEndian) {
  std::string out;
  const std::u16string marked = std::u16string(1, u'\ufeff').append(text);
  for (const char16_t unit : marked) {
    const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xff);
    out += bigEndian ? high : low;
    out += bigEndian ? low : high;
  }
  return out;
}

TEST(CliListParser, ReadsTheUnicodeTextOfExcel) {
  for (const bool bigEndian : {false, true}) {
    EXPECT_EQ(
        entriesOf(Target::users, inUtf16(u"Name\tEmail\r\nJ\u00fcrgen \U0001f600\tj\u00fcrgen@x.org\r\n", bigEndian)),
        Entries{"j\u00fcrgen@x.org"});
    EXPECT_EQ(entriesOf(Target::users, inUtf16(u"1", bigEndian)), Entries{"1"});
    EXPECT_EQ(entriesOf(Target::users, inUtf16(u"", bigEndian)), Entries{});
  }
}

TEST(CliListParser, DecodesCharactersOfEachLength) {
  constexpr std::u16string_view text = u"A\u00a0\u07ff\u0800\ud7ff\ue000\ufffd\U00010000\U0001f6ab\U0010ffff";
  constexpr std::string_view expected =
      "A\xc2\xa0\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbd"
      "\xf0\x90\x80\x80\xf0\x9f\x9a\xab\xf4\x8f\xbf\xbf";
  for (const bool bigEndian : {false, true}) {
    const std::string bytes = inUtf16(text, bigEndian);
    TextDecoder whole, single;
    std::string decoded(whole.decode(bytes));
    decoded += whole.finish();
    EXPECT_EQ(decoded, expected);
    std::string byteByByte;
    for (const char byte : bytes) byteByByte += single.decode(std::string_view(&byte, 1));
    byteByByte += single.finish();
    EXPECT_EQ(byteByByte, expected);
  }
}

TEST(CliListParser, RefusesHalfACharacterOfUtf16) {
  const std::string text = inUtf16(std::u16string(u"ann@x.org\nb") + char16_t(0xd800) + u"b@x.org\n", false);
  EXPECT_NE(onlyFaultOf(Target::users, text).find("a lost character"), std::string::npos);
  EXPECT_NE(onlyFaultOf(Target::users, inUtf16(u"12\n13", false) + "x").find("list, line 2, character 3: "),
            std::string::npos);
}

TEST(CliListParser, TakesWhatMailProgramsCopy) {
  EXPECT_EQ(entriesOf(Target::users,
                      "Lee, Ann <ann@x.org>\n\"Lee, Bob\" <mailto:bob@x.org>;\ncat@x.org <cat@x.org>\n<dan@x.org>,\n"),
            (Entries{"ann@x.org", "bob@x.org", "cat@x.org", "dan@x.org"}));
  EXPECT_EQ(entriesOf(Target::users, "Email,x\nAnn <ann@x.org>,1\n\"Lee, Bob <bob@x.org>\",2\n"),
            (Entries{"ann@x.org", "bob@x.org"}));
}

TEST(CliListParser, ANameThatIsAnotherAddressIsNoName) {
  EXPECT_NE(onlyFaultOf(Target::users, "12\nboss@x.org <ann@x.org>\n").find("has"), std::string::npos);
}

TEST(CliListParser, EndsWhereNoListEnds) {
  EXPECT_EQ(ListOptions().maxLines, 10'000'000U);
  EXPECT_EQ(ListOptions().maxBytes, 1'073'741'824U);
  ListCollector collector;
  ListOptions options;
  options.maxBytes = 100;
  ListParser parser(Target::users, collector, options);
  EXPECT_TRUE(parser.feed(std::string(100, '\n')));
  EXPECT_FALSE(parser.feed("\n"));
  parser.finish();
  ASSERT_EQ(collector.faults.total(), 1U);
  EXPECT_NE(collector.faults.lines().front().find("longer than 100 bytes"), std::string::npos)
      << collector.faults.lines().front();
}

TEST(CliListParser, EndsAfterTheLastLineThatAListMayHave) {
  ListOptions options;
  options.maxLines = 3;
  for (const std::string_view head : {"1\n", "user_id\n"}) {
    const Parsed out = parsed(Target::users, std::string(head) + "2\n3\n4\n5\n", options);
    EXPECT_EQ(out.entries, (head == "1\n" ? Entries{"1", "2", "3"} : Entries{"2", "3"}));
    ASSERT_EQ(out.faults.size(), 1U);
    EXPECT_TRUE(out.faults.front().starts_with("list, line 4, character 1: the list is longer than 3 lines"))
        << out.faults.front();
  }
}

TEST(CliListParser, CountsLinesThatEndWithCarriageReturns) {
  EXPECT_TRUE(onlyFaultOf(Target::users, "1\r2\r\r x\r3").starts_with("list, line 4, character 2: "));
  EXPECT_TRUE(onlyFaultOf(Target::users, "1\r\n2\r\n\r\n x\r\n3").starts_with("list, line 4, character 2: "));
}

TEST(CliListParser, FindsDuplicatesThatOnlyLookDifferentInTheFile) {
  EXPECT_EQ(parsed(Target::users,
                   "a@x.org\n\xef\xbb\xbf"
                   "a@x.org\xc2\xa0\nmailto:a@x.org\n")
                .duplicates,
            2U);
}

TEST(CliListParser, CountsDuplicates) {
  const Parsed out = parsed(Target::users, "1\n2\n1\n");
  EXPECT_EQ(out.entries, (Entries{"1", "2"}));
  EXPECT_EQ(out.duplicates, 1U);
}

TEST(CliListParser, RefusesALineThatIsTooLongAndGoesOn) {
  const std::string text = "1\n" + std::string(ListParser::maxRecordBytes + 1, '9') + "\n2\n";
  const Parsed out = parsed(Target::users, text);
  EXPECT_EQ(out.entries, (Entries{"1", "2"}));
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_TRUE(out.faults.front().starts_with("list, line 2, character 1: the line is longer than 65536 bytes"))
      << out.faults.front();
}

TEST(CliListParser, RefusesARowThatIsTooLongAndGoesOn) {
  const std::string text = "user_id,name\n1,a\n2," + std::string(ListParser::maxRecordBytes, 'x') + "\n3,c\n";
  const Parsed out = parsed(Target::users, text);
  EXPECT_EQ(out.entries, (Entries{"1", "3"}));
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_TRUE(out.faults.front().starts_with("list, line 3, character 1: the row is longer")) << out.faults.front();
}

TEST(CliListParser, TakesARowOfTheLargestSize) {
  const std::string row = "2," + std::string(ListParser::maxRecordBytes - 3, 'x') + "\n";
  ASSERT_EQ(row.size(), ListParser::maxRecordBytes);
  EXPECT_EQ(entriesOf(Target::users, "user_id,name\n" + row + row), Entries{"2"});
}

TEST(CliListParser, StopsAtAQuoteThatDoesNotCloseWithinARow) {
  ListCollector collector;
  ListParser parser(Target::users, collector);
  EXPECT_TRUE(parser.feed("user_id,name\n1,\"open\n"));
  EXPECT_FALSE(parser.feed(std::string(ListParser::maxRecordBytes, 'x')));
  EXPECT_FALSE(parser.feed("\n2,b\n"));
  parser.finish();
  ASSERT_EQ(collector.faults.total(), 1U);
  EXPECT_TRUE(collector.faults.lines().front().starts_with("list, line 2, character 3: a quote opens here"))
      << collector.faults.lines().front();
}

TEST(CliListParser, LeavesOutARowWithTextAfterAQuoteAndSaysSoOnce) {
  const Parsed out = parsed(Target::users, "user_id,name\n\"11\"xyz,b\n12,c\n");
  EXPECT_EQ(out.entries, Entries{"12"});
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_TRUE(out.faults.front().starts_with("list, line 2, character 5: text after a closing quote"))
      << out.faults.front();
}

TEST(CliListParser, DoesNotRepeatWhatMayBeAToken) {
  const std::string fault = onlyFaultOf(Target::users, "T9cE5asGnuyYCCqIZFoWjFHvNbvVqHjl\n");
  EXPECT_EQ(fault.find("T9cE"), std::string::npos) << fault;
}

TEST(CliListParser, EscapesTheNameOfTheFile) {
  ListCollector collector("li\x1bst");
  ListParser parser(Target::users, collector);
  parser.feed("x\n");
  parser.finish();
  ASSERT_EQ(collector.faults.total(), 1U);
  EXPECT_TRUE(collector.faults.lines().front().starts_with("li\\x1bst, line 1, character 1: "))
      << collector.faults.lines().front();
}

TEST(CliListParser, KeepsNothingOfALongFileOfNonsense) {
  ListCollector collector;
  ListParser parser(Target::users, collector);
  std::string noise;
  for (int i = 0; i < 1000; ++i) noise += "no entry\n";
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(parser.feed(noise));
  parser.finish();
  EXPECT_EQ(collector.faults.total(), 100'000U);
  EXPECT_EQ(collector.faults.lines().size(), InputFaults::shown);
}

TEST(CliListParser, ATooLongLineAtTheEndIsToldOnce) {
  const std::string big(ListParser::maxRecordBytes + 1, '9');
  EXPECT_NE(onlyFaultOf(Target::users, "1\n" + big).find("the line is longer"), std::string::npos);
  EXPECT_NE(onlyFaultOf(Target::users, "user_id,name\n1,a\n2," + big).find("the row is longer"), std::string::npos);
  EXPECT_NE(onlyFaultOf(Target::users, "user_id,name\n1,a\n#2,b").find("begins with #"), std::string::npos);
}

TEST(CliListParser, ARowThatIsTooLongByItsLineEndEndsThere) {
  const std::string row = "2," + std::string(ListParser::maxRecordBytes - 2, 'x') + "\n";
  const Parsed out = parsed(Target::users, "user_id,name\n" + row + "3,c\n");
  EXPECT_EQ(out.entries, Entries{"3"});
  EXPECT_EQ(out.faults.size(), 1U);
}

TEST(CliListParser, ALineOfTheLargestSizeIsJudged) {
  const std::string line(ListParser::maxRecordBytes, '9');
  EXPECT_NE(onlyFaultOf(Target::users, line + "\n").find("an id has at most 20 digits"), std::string::npos);
}

TEST(CliListParser, EndsAfterTheLastLineAlsoFarDown) {
  ListOptions options;
  options.maxLines = ListParser::sampleRows + 10;
  std::string text = "user_id,name\n";
  for (std::size_t i = 0; i < options.maxLines + 5; ++i) text += std::to_string(i + 1) + ",x\n";
  const Parsed out = parsed(Target::users, text, options);
  EXPECT_EQ(out.entries.size(), options.maxLines - 1);
  EXPECT_EQ(out.faults.size(), 1U);
}

TEST(CliListParser, FaultsAmongTheFirstRowsKeepTheirPlaces) {
  std::string text = "user_id,name\n";
  for (std::size_t i = 0; i < 2 * ListParser::sampleRows; ++i) text += i % 2 == 0 ? "1,\"a\"b\n" : "1.5,c\n";
  const Parsed out = parsed(Target::users, text);
  EXPECT_EQ(out.faults.size(), InputFaults::shown);
  EXPECT_TRUE(out.faults.at(0).starts_with("list, line 2, character 6: text after a closing quote"));
  EXPECT_TRUE(out.faults.at(1).starts_with("list, line 3, character 2: column 'user_id': '1.5'"));
}

TEST(CliListParser, NotesCountInWords) {
  EXPECT_EQ(parsed(Target::users, "name,user_id\n\"Ann\nE.\",12\n").notes,
            std::vector<std::string>{"1 row goes over several lines (lines 2 to 3), because of quotes: if these are "
                                     "several entries, remove the quotes"});
  EXPECT_EQ(parsed(Target::users, "user_id,login\n12,a@x.org\n13,\n14,\n").notes,
            (std::vector<std::string>{"1 row has an id and a login: the login is used (--prefer id uses the id)",
                                      "2 rows have no login: the id is used"}));
}

TEST(CliListParser, LinesBeforeTheHeaderAreThoseOfSpreadsheetsOnly) {
  EXPECT_EQ(entriesOf(Target::users, "SEP=\t\nuser_id\tname\n12\tA\n"), Entries{"12"});
  EXPECT_EQ(entriesOf(Target::users, "Version:v2.0;;\nuser_id;name\n12;A\n"), Entries{"12"});
  for (const char* line : {"sep=x", "sep=", "sep=;;", "version:v1.0 and more of it", "version 1"}) {
    EXPECT_FALSE(parsed(Target::users, std::string(line) + "\nuser_id\n12\n").faults.empty()) << line;
  }
}

TEST(CliListParser, RefusesTheSecondHalfOfACharacterOfUtf16) {
  const auto decoded = [](const std::u16string& text) {
    TextDecoder decoder;
    std::string out(decoder.decode(inUtf16(text, false)));
    return out += decoder.finish();
  };
  const std::string lost = "\ufffd";
  for (const char16_t low : {char16_t(0xdc00), char16_t(0xdfff)}) {
    EXPECT_EQ(decoded(u"abcd" + std::u16string(2, low) + u"e"), "abcd" + lost + lost + "e");
  }
  for (const char16_t high : {char16_t(0xd800), char16_t(0xdbff)}) {
    EXPECT_EQ(decoded(u"abcd" + std::u16string(2, high) + u"e"), "abcd" + lost + lost + "e");
    EXPECT_EQ(decoded(u"abcd" + std::u16string(1, high)), "abcd" + lost);
  }
}

TEST(CliListParser, KnowsOtherFormatsByTheirFirstLine) {
  const auto contains = [](const char* line, std::string_view part) {
    return otherFormat(line).find(part) != std::string_view::npos;
  };
  for (const char* line : {"<!DOCTYPE html>", " <html>", "<HEAD>", "<table border=0>", "<!-- a list -->"})
    EXPECT_TRUE(contains(line, "a web page")) << line;
  EXPECT_TRUE(contains("<?xml version=\"1.0\"?>", "XML"));
  EXPECT_TRUE(contains("{\\rtf1", "RTF"));
  EXPECT_TRUE(contains("-----BEGIN CERTIFICATE-----", "a key or a certificate"));
  EXPECT_TRUE(contains("BEGIN:VCARD", "vCard"));
  for (const char* line : {"{", "[", "{}", "[]", "[ {", "{\"id\":1}", "[\"a\"", "[[1]]", "[0", "[9", "[-1"})
    EXPECT_TRUE(contains(line, "JSON")) << line;
  for (const char* line : {"", "12", "[ann@x.org]", "{12", "{-1", "[/", "[:", "<ann@x.org>", "sep=;"})
    EXPECT_EQ(otherFormat(line), "") << line;
}

}  // namespace
}  // namespace box::cli
