#include "follow/matcher.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#ifndef _WIN32
#include <malloc.h>
#endif

#include "simulated_stream.hpp"

namespace box {
namespace {

using namespace box::test;

class MatcherTest : public testing::Test {
 protected:
  MatcherTest() { matcher.setOwnAccount(userMini("1")); }

  /// The findings about an event.
  std::vector<Finding> consider(const BoxEvent& event) {
    std::vector<Finding> findings;
    matcher.consider(event, [&](const FollowFinding& finding) {
      findings.push_back({finding.target, finding.kind, finding.event->eventId});
      last = finding;
      app = finding.app;
    });
    return findings;
  }
  std::size_t count(const BoxEvent& event) { return consider(event).size(); }

  FollowOptions options;
  Matcher matcher{options, {{"11", "user11@example.com"}, {"12", ""}, {"", "user13@example.com"}, {"1", ""}}, start};
  FollowFinding last;
  std::string app;
};

TEST_F(MatcherTest, FindsPeopleByIdAndByLogin) {
  EXPECT_EQ(consider(eventAbout("11", evidenceType, 1s, "a")), (std::vector<Finding>{{0, FollowKind::evidence, "a"}}));
  EXPECT_EQ(consider(eventAbout("12", "LOGIN", 1s, "b")), (std::vector<Finding>{{1, FollowKind::signIn, "b"}}));
  EXPECT_EQ(consider(eventAbout("13", "LOGIN", 1s, "c")), (std::vector<Finding>{{2, FollowKind::signIn, "c"}}));
  EXPECT_EQ(count(eventAbout("14", "LOGIN", 1s, "d")), 0u);
  EXPECT_EQ(matcher.resultOf(0).outcome, FollowOutcome::evidence);
  EXPECT_EQ(matcher.resultOf(1).outcome, FollowOutcome::signedInAgain);
  EXPECT_EQ(matcher.resultOf(3).outcome, FollowOutcome::nothingSeen);
}

TEST_F(MatcherTest, CountsACopyOnce) {
  EXPECT_EQ(count(eventAbout("11", evidenceType, 1s, "a")), 1u);
  EXPECT_EQ(count(eventAbout("11", evidenceType, 1s, "a")), 0u);
  EXPECT_EQ(count(eventAbout("11", evidenceType, 1s, "b")), 1u);
  BoxEvent nameless = eventAbout("11", evidenceType, 1s, "");
  nameless.rawJson = "{\"x\":1}";
  EXPECT_EQ(count(nameless), 1u);
  EXPECT_EQ(count(nameless), 0u) << "without an id the whole event counts";
  EXPECT_EQ(matcher.duplicates(), 2u);
  EXPECT_EQ(matcher.resultOf(0).evidence, 3u);
}

TEST_F(MatcherTest, TakesAFileForNoPerson) {
  BoxEvent event = eventAbout("14", "DOWNLOAD", 1s, "a");
  event.source = EventSource();
  event.source.type = "file";
  event.source.id = "11";
  EXPECT_EQ(count(event), 0u);
  event.createdBy = userMini("11");
  event.eventId = "b";
  EXPECT_EQ(count(event), 0u) << "an event about a file is not about the person who caused it";
  EXPECT_EQ(matcher.resultOf(0).others, 0u);
}

TEST_F(MatcherTest, GoesByWhoDidItWhereTheSourceNamesNobody) {  // following.md 1.3: source null
  BoxEvent event = eventAbout("11", "LOGIN", 1s, "a");
  event.source = EventSource();
  EXPECT_EQ(consider(event), (std::vector<Finding>{{0, FollowKind::signIn, "a"}}));
  event.createdBy.id = "2";
  event.createdBy.login = "";
  event.eventId = "b";
  EXPECT_EQ(count(event), 0u) << "an unknown user is not followed";
  Matcher odd(options, {{"2", ""}}, start);
  odd.consider(event, nullptr);
  EXPECT_EQ(odd.signIns(), 0u) << "also where somebody lists that id";
}

TEST_F(MatcherTest, GoesByTheIdOrTheLoginOfWhoDidIt) {
  BoxEvent event = eventAbout("12", "LOGIN", 1s, "a");
  event.source = EventSource();
  EXPECT_EQ(consider(event), (std::vector<Finding>{{1, FollowKind::signIn, "a"}})) << "only the id is listed";
  event.createdBy = userMini("13");
  event.eventId = "b";
  EXPECT_EQ(consider(event), (std::vector<Finding>{{2, FollowKind::signIn, "b"}})) << "only the login is listed";
}

TEST_F(MatcherTest, AnEventOfTwoTargetsCountsForBothWhoeverListens) {
  Matcher both(options, {{"21", ""}, {"", "user21@example.com"}}, start);
  both.consider(eventAbout("21", evidenceType, 1s, "a"), nullptr);
  EXPECT_EQ(both.resultOf(0).evidence, 1u);
  EXPECT_EQ(both.resultOf(1).evidence, 1u);
}

TEST_F(MatcherTest, EvidenceAboutOurAccountIsEvidenceWhoeverCausedIt) {
  EXPECT_EQ(consider(eventAbout("1", evidenceType, 1s, "a")), (std::vector<Finding>{{3, FollowKind::evidence, "a"}}));
  BoxEvent another = eventAbout("1", evidenceType, 1s, "b");
  another.createdBy = userMini("99");
  EXPECT_EQ(consider(another), (std::vector<Finding>{{3, FollowKind::evidence, "b"}}));
}

TEST_F(MatcherTest, LearnsTypesFromTheTimeOfTheMarkOn) {  // less the difference between clocks
  BoxEvent ours = eventAbout("99", "OLD_TYPE", -6s, "a");
  ours.createdBy = userMini("1");
  EXPECT_EQ(count(ours), 0u);
  EXPECT_TRUE(matcher.unmatched().all().empty());
  ours = eventAbout("99", "NEW_TYPE", -5s, "b");
  ours.createdBy = userMini("1");
  EXPECT_EQ(count(ours), 0u);
  ASSERT_EQ(matcher.unmatched().all().size(), 1u);
  EXPECT_EQ(matcher.unmatched().all()[0].type, "NEW_TYPE");
}

TEST_F(MatcherTest, LearnsTypesFromATerminationBeforeTheMarkOn) {
  FollowTarget target{"11", ""};
  target.since = start - 1h;
  Matcher earlier(options, {target}, start);
  earlier.setOwnAccount(userMini("1"));
  for (const std::chrono::seconds time : {-1h - 6s, -1h - 5s}) {
    BoxEvent ours = eventAbout("99", "TYPE", time, std::to_string(time.count()));
    ours.createdBy = userMini("1");
    earlier.consider(ours, nullptr);
  }
  ASSERT_EQ(earlier.unmatched().all().size(), 1u);
  EXPECT_EQ(earlier.unmatched().all()[0].events, 1u);
}

TEST_F(MatcherTest, LearnsNoTypeFromWhatIsAboutATarget) {
  BoxEvent ours = eventAbout("1", evidenceType, 1s, "a");
  ours.source = EventSource();
  EXPECT_EQ(count(ours), 1u) << "it goes by who did it";
  EXPECT_TRUE(matcher.unmatched().all().empty());
  FollowTarget target{"11", ""};
  target.since = start + 1min;
  Matcher dated(options, {target}, start);
  dated.setOwnAccount(userMini("1"));
  BoxEvent early = eventAbout("11", evidenceType, 30s, "b");
  early.createdBy = userMini("1");
  dated.consider(early, nullptr);
  EXPECT_EQ(dated.evidence(), 0u);
  EXPECT_TRUE(dated.unmatched().all().empty()) << "it is known, although it came too early";
}

TEST_F(MatcherTest, GoesByTheSourceWhereThatNamesSomebodyElse) {
  BoxEvent event = eventAbout("14", "EDIT_USER", 1s, "a");
  event.createdBy = userMini("11");
  EXPECT_EQ(count(event), 0u);
  BoxEvent collaboration = eventAbout("14", evidenceType, 1s, "b");
  collaboration.source = EventSource();
  collaboration.source.userId = "11";
  EXPECT_EQ(count(collaboration), 1u) << "user_id, without a type";
}

TEST_F(MatcherTest, TellsOldSignInsFromNewOnes) {
  EXPECT_EQ(count(eventAbout("11", "LOGIN", -1s, "a")), 0u);
  EXPECT_EQ(count(eventAbout("11", "LOGIN", 0s, "b")), 1u);
  EXPECT_EQ(count(eventAbout("11", evidenceType, -5s, "c")), 1u) << "clocks differ a little";
  EXPECT_EQ(count(eventAbout("11", evidenceType, -6s, "d")), 0u);
}

TEST_F(MatcherTest, GoesByWhenEachPersonsTerminationWasAccepted) {
  FollowTarget target{"11", ""};
  target.since = start + 1min;
  Matcher dated(options, {target}, start);
  dated.consider(eventAbout("11", "LOGIN", 59s, "a"), nullptr);
  EXPECT_EQ(dated.signIns(), 0u);
  dated.consider(eventAbout("11", "LOGIN", 60s, "b"), nullptr);
  EXPECT_EQ(dated.signIns(), 1u);
}

TEST_F(MatcherTest, CountsWhatHasNoTime) {
  BoxEvent event = eventAbout("11", "LOGIN", 0s, "a");
  event.createdAt = "yesterday";
  EXPECT_EQ(count(event), 1u) << "it came after the mark";
  EXPECT_FALSE(matcher.resultOf(0).signIn->time);
}

TEST_F(MatcherTest, KnowsWhoDidIt) {
  EXPECT_EQ(count(eventAbout("11", evidenceType, 1s, "a")), 1u);
  EXPECT_TRUE(last.actor.themselves);
  EXPECT_FALSE(last.actor.ourAccount || last.actor.others);
  EXPECT_EQ(last.time, start + 1s);
  BoxEvent byLogin = eventAbout("11", evidenceType, 1s, "a2");
  byLogin.createdBy.id.clear();
  EXPECT_EQ(count(byLogin), 1u);
  EXPECT_TRUE(last.actor.themselves) << "by the login, where the event has no id";
  EXPECT_EQ(count(eventAbout("13", evidenceType, 1s, "a3")), 1u);
  EXPECT_TRUE(last.actor.themselves) << "by the login, where the list has no id";
  BoxEvent ours = eventAbout("11", evidenceType, 1s, "b");
  ours.createdBy = userMini("1");
  EXPECT_EQ(count(ours), 1u);
  EXPECT_TRUE(last.actor.ourAccount);
  EXPECT_FALSE(last.actor.themselves || last.actor.others);
  BoxEvent another = eventAbout("11", evidenceType, 1s, "c");
  another.createdBy = userMini("99");
  EXPECT_EQ(count(another), 1u);
  EXPECT_TRUE(last.actor.others);
  EXPECT_FALSE(last.actor.themselves || last.actor.ourAccount);
  const FollowResult result = matcher.resultOf(0);
  EXPECT_TRUE(result.actors.themselves && result.actors.ourAccount && result.actors.others);
  EXPECT_EQ(result.firstEvidence, start + 1s);
}

TEST_F(MatcherTest, TakesOurOwnTokensForNoSignIn) {
  const char* type = "USER_AUTHENTICATE_OAUTH2_ACCESS_TOKEN_CREATE";
  EXPECT_EQ(consider(eventAbout("1", type, 1s, "a")), (std::vector<Finding>{{3, FollowKind::other, "a"}}));
  EXPECT_EQ(consider(eventAbout("11", type, 1s, "b")), (std::vector<Finding>{{0, FollowKind::signIn, "b"}}));
}

TEST_F(MatcherTest, ListsWhatItDoesNotKnowByType) {
  BoxEvent ours = eventAbout("99", "SOMETHING_NEW", 1s, "a");
  ours.createdBy = userMini("1");
  EXPECT_EQ(count(ours), 0u);
  EXPECT_EQ(count(ours), 0u) << "a copy";
  ours.eventId = "b";
  ours.source = EventSource();
  EXPECT_EQ(count(ours), 0u);
  ours.eventId = "c";
  ours.createdAt = formatBoxTime(start - 1h);
  EXPECT_EQ(count(ours), 0u) << "before the mark";
  ASSERT_EQ(matcher.unmatched().all().size(), 1u);
  EXPECT_EQ(matcher.unmatched().all()[0].type, "SOMETHING_NEW");
  EXPECT_EQ(matcher.unmatched().all()[0].events, 2u);
  EXPECT_EQ(consider(eventAbout("11", "EDIT_USER", 1s, "d")), (std::vector<Finding>{{0, FollowKind::other, "d"}}));
  EXPECT_EQ(matcher.others().all().at(0).type, "EDIT_USER");
  EXPECT_EQ(matcher.resultOf(0).types, (std::vector<std::string>{"EDIT_USER"}));
  EXPECT_EQ(matcher.resultOf(0).outcome, FollowOutcome::nothingSeen);
}

TEST_F(MatcherTest, BoundsTheTypesThatItCounts) {
  TypeCounts counts;
  for (int i = 0; i < 1'000; ++i) counts.add("TYPE_" + std::to_string(i));
  EXPECT_EQ(counts.all().size(), 257u);
  EXPECT_EQ(counts.all().back().type, "(others)");
  EXPECT_EQ(counts.all().back().events, 744u);
}

TEST_F(MatcherTest, KeepsTheLatestSignInWithItsAddressAndApp) {
  BoxEvent later = eventAbout("11", "LOGIN", 20s, "a");
  later.ipAddress = "Unknown IP";
  later.additionalDetails = R"({"service_id":"7","service_name":"Box for Phones"})";
  EXPECT_EQ(count(later), 1u);
  EXPECT_EQ(app, "Box for Phones");
  EXPECT_EQ(count(eventAbout("11", "ADMIN_LOGIN", 10s, "b")), 1u) << "not in order";
  const FollowResult result = matcher.resultOf(0);
  EXPECT_EQ(result.signIns, 2u);
  EXPECT_EQ(result.signIn->type, "LOGIN");
  EXPECT_EQ(result.signIn->time, start + 20s);
  EXPECT_EQ(result.signIn->address, "Unknown IP");
  EXPECT_EQ(result.signIn->app, "Box for Phones");
  EXPECT_EQ(result.types, (std::vector<std::string>{"LOGIN", "ADMIN_LOGIN"}));
}

TEST_F(MatcherTest, CutsALongNameAfterAWholeCharacter) {
  BoxEvent event = eventAbout("11", "LOGIN", 1s, "a");
  event.additionalDetails = "{\"service_name\":\"" + std::string(99, 'x') + "\xc3\xbc\"}";
  EXPECT_EQ(count(event), 1u);
  EXPECT_EQ(app, std::string(99, 'x'));
}

TEST_F(MatcherTest, AnApplicationWithoutANameIsShownByItsId) {
  BoxEvent event = eventAbout("11", "LOGIN", 1s, "a");
  event.additionalDetails = R"({"service_id":"7"})";
  EXPECT_EQ(count(event), 1u);
  EXPECT_EQ(app, "7");
  event.additionalDetails = "no JSON";
  event.eventId = "b";
  EXPECT_EQ(count(event), 1u);
  EXPECT_EQ(app, "");
}

TEST_F(MatcherTest, OfTwoSignInsInOneSecondTheLastOneThatCameIsKept) {
  BoxEvent first = eventAbout("11", "LOGIN", 10s, "a"), second = eventAbout("11", "ADMIN_LOGIN", 10s, "b");
  first.ipAddress = "192.0.2.1";
  second.ipAddress = std::string(65, '2');
  count(first);
  count(second);
  EXPECT_EQ(matcher.resultOf(0).signIn->type, "ADMIN_LOGIN");
  EXPECT_EQ(matcher.resultOf(0).signIn->address, std::string(64, '2'));
}

TEST_F(MatcherTest, KeepsTheFirstAndTheLastEvidenceInAnyOrder) {
  for (const auto time : {20s, 10s, 30s, 15s})
    count(eventAbout("11", evidenceType, time, std::to_string(time.count())));
  EXPECT_EQ(matcher.resultOf(0).firstEvidence, start + 10s);
  EXPECT_EQ(matcher.resultOf(0).lastEvidence, start + 30s);
  EXPECT_EQ(matcher.resultOf(0).evidence, 4u);
}

TEST_F(MatcherTest, ClocksDifferByADayAtMost) {
  options.clockSkew = 48h;
  Matcher wide(options, {{"11", ""}}, start);
  wide.consider(eventAbout("11", evidenceType, -24h - 1s, "a"), nullptr);
  EXPECT_EQ(wide.evidence(), 0u);
  wide.consider(eventAbout("11", evidenceType, -24h, "b"), nullptr);
  EXPECT_EQ(wide.evidence(), 1u);
}

TEST_F(MatcherTest, ALongTypeIsCut) {
  const std::string longest(100, 'T');
  count(eventAbout("11", longest + "T", 1s, "a"));
  EXPECT_EQ(matcher.resultOf(0).types, std::vector<std::string>{longest});
  EXPECT_EQ(matcher.others().all().at(0).type, longest);
}

TEST_F(MatcherTest, TypesAreSettings) {
  options.evidenceTypes = {"TENANT_SPECIFIC"};
  options.signInTypes = {"DOWNLOAD"};
  Matcher own(options, {{"11", ""}}, start);
  own.consider(eventAbout("11", "TENANT_SPECIFIC", 1s, "a"), nullptr);
  own.consider(eventAbout("11", "LOGIN", 1s, "b"), nullptr);
  EXPECT_EQ(own.resultOf(0).evidence, 1u);
  EXPECT_EQ(own.resultOf(0).others, 1u);
}

#ifndef _WIN32
std::int64_t heapInUse() {
  const struct mallinfo2 info = ::mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

// Whatever Box writes: some 300 bytes a person, and what is remembered of the last events. A sanitizer's heap is not
// seen here.
TEST(MatcherMemory, IsBoundedHoweverManyEventsThereAreAndHoweverLong) {
  constexpr int people = 4'000, events = 20'000, remembered = 2'000;
  std::vector<FollowTarget> targets;
  for (int i = 0; i < people; ++i) targets.push_back({std::to_string(100 + i), ""});
  FollowOptions options;
  options.remembered = remembered;
  const std::int64_t before = heapInUse();
  Matcher matcher(options, targets, start);
  matcher.setOwnAccount(userMini("1"));
  for (int i = 0; i < events; ++i) {
    // At first many types and applications, each with a long name; then sign-ins and evidence of everybody.
    const bool odd = i < 2'000;
    const std::string type = odd ? std::to_string(i) + std::string(1'000, 'T') : i % 2 == 0 ? "LOGIN" : evidenceType;
    BoxEvent event = eventAbout(std::to_string(100 + i / 2 % people), type, 1s, std::to_string(i));
    event.ipAddress = std::string(1'000, '1');
    const std::string app = odd ? std::to_string(i) + std::string(1'000, 'A') : "Box for Phones";
    event.additionalDetails = R"({"service_name":")" + app + "\"}";
    matcher.consider(event, nullptr);
    if (!odd) continue;
    event.eventId += "x";
    event.createdBy = userMini("1");  // our own account's, about nobody who is followed
    event.source = EventSource();
    matcher.consider(event, nullptr);
  }
  EXPECT_EQ(matcher.signIns(), (events - 2'000) / 2);
  EXPECT_LE(heapInUse() - before, people * 300 + remembered * 64 + 3'000 * 160);
}
#endif

}  // namespace
}  // namespace box
