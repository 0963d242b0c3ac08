#include "cli/list/exclusions.hpp"

#include <gtest/gtest.h>

namespace box::cli {
namespace {

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

}  // namespace
}  // namespace box::cli
