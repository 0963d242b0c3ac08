#include "cli/list/exclusions.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/bulk_list.hpp"
#include "read_list.hpp"

namespace box::cli {
namespace {

using test::Outcome;
using test::read;
using test::Texts;
using Answer = Exclusions::Answer;

TEST(CliExclusions, KnowEachNameOfAUser) {
  Exclusions stay;
  stay.add("12", "Ann@x.org");
  EXPECT_EQ(stay.ask("12", {}), Answer::mustStay);
  EXPECT_EQ(stay.ask({}, "ann@X.org"), Answer::mustStay);
  EXPECT_EQ(stay.ask("13", "ann@x.org"), Answer::mustStay) << "in doubt the user stays";
  EXPECT_EQ(stay.ask("13", "bob@x.org"), Answer::mayGo);
  EXPECT_EQ(stay.ask({}, {}), Answer::mayGo);
  EXPECT_EQ(stay.size(), 1U);
}

TEST(CliExclusions, CompareIdsWithoutTheZerosBeforeThem) {
  Exclusions stay;
  stay.add("77777777", {});
  stay.add("088888888", {});
  EXPECT_EQ(stay.ask("077777777", {}), Answer::mustStay);
  EXPECT_EQ(stay.ask("88888888", {}), Answer::mustStay);
  EXPECT_EQ(stay.ask("777777770", {}), Answer::mayGo);
}

TEST(CliExclusions, SayWhomTheyCannotCompare) {
  Exclusions both, ids, logins;
  both.add("12", "a@x.org");
  ids.add("12", {});
  logins.add({}, "a@x.org");
  EXPECT_EQ(both.ask("5", {}), Answer::mayGo);
  EXPECT_EQ(both.ask({}, "b@x.org"), Answer::mayGo);
  EXPECT_EQ(ids.ask("5", {}), Answer::mayGo);
  EXPECT_EQ(ids.ask("5", "b@x.org"), Answer::mayGo);
  EXPECT_EQ(ids.ask({}, "b@x.org"), Answer::unknown);
  EXPECT_EQ(logins.ask({}, "b@x.org"), Answer::mayGo);
  EXPECT_EQ(logins.ask("5", {}), Answer::unknown);
  EXPECT_EQ(Exclusions().ask("5", {}), Answer::mayGo);
}

TEST(CliExclusions, SayWhichEntriesOfAFileWereNotAskedAbout) {
  Exclusions stay;
  stay.add("12", "ann@x.org", "'a'");
  stay.add("12", "ann@x.org", "'a'");
  stay.add({}, "b@x.org", "'a'");
  stay.add("13", {}, "'b'");
  stay.add("99", "me@x.org");
  EXPECT_EQ(stay.ask({}, "ANN@x.org"), Answer::mustStay);
  EXPECT_EQ(stay.notes(),
            (std::vector<std::string>{"--exclude 'a': 1 of its 3 entries names nobody in the list: b@x.org",
                                      "--exclude 'b': its only entry names nobody in the list: 13"}));
  stay.ask("13", "b@x.org");
  EXPECT_TRUE(stay.notes().empty());
  Exclusions many;
  for (const char* const id : {"1", "2", "3", "4"}) many.add(id, {}, "'a'");
  EXPECT_EQ(many.notes(),
            std::vector<std::string>{"--exclude 'a': 4 of its 4 entries name nobody in the list: 1, 2, 3, 4"});
}

TEST(CliExclusions, KnowWhoIsNotInTheListAlsoBesideOthersWhoAre) {
  Exclusions stay;
  stay.add("12", {}, "'a'");
  stay.add("13", {}, "'a'");
  stay.add({}, "Ünn@X.org", "'b'");
  stay.add("99", "me@x.org");
  stay.ask("12", {});
  EXPECT_EQ(stay.unmatched(), (Texts{"--exclude 'a': 1 of its 2 entries names nobody in the list: 13",
                                     "--exclude 'b': its only entry names nobody in the list: Ünn@X.org"}))
      << "as the file has it";
  stay.ask("13", {});
  stay.ask({}, "Ünn@x.ORG");
  EXPECT_TRUE(stay.unmatched().empty());
}

TEST(CliExclusions, SayWhoIsLeftOutAndByWhichOption) {
  const auto stay = std::make_shared<Exclusions>();
  for (const char* const id : {"1", "2", "3", "4"}) stay->add(id, {}, "'stay'");
  stay->add("9", "me@x.org");
  stay->add("1", "ann@x.org");
  ListOptions options;
  options.exclude = stay;
  EXPECT_EQ(read(Target::users, "4\n3\n2\n04\n1\n9\n5\n", options).entries, Texts{"5"});
  EXPECT_EQ(stay->leftOutNotes(false),
            (Texts{"4 left out because of --exclude: 4, 3, 2 and 1 more", "1 left out because of --exclude-me: 9"}));
  EXPECT_EQ(stay->leftOutNotes(true).front(), "4 left out because of --exclude: 4, 3, 2, 1");
}

TEST(CliExclusions, NameWhoIsLeftOutByTheLoginOfTheList) {
  Exclusions stay;
  stay.add("4", "me@x.org", "'stay'");
  stay.add("5", {}, "'stay'");
  stay.ask("4", "ME@x.org\x1b");
  stay.ask("5", {});
  EXPECT_EQ(stay.leftOutNotes(false), Texts{"2 left out because of --exclude: ME@x.org\\x1b, 5"});
}

// The list that is kept beside a journal.
TEST(CliKeptList, HasTheLinesOfTheOriginalAndWhatWasWrong) {
  const std::string text =
      "user_id,login,line,problem\n"
      "12,,3,\n"
      ",'bad',5,\"invalid at 'a.csv', line 5, character 1: 'bad' is neither\"\n"
      ",,6,invalid at 'a.csv'\n"
      ",ann@x.org,,\n"
      ",boss@x.org,,left out because of --exclude\n";
  BulkList list(Target::users, "'a.csv'", GatheredList{text});
  const ListSurvey survey = list.survey(BulkOptions(), nullptr, 5);
  EXPECT_EQ(survey.first, (Texts{"12", "ann@x.org"}));
  EXPECT_EQ(survey.counts.total(), 4U) << "who is left out is no entry";
  Texts rows;
  list.forEach(nullptr, [&rows](const BulkRow& row) {
    rows.push_back(std::to_string(row.line).append(" ").append(row.value).append(" ").append(row.message));
  });
  EXPECT_EQ(rows, (Texts{"3 12 ", "5 'bad' invalid at 'a.csv', line 5, character 1: 'bad' is neither",
                         "6  invalid at 'a.csv'", "0 ann@x.org "}));
}

TEST(CliExclusions, WhoMustStayIsLeftOut) {
  const auto stay = std::make_shared<Exclusions>();
  stay->add("111", "admin@x.org", "'stay'");
  ListOptions options;
  options.exclude = stay;
  const Outcome out = read(Target::users, "login\nann@x.org\nADMIN@x.org\n", options);
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  EXPECT_EQ(stay->leftOutNotes(false), Texts{"1 left out because of --exclude: ADMIN@x.org"});
  EXPECT_EQ(read(Target::users, "12\n111\nadmin@x.org\n", options).entries, Texts{"12"});
  EXPECT_EQ(read(Target::users, "user_id,login\n111,other@x.org\n5,admin@x.org\n6,\n", options).entries, Texts{"6"});
}

TEST(CliExclusions, WhoCannotBeComparedWithThoseWhoMustStayIsAFault) {
  const auto stay = std::make_shared<Exclusions>();
  stay->add({}, "admin@x.org", "'stay'");
  ListOptions options;
  options.exclude = stay;
  const Outcome out = read(Target::users, "ann@x.org\n111\n", options);
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_NE(out.faults.front().find("nobody can tell whether this one must stay"), std::string::npos);
  EXPECT_EQ(read(Target::users, "user_id,login\n5,ann@x.org\n", options).faults, Texts{});
}

TEST(CliExclusions, OneWithOnlyAnIdIsEnoughToMakeALoginUncertain) {
  Exclusions ids, logins;
  ids.add("12", {});
  ids.add("13", "b@x.org");
  EXPECT_EQ(ids.ask({}, "c@x.org"), Answer::unknown);
  logins.add({}, "a@x.org");
  logins.add("13", "b@x.org");
  EXPECT_EQ(logins.ask("5", {}), Answer::unknown);
}

TEST(CliExclusions, AnIdOfZerosIsItself) {
  Exclusions stay;
  stay.add("0", {});
  EXPECT_EQ(stay.ask("0", {}), Answer::mustStay);
  EXPECT_EQ(stay.ask("00", {}), Answer::mayGo);
}

TEST(CliExclusions, OfTheAccountNeedNotBeInTheList) {
  Exclusions own, none;
  own.add("12", {});
  none.add({}, {}, "'a'");
  EXPECT_EQ(none.size(), 0U);
  EXPECT_TRUE(own.notes().empty()) << "the account of the program need not be in a list";
}

TEST(CliExclusions, ShowTenEntriesThatWereNotInTheList) {
  Exclusions stay;
  for (int id = 1; id <= 10; ++id) stay.add(std::to_string(id), {}, "'a'");
  EXPECT_EQ(stay.notes(),
            Texts{"--exclude 'a': 10 of its 10 entries name nobody in the list: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"});
  stay.add("11", {}, "'a'");
  EXPECT_EQ(
      stay.notes(),
      Texts{"--exclude 'a': 11 of its 11 entries name nobody in the list: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and others"});
}

TEST(CliExclusions, SayWhatCannotBeCompared) {
  const auto logins = std::make_shared<Exclusions>(), ids = std::make_shared<Exclusions>();
  logins->add({}, "admin@x.org", "'stay'");
  ids->add("111", {}, "'stay'");
  ListOptions options;
  options.exclude = logins;
  EXPECT_NE(read(Target::users, "5\n", options).faults.at(0).find("an id, and --exclude names somebody by login only"),
            std::string::npos);
  options.exclude = ids;
  EXPECT_NE(
      read(Target::users, "a@x.org\n", options).faults.at(0).find("a login, and --exclude names somebody by id only"),
      std::string::npos);
}

TEST(CliExclusions, CountWhatIsLeftOut) {
  const auto stay = std::make_shared<Exclusions>();
  stay->add("1", "a@x.org", "'stay'");
  stay->add("2", "b@x.org", "'stay'");
  ListOptions options;
  options.exclude = stay;
  read(Target::users, "1\n2\n3\n", options);
  EXPECT_EQ(stay->leftOutNotes(false), Texts{"2 left out because of --exclude: 1, 2"});
}

}  // namespace
}  // namespace box::cli
