#include "behaviour_support.hpp"

#include <boost/json.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace box::inline v0_1::emulator::test {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Types = std::vector<std::string>;

Types typesOf(const BoxAnswer& answer) {
  if (answer.status != 200) return {"status " + std::to_string(answer.status)};
  Types types;
  const json::object body = bodyOf(answer);
  for (const json::value& entry : body.at("entries").as_array()) {
    types.emplace_back(std::string_view(entry.at("event_type").as_string()));
  }
  return types;
}

/// The position in its exact text, with all digits.
std::string positionOf(const BoxAnswer& answer) {
  const json::value next = bodyOf(answer).at("next_stream_position");
  return next.is_string() ? std::string(std::string_view(next.as_string())) : json::serialize(next);
}

class BoxEventsTest : public ::testing::Test {
 protected:
  BoxAnswer ask(const std::string& query, milliseconds when) {
    return box().answer(get("/2.0/events?" + query, "token"), at(when));
  }
  BoxAnswer stream(const std::string& query, milliseconds when) {
    return ask("stream_type=admin_logs_streaming&" + query, when);
  }
  BoxAnswer history(const std::string& query, milliseconds when) {
    return ask("stream_type=admin_logs&" + query, when);
  }
  void add(const std::string& type, milliseconds when, milliseconds delay = milliseconds(0)) {
    EmulatorEvent event;
    event.type = type;
    event.userId = "7";
    event.delay = delay;
    box().addEvent(event, at(when).wall);
  }
  BoxBehaviour& box() {
    if (!box_) box_ = std::make_unique<BoxBehaviour>(options);
    return *box_;
  }

  EmulatorOptions options;

 private:
  std::unique_ptr<BoxBehaviour> box_;
};

TEST_F(BoxEventsTest, StreamsFromNowOn) {
  add("BEFORE", seconds(0));
  const BoxAnswer start = stream("stream_position=now", seconds(1));
  EXPECT_EQ(typesOf(start), Types{});
  const std::string position = positionOf(start);
  EXPECT_EQ(position, "1152923110369165140") << "beyond 2^53";
  EXPECT_EQ(positionOf(stream("stream_position=" + position, seconds(2))), position) << "nothing came";
  add("LOGIN", seconds(3));
  const BoxAnswer page = stream("stream_position=" + position, seconds(3));
  EXPECT_EQ(typesOf(page), (Types{"LOGIN"}));
  EXPECT_EQ(positionOf(page), "1152923110369165141");
  EXPECT_EQ(typesOf(stream("", seconds(3))), (Types{"BEFORE", "LOGIN"}));
  EXPECT_EQ(typesOf(stream("stream_position=0", seconds(3))), (Types{"BEFORE", "LOGIN"}));
}

TEST_F(BoxEventsTest, HasTheShapeOfBoxsEvents) {
  options.directory.users = {{"7", "Ada", "ada@example.com"}};
  EmulatorEvent event;
  event.type = "ADMIN_LOGIN";
  event.userId = "7";
  event.createdById = "11111";
  box().addEvent(event, at().wall);
  event.sourceJson = R"({"user_id":"7","folder_id":"1"})";
  box().addEvent(event, at().wall);
  event = EmulatorEvent();
  event.type = "NO_SUCH_TYPE";
  box().addEvent(event, at().wall);
  const json::object body = bodyOf(stream("", seconds(0)));
  EXPECT_EQ(body.at("chunk_size"), 3);
  const json::value& first = body.at("entries").at(0);
  EXPECT_EQ(first.at("type"), "event");
  EXPECT_EQ(first.at("created_at"), "2025-12-31T17:00:00-07:00");
  EXPECT_EQ(first.at("source").at("login"), "ada@example.com");
  EXPECT_EQ(first.at("created_by").at("id"), "11111");
  EXPECT_EQ(first.at("event_id").as_string().size(), 36U);
  EXPECT_EQ(body.at("entries").at(1).at("source").at("folder_id"), "1");
  EXPECT_TRUE(body.at("entries").at(2).at("source").is_null());
}

TEST_F(BoxEventsTest, LagsInEachStreamByItsOwnTime) {
  options.events.streamingLag = seconds(2);
  options.events.historyLag = seconds(60);
  add("ONE", seconds(0), seconds(3));
  add("TWO", seconds(0));
  EXPECT_EQ(typesOf(stream("", seconds(1))), Types{});
  EXPECT_EQ(typesOf(stream("", seconds(2))), (Types{"TWO"}));
  EXPECT_EQ(typesOf(stream("", seconds(5))), (Types{"TWO", "ONE"}))
      << "a late event does not come before events that were shown";
  EXPECT_EQ(typesOf(history("", seconds(59))), Types{});
  EXPECT_EQ(typesOf(history("", seconds(70))), (Types{"ONE", "TWO"})) << "by their own time";
}

TEST_F(BoxEventsTest, MissesLateEventsInTheHistoryButNotInTheStream) {
  add("LATE", seconds(0), seconds(10));
  add("EARLY", seconds(1));
  const std::string historic = positionOf(history("", seconds(2)));
  const std::string streamed = positionOf(stream("", seconds(2)));
  EXPECT_EQ(typesOf(history("stream_position=" + historic, seconds(20))), Types{});
  EXPECT_EQ(typesOf(stream("stream_position=" + streamed, seconds(20))), (Types{"LATE"}));
}

TEST_F(BoxEventsTest, RepeatsAndReordersTheStreamWhereTold) {
  options.events.duplicates = 1;
  options.events.disorder = true;
  add("ONE", seconds(0));
  add("TWO", seconds(1));
  const BoxAnswer page = stream("", seconds(2));
  ASSERT_EQ(typesOf(page), (Types{"TWO", "TWO", "ONE", "ONE"}));
  const json::array entries = bodyOf(page).at("entries").as_array();
  EXPECT_EQ(entries[0].at("event_id"), entries[1].at("event_id"));
  EXPECT_NE(entries[1].at("event_id"), entries[2].at("event_id"));
  EXPECT_EQ(typesOf(history("", seconds(2))), (Types{"ONE", "TWO"}));
}

TEST_F(BoxEventsTest, PagesByLimitAndShorterWhereTold) {
  options.events.shortPage = 2;
  for (int i = 0; i < 5; ++i) add("E" + std::to_string(i), seconds(i));
  for (const char* type : {"admin_logs", "admin_logs_streaming"}) {
    Types all;
    std::string position = "0";
    std::vector<std::size_t> sizes;
    for (int page = 0; page < 4; ++page) {
      const BoxAnswer answer =
          ask(std::string("limit=100&stream_type=") + type + "&stream_position=" + position, seconds(9));
      const Types types = typesOf(answer);
      sizes.push_back(types.size());
      all.insert(all.end(), types.begin(), types.end());
      position = positionOf(answer);
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 2, 1, 0})) << type;
    EXPECT_EQ(all, (Types{"E0", "E1", "E2", "E3", "E4"})) << type;
  }
  EXPECT_EQ(typesOf(stream("limit=1", seconds(9))).size(), 1U);
}

TEST_F(BoxEventsTest, FiltersByTypeAndMovesOn) {
  add("LOGIN", seconds(0));
  add("LOGOUT", seconds(1));
  EXPECT_EQ(typesOf(stream("event_type=LOGIN,OTHER", seconds(2))), (Types{"LOGIN"}));
  EXPECT_EQ(typesOf(history("event_type=LOGOUT", seconds(2))), (Types{"LOGOUT"}));
  const BoxAnswer empty = stream("event_type=NO_SUCH_TYPE", seconds(2));
  EXPECT_EQ(typesOf(empty), Types{});
  EXPECT_EQ(positionOf(empty), positionOf(stream("stream_position=now", seconds(2))));
}

TEST_F(BoxEventsTest, BoundsTheHistoryByTime) {
  for (int hour = 0; hour < 4; ++hour) add("H" + std::to_string(hour), hours(hour));
  // The tests begin at 2026-01-01T00:00:00Z.
  EXPECT_EQ(typesOf(history("created_after=2026-01-01T01:00:00-00:00&created_before=2026-01-01T02:30:00Z", hours(5))),
            (Types{"H1", "H2"}));
  EXPECT_EQ(typesOf(history("created_after=2026-01-01T04:00:00%2B02:00", hours(5))), (Types{"H2", "H3"}));
  EXPECT_EQ(typesOf(stream("created_after=2026-01-01T02:00:00Z", hours(5))).size(), 4U) << "ignored there";
  for (const char* wrong : {"2026-01-01T04:00:00+02:00", "2026-02-01T00:00:00Z", "2024-01-01T00:00:00Z", "yesterday",
                            "2026-01-01T04:00:00", "2026-01-01T04:00:00Zx"}) {
    EXPECT_EQ(history(std::string("created_after=") + wrong, hours(5)).status, 400) << wrong;
  }
}

TEST_F(BoxEventsTest, KeepsTheStreamForTwoWeeksAndTheHistoryForAYear) {
  add("OLD", hours(0));
  add("NEW", hours(24 * 10));
  const hours later(24 * 15);
  EXPECT_EQ(typesOf(stream("stream_position=1152923110369165139", later)), (Types{"NEW"})) << "what is left";
  EXPECT_EQ(typesOf(history("", later)), (Types{"OLD", "NEW"}));
  EXPECT_EQ(typesOf(history("", hours(24 * 366))), (Types{"NEW"}));
}

TEST_F(BoxEventsTest, WritesPositionsInBothFormsAndTakesOnlyWholeNumbers) {
  options.events.positionForm = PositionForm::alternating;
  std::vector<bool> text;
  for (int i = 0; i < 3; ++i) {
    text.push_back(bodyOf(stream("stream_position=now", seconds(0))).at("next_stream_position").is_string());
  }
  EXPECT_EQ(text, (std::vector<bool>{true, false, true}));
  for (const char* wrong : {"1.15e%2B18", "1152923110369165139.0", "-1", "later"}) {
    const BoxAnswer refused = stream(std::string("stream_position=") + wrong, seconds(0));
    EXPECT_EQ(refused.status, 400) << wrong;
    EXPECT_EQ(textOf(refused, "message"), "Invalid stream position");
  }
}

TEST_F(BoxEventsTest, KnowsNoPositionInAnEmptyHistory) {
  EXPECT_EQ(positionOf(history("stream_position=now", seconds(0))), "0");
  EXPECT_EQ(positionOf(history("", seconds(0))), "0");
  options.events.historyKnowsNow = true;
  box().setEventSettings(options.events);
  add("BEFORE", seconds(0));
  const std::string position = positionOf(history("stream_position=now", seconds(1)));
  add("AFTER", seconds(2));
  EXPECT_EQ(typesOf(history("stream_position=" + position, seconds(3))), (Types{"AFTER"}));
}

TEST_F(BoxEventsTest, NeedsRightsOfItsOwn) {
  options.events.forbidden = true;
  options.underprivilegedTokens = {"weak"};
  const BoxAnswer refused = stream("", seconds(0));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(textOf(refused, "code"), "access_denied_insufficient_permissions");
  EXPECT_EQ(box().answer(users(), at()).status, 202) << "terminations need others";
  const BoxAnswer weak = box().answer(get("/2.0/events", "weak"), at());
  EXPECT_EQ(weak.status, 403);
  EXPECT_EQ(weak.body, "");
  EXPECT_EQ(box().answer(get("/2.0/events"), at()).status, 401);
  EXPECT_EQ(box().answer(request("/2.0/events", "{}"), at()).status, 405);
}

TEST_F(BoxEventsTest, RefusesWhatNoStreamIs) {
  add("LOGIN", seconds(0));
  EXPECT_EQ(ask("stream_type=other", seconds(0)).status, 400);
  EXPECT_EQ(stream("limit=0", seconds(0)).status, 400);
  EXPECT_EQ(stream("limit=x", seconds(0)).status, 400);
  EXPECT_EQ(typesOf(ask("", seconds(0))), Types{}) << "the user's own stream";
}

TEST_F(BoxEventsTest, TellsOfATerminationAsTheSettingsHaveIt) {
  options.directory.users = {{"1", "Ada", "ada@example.com"}, {"2", "Bea", "bea@example.com"}};
  options.directory.groups = {{"g", "Group"}};
  options.directory.memberships = {{"m", "g", "2"}};
  EXPECT_EQ(box().answer(users(), at()).status, 202);
  EXPECT_EQ(typesOf(stream("", seconds(1))), Types{}) << "by default nothing";
  options.events.ofTermination = {"REMOVE_LOGIN_ACTIVITY_DEVICE"};
  box().setEventSettings(options.events);
  EXPECT_EQ(box().answer(users(R"({"user_ids":["1"],"user_logins":["BEA@example.com","nobody@x.y"]})"), at()).status,
            202);
  EXPECT_EQ(box().answer(groups(R"({"group_ids":["g"]})"), at()).status, 202);
  EXPECT_EQ(box().answer(users("{}"), at()).status, 400);
  const json::object body = bodyOf(stream("", seconds(1)));
  ASSERT_EQ(body.at("chunk_size"), 3);
  Types ids;
  for (const json::value& entry : body.at("entries").as_array()) {
    EXPECT_EQ(entry.at("event_type"), "REMOVE_LOGIN_ACTIVITY_DEVICE");
    EXPECT_EQ(entry.at("created_by").at("id"), "11111") << "the caller";
    ids.emplace_back(std::string_view(entry.at("source").at("id").as_string()));
  }
  EXPECT_EQ(ids, (Types{"1", "2", "2"}));
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
