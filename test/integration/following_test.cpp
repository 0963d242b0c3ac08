// Following a termination in the emulator's events.
#include "support/box_test.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "box/auth/ccg.hpp"
#include "box/follow/follower.hpp"
#include "support/canaries.hpp"

namespace {

using namespace box;
using namespace box::test;
using emulator::Reply;

class Following : public BoxTest {
 protected:
  Following() {
    for (const char* id : {"21", "22", "23"}) {
      options.directory.users.push_back({id, "Person", "p" + std::string(id) + "@example.com"});
    }
    options.directory.groups.push_back({"5", "Staff"});
    options.directory.memberships = {{"1", "5", "21"}, {"2", "5", "22"}};
    options.events.ofTermination = {"REMOVE_LOGIN_ACTIVITY_DEVICE"};
    follow.pollInterval = 20ms;
    follow.grace = 2s;
    follow.rate.start = follow.rate.cap = 1'000;
  }

  FollowOptions follow;
};

struct Listener : FollowListener {
  void onFinding(const FollowFinding& finding) override { findings.emplace_back(finding.target, finding.kind); }
  void onPage(const FollowProgress& progress, const FollowState& state) override {
    pages = progress.pages;
    text = state();
  }

  std::vector<std::pair<std::size_t, FollowKind>> findings;
  std::uint64_t pages = 0;
  std::string text;
};

TEST_F(Following, TellsWhatCameOfATermination) {
  options.events.streamingLag = 50ms;
  options.events.duplicates = 2;
  options.events.disorder = true;
  options.events.positionForm = emulator::PositionForm::alternating;
  const BoxClient client = this->client();
  const Follower follower(client, follow);
  const auto mark = result(follower.mark());
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->position.size(), 19u) << mark->reason;
  EXPECT_TRUE(FollowMark::fromText(mark->text()));

  ASSERT_TRUE(
      result(client.sessionTermination.terminateUsersSessions({.userIds = {"21"}, .userLogins = {"p22@example.com"}})));
  emulator::EmulatorEvent login{.type = "LOGIN", .userId = "21", .ipAddress = "198.51.100.7"};
  emulator().addEvent(login);
  const auto listener = std::make_shared<Listener>();
  const std::vector<FollowTarget> targets = {{"21", ""}, {"", "P22@example.com"}, {"23", ""}};
  const auto summary = result(follower.follow(targets, *mark, 300ms, listener));
  ASSERT_TRUE(summary) << summary.error().what();
  EXPECT_EQ(summary->end, FollowEnd::window);
  EXPECT_EQ(summary->results[0].outcome, FollowOutcome::signedInAgain);
  EXPECT_EQ(summary->results[0].evidence, 1u);
  EXPECT_TRUE(summary->results[0].actors.ourAccount);
  EXPECT_EQ(summary->results[0].signIn->address, "198.51.100.7");
  EXPECT_EQ(summary->results[1].outcome, FollowOutcome::evidence);
  EXPECT_EQ(summary->results[2].outcome, FollowOutcome::nothingSeen);
  EXPECT_EQ(listener->findings.size(), 3u);
  EXPECT_EQ(summary->duplicates, 6u);
  EXPECT_EQ(listener->pages, summary->pages);

  const auto again = result(follower.resume(targets, listener->text, listener));
  ASSERT_TRUE(again) << again.error().what();
  EXPECT_EQ(again->results[0].outcome, FollowOutcome::signedInAgain);
  EXPECT_EQ(listener->findings.size(), 3u) << "a restart repeats nothing";
}

TEST_F(Following, ListsTheTypesThatItDoesNotKnow) {
  options.events.ofTermination = {"SESSIONS_ENDED_OF_SOME_KIND"};
  const BoxClient client = this->client();
  const Follower follower(client, follow);
  const auto mark = result(follower.mark());
  ASSERT_TRUE(result(client.sessionTermination.terminateUsersSessions({.userIds = {"23"}})));
  const auto summary = result(follower.follow({{"21", ""}}, *mark, 50ms));
  ASSERT_EQ(summary->unmatched.size(), 1u);
  EXPECT_EQ(summary->unmatched[0].type, "SESSIONS_ENDED_OF_SOME_KIND");
}

TEST_F(Following, FollowsTheMembersOfAGroup) {
  const BoxClient client = this->client();
  const Follower follower(client, follow);
  const auto members = result(follower.membersOf({"5"}));
  ASSERT_EQ(members->targets.size(), 2u);
  EXPECT_EQ(members->incomplete, "");
  const auto mark = result(follower.mark());
  ASSERT_TRUE(result(client.sessionTermination.terminateGroupsSessions({.groupIds = {"5"}})));
  const auto summary = result(follower.follow(members->targets, *mark, 50ms));
  for (const FollowResult& one : summary->results) EXPECT_EQ(one.outcome, FollowOutcome::evidence);
}

TEST_F(Following, TellsWhichMembersItCannotFollow) {
  options.directory.memberships.push_back({"m9", "5", ""});
  options.directory.users[0].login = std::string(400, 'a') + "@example.com";
  const BoxClient client = this->client();
  const Follower follower(client, follow);
  const auto members = result(follower.membersOf({"5"}));
  ASSERT_TRUE(members) << members.error().what();
  EXPECT_TRUE(result(follower.follow(members->targets, FollowMark(), 0s))) << "a text that is not a login is no error";
  EXPECT_EQ(members->targets.size(), 2u);
  EXPECT_EQ(members->incomplete, "members whom Box lists without an id: 1");
}

TEST_F(Following, TellsWhereBoxDoesNotListAllMembers) {
  for (int i = 0; i < 12'000; ++i) {
    options.directory.memberships.push_back({"m" + std::to_string(i), "6", std::to_string(100'000 + i)});
  }
  options.directory.groups.push_back({"6", "Everybody"});
  const BoxClient client = this->client();
  const auto members = result(Follower(client, follow).membersOf({"5", "6"}));
  ASSERT_TRUE(members) << members.error().what();
  EXPECT_GT(members->targets.size(), 10'000u);
  EXPECT_EQ(members->incomplete, "Box does not list all members of group 6, because it lists at most about 11,000");
}

TEST_F(Following, WithoutTheRightsSaysSoAndStopsNothing) {
  options.events.forbidden = true;
  const BoxClient client = this->client();
  const Follower follower(client, follow);
  const auto mark = result(follower.mark());
  ASSERT_TRUE(mark) << "it never stops a termination";
  EXPECT_EQ(mark->position, "");
  EXPECT_NE(mark->reason.find("403"), std::string::npos) << mark->reason;
  const auto summary = result(follower.follow({{"21", ""}}, *mark, 10s));
  EXPECT_EQ(summary->end, FollowEnd::rights);
  EXPECT_EQ(summary->results[0].outcome, FollowOutcome::couldNotLook);
}

TEST_F(Following, AMarkDelaysNoTermination) {
  emulator().setDefault(Reply::hang());
  follow.markTimeout = 30ms;
  const Follower follower(client(), follow);
  const auto mark = result(follower.mark());
  ASSERT_TRUE(mark);
  EXPECT_NE(mark->reason, "");
}

TEST_F(Following, AMarkHasNoPositionThatBoxWouldRefuse) {  // following.md 2.2
  const Follower follower(client(), follow);
  for (const std::string position : {"1.15292311036917e+18", "\"now\"", "-1", "0", "\"\"", "null", "[1]"}) {
    emulator().script(
        {Reply::status(200).body(R"({"chunk_size":0,"entries":[],"next_stream_position":)" + position + "}")});
    const auto mark = result(follower.mark());
    ASSERT_TRUE(mark);
    EXPECT_EQ(mark->position, "") << position;
    EXPECT_NE(mark->reason, "") << position;
    EXPECT_TRUE(FollowMark::fromText(mark->text())) << position << ": what is kept can be read again";
  }
}

TEST_F(Following, AMarkTakesNoDateThatNoClockHolds) {
  const Follower follower(client(), follow);
  for (const char* date : {"Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"}) {
    emulator().script({Reply::asBox().header("Date", date)});
    const auto mark = result(follower.mark());
    ASSERT_TRUE(mark);
    EXPECT_LT(std::chrono::abs(mark->time - std::chrono::system_clock::now()), std::chrono::hours(1)) << date;
  }
}

TEST_F(Following, OutlivesTokensThatExpireAndATokenEndpointThatFails) {
  options.clientId = "the-client";
  options.clientSecret = Canaries::make("the client secret");
  CcgConfig config;
  config.clientId = options.clientId;
  config.clientSecret = Secret(options.clientSecret);
  config.enterpriseId = "5";
  const BoxClient client = this->client(session(), std::make_shared<BoxCcgAuth>(config));
  const Follower follower(client, follow);
  const auto mark = result(follower.mark());
  ASSERT_NE(mark->position, "") << mark->reason;
  emulator().addEvent({.type = "LOGIN", .userId = "21"});
  emulator().expireAllTokens();
  emulator().scriptOAuth({Reply::status(503).times(5)});
  const auto summary = result(follower.follow({{"21", ""}, {"22", ""}}, *mark, 300ms));
  ASSERT_TRUE(summary) << summary.error().what();
  EXPECT_EQ(summary->end, FollowEnd::window);
  EXPECT_EQ(summary->results[0].outcome, FollowOutcome::signedInAgain);
  EXPECT_EQ(summary->results[1].outcome, FollowOutcome::nothingSeen) << summary->results[1].reason;
}

TEST_F(Following, AdminLogsFillTheGapOfAMarkThatFailed) {
  const BoxClient client = this->client();
  follow.backfill = true;
  follow.historyLag = 0s;
  const Follower follower(client, follow);
  emulator().script({Reply::status(403)});
  const auto mark = result(follower.mark());
  EXPECT_EQ(mark->position, "");
  ASSERT_TRUE(result(client.sessionTermination.terminateUsersSessions({.userIds = {"21"}})));
  const auto summary = result(follower.follow({{"21", ""}, {"22", ""}}, *mark, 50ms));
  EXPECT_EQ(summary->results[0].outcome, FollowOutcome::evidence);
  EXPECT_EQ(summary->results[1].outcome, FollowOutcome::nothingSeen) << summary->results[1].reason;
}

TEST_F(Following, StopsAndIsCancelled) {
  const Follower follower(client(), follow);
  const auto mark = result(follower.mark());
  std::optional<CallResult<FollowSummary>> ended;
  asio::cancellation_signal signal;
  const auto begin = [&] {
    ended.reset();
    asio::co_spawn(
        io(), tryAwait(follower.follow({{"21", ""}}, *mark, unlimited)),
        asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr thrown, CallResult<FollowSummary> result) {
          if (thrown) std::rethrow_exception(thrown);
          ended.emplace(std::move(result));
        }));
    const auto requests = emulator().counts().requests;
    runUntil([&] { return emulator().counts().requests >= requests + 4; });
  };
  begin();
  EXPECT_EQ(result(follower.follow({{"21", ""}}, *mark, 0s)).error().code(), Errc::invalidRequest) << "one at a time";
  follower.stop();
  runUntil([&] { return ended.has_value(); });
  ASSERT_TRUE(*ended);
  EXPECT_EQ((*ended)->end, FollowEnd::stopped);
  EXPECT_EQ((*ended)->results[0].outcome, FollowOutcome::nothingSeen);

  begin();
  signal.emit(asio::cancellation_type::terminal);
  runUntil([&] { return ended.has_value(); });
  EXPECT_EQ(ended->error().code(), asio::error::operation_aborted);
}

TEST_F(Following, AStopBeforeItsFirstStepEndsIt) {
  const Follower follower(client(), follow);
  const auto mark = result(follower.mark());
  auto following = follower.follow({{"21", ""}}, *mark, unlimited);
  follower.stop();
  const auto summary = result(std::move(following));
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->end, FollowEnd::stopped);
}

TEST_F(Following, RefusesWhatCannotBeFollowed) {
  const Follower follower(client(), follow);
  EXPECT_EQ(result(follower.follow({{"", ""}}, FollowMark(), 0s)).error().code(), Errc::invalidRequest);
  EXPECT_EQ(result(follower.resume({{"21", ""}}, "no state")).error().code(), Errc::invalidRequest);
  EXPECT_THROW(Follower(client().withAsUserHeader("21"), follow), BoxSdkError);
  follow.pageSize = 0;
  EXPECT_THROW(Follower(client(), follow), BoxSdkError);
}

}  // namespace
