// The record of following, and the texts about it.
#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/files.hpp"
#include "cli/follow/follow_job.hpp"
#include "cli/follow/follow_text.hpp"
#include "cli/follow/followed_people.hpp"
#include "cli/follow/record.hpp"
#include "cli/report/evidence.hpp"

namespace box::cli {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const auto start = std::chrono::system_clock::time_point(1'700'000'000s);  // 2023-11-14 22:13:20 UTC

FollowRecord anyRecord() {
  FollowRecord record;
  record.job = "0123456789abcdef0123456789abcdef";
  record.mark.position = "1152923110369165139";
  record.mark.time = start;
  record.boxAhead = -3s;
  record.hasMembers = true;
  record.members = {{0, "18446744073709551615", "a\"b@x.org"}, {7, "5", ""}};
  record.missing = {"group 8: \xff"};
  record.people = "digest";
  record.state = "box-follow 1\nmark\n";
  return record;
}

TEST(CliFollowRecord, KeepsEverything) {
  const FollowRecord before = anyRecord();
  const std::optional<FollowRecord> after = recordIn(textOf(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->job, before.job);
  EXPECT_EQ(after->mark.text(), before.mark.text());
  EXPECT_EQ(after->mark.position, "1152923110369165139") << "the position has all its digits";
  EXPECT_EQ(after->boxAhead, -3s);
  ASSERT_EQ(after->members.size(), 2U);
  EXPECT_EQ(after->members[0].id, "18446744073709551615");
  EXPECT_EQ(after->members[0].login, "a\"b@x.org");
  EXPECT_EQ(after->members[1].group, 7U);
  EXPECT_EQ(after->missing.size(), 1U);
  EXPECT_EQ(after->people, "digest");
  EXPECT_EQ(after->state, before.state);
  FollowRecord ofUsers = before;
  ofUsers.hasMembers = false;
  EXPECT_FALSE(recordIn(textOf(ofUsers))->hasMembers);
}

TEST(CliFollowRecord, ThatIsDamagedIsNone) {
  const std::string text = textOf(anyRecord());
  for (std::size_t size = 0; size + 1 < text.size(); ++size) EXPECT_FALSE(recordIn(text.substr(0, size))) << size;
  for (const char* other :
       {"", "{}", "{\"format\":\"box-sessions-follow 1\"}", "[]", R"({"format":"box-sessions-follow 1","job":1})"}) {
    EXPECT_FALSE(recordIn(other)) << other;
  }
  std::string distant = text;
  distant.replace(distant.find("\"boxAhead\":-3"), 13, "\"boxAhead\":1e18");
  EXPECT_FALSE(recordIn(distant)) << "no clock is wrong by so much";
}

#ifndef _WIN32  // on Windows a name that is too long is the name of no file
TEST(CliFollowRecord, ThatCannotBeLookedAtIsNotAMissingOne) {
  EXPECT_FALSE(readRecord("/no-such-folder/record", "job"));
  // A new record would replace one that is there after all.
  EXPECT_THROW(readRecord("/tmp/" + std::string(300, 'r'), "job"), FileError);
}
#endif

FollowSummary summaryOf(const std::vector<FollowOutcome>& outcomes, FollowEnd end = FollowEnd::window) {
  FollowSummary summary;
  summary.end = end;
  for (const FollowOutcome outcome : outcomes) summary.results.emplace_back().outcome = outcome;
  return summary;
}

TEST(CliFollowEnd, TheExitStatusSaysWhatWasSeen) {
  using O = FollowOutcome;
  EXPECT_EQ(exitFor(summaryOf({O::evidence, O::nothingSeen}), false), Exit::accepted);
  EXPECT_EQ(exitFor(summaryOf({O::couldNotLook, O::signedInAgain}, FollowEnd::stopped), false), Exit::signedInAgain);
  EXPECT_EQ(exitFor(summaryOf({O::evidence, O::couldNotLook}), false), Exit::stopped)
      << "the other person may have signed in again";
  EXPECT_EQ(exitFor(summaryOf({O::nothingSeen}, FollowEnd::stopped), false), Exit::interrupted);
  EXPECT_EQ(exitFor(summaryOf({O::nothingSeen}, FollowEnd::stopped), true), Exit::accepted);
  EXPECT_EQ(exitFor(summaryOf({O::couldNotLook}, FollowEnd::stopped), true), Exit::stopped);
  EXPECT_EQ(exitFor(summaryOf({O::couldNotLook}, FollowEnd::rights), true), Exit::stopped);
  EXPECT_EQ(exitFor(summaryOf({O::couldNotLook}, FollowEnd::failed), false), Exit::stopped);
}

TEST(CliFollowEnd, TheEventSaysWhyNobodyWasFollowed) {
  const boost::json::object event = notFollowedJson("nobody\nis known", {"group 7: why"}, 2);
  EXPECT_EQ(event.at("event"), "followSummary");
  EXPECT_EQ(event.at("people"), 0U);
  EXPECT_EQ(event.at("end"), "notFollowed");
  EXPECT_EQ(event.at("reason"), "nobody\\nis known");
  EXPECT_EQ(event.at("missing").as_array().at(0), "group 7: why");
  EXPECT_EQ(event.at("exitStatus"), 2);
}

TEST(CliFollowWords, CountPeople) {
  using O = FollowOutcome;
  EXPECT_EQ(inWords(totalsOf(summaryOf({O::nothingSeen}))), "1 person followed: 0 signed in again, 1 nothing seen");
  EXPECT_EQ(inWords(totalsOf(summaryOf({O::signedInAgain, O::evidence, O::couldNotLook, O::couldNotLook}))),
            "4 people followed: 1 signed in again, 1 evidence seen, 2 could not look");
}

/// Texts that come from Box, each of which contains `text`. It is neither copied nor moved, because `finding` refers to
/// its members.
struct Hostile {
  explicit Hostile(std::string given) : text(std::move(given)) {
    who.person = who.group = text;
    seen.outcome = FollowOutcome::signedInAgain;
    seen.signIns = 2;
    seen.evidence = 1;
    seen.types = {text, "X"};
    seen.firstEvidence = seen.lastEvidence = start;
    seen.actors.ourAccount = true;
    seen.reason = text;
    seen.signIn.emplace();
    seen.signIn->type = "LOGIN" + text;
    seen.signIn->time = start;
    seen.signIn->address = seen.signIn->app = text;
    event.eventType = event.ipAddress = event.eventId = event.createdBy.login = text;
    finding.event = &event;
    finding.app = text;
    FollowSummary summary;
    summary.results.push_back(seen);
    summary.gaps = {text};
    FollowedPeople people;
    people.people.push_back(who);
    evidence.emplace(std::move(people), std::move(summary), std::vector<std::string>{text});
  }
  Hostile(const Hostile&) = delete;
  Hostile& operator=(const Hostile&) = delete;

  std::string text;
  Followed who;
  FollowResult seen;
  BoxEvent event;
  FollowFinding finding;
  std::optional<Evidence> evidence;
};

/// The line of the table without its head.
std::string lineOf(const FollowRow& row) {
  const std::string table = followTable(std::span(&row, 1));
  return table.substr(table.find('\n') + 1);
}

TEST(CliFollowWords, ShowHostileTextsAsText) {
  const auto count = [](const std::string& text, char c) { return std::count(text.begin(), text.end(), c); };
  const Hostile plain("a");
  const FollowRow plainRow{plain.who, plain.seen};
  for (const char* text : {"\x1b]0;x\x07", "<script>alert(1)</script>", "a|b\n# c", "=1+1,\"x\"", "\u202e", "\xff\xfe",
                           "`@all` [x](http://y)", "\r\n"}) {
    const Hostile hostile(text);
    const FollowRow row{hostile.who, hostile.seen};
    for (const std::string& line : {lineOf(row), findingLine(hostile.finding, hostile.who), evidenceFields(&row) + "\n",
                                    boost::json::serialize(followJson(row)) + "\n",
                                    boost::json::serialize(findingJson(hostile.finding, hostile.who)) + "\n"}) {
      EXPECT_EQ(line.find_first_of("\n\r\x1b\x07"), line.size() - 1) << line;
      EXPECT_THAT(line, AllOf(Not(HasSubstr("\u202e")), Not(HasSubstr("\xff"))));
    }
    const std::string page = evidenceHtml(*hostile.evidence, {row});
    const std::string plainPage = evidenceHtml(*plain.evidence, {plainRow});
    for (const char sign : {'<', '>', '"', '\'', '\n'}) EXPECT_EQ(count(page, sign), count(plainPage, sign)) << text;
    const std::string markdown = evidenceMarkdown(*hostile.evidence, {row});
    EXPECT_EQ(count(markdown, '\n'), count(evidenceMarkdown(*plain.evidence, {plainRow}), '\n')) << text;
    EXPECT_THAT(markdown, AllOf(Not(HasSubstr("<")), Not(HasSubstr("://")), Not(HasSubstr("@"))));
  }
  const Hostile formula("=1+1,\"x\"");
  const FollowRow row{formula.who, formula.seen};
  EXPECT_THAT(evidenceFields(&row), HasSubstr(",\"'=1+1,\"\"x\"\"\","));
}

TEST(CliFollowWords, FormATableWhoseColumnsAreAligned) {
  Followed brief, usual, overlong;
  brief.person = "21";
  usual.person = "p22@example.com";
  overlong.person = std::string(50, 'x');
  FollowResult seen, silent;
  seen.outcome = FollowOutcome::evidence;
  seen.reason = "why";
  silent.outcome = FollowOutcome::nothingSeen;
  EXPECT_EQ(followTable(std::vector<FollowRow>{{brief, seen}, {usual, seen}, {brief, silent}}),
            "SEEN             PERSON           DETAILS\n"
            "evidence seen    21               why\n"
            "evidence seen    p22@example.com  why\n"
            "nothing seen     21\n");
  EXPECT_EQ(followTable(std::vector<FollowRow>{{overlong, seen}, {brief, seen}}),
            "SEEN             PERSON                                    DETAILS\n"
            "evidence seen    " +
                overlong.person +
                "  why\n"
                "evidence seen    21                                        why\n");
  EXPECT_EQ(followTable({}), "SEEN             PERSON  DETAILS\n");
}

TEST(CliFollowWords, OfAPerson) {
  Hostile one("x");
  one.seen.reason.clear();
  one.seen.signIn->type = "LOGIN";
  one.seen.signIn->address = "192.0.2.1";
  one.seen.signIn->app = "Box for iPhone";
  one.seen.types = {"REMOVE_LOGIN_ACTIVITY_DEVICE", "LOGIN"};
  EXPECT_EQ(detailsIn(one.seen),
            "2023-11-14T22:13:20Z LOGIN from 192.0.2.1 with Box for iPhone, the last of 2; 1 event of evidence, the "
            "first 2023-11-14T22:13:20Z, by this account (types seen: REMOVE_LOGIN_ACTIVITY_DEVICE)");
  EXPECT_EQ(lineOf({one.who, FollowResult()}), "could not look   x (group x)\n");
  const std::string columns = evidenceColumns();
  EXPECT_EQ(std::count(columns.begin(), columns.end(), ','), 11);
  const std::string nobody = evidenceFields(nullptr);
  EXPECT_EQ(nobody, std::string(11, ','));
}

}  // namespace
}  // namespace box::cli
