#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "read_list.hpp"

/// Which columns of a list are read where several fit, or none.
namespace box::cli {
namespace {

using test::Outcome;
using test::pick;
using test::read;
using test::Texts;

TEST(CliColumns, TwoColumnsOfOneNameCannotBeToldApart) {
  const Outcome out = read(Target::users, "email,email\nann@x.org,bob@x.org\n");
  EXPECT_EQ(out.entries, Texts{});
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults.front().find("differ in line 2: rename one of them in the header row"), std::string::npos)
      << out.faults.front();
}

TEST(CliColumns, NamesAreComparedWithoutCaseBlanksAndMarks) {
  for (const std::string_view name :
       {"Email", "E-Mail", "e mail", "EMAIL", "\u00a0email ", "Email [Required]", "Email (primary)", "(primary) Email",
        "[a (b)] E-Mail", ") Email", "Email]", "User Email", "user_email", "UserEmail"}) {
    EXPECT_EQ(read(Target::users, std::string(name) + ",Employee ID\nann@x.org,4711\n").entries, Texts{"ann@x.org"})
        << name;
  }
  for (const std::string_view name : {"user_id", "User ID", "UserId", "id", "ID", "Box ID"}) {
    EXPECT_EQ(read(Target::users, std::string(name) + ",Employee ID\n11446498,4711\n").entries, Texts{"11446498"})
        << name;
  }
}

TEST(CliColumns, NumbersOfAnotherSystemAreNotUsedBesideAddresses) {
  const Outcome out = read(Target::users, "id,email\n4711,ann@x.org\n4712,\n");
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_TRUE(out.faults.front().starts_with("list, line 3, character 1: the row has no email")) << out.faults.front();
}

TEST(CliColumns, OnlyNumbersOfAnotherKindAreAQuestion) {
  for (const std::string_view header : {"Employee ID,Name", "Phone,Name", "Building ID,Name", "objectId,Name"}) {
    const Outcome out = read(Target::users, std::string(header) + "\n4711,Ann\n");
    EXPECT_EQ(out.entries, Texts{});
    ASSERT_EQ(out.faults.size(), 1U);
    EXPECT_NE(out.faults.front().find("pick one with --column NAME"), std::string::npos) << out.faults.front();
  }
}

TEST(CliColumns, AForeignIdAloneIsAQuestion) {
  const Outcome out =
      read(Target::users, "id,displayName\n" + std::string("5c5fa5c1-3f0e-4a0e-9d5a-2f1f0c0c0c0c,Ann\n"));
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults.front().find("column 'id' has no ids of Box (ids of another system?): pick the right one"),
            std::string::npos)
      << out.faults.front();
}

TEST(CliColumns, ALetterMakesAnIdForeignUnlessASpreadsheetWritesIt) {
  for (const std::string_view letter : {"a", "d", "f", "z", "A", "D", "F", "Z", "-"}) {
    const Outcome out = read(Target::users, "id,displayName\n1" + std::string(letter) + "2345678,Ann\n");
    ASSERT_EQ(out.faults.size(), 1U) << letter;
    EXPECT_NE(out.faults.front().find("has no ids of Box"), std::string::npos) << out.faults.front();
  }
  for (const std::string_view letter : {"e", "E"}) {
    const Outcome out = read(Target::users, "id,displayName\n1" + std::string(letter) + "2345678,Ann\n");
    ASSERT_EQ(out.faults.size(), 1U) << letter;
    EXPECT_EQ(out.faults.front().find("has no ids of Box"), std::string::npos) << out.faults.front();
  }
}

TEST(CliColumns, APickedColumnCounts) {
  const std::string_view list = "Kennung,Adresse,Email\n4711,ann@x.org,bait@x.org\n";
  EXPECT_EQ(read(Target::users, list, pick("Adresse")).entries, Texts{"ann@x.org"});
  EXPECT_EQ(read(Target::users, list, pick("kennung")).entries, Texts{"4711"}) << "the operator has chosen it";
  EXPECT_NE(read(Target::users, list, pick("Manager"))
                .faults.at(0)
                .find("no column 'Manager', which --column names. The columns are 'Kennung', 'Adresse', 'Email'"),
            std::string::npos);
  EXPECT_NE(read(Target::users, list, pick(std::string(41, 'x')))
                .faults.at(0)
                .find("no column '" + std::string(40, 'x') + "…', which"),
            std::string::npos)
      << "a long name is cut";
  EXPECT_EQ(read(Target::users, "id,ID\n1,2\n", pick("ID")).entries, Texts{"2"});
  EXPECT_NE(read(Target::users, "x,x\n1,2\n", pick("x")).faults.at(0).find("two columns 'x'"), std::string::npos);
  EXPECT_EQ(read(Target::users, "Leavers\nann@x.org\n", pick("leavers")).entries, Texts{"ann@x.org"});
}

TEST(CliColumns, GroupsArePickedToo) {
  const std::string_view list = "Gruppe,Zahl\nSales,777\n";
  EXPECT_NE(read(Target::groups, list).faults.at(0).find("such as 'group_id': pick one with --column NAME"),
            std::string::npos);
  EXPECT_EQ(read(Target::groups, list, pick("Zahl")).entries, Texts{"777"});
}

// [D] Box's documents have ids of 8 digits and more.
TEST(CliColumns, ShortNumbersAreNoIdsOfBox) {
  const Outcome alone = read(Target::users, "id,name\n4711,Ann\n4712,Bob\n");
  EXPECT_EQ(alone.entries, Texts{});
  ASSERT_EQ(alone.faults.size(), 1U);
  EXPECT_NE(alone.faults.front().find("column 'id' has numbers of fewer than 8 digits (personnel numbers?), and ids of "
                                      "Box's users have more: pick the right one with --column NAME, or name the "
                                      "column 'user_id'"),
            std::string::npos)
      << alone.faults.front();
  EXPECT_EQ(read(Target::users, "id,name\n4711,Ann\n", pick("id")).entries, Texts{"4711"})
      << "the operator has chosen it";
  EXPECT_EQ(read(Target::users, "user_id,name\n4711,Ann\n").entries, Texts{"4711"});
  EXPECT_EQ(read(Target::users, "id,name\n4711,Ann\n11446498,Bob\n").entries, (Texts{"4711", "11446498"}));
  EXPECT_EQ(read(Target::users, "type,id,name\nuser,4711,Ann\n").entries, Texts{"4711"}) << "Box's own export";
  EXPECT_EQ(read(Target::groups, "id,name\n4711,Sales\n").entries, Texts{"4711"}) << "groups may have short ids";
}

// An earlier version has begun runs with such lists, and their journals are still continued and reported.
TEST(CliColumns, ShortNumbersOfAListThatAJournalHasAreNotQuestioned) {
  ListOptions options;
  options.columns.isOfJournal = true;
  EXPECT_EQ(read(Target::users, "id,name\n4711,Ann\n4712,Bob\n", options).entries, (Texts{"4711", "4712"}));
  const Outcome beside = read(Target::users, "id,login\n4711,ann@x.org\n4712,\n", options);
  EXPECT_EQ(beside.entries, Texts{"ann@x.org"}) << "an id beside a login is used no more than before";
  EXPECT_EQ(beside.faults.size(), 1U);
}

TEST(CliColumns, ShortNumbersThatTheOperatorPrefersAreIds) {
  ListOptions options;
  options.columns.preferId = true;
  EXPECT_EQ(read(Target::users, "id,login\n4711,ann@x.org\n", options).entries, Texts{"4711"});
}

TEST(CliColumns, ShortNumbersFallToTheLogin) {
  const Outcome out = read(Target::users, "id,login\n4711,ann@x.org\n4712,\n");
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_TRUE(out.faults.front().starts_with("list, line 3, character 1: the row has no login")) << out.faults.front();
  ASSERT_EQ(out.notes.size(), 1U);
  EXPECT_TRUE(out.notes.front().starts_with("column 'id' has numbers of fewer than 8 digits")) << out.notes.front();
}

TEST(CliColumns, IdsOfBoxHaveEightDigitsOrMore) {
  EXPECT_EQ(read(Target::users, "id,name\n12345678,Ann\n").entries, Texts{"12345678"});
  EXPECT_EQ(read(Target::users, "id,name\n1234567,Ann\n").entries, Texts{});
}

TEST(CliColumns, APickedColumnIsReadAsWhatItsNameSays) {
  const auto fault = [](std::string_view list, std::string column) {
    const Outcome out = read(Target::users, list, pick(std::move(column)));
    return out.faults.empty() ? std::string() : out.faults.front();
  };
  EXPECT_NE(fault("Email,x\n12,1\n", "Email").find("'12' is not a login"), std::string::npos);
  EXPECT_NE(fault("Login,x\n12,1\n", "Login").find("'12' is not a login"), std::string::npos);
  EXPECT_NE(fault("user,x\n12,1\n", "user").find("'12' is not a login"), std::string::npos);
  EXPECT_NE(fault("user_id,x\na@x.org,1\n", "user_id").find("is a login and not an id"), std::string::npos);
  EXPECT_NE(fault("id,x\na@x.org,1\n", "id").find("is a login and not an id"), std::string::npos);
  EXPECT_EQ(fault("Adresse,x\n12,1\na@x.org,2\n", "Adresse"), "");
  EXPECT_NE(fault("Adresse,x\n,1\n", "Adresse").find("the row has no Adresse: fill it in"), std::string::npos);
}

TEST(CliColumns, AllOfThreeColumnsAreNamed) {
  const Outcome out = read(Target::users, "user_id,name,userid,box_id\n11111111,Ann,22222222,33333333\n");
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults.front().find("'user_id', 'userid' and 'box_id': pick one with --column 'user_id' or --column "
                                    "'userid' or --column 'box_id'"),
            std::string::npos)
      << out.faults.front();
}

TEST(CliColumns, AWideTableIsNotShownWhole) {
  std::string header = "the first of 200";
  for (int i = 101; i < 300; ++i) header += ",column " + std::to_string(i);
  const Outcome out = read(Target::users, header + "\n" + std::string(199, ',') + "x\n");
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults.front().find("'the first of 200', 'column 101', "), std::string::npos);
  // The first 57 names, with the commas between them, have 800 characters.
  EXPECT_TRUE(out.faults.front().ends_with("'column 156' and 143 more")) << out.faults.front();
}

TEST(CliColumns, ALongNameIsCut) {
  const std::string longest(40, 'n');
  const auto shown = [](const std::string& name) { return read(Target::users, name + ",b\n1,2\n").faults.at(0); };
  EXPECT_NE(shown(longest).find("'" + longest + "'"), std::string::npos) << shown(longest);
  EXPECT_NE(shown(longest + "n").find("'" + longest + "…'"), std::string::npos) << shown(longest + "n");
}

TEST(CliColumns, AnIdThatIsSaidToBeOfAUserReplacesAMissingAddress) {
  const Outcome out = read(Target::users, "user_id,email\n11111111,ann@x.org\n22222222,\n");
  EXPECT_EQ(out.entries, (Texts{"ann@x.org", "22222222"}));
  EXPECT_EQ(out.faults, Texts{});
}

TEST(CliColumns, GroupsAndUsersHaveTheirOwnColumns) {
  EXPECT_NE(read(Target::groups, "login,id\na@x.org,777\n").faults.at(0).find("a list of users"), std::string::npos);
  EXPECT_NE(read(Target::groups, "email,id\na@x.org,777\n").faults.at(0).find("a list of users"), std::string::npos);
  EXPECT_NE(read(Target::groups, "user_id,id\n12,777\n").faults.at(0).find("a list of users"), std::string::npos);
  EXPECT_EQ(read(Target::groups, "entry,note\n777,x\n").entries, Texts{"777"});
  EXPECT_EQ(read(Target::users, "entry,note\n777,x\na@x.org,y\n").entries, (Texts{"777", "a@x.org"}));
  EXPECT_NE(read(Target::groups, "group_id,groupid\n1,2\n").faults.at(0).find("two columns may have the ids"),
            std::string::npos);
}

TEST(CliColumns, TheTypeOfARowMustFit) {
  const auto faults = [](Target target, std::string_view type) {
    const Outcome out = read(target, "type,id\n" + std::string(type) + ",12345678\n");
    return out.faults.size();
  };
  for (const std::string_view type : {"user", "users", "User", ""}) EXPECT_EQ(faults(Target::users, type), 0U) << type;
  for (const std::string_view type : {"group", "groups", "folder"}) EXPECT_EQ(faults(Target::users, type), 1U) << type;
  for (const std::string_view type : {"group", "groups", ""}) EXPECT_EQ(faults(Target::groups, type), 0U) << type;
  for (const std::string_view type : {"user", "users", "device"}) EXPECT_EQ(faults(Target::groups, type), 1U) << type;
}

TEST(CliColumns, AGuestsNameIsNoLogin) {
  const Outcome out = read(Target::users, "upn\nann_y.org#ext#@x.org\nann#1@x.org\n");
  EXPECT_EQ(out.entries, Texts{"ann#1@x.org"});
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults.front().find("which is nobody's login"), std::string::npos) << out.faults.front();
}

// The CSV of a report has everybody, and nobody should be sent again by mistake.
TEST(CliColumns, OfAReportWithAcceptedEntriesAreNotReadUnlessNamed) {
  const std::string report = "number,line,entry,state\n1,1,12,rejected\n2,2,a@x.org,accepted\n3,3,14,notSent\n";
  const Outcome out = read(Target::users, report);
  EXPECT_EQ(out.entries, Texts{"12"});
  ASSERT_EQ(out.faults.size(), 1U) << "the rest is not read";
  EXPECT_NE(out.faults.front().find("line 3, character 13: the list is a report, and Box has accepted this entry"),
            std::string::npos)
      << out.faults.front();
  EXPECT_EQ(read(Target::users, report, pick("entry")).entries, (Texts{"12", "a@x.org", "14"}));
  EXPECT_EQ(read(Target::users, "entry,state\n12,rejected\n13,inDoubt\n").entries, (Texts{"12", "13"}));
  EXPECT_EQ(read(Target::users, "login,state\na@x.org,accepted\n").entries, Texts{"a@x.org"});
}

TEST(CliColumns, OfAReportWhoHasSignedInAgainIsReadByThePerson) {
  const std::string again = "number,entry,state,person,seen\n1,12,accepted,ann@x.org,signedInAgain\n";
  const Outcome out = read(Target::users, again + "2,14,rejected,,\n3,15,accepted,bob@x.org,nothingSeen\n");
  EXPECT_EQ(out.entries, (Texts{"ann@x.org", "14"}));
  EXPECT_EQ(out.faults.size(), 1U) << "the last is accepted, and was not seen";
  EXPECT_EQ(out.notes, Texts{"1 row is of people who have signed in again: column 'person' is read there"});
  EXPECT_EQ(read(Target::groups, again).faults.size(), 1U) << "a person is no group";
}

}  // namespace
}  // namespace box::cli
