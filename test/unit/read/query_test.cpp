#include "read/query.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "box/error.hpp"

namespace box {
namespace {

using std::chrono::system_clock;

template <class Params>
std::string refusalOfParams(const Params& params) {
  try {
    return "taken: " + queryOf(params);
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidRequest);
    return error.details().context;
  }
}

TEST(ReadQuery, LeavesDefaultsToBox) {
  EXPECT_EQ(queryOf(GetUsersQueryParams{}), "");
  EXPECT_EQ(queryOf(GetGroupsQueryParams{}), "");
  EXPECT_EQ(queryOf(GetGroupMembershipsQueryParams{}), "");
  EXPECT_EQ(queryOf(GetEventsQueryParams{}), "");
}

TEST(ReadQuery, OfUsersHasBoxsNames) {
  EXPECT_EQ(queryOf(GetUsersQueryParams{.filterTerm = "ann+x@example.com",
                                        .userType = "managed",
                                        .externalAppUserId = "a b",
                                        .fields = {"id", "is_platform_access_only"},
                                        .offset = 10'000,
                                        .limit = 1'000}),
            "filter_term=ann%2Bx%40example.com&user_type=managed&external_app_user_id=a%20b"
            "&fields=id,is_platform_access_only&offset=10000&limit=1000");
  EXPECT_EQ(queryOf(GetUsersQueryParams{.usemarker = true}), "usemarker=true");
  EXPECT_EQ(queryOf(GetUsersQueryParams{.marker = "J="}), "usemarker=true&marker=J%3D");
}

TEST(ReadQuery, RefusesWhatBoxWouldRefuse) {
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.userType = "admins"}),
            "userType must be one of all, managed, external");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.offset = 10'001}), "offset must be from 0 to 10000");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.offset = -1}), "offset must be from 0 to 10000");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.limit = 0}), "limit must be from 1 to 1000");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.limit = 1'001}), "limit must be from 1 to 1000");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.usemarker = false, .marker = "x"}), "marker needs usemarker");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.offset = 1, .usemarker = true}),
            "offset cannot be given together with a marker");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.fields = {"id", "a,b"}}).substr(0, 10), "fields[1] ");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.fields = {""}}).substr(0, 10), "fields[0] ");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.filterTerm = "\xff"}), "filterTerm is not valid UTF-8");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.filterTerm = "a\nb"}),
            "filterTerm has an invisible character: remove it");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.filterTerm = std::string(1'001, 'a')}),
            "filterTerm is longer than 1000 bytes");
  EXPECT_EQ(refusalOfParams(GetGroupsQueryParams{.limit = 1'001}), "limit must be from 1 to 1000");
  EXPECT_EQ(refusalOfParams(GetGroupMembershipsQueryParams{.offset = 10'001}), "offset must be from 0 to 10000");
}

TEST(ReadQuery, OfEventsKeepsPositionsAndEncodesTimes) {
  const auto time = system_clock::from_time_t(1649594355) + std::chrono::milliseconds(500);
  EXPECT_EQ(
      queryOf(GetEventsQueryParams{.streamType = "admin_logs_streaming",
                                   .streamPosition = "1152923110369165139",
                                   .limit = 500,
                                   .eventType = {"LOGIN", "NO_SUCH_TYPE"}}),
      "stream_type=admin_logs_streaming&stream_position=1152923110369165139&limit=500&event_type=LOGIN,NO_SUCH_TYPE");
  EXPECT_EQ(queryOf(GetEventsQueryParams{.streamType = "admin_logs", .streamPosition = "now", .createdAfter = time}),
            "stream_type=admin_logs&stream_position=now&created_after=2022-04-10T12%3A39%3A15-00%3A00")
      << "no fraction, an offset, no plus that becomes a blank";
}

TEST(ReadQuery, OfEventsRefusesWhatWouldHaveNoEffect) {
  const auto time = system_clock::from_time_t(1649594355);
  EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.streamType = "adming_logs"}).substr(0, 23),
            "streamType must be one ");
  for (const char* position : {"1.15e+18", "-1", "NOW", "1 ", "99999999999999999999999999999999999999999"}) {
    EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.streamPosition = position}),
              "streamPosition must be digits, as Box gave them, or \"now\"");
  }
  EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.limit = 501}), "limit must be from 1 to 500");
  EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.eventType = {"LOGIN"}}).substr(0, 10), "eventType ");
  EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.streamType = "admin_logs", .eventType = {"LOGIN,X"}}).substr(0, 13),
            "eventType[0] ");
  EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.streamType = "admin_logs_streaming", .createdAfter = time}),
            "createdAfter has an effect only on streamType admin_logs");
  EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.streamType = "admin_logs_streaming", .createdBefore = time}),
            "createdBefore has an effect only on streamType admin_logs");
  EXPECT_EQ(refusalOfParams(GetEventsQueryParams{
                .streamType = "admin_logs", .createdAfter = time, .createdBefore = time - std::chrono::seconds(1)}),
            "createdAfter must not be later than createdBefore");
}

TEST(ReadQuery, PutsOnlyIdsIntoPaths) {
  EXPECT_EQ(pathWithId("/2.0/groups/", "77", "/memberships", "groupId"), "/2.0/groups/77/memberships");
  for (const char* id : {"", "me", "1/../2", "%31", "123456789012345678901"}) {
    try {
      pathWithId("/2.0/users/", id, "", "userId");
      ADD_FAILURE() << id;
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.details().context, "userId must be an id: 1 to 20 digits");
    }
  }
}

TEST(ReadQuery, TakesWhatIsJustWithinTheLimits) {
  const std::string longest(1'000, 'a'), name(100, 'n');
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.filterTerm = longest}), "taken: filter_term=" + longest);
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.fields = {name}}), "taken: fields=" + name);
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.fields = {name + "n"}}).substr(0, 10), "fields[0] ");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.offset = 0, .limit = 1}), "taken: offset=0&limit=1");
  EXPECT_EQ(refusalOfParams(
                GetGroupsQueryParams{.filterTerm = "a", .fields = {"id", "created_by.login"}, .limit = 1, .offset = 0}),
            "taken: filter_term=a&fields=id,created_by.login&limit=1&offset=0");
  EXPECT_EQ(refusalOfParams(GetGroupsQueryParams{.limit = 1'000, .offset = 10'000}), "taken: limit=1000&offset=10000");
  EXPECT_EQ(refusalOfParams(GetGroupsQueryParams{.limit = 0}), "limit must be from 1 to 1000");
  EXPECT_EQ(refusalOfParams(GetGroupsQueryParams{.offset = -1}), "offset must be from 0 to 10000");
  EXPECT_EQ(refusalOfParams(GetGroupsQueryParams{.offset = 10'001}), "offset must be from 0 to 10000");
  EXPECT_EQ(refusalOfParams(GetGroupMembershipsQueryParams{.limit = 1'000, .offset = 10'000}),
            "taken: limit=1000&offset=10000");
  EXPECT_EQ(refusalOfParams(GetGroupMembershipsQueryParams{.limit = 1, .offset = 0}), "taken: limit=1&offset=0");
  EXPECT_EQ(refusalOfParams(GetGroupMembershipsQueryParams{.limit = 0}), "limit must be from 1 to 1000");
  EXPECT_EQ(refusalOfParams(GetGroupMembershipsQueryParams{.limit = 1'001}), "limit must be from 1 to 1000");
  EXPECT_EQ(refusalOfParams(GetGroupMembershipsQueryParams{.offset = -1}), "offset must be from 0 to 10000");
  EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.limit = 1}), "taken: limit=1");
  EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.limit = 0}), "limit must be from 1 to 500");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.usemarker = false}), "taken: usemarker=false");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.offset = 1, .usemarker = false}), "taken: offset=1&usemarker=false");
  EXPECT_EQ(refusalOfParams(GetUsersQueryParams{.offset = 1, .marker = "x"}),
            "offset cannot be given together with a marker");
}

TEST(ReadQuery, KnowsAllStreamsOfEvents) {
  for (const char* type : {"all", "changes", "sync", "admin_logs", "admin_logs_streaming"}) {
    EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.streamType = type}), std::string("taken: stream_type=") + type);
  }
  EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.streamPosition = std::string(40, '1')}),
            "taken: stream_position=" + std::string(40, '1'));
  const auto time = system_clock::from_time_t(1649594355);
  EXPECT_EQ(
      refusalOfParams(GetEventsQueryParams{.streamType = "admin_logs", .createdAfter = time, .createdBefore = time}),
      "taken: stream_type=admin_logs&created_after=2022-04-10T12%3A39%3A15-00%3A00&created_before=2022-04-10T12%3A39"
      "%3A15-00%3A00");
  EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.streamType = "admin_logs", .eventType = {"A.B"}}).substr(0, 13),
            "eventType[0] ");
  EXPECT_EQ(refusalOfParams(GetEventsQueryParams{.streamType = "admin_logs", .eventType = {"LOGIN_2"}}),
            "taken: stream_type=admin_logs&event_type=LOGIN_2");
}

}  // namespace
}  // namespace box
