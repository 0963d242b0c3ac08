#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include "box/auth/developer_token.hpp"
#include "box/error.hpp"
#include "box/network/session.hpp"
#include "box/network/network_client.hpp"
#include "box/read/events.hpp"
#include "box/read/groups.hpp"
#include "box/read/user_source.hpp"
#include "box/read/users.hpp"
#include "box/support/clock.hpp"
#include "read/read_call.hpp"
#include "scripted_calls.hpp"
#include "support/busy_threads.hpp"

namespace box {
namespace {

/// The parts of a request's text that the characters ? and & separate, in alphabetical order.
std::vector<std::string> paramsIn(const std::string& request) {
  std::vector<std::string> params(1);
  for (const char c : request) {
    if (c == '?' || c == '&') {
      params.emplace_back();
    } else {
      params.back() += c;
    }
  }
  std::sort(params.begin(), params.end());
  return params;
}

class ReadCalls : public test::ScriptedCalls {
 protected:
  /// The error of a call that is cancelled when its request is answered, which is before its next step.
  template <class T>
  std::string afterCancellation(asio::awaitable<T> call) {
    std::string text = "no failure";
    asio::io_context io;
    asio::cancellation_signal cancel;
    box->whenAnswered = [&] { cancel.emit(asio::cancellation_type::terminal); };
    asio::co_spawn(io, tryAwait(std::move(call)),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr thrown, CallResult<T> result) {
                     if (thrown) {
                       text = "not our error";
                     } else if (result.has_error()) {
                       EXPECT_EQ(result.error().code(), asio::error::operation_aborted);
                       text = result.error().operation() + ": " + result.error().details().context + " " +
                              result.error().tag();
                     }
                   }));
    io.run();
    box->whenAnswered = nullptr;
    EXPECT_TRUE(box->answers.empty()) << box->answers.size();
    return text;
  }
};

TEST_F(ReadCalls, AskAsBoxsDocumentsHaveIt) {
  box->add(R"({"entries":[]})");
  await(users.getUsers({.filterTerm = "ann", .limit = 5}));
  EXPECT_TRUE(box->idempotent);
  box->add(R"({"id":"1"})");
  EXPECT_EQ(await(users.getUserMe({.fields = {"id", "role"}}))->id, "1");
  box->add(R"({"id":"2"})");
  EXPECT_EQ(await(users.getUserById("2", {.queryParams = {.fields = {"role"}}, .tag = "x"}))->id, "2");
  box->add(R"({"entries":[]})");
  await(groups.getGroups({.filterTerm = "St"}));
  box->add(R"({"entries":[]})");
  await(memberships.getGroupMemberships("7", {.queryParams = {.limit = 10, .offset = 20}}));
  box->add(R"({"entries":[],"next_stream_position":12})");
  const auto page = await(events.getEvents({.streamType = "admin_logs_streaming", .streamPosition = "now"}));
  EXPECT_EQ(page->nextStreamPosition, "12");
  EXPECT_EQ(page->date, std::chrono::system_clock::from_time_t(784111777));
  EXPECT_EQ(box->asked,
            (std::vector<std::string>{"GET /2.0/users?filter_term=ann&limit=5", "GET /2.0/users/me?fields=id,role",
                                      "GET /2.0/users/2?fields=role", "GET /2.0/groups?filter_term=St",
                                      "GET /2.0/groups/7/memberships?limit=10&offset=20",
                                      "GET /2.0/events?stream_type=admin_logs_streaming&stream_position=now"}));
}

TEST_F(ReadCalls, UseTheClockOfTheCallerOnTheThreadOfTheCallOnly) {
  class OfOneThread : public Clock {
   public:
    std::chrono::system_clock::time_point now() const noexcept override {
      if (std::this_thread::get_id() != owner) ++elsewhere;
      ++calls;
      return std::chrono::system_clock::from_time_t(1'780'000'000);
    }
    const std::thread::id owner = std::this_thread::get_id();
    mutable std::atomic<int> calls{0}, elsewhere{0};
  };
  const auto clock = std::make_shared<OfOneThread>();
  const EventsManager reader(auth, NetworkSession().withClock(clock), box);
  const std::string large(100'000, ' ');  // so that a helper thread parses it
  box->add(R"({"entries":[],"next_stream_position":12})" + large);
  EXPECT_EQ(await(reader.getEvents())->nextStreamPosition, "12");
  EXPECT_GT(clock->calls, 0);
  EXPECT_EQ(clock->elsewhere, 0);
}

TEST_F(ReadCalls, TellTheCenturyOfADateByTheClockOfTheSession) {
  class Later : public Clock {
   public:
    std::chrono::system_clock::time_point now() const noexcept override {
      return std::chrono::sys_days(std::chrono::year(2100) / 1 / 1);
    }
  };
  const EventsManager later(auth, NetworkSession().withClock(std::make_shared<Later>()), box);
  box->date = "Saturday, 06-Nov-94 08:49:37 GMT";
  box->add(R"({"entries":[],"next_stream_position":12})");
  const auto page = await(later.getEvents());
  ASSERT_TRUE(page && page->date);
  EXPECT_EQ(std::chrono::floor<std::chrono::days>(*page->date),
            std::chrono::sys_days(std::chrono::year(2094) / 11 / 6));
}

TEST_F(ReadCalls, RefuseBeforeTheySend) {
  await(users.getUsers({.limit = 0}));
  EXPECT_EQ(failure->code(), Errc::invalidRequest);
  EXPECT_EQ(refusal(), "getUsers: limit must be from 1 to 1000");
  await(users.getUserById("me"));
  EXPECT_EQ(refusal(), "getUserById: userId must be an id: 1 to 20 digits");
  await(memberships.getGroupMemberships("x"));
  EXPECT_EQ(refusal(), "getGroupMemberships: groupId must be an id: 1 to 20 digits");
  await(users.getUserMe({}, {.headers = {.extraHeaders = {{"Host", "x"}}}}));
  EXPECT_EQ(failure->code(), Errc::invalidRequest);
  await(events.getEvents({}, {.tag = "\n"}));
  EXPECT_EQ(failure->code(), Errc::invalidRequest);
  EXPECT_THROW(users.readUsers({.limit = 1'001}), BoxSdkError);
  EXPECT_THROW(memberships.readGroupMemberships("x"), BoxSdkError);
  for (const std::int64_t limit : {0, 1'001}) {
    EXPECT_THROW(groups.readGroups({.limit = limit}), BoxSdkError) << limit;
    EXPECT_THROW(memberships.readGroupMemberships("7", {.queryParams = {.limit = limit}}), BoxSdkError) << limit;
  }
  EXPECT_THROW(groups.readGroups({.offset = -1}), BoxSdkError);
  EXPECT_THROW(memberships.readGroupMemberships("7", {.queryParams = {.offset = -1}}), BoxSdkError);
  EXPECT_THROW(events.readEvents({.streamPosition = "x"}), BoxSdkError);
  EXPECT_TRUE(box->asked.empty());
  EXPECT_THROW(EventsManager(nullptr, NetworkSession(), box), BoxSdkError);
  EXPECT_THROW(EventsManager(auth, NetworkSession(), nullptr), BoxSdkError);
}

TEST_F(ReadCalls, TakeNoOtherBodyForAnAnswer) {
  for (const char* body : {"", "[]", "{}", "<html>"}) {
    box->add(body);
    EXPECT_FALSE(await(events.getEvents()));
    EXPECT_EQ(failure->code(), Errc::unexpectedResponse);
    EXPECT_EQ(failure->fate(), Fate::accepted);
  }
}

TEST_F(ReadCalls, ReadersGiveEachEntryOnce) {
  UserReader reader = users.readUsers({.filterTerm = "a", .fields = {"id"}, .limit = 2});
  box->add(R"({"limit":2,"next_marker":"m1","entries":[{"id":"1"},{"id":"2"}]})");
  box->add(R"({"limit":2,"next_marker":"m2","entries":[]})");
  box->fail(Errc::connectionLost);
  box->add(R"({"limit":2,"next_marker":"","entries":[{"id":"3"}]})");
  EXPECT_EQ((*await(reader.next()))->id, "1");
  EXPECT_EQ((*await(reader.next()))->id, "2");
  EXPECT_EQ(reader.end(), ListEnd::reading);
  EXPECT_FALSE(await(reader.next()));
  EXPECT_EQ(failure->code(), Errc::connectionLost);
  EXPECT_EQ((*await(reader.next()))->id, "3") << "an error does not change the position";
  EXPECT_FALSE(*await(reader.next()));
  EXPECT_EQ(reader.end(), ListEnd::complete);
  EXPECT_EQ(box->asked,
            (std::vector<std::string>{"GET /2.0/users?filter_term=a&fields=id&limit=2&usemarker=true",
                                      "GET /2.0/users?filter_term=a&fields=id&limit=2&usemarker=true&marker=m1",
                                      "GET /2.0/users?filter_term=a&fields=id&limit=2&usemarker=true&marker=m2",
                                      "GET /2.0/users?filter_term=a&fields=id&limit=2&usemarker=true&marker=m2"}));
}

TEST_F(ReadCalls, CancelledBetweenTwoPagesReadersEndWithOurError) {
  const std::string emptyPage = R"({"limit":2,"next_marker":"m1","entries":[]})";
  UserReader reader = users.readUsers({}, {.tag = "incident 4711"});
  box->add(emptyPage);
  EXPECT_EQ(afterCancellation(reader.nextPage()), "getUsers: cancelled incident 4711");
  box->add(R"({"limit":2,"next_marker":"m2","entries":[]})");
  EXPECT_EQ(afterCancellation(reader.next()), "getUsers: cancelled incident 4711");
  EventReader stream = events.readEvents({}, {.tag = "incident 4712"});
  box->add(R"({"next_stream_position":"12","entries":[]})");
  EXPECT_EQ(afterCancellation(stream.nextPage()), "getEvents: cancelled incident 4712");
  box->add(R"({"next_stream_position":"13","entries":[]})");
  EXPECT_EQ(afterCancellation(stream.next()), "getEvents: cancelled incident 4712");
  EXPECT_EQ(stream.position(), "13");
  box->add(R"({"id":"1","role":"admin"})");
  EXPECT_EQ(afterCancellation(UserSource(users, memberships, UserSelection::everyone()).nextPage()),
            "UserSource: cancelled ");
  std::vector<BulkEntry> entries;
  box->add(R"({"id":"1","role":"admin"})");
  EXPECT_EQ(afterCancellation(UserSource(users, memberships, UserSelection::everyone()).read(entries, 1)),
            "UserSource: cancelled ");
  box->add(R"({"total_count":3,"offset":0,"limit":2,"entries":[{"id":"5","name":"x"}]})");
  EXPECT_EQ(afterCancellation(findGroup(groups, "staff")), "findGroup: cancelled ");
}

TEST_F(ReadCalls, PagesThatContradictEachOtherAreTheErrorOfTheirCall) {
  UserReader reader = users.readUsers({}, {.tag = "incident 4711"});
  box->add(R"({"next_marker":"m1","entries":[{"id":"1"}]})");
  box->add(R"({"next_marker":"m1","entries":[{"id":"2"}]})");
  EXPECT_EQ(await(reader.nextPage())->size(), 1u);
  EXPECT_FALSE(await(reader.nextPage()));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code(), Errc::unexpectedResponse);
  EXPECT_EQ(refusal(), "getUsers: Box gave a marker again that leads to a page that was read");
  EXPECT_EQ(failure->tag(), "incident 4711");
  EXPECT_EQ(failure->call(), 2u);
  EXPECT_EQ(failure->fate(), Fate::accepted);
}

TEST_F(ReadCalls, ReadersByOffsetTakeEntriesThatMoveOnce) {
  MembershipReader reader = memberships.readGroupMemberships("7", {.queryParams = {.limit = 2}});
  box->add(R"({"total_count":3,"offset":0,"limit":2,"entries":[{"id":"1"},{"id":"2"}]})");
  box->add(R"({"total_count":4,"offset":2,"limit":2,"entries":[{"id":"2"},{"id":"3"}]})");
  EXPECT_EQ(await(reader.nextPage())->size(), 2u);
  const auto page = await(reader.nextPage());
  ASSERT_EQ(page->size(), 1u);
  EXPECT_EQ(page->at(0).id, "3");
  EXPECT_TRUE(await(reader.nextPage())->empty());
  EXPECT_EQ(reader.end(), ListEnd::complete);
}

TEST_F(ReadCalls, EntriesWithoutAnIdAreAllGiven) {
  MembershipReader byOffset = memberships.readGroupMemberships("7", {.queryParams = {.limit = 2}});
  box->add(R"({"total_count":2,"offset":0,"limit":2,"entries":[{"role":"member"},{"role":"admin"}]})");
  EXPECT_EQ(await(byOffset.nextPage())->size(), 2u);
  UserReader byMarker = users.readUsers({.limit = 2});
  box->add(R"({"next_marker":"m","entries":[{"name":"Ann"},{"name":"Bob"}]})");
  EXPECT_EQ(await(byMarker.nextPage())->size(), 2u);
}

TEST_F(ReadCalls, ReadersByMarkerGiveWhatBoxGives) {
  UserReader reader = users.readUsers({.limit = 2});
  box->add(R"({"next_marker":"m","entries":[{"id":"1"},{"id":"2"}]})");
  box->add(R"({"next_marker":"","entries":[{"id":"2"},{"id":"3"}]})");
  EXPECT_EQ(await(reader.nextPage())->size(), 2u);
  EXPECT_EQ(await(reader.nextPage())->size(), 2u) << "no memory for ids is used, because markers do not move";
}

TEST_F(ReadCalls, AReaderOfUsersByOffsetSaysSo) {
  UserReader reader = users.readUsers({.filterTerm = "a", .limit = 2, .usemarker = false});
  box->add(R"({"total_count":3,"offset":0,"limit":2,"entries":[{"id":"1"},{"id":"2"}]})");
  box->add(R"({"total_count":3,"offset":2,"limit":2,"entries":[{"id":"3"}]})");
  await(reader.nextPage());
  await(reader.nextPage());
  EXPECT_EQ(box->asked, (std::vector<std::string>{"GET /2.0/users?filter_term=a&usemarker=false&limit=2&offset=0",
                                                  "GET /2.0/users?filter_term=a&usemarker=false&limit=2&offset=2"}));
}

TEST_F(ReadCalls, ReadersBeginWhereTheyAreTold) {
  GroupReader some = groups.readGroups({.filterTerm = "St", .limit = 2, .offset = 4});
  MembershipReader members = memberships.readGroupMemberships("7", {.queryParams = {.limit = 3, .offset = 5}});
  UserReader people = users.readUsers({.limit = 4, .marker = "m"});
  for (const char* body : {R"({"total_count":5,"offset":4,"limit":2,"entries":[]})",
                           R"({"total_count":5,"offset":5,"limit":3,"entries":[]})", R"({"entries":[]})"}) {
    box->add(body);
  }
  await(some.nextPage());
  await(members.nextPage());
  await(people.nextPage());
  EXPECT_EQ(box->asked, (std::vector<std::string>{"GET /2.0/groups?filter_term=St&limit=2&offset=4",
                                                  "GET /2.0/groups/7/memberships?limit=3&offset=5",
                                                  "GET /2.0/users?limit=4&usemarker=true&marker=m"}));
}

TEST_F(ReadCalls, ReadersAskForSmallerPages) {
  GroupReader reader = groups.readGroups();
  box->fail(Errc::responseTooLarge);
  box->add(R"({"total_count":1,"offset":0,"limit":500,"entries":[{"id":"1"}]})");
  EXPECT_EQ(await(reader.nextPage())->size(), 1u);
  EXPECT_EQ(box->asked.at(1), "GET /2.0/groups?limit=500&offset=0");
}

TEST_F(ReadCalls, AReaderOfEventsStopsAndContinues) {
  EventReader reader = events.readEvents({.streamType = "admin_logs_streaming", .streamPosition = "10"});
  box->add(R"({"next_stream_position":"12","entries":[{"event_id":"a"},{"event_id":"b"}]})");
  box->add(R"({"next_stream_position":12,"entries":[]})");
  EXPECT_EQ((*await(reader.next()))->eventId, "a");
  EXPECT_EQ(reader.position(), "10") << "the page is not handed over yet";
  EXPECT_EQ((*await(reader.next()))->eventId, "b");
  EXPECT_EQ(reader.position(), "12");
  EXPECT_FALSE(*await(reader.next()));
  box->add(R"({"next_stream_position":"13","entries":[{"event_id":"c"}]})");
  box->fail(Errc::responseTooLarge);
  box->add(R"({"next_stream_position":"13","entries":[]})");
  EXPECT_EQ(await(reader.nextPage())->size(), 1u);
  EXPECT_TRUE(await(reader.nextPage())->empty());
  EXPECT_EQ(box->asked.back(), "GET /2.0/events?stream_type=admin_logs_streaming&stream_position=13&limit=250");
}

TEST_F(ReadCalls, AReaderOfEventsKeepsItsPositionWhereBoxGivesNone) {
  EventReader reader = events.readEvents({.streamType = "admin_logs", .streamPosition = "10"});
  box->add(R"({"entries":[{"event_id":"a"}]})");
  box->add(R"({"next_stream_position":0,"entries":[]})");
  EXPECT_EQ(await(reader.nextPage())->size(), 1u);
  EXPECT_EQ(reader.pagesWithoutPosition(), 1u);
  EXPECT_TRUE(await(reader.nextPage())->empty());
  EXPECT_EQ(box->asked.size(), 1u) << "the end is told once before Box is asked again";
  EXPECT_TRUE(await(reader.nextPage())->empty());
  EXPECT_EQ(box->asked.size(), 2u);
  EXPECT_EQ(reader.position(), "10");
}

TEST_F(ReadCalls, AReaderOfEventsFromNowHasNoPositionUntilBoxGivesOne) {
  EventReader reader = events.readEvents({.streamPosition = "now"});
  EXPECT_EQ(reader.position(), "") << "a later reader from \"now\" would miss the events until then";
  box->add(R"({"entries":[{"event_id":"a"},{"event_id":"b"}]})");
  EXPECT_TRUE(*await(reader.next()));
  EXPECT_EQ(reader.position(), "");
  EXPECT_TRUE(*await(reader.next()));
  EXPECT_EQ(reader.position(), "");
  EXPECT_FALSE(*await(reader.next()));
  box->add(R"({"next_stream_position":"12","entries":[{"event_id":"a"}]})");
  EXPECT_EQ(await(reader.nextPage())->size(), 1u);
  EXPECT_EQ(reader.position(), "12");
  EXPECT_TRUE(box->asked.back().find("stream_position=now") != std::string::npos) << box->asked.back();
}

TEST_F(ReadCalls, AReaderOfEventsAsksForPagesOfOneEventAtLeast) {
  EventReader reader = events.readEvents({.streamPosition = "10", .limit = 2});
  box->fail(Errc::responseTooLarge);
  box->fail(Errc::responseTooLarge);
  EXPECT_FALSE(await(reader.next()));
  EXPECT_EQ(failure->code(), Errc::responseTooLarge);
  ASSERT_EQ(box->asked.size(), 2u);
  EXPECT_TRUE(box->asked[0].ends_with("&limit=2")) << box->asked[0];
  EXPECT_TRUE(box->asked[1].ends_with("&limit=1")) << box->asked[1];
}

TEST_F(ReadCalls, AReaderOfEventsAsksAsTheCallDoes) {
  GetEventsQueryParams params;
  params.streamType = "admin_logs";
  params.streamPosition = "10";
  params.limit = 3;
  const std::vector<std::string> types = {"LOGIN", "DELETE"};
  params.eventType = types;
  params.createdAfter = std::chrono::system_clock::from_time_t(1'600'000'000);
  params.createdBefore = std::chrono::system_clock::from_time_t(1'700'000'000);
  box->add(R"({"next_stream_position":"12","entries":[]})");
  box->add(R"({"next_stream_position":"12","entries":[]})");
  await(events.getEvents(params));
  EventReader reader = events.readEvents(params);
  await(reader.nextPage());
  ASSERT_GE(box->asked.size(), 2u);
  EXPECT_EQ(paramsIn(box->asked[1]), paramsIn(box->asked[0]));
  EXPECT_NE(box->asked[1].find("created_after="), std::string::npos);
  EXPECT_NE(box->asked[1].find("created_before="), std::string::npos);
}

TEST_F(ReadCalls, TheUsersOfGroupsAreTheirMembers) {
  UserSource source(users, memberships, UserSelection::ofGroups({"5", "6"}));
  box->add(R"({"id":"1","role":"admin"})");
  box->add(R"({"total_count":1,"offset":0,"limit":100,"entries":[{"id":"a","user":{"id":"11"}}]})");
  box->add(R"({"total_count":1,"offset":0,"limit":100,"entries":[{"id":"b","user":{"id":"12"}}]})");
  box->add(R"({"id":"11"})");
  box->add(R"({"id":"12"})");
  std::vector<std::string> ids;
  for (;;) {
    const auto page = await(source.nextPage());
    ASSERT_TRUE(page) << refusal();
    if (page->empty()) break;
    for (const ListedUser& listed : *page) ids.push_back(listed.user.id);
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"11", "12"}));
  ASSERT_EQ(box->asked.size(), 5u);
  EXPECT_TRUE(box->asked[1].starts_with("GET /2.0/groups/5/memberships?")) << box->asked[1];
  EXPECT_TRUE(box->asked[2].starts_with("GET /2.0/groups/6/memberships?")) << box->asked[2];
}

TEST_F(ReadCalls, EventsShowNoIdOfAUserOrAGroup) {
  box->add("{}");
  EXPECT_TRUE(await(users.getUserById("12345")));
  EXPECT_EQ(box->shownPath, "/2.0/users/{user_id}");
  box->add(R"({"entries":[]})");
  EXPECT_TRUE(await(memberships.getGroupMemberships("12345")));
  EXPECT_EQ(box->shownPath, "/2.0/groups/{group_id}/memberships");
}

TEST_F(ReadCalls, ARequestIdIsShownOnlyIfItLooksLikeOne) {
  for (const auto& [id, shown] : {std::pair("0a1b-2c", true), std::pair("person@example.com", false)}) {
    box->add("no JSON", id);
    EXPECT_FALSE(await(users.getUsers()));
    EXPECT_EQ(refusal().find(id) != std::string::npos, shown) << refusal();
  }
}

TEST_F(ReadCalls, LargeBodiesAreParsedTheSameWay) {
  std::string body = "{\"entries\":[";
  for (int i = 0; i < 5'000; ++i) body += (i == 0 ? "" : ",") + ("{\"id\":\"" + std::to_string(i)) + "\"}";
  box->add(body + "]}");
  const auto page = await(users.getUsers());
  ASSERT_EQ(page->entries.size(), 5'000u);
  EXPECT_EQ(page->entries.back().id, "4999");
  box->add(body);
  EXPECT_FALSE(await(users.getUsers()));
  EXPECT_EQ(failure->code(), Errc::unexpectedResponse);
}

TEST_F(ReadCalls, TotalOrPartialCancellationWhileALargeBodyIsParsedHasNoEffect) {
  using Type = asio::cancellation_type;
  for (const Type type : {Type::total, Type::partial, Type::partial | Type::total}) {
    test::BusyThreads threads;
    box->asked.clear();
    box->add(R"({"entries":[{"id":"7"}],"x":")" + std::string(2 * longestParsedAtOnce, 'x') + "\"}");
    asio::io_context io;
    asio::cancellation_signal cancel;
    std::optional<Users> page;
    bool throws = false;
    const auto call = [&]() -> asio::awaitable<void> {
      co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
      page = co_await users.getUsers();
      throws = co_await asio::this_coro::throw_if_cancelled();
    };
    asio::co_spawn(io, call, asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr) {}));
    while (box->asked.empty()) io.poll();
    io.poll();
    cancel.emit(type);
    io.poll();
    EXPECT_FALSE(page) << "the event loop must not parse the body";
    threads.release();
    io.run();
    ASSERT_TRUE(page);
    EXPECT_EQ(page->entries.size(), 1U);
    EXPECT_TRUE(throws) << "the coroutine of the caller is as it was";
  }
}

TEST_F(ReadCalls, CancelledWhileALargeBodyIsParsedTheyTellThatBoxHasAnswered) {
  test::BusyThreads threads;
  box->add(R"({"entries":[],"x":")" + std::string(2 * longestParsedAtOnce, 'x') + "\"}");
  asio::io_context io;
  asio::cancellation_signal cancel;
  asio::co_spawn(io, tryAwait(users.getUsers({.filterTerm = "ann"}, {.tag = "incident 4711"})),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr thrown, CallResult<Users> result) {
                   EXPECT_FALSE(thrown);
                   if (result.has_error()) failure = result.error();
                 }));
  while (box->asked.empty()) io.poll();
  io.poll();
  cancel.emit(asio::cancellation_type::terminal);
  io.run();
  threads.release();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code(), asio::error::operation_aborted);
  EXPECT_EQ(failure->fate(), Fate::accepted);
  EXPECT_EQ(failure->phase(), Phase::response);
  EXPECT_EQ(failure->tag(), "incident 4711");
  EXPECT_EQ(refusal(), "getUsers: cancelled after the answer");
}

TEST_F(ReadCalls, ArgumentsMayGoBeforeTheCall) {
  std::optional<asio::awaitable<Users>> call;
  std::optional<UserReader> reader;
  {
    const std::vector<std::string> fields = {"id", "a_long_name_that_is_kept_on_the_heap"};
    const std::string term = "a prefix that is kept on the heap too";
    call.emplace(users.getUsers({.filterTerm = term, .fields = fields}));
    reader.emplace(users.readUsers({.filterTerm = term, .fields = fields}));
  }
  box->add(R"({"entries":[]})");
  box->add(R"({"entries":[]})");
  await(*std::move(call));
  await(reader->nextPage());
  EXPECT_EQ(box->asked.at(0),
            "GET /2.0/users?filter_term=a%20prefix%20that%20is%20kept%20on%20the%20heap%20too"
            "&fields=id,a_long_name_that_is_kept_on_the_heap");
}

}  // namespace
}  // namespace box
