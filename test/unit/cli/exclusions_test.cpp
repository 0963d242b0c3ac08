#include "cli/list/exclusions.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

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
  EXPECT_EQ(stay.option(), "--exclude or --exclude-me");
  EXPECT_EQ(stay.ask({}, "ANN@x.org"), Answer::mustStay);
  EXPECT_EQ(stay.notes(), (std::vector<std::string>{"1 of 3 entries of 'a' is not in the list: b@x.org",
                                                    "1 of 1 entry of 'b' is not in the list: 13"}));
  stay.ask("13", "b@x.org");
  EXPECT_TRUE(stay.notes().empty());
  Exclusions many;
  for (const char* const id : {"1", "2", "3", "4"}) many.add(id, {}, "'a'");
  EXPECT_EQ(many.notes(), std::vector<std::string>{"4 of 4 entries of 'a' are not in the list: 1, 2, 3 and others"});
}

TEST(CliExclusions, WhoMustStayIsLeftOut) {
  const auto stay = std::make_shared<Exclusions>();
  stay->add("111", "admin@x.org", "'stay'");
  ListOptions options;
  options.exclude = stay;
  const Outcome out = read(Target::users, "login\nann@x.org\nADMIN@x.org\n", options);
  EXPECT_EQ(out.entries, Texts{"ann@x.org"});
  EXPECT_EQ(out.notes, Texts{"1 entry left out, because of --exclude"});
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

}  // namespace
}  // namespace box::cli
