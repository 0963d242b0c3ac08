#include "cli/exclude_files.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/files.hpp"
#include "support/posix.hpp"

/// Files of those who must stay: one person too many is left out rather than one too few.
namespace box::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Answer = Exclusions::Answer;

class CliExcludeFiles : public testing::Test {
 protected:
  CliExcludeFiles() {
    std::string made = (std::filesystem::temp_directory_path() / "box-cli-exclude-XXXXXX").string();
    folder_ = ::mkdtemp(made.data());
  }
  ~CliExcludeFiles() override { std::filesystem::remove_all(folder_); }

  std::shared_ptr<Exclusions> stay(std::string_view content, Target target = Target::users) const {
    const std::string path = (folder_ / "stay").string();
    std::ofstream(path, std::ios::binary) << content;
    const std::vector<std::string> files = {path};
    return readExclusions(target, files);
  }
  std::string errorOf(std::string_view content, Target target = Target::users) const {
    try {
      stay(content, target);
    } catch (const FileError& error) {
      return error.what();
    }
    return {};
  }

  std::filesystem::path folder_;
};

TEST_F(CliExcludeFiles, EveryNameInARowProtects) {
  const auto both = stay("Login,Email\nann@x.org,ann2@x.org\n");
  EXPECT_EQ(both->ask({}, "ann@x.org"), Answer::mustStay);
  EXPECT_EQ(both->ask({}, "Ann2@x.org"), Answer::mustStay);
  EXPECT_EQ(both->ask({}, "bob@x.org"), Answer::mayGo);
  EXPECT_EQ(both->leftOut().size(), 2U);
  ASSERT_EQ(both->columns().size(), 1U);
  EXPECT_THAT(both->columns().front(), HasSubstr("stay: read by columns 'Login' and 'Email'"));
  EXPECT_THAT(both->unmatched(), ElementsAre());

  const auto same = stay("userPrincipalName,mail,Box ID,User ID\nann@x.org,ann.lee@x.org,11446498,11446499\n");
  for (const char* const login : {"ann@x.org", "ann.lee@x.org"}) EXPECT_EQ(same->ask({}, login), Answer::mustStay);
  for (const char* const id : {"11446498", "11446499"}) EXPECT_EQ(same->ask(id, {}), Answer::mustStay);
  EXPECT_EQ(same->ask("5", {}), Answer::unknown) << "nobody says which of the ids is Box's";
}

TEST_F(CliExcludeFiles, ARowIsEnoughWhereAnyColumnNamesThePerson) {
  const auto other = stay("Login,Email,Manager\n,ann@x.org,boss@x.org\nBob,bob@x.org,boss@x.org\n");
  for (const char* const login : {"ann@x.org", "bob@x.org"}) EXPECT_EQ(other->ask({}, login), Answer::mustStay);
  EXPECT_EQ(other->ask({}, "boss@x.org"), Answer::mayGo) << "the manager is another person";
  EXPECT_THAT(errorOf("Login,Email\n,\nBob,\n"), HasSubstr("Nothing is sent as long as"));
  EXPECT_THAT(errorOf("Login,Email,id\nBob,,11446498\n"), HasSubstr("Nothing is sent as long as"));
}

TEST_F(CliExcludeFiles, NumbersThatMayBeOfAnotherSystemProtectAndAreNotTakenForKnownIds) {
  const auto numbers = stay("id,login\n4711,ann@x.org\n");
  EXPECT_EQ(numbers->ask("4711", {}), Answer::mustStay);
  EXPECT_EQ(numbers->ask("4711", "ann.new@x.org"), Answer::mustStay);
  EXPECT_EQ(numbers->ask("12345678", {}), Answer::unknown);
  const auto foreign = stay("id,mail\n5c5f-a5c1,ann@x.org\n");
  EXPECT_THAT(foreign->columns(), ElementsAre(AllOf(HasSubstr("read by column 'mail'"), Not(HasSubstr("'id'")))));
  EXPECT_EQ(foreign->ask("12345678", {}), Answer::unknown);
}

TEST_F(CliExcludeFiles, IdsMayHaveZerosBeforeThem) {
  for (const char* const list : {"0101\n", "user_id\n0101\n"}) {
    const auto zeros = stay(list);
    EXPECT_EQ(zeros->ask("101", {}), Answer::mustStay) << list;
  }
}

TEST_F(CliExcludeFiles, GroupsAreNamedByEachColumnOfIds) {
  const auto groups = stay("group_id,Group ID,name\n7,8,Sales\n", Target::groups);
  for (const char* const id : {"7", "8"}) EXPECT_EQ(groups->ask(id, {}), Answer::mustStay);
  EXPECT_EQ(groups->ask("9", {}), Answer::mayGo);
}

TEST_F(CliExcludeFiles, AnUnknownColumnIsRenamedBecauseNoOptionNamesIt) {
  const std::string users = errorOf("Work,Home\na@x.org,b@x.org\n");
  EXPECT_THAT(
      users, AllOf(HasSubstr("name the right one 'login' or 'user_id' in the header row"), Not(HasSubstr("--column"))));
  EXPECT_THAT(errorOf("name\tteam\nA\tB\n", Target::groups),
              AllOf(HasSubstr("name the right one 'group_id'"), Not(HasSubstr("--column"))));
  EXPECT_THAT(errorOf("login,name\na@x.org,A\nb@x.org\n"), HasSubstr("give each of them by its own --exclude"));
}

}  // namespace
}  // namespace box::cli
