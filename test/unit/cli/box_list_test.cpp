#include "cli/box_list.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "cli/arguments.hpp"
#include "cli/csv.hpp"
#include "cli/left_out.hpp"
#include "cli/list_parser.hpp"

namespace box::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

GroupFull group(std::string id, std::string name) {
  GroupFull out;
  out.id = std::move(id);
  out.name = std::move(name);
  return out;
}

ListedUser user(UserMark mark, bool leftOut) {
  ListedUser out;
  out.mark = mark;
  out.leftOut = leftOut;
  return out;
}

TEST(CliGroupQuestion, ListsTheGroupsOfOneNameWithTheirIds) {
  const std::vector<GroupFull> found = {group("5", "Sales"), group("6", "Sales EMEA"), group("9", "sales")};
  EXPECT_EQ(groupQuestion("--group", "Sales", found),
            "--group 'Sales': 2 groups have this name: 'Sales' (id 5), 'sales' (id 9). Give the id");
}

TEST(CliGroupQuestion, ListsNamesThatBeginSoWhereNoneIsTheWholeName) {
  const std::vector<GroupFull> found = {group("5", "Sales US"), group("6", "Sales \x1b[31mEMEA")};
  EXPECT_EQ(groupQuestion("--group", "Sales", found),
            "--group 'Sales': no group has this name, or this account may not see it; groups whose names begin so: "
            "'Sales US' "
            "(id 5), 'Sales \\x1b[31mEMEA' (id 6). Give the id or the whole name");
  EXPECT_EQ(groupQuestion("--group", "Sales", {}),
            "--group 'Sales': no group has this name, or this account may not see it");
  const std::vector<GroupFull> many(40, group("7", "Sales of some place"));
  EXPECT_THAT(groupQuestion("--group", "Sales", many), HasSubstr(" and 30 more. Give the id or the whole name"));
}

TEST(CliSelection, IsSaidInWords) {
  SelectionArguments selection;
  selection.groups = {"Sales", "777"};
  const std::vector<GroupFull> found = {group("5", "Sales"), group("777", "")};
  EXPECT_EQ(selectionInWords(selection, found), "the members of groups 'Sales' (id 5) and 777");
  EXPECT_EQ(selectionInWords(selection, {}), "the members of groups 'Sales' and '777'");
  selection = SelectionArguments();
  selection.domain = "example.com";
  EXPECT_EQ(selectionInWords(selection, {}), "the managed users of domain 'example.com'");
  selection = SelectionArguments();
  selection.everyone = true;
  EXPECT_EQ(selectionInWords(selection, {}), "all managed users");
}

TEST(CliLeftOut, IsCountedAndSaidWithTheOptionsThatTakeThemIn) {
  LeftOut count;
  for (const UserMark mark : {UserMark::oneself, UserMark::primaryAdmin, UserMark::coAdmin, UserMark::coAdmin,
                              UserMark::appUser, UserMark::status, UserMark::excepted, UserMark::noId}) {
    count.add(user(mark, true));
  }
  count.add(user(UserMark::none, false));
  count.add(user(UserMark::unknown, false));
  EXPECT_EQ(count.listed(), 2U);
  EXPECT_EQ(count.leftOut(), 8U);
  EXPECT_THAT(
      count.notes(),
      ElementsAre(
          "left out: yourself (unless you add --include-me), the primary administrator (unless you add "
          "--include-admins), 2 co-administrators (unless you add --include-admins), 1 app user (unless you add "
          "--include-app-users), 1 because of --status and 1 whom Box lists without an id",
          HasSubstr("of 1 member Box tells no status and no role")));
  EXPECT_EQ(boost::json::serialize(count.json()),
            R"({"oneself":1,"primaryAdmin":1,"coAdmin":2,"appUser":1,"status":1,"excepted":1,"unknown":1,"noId":1})");
}

TEST(CliLeftOut, OfNobodySaysNothing) {
  LeftOut count;
  count.add(user(UserMark::coAdmin, false));
  count.add(user(UserMark::excepted, true));
  EXPECT_TRUE(count.notes().empty()) << "Exclusions name those who must stay";
}

// A spreadsheet takes no entry of a written list or report for a formula, and the program reads each one unchanged.
class KeptEntries final : public ListSink {
 public:
  std::vector<std::string> entries, faults;
  void onEntry(std::string entry, std::size_t) override { entries.push_back(std::move(entry)); }
  void onFault(const ListFault& fault) override { faults.push_back(fault.text); }
};

TEST(CliCsv, AnEntryThatBeginsAsAFormulaIsReadAgainAsItWas) {
  const std::vector<std::string> logins = {"+ann@x.org", "-b@x.org",     "=c@x.org", "'+d@x.org",
                                           "''-e@x.org", "o'neil@x.org", "'f@x.org"};
  for (const std::string head : {"login", "entry"}) {
    std::string text = head + ",name\n";
    for (const std::string& login : logins) text += csvField(login) + ",=1+1\n";
    EXPECT_THAT(text, Not(HasSubstr("\n+")));
    KeptEntries kept;
    ListParser parser(Target::users, kept);
    parser.feed(text);
    parser.finish();
    EXPECT_EQ(kept.entries, logins);
    EXPECT_TRUE(kept.faults.empty()) << kept.faults.front();
  }
  EXPECT_EQ(csvField("-b@x.org"), guardedEntry("-b@x.org"));
}

}  // namespace
}  // namespace box::cli
