#include "read/parse.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace box {
namespace {

using std::chrono::system_clock;

BoxEvent eventOf(const std::string& json) {
  const auto page = parseBody<Events>("{\"entries\":[" + json + "]}");
  if (!page || page->entries.size() != 1) {
    ADD_FAILURE() << json;
    return BoxEvent();
  }
  return page->entries[0];
}

EventSource sourceOf(const std::string& json) { return eventOf("{\"source\":" + json + "}").source; }

TEST(ParseUsers, KeepsWhatBoxHas) {
  const std::string entry =
      R"({"type":"user","id":"11","name":"Ann \u00c9","login":"ann@example.com","status":"active","role":"coadmin",)"
      R"("space_amount":11345156112,"is_platform_access_only":true,"enterprise":{"type":"enterprise","id":"7","name":"X"},)"
      R"("my_tags":["a","b"],"notification_email":{"email":"n@example.com"},"new_field":[1,2]})";
  const auto page =
      parseBody<Users>(R"({"limit":1000,"next_marker":"abc","prev_marker":null,"entries":[)" + entry + "]}");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->limit, 1000);
  EXPECT_EQ(page->nextMarker, "abc");
  EXPECT_EQ(page->prevMarker, "");
  EXPECT_EQ(page->totalCount, std::nullopt);
  ASSERT_EQ(page->entries.size(), 1u);
  const UserFull& user = page->entries[0];
  EXPECT_EQ(user.id, "11");
  EXPECT_EQ(user.name, "Ann \xc3\x89");
  EXPECT_EQ(user.login, "ann@example.com");
  EXPECT_EQ(user.status, "active");
  EXPECT_EQ(user.role, "coadmin");
  EXPECT_EQ(user.spaceAmount, 11345156112);
  EXPECT_EQ(user.isPlatformAccessOnly, true);
  EXPECT_EQ(user.isSyncEnabled, std::nullopt);
  EXPECT_EQ(user.enterprise.id, "7");
  EXPECT_EQ(user.myTags, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(user.notificationEmail, R"({"email":"n@example.com"})");
  EXPECT_EQ(user.rawJson, entry) << "unknown members are kept";
}

/// A name of a member of Box's objects, and the member of our type that has its value.
template <class Object, class Value>
struct Member {
  const char* name;
  Value Object::*member;
};
template <class Object>
using Texts = std::vector<Member<Object, std::string>>;

/// Checks that each member gets the value with its own name, and that no other member gets it. `read` makes an object
/// of a JSON text.
template <class Object, class Value, class Read>
void expectEachAlone(const std::vector<Member<Object, Value>>& members, const std::string& json, const Value& expected,
                     Read read) {
  for (const auto& sent : members) {
    const std::string text = "{\"" + std::string(sent.name) + "\":" + json + "}";
    const Object object = read(text);
    for (const auto& other : members) {
      const bool isSent = other.member == sent.member;
      EXPECT_EQ(object.*other.member, isSent ? expected : Value()) << sent.name << " sent, and " << other.name;
    }
  }
}

template <class Page>
auto firstEntry(const std::string& json) {
  return parseBody<Page>("{\"entries\":[" + json + "]}").value().entries.at(0);
}

const Texts<UserMini> textsOfUserMini = {
    {"id", &UserMini::id}, {"type", &UserMini::type}, {"name", &UserMini::name}, {"login", &UserMini::login}};

TEST(ParseUsers, GivesEachMemberItsOwnValue) {
  const auto read = [](const std::string& json) {
    UserFull user = parseBody<UserFull>(json).value();
    EXPECT_EQ(user.rawJson, json);
    return user;
  };
  Texts<UserFull> texts = {
      {"created_at", &UserFull::createdAt}, {"modified_at", &UserFull::modifiedAt},
      {"language", &UserFull::language},    {"timezone", &UserFull::timezone},
      {"status", &UserFull::status},        {"job_title", &UserFull::jobTitle},
      {"phone", &UserFull::phone},          {"address", &UserFull::address},
      {"avatar_url", &UserFull::avatarUrl}, {"role", &UserFull::role},
      {"hostname", &UserFull::hostname},    {"external_app_user_id", &UserFull::externalAppUserId},
  };
  for (const auto& text : textsOfUserMini) texts.push_back({text.name, text.member});
  expectEachAlone(texts, "\"x\"", std::string("x"), read);
  expectEachAlone(Texts<UserFull>{{"notification_email", &UserFull::notificationEmail},
                                  {"tracking_codes", &UserFull::trackingCodes}},
                  "[{\"a\": 1}]", std::string("[{\"a\": 1}]"), read);
  expectEachAlone<UserFull, std::optional<std::int64_t>>({{"space_amount", &UserFull::spaceAmount},
                                                          {"space_used", &UserFull::spaceUsed},
                                                          {"max_upload_size", &UserFull::maxUploadSize}},
                                                         "7", 7, read);
  for (const bool value : {true, false}) {
    expectEachAlone<UserFull, std::optional<bool>>(
        {{"can_see_managed_users", &UserFull::canSeeManagedUsers},
         {"is_sync_enabled", &UserFull::isSyncEnabled},
         {"is_external_collab_restricted", &UserFull::isExternalCollabRestricted},
         {"is_exempt_from_device_limits", &UserFull::isExemptFromDeviceLimits},
         {"is_exempt_from_login_verification", &UserFull::isExemptFromLoginVerification},
         {"is_platform_access_only", &UserFull::isPlatformAccessOnly}},
        value ? "true" : "false", value, read);
  }
  expectEachAlone(
      Texts<EnterpriseMini>{
          {"id", &EnterpriseMini::id}, {"type", &EnterpriseMini::type}, {"name", &EnterpriseMini::name}},
      "\"x\"", std::string("x"),
      [](const std::string& json) { return parseBody<UserFull>("{\"enterprise\":" + json + "}")->enterprise; });
}

TEST(ParseUsers, TakesOddShapesForNothingSaid) {
  const auto page = parseBody<Users>(
      R"({"entries":[null,7,{"id":12,"login":null,"name":["x"],"space_used":"big","is_sync_enabled":"yes","enterprise":[]}]})");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->entries.size(), 3u);
  EXPECT_EQ(page->entries[0].rawJson, "null");
  EXPECT_EQ(page->entries[2].id, "12") << "ids are texts, even if Box sends numbers";
  EXPECT_EQ(page->entries[2].login, "");
  EXPECT_EQ(page->entries[2].name, "");
  EXPECT_EQ(page->entries[2].spaceUsed, std::nullopt);
  EXPECT_EQ(page->entries[2].isSyncEnabled, std::nullopt);
}

TEST(ParsePages, RefusesWhatIsNoPage) {
  for (const char* body :
       {"", "null", "[]", "{}", "{\"entries\":null}", "{\"entries\":{}}", "<html>", "{\"entries\":["}) {
    EXPECT_FALSE(parseBody<Users>(body)) << body;
    EXPECT_FALSE(parseBody<Events>(body)) << body << ": silence must not look like an empty page";
  }
  EXPECT_TRUE(parseBody<UserFull>("{}"));
  EXPECT_FALSE(parseBody<UserFull>("[]"));
}

TEST(ParseGroups, KeepsGroupsAndMemberships) {
  const auto groups = parseBody<Groups>(
      R"({"total_count":1,"offset":0,"limit":100,"entries":[{"type":"group","id":"5","name":"Staff","group_type":"managed_group"}]})");
  ASSERT_TRUE(groups);
  EXPECT_EQ(groups->totalCount, 1);
  EXPECT_EQ(groups->entries.at(0).groupType, "managed_group");
  const auto members = parseBody<GroupMemberships>(
      R"({"entries":[{"id":"9","type":"group_membership","role":"admin","user":{"id":"11","login":"a@b.c"},"group":{"id":"5"}}]})");
  ASSERT_TRUE(members);
  EXPECT_EQ(members->entries.at(0).user.login, "a@b.c");
  EXPECT_EQ(members->entries.at(0).group.id, "5");
  EXPECT_EQ(members->entries.at(0).role, "admin");
}

TEST(ParseGroups, GivesEachMemberItsOwnValue) {
  const auto read = [](const std::string& json) {
    GroupFull group = firstEntry<Groups>(json);
    EXPECT_EQ(group.rawJson, json);
    return group;
  };
  expectEachAlone(Texts<GroupFull>{{"id", &GroupFull::id},
                                   {"type", &GroupFull::type},
                                   {"name", &GroupFull::name},
                                   {"group_type", &GroupFull::groupType},
                                   {"created_at", &GroupFull::createdAt},
                                   {"modified_at", &GroupFull::modifiedAt},
                                   {"provenance", &GroupFull::provenance},
                                   {"external_sync_identifier", &GroupFull::externalSyncIdentifier},
                                   {"description", &GroupFull::description},
                                   {"invitability_level", &GroupFull::invitabilityLevel},
                                   {"member_viewability_level", &GroupFull::memberViewabilityLevel}},
                  "\"x\"", std::string("x"), read);
  EXPECT_EQ(read(R"({"permissions":{"can_invite":true}})").permissions, R"({"can_invite":true})");
  EXPECT_EQ(read(R"({"permissions":null})").permissions, "");
}

TEST(ParseGroups, GivesEachMemberOfAMembershipItsOwnValue) {
  const auto read = [](const std::string& json) {
    GroupMembership membership = firstEntry<GroupMemberships>(json);
    EXPECT_EQ(membership.rawJson, json);
    return membership;
  };
  expectEachAlone(Texts<GroupMembership>{{"id", &GroupMembership::id},
                                         {"type", &GroupMembership::type},
                                         {"role", &GroupMembership::role},
                                         {"created_at", &GroupMembership::createdAt},
                                         {"modified_at", &GroupMembership::modifiedAt}},
                  "\"x\"", std::string("x"), read);
  expectEachAlone(textsOfUserMini, "\"x\"", std::string("x"),
                  [&](const std::string& json) { return read("{\"user\":" + json + "}").user; });
  expectEachAlone(Texts<GroupMini>{{"id", &GroupMini::id},
                                   {"type", &GroupMini::type},
                                   {"name", &GroupMini::name},
                                   {"group_type", &GroupMini::groupType}},
                  "\"x\"", std::string("x"),
                  [&](const std::string& json) { return read("{\"group\":" + json + "}").group; });
}

TEST(ParsePages, GivesEachMemberItsOwnValue) {
  const auto read = [](const std::string& json) {
    return parseBody<Users>(json.substr(0, json.size() - 1) + ",\"entries\":[]}").value();
  };
  expectEachAlone<Users, std::optional<std::int64_t>>(
      {{"limit", &Users::limit}, {"offset", &Users::offset}, {"total_count", &Users::totalCount}}, "7", 7, read);
  expectEachAlone(Texts<Users>{{"next_marker", &Users::nextMarker}, {"prev_marker", &Users::prevMarker}}, "\"x\"",
                  std::string("x"), read);
  const auto events = parseBody<Events>(R"({"entries":[],"chunk_size":3})");
  ASSERT_TRUE(events);
  EXPECT_EQ(events->chunkSize, 3);
  EXPECT_EQ(events->nextStreamPosition, "");
}

TEST(ParseEvents, GivesEachMemberItsOwnValue) {
  expectEachAlone(Texts<BoxEvent>{{"type", &BoxEvent::type},
                                  {"event_id", &BoxEvent::eventId},
                                  {"event_type", &BoxEvent::eventType},
                                  {"created_at", &BoxEvent::createdAt},
                                  {"recorded_at", &BoxEvent::recordedAt},
                                  {"session_id", &BoxEvent::sessionId},
                                  {"ip_address", &BoxEvent::ipAddress}},
                  "\"x\"", std::string("x"), eventOf);
  expectEachAlone(textsOfUserMini, "\"x\"", std::string("x"),
                  [](const std::string& json) { return eventOf("{\"created_by\":" + json + "}").createdBy; });
  EXPECT_EQ(eventOf(R"({"event_id":"1"})").rawJson, R"({"event_id":"1"})");
}

TEST(ParseEvents, PrefersTheFirstNameOfAMemberOfASource) {
  const EventSource source = sourceOf(
      R"({"item_type":"b","item_id":"2","item_name":"B","user_name":"C","type":"a","id":"1","name":"A","user_id":"3"})");
  EXPECT_EQ(source.type, "a");
  EXPECT_EQ(source.id, "1");
  EXPECT_EQ(source.name, "A");
  EXPECT_EQ(source.userId, "3");
  EXPECT_EQ(sourceOf(R"({"user_name":"C","item_name":"B"})").name, "B");
  EXPECT_EQ(sourceOf(R"({"type":"","item_type":"b"})").type, "b");
  EXPECT_EQ(sourceOf(R"({"type":"user","id":"1","user_id":"3"})").userId, "1");
  EXPECT_EQ(sourceOf(R"({"type":"user","user_id":"3"})").userId, "3");
}

TEST(ParseEvents, KeepsEachDigitOfAPosition) {
  const auto positionOf = [](const std::string& position) {
    return parseBody<Events>("{\"entries\":[],\"next_stream_position\":" + position + "}")->nextStreamPosition;
  };
  EXPECT_EQ(positionOf("1152923110369165139"), "1152923110369165139");
  EXPECT_EQ(positionOf("\"1152923110369165139\""), "1152923110369165139");
  EXPECT_EQ(positionOf("99999999999999999999999"), "99999999999999999999999");
  EXPECT_EQ(positionOf("0"), "0");
  EXPECT_EQ(positionOf("null"), "");
}

TEST(ParseEvents, KeepsWhatNoListHas) {
  const BoxEvent event = eventOf(
      R"({"type":"event","event_id":"f82c","event_type":"EMAIL_ALIAS_ADD_UNCONFIRMED","created_at":"2022-04-10T05:39:15-07:00",)"
      R"("ip_address":"Unknown IP","action_by":null,"session_id":null,"created_by":{"type":"user","id":"2","name":"Unknown User","login":""}})");
  EXPECT_EQ(event.eventType, "EMAIL_ALIAS_ADD_UNCONFIRMED");
  EXPECT_EQ(event.ipAddress, "Unknown IP");
  EXPECT_EQ(event.createdBy.id, "2");
  EXPECT_EQ(event.sessionId, "");
  EXPECT_NE(event.rawJson.find("action_by"), std::string::npos);
}

TEST(ParseEvents, TakesEachShapeOfASource) {  // following.md 1.3
  EXPECT_EQ(sourceOf("null").rawJson, "");
  const EventSource user = sourceOf(R"({"type":"user","id":"11","login":"a@b.c","name":"Ann"})");
  EXPECT_EQ(user.userId, "11");
  EXPECT_EQ(user.login, "a@b.c");
  const EventSource item = sourceOf(R"({"item_type":"file","item_id":"11","item_name":"x.pdf"})");
  EXPECT_EQ(item.type, "file");
  EXPECT_EQ(item.id, "11");
  EXPECT_EQ(item.userId, "") << "a file with the id of a user is not that user";
  EXPECT_EQ(sourceOf(R"({"type":"folder","id":"11"})").userId, "");
  const EventSource collaboration = sourceOf(R"({"user_id":"11","user_name":"Ann","folder_id":"0"})");
  EXPECT_EQ(collaboration.type, "");
  EXPECT_EQ(collaboration.userId, "11");
  EXPECT_EQ(collaboration.name, "Ann");
  EXPECT_EQ(sourceOf(R"({"type":"user","id":11})").userId, "11");
  for (const char* odd : {"7", "\"text\"", "[]", "[{}]", "true", "{\"type\":{},\"id\":[]}"}) {
    EXPECT_EQ(sourceOf(odd).userId, "") << odd;
    EXPECT_EQ(sourceOf(odd).rawJson, odd);
  }
}

TEST(ParseEvents, GivesDetailsAsJson) {
  const auto detailsOf = [](const std::string& json) {
    return eventOf("{\"additional_details\":" + json + "}").additionalDetails;
  };
  EXPECT_EQ(detailsOf("null"), "");
  EXPECT_EQ(detailsOf(R"({"service_name":"x"})"), R"({"service_name":"x"})");
  EXPECT_EQ(detailsOf(R"("{\"service_name\":\"x\"}")"), R"({"service_name":"x"})");
  EXPECT_EQ(detailsOf(R"("[1]")"), "[1]");
  for (const char* text : {R"("plain words")", R"("7")", R"("true")", R"("\"x\"")", R"("")", R"("{")"}) {
    EXPECT_EQ(detailsOf(text), text) << "a string without an object or a list in it stays a string";
  }
  EXPECT_EQ(eventOf("{}").additionalDetails, "");
}

TEST(BoxTime, ReadsEachOffset) {
  const auto expected = system_clock::from_time_t(1649594355);
  for (const char* text : {"2022-04-10T05:39:15-07:00", "2022-04-10T12:39:15+00:00", "2022-04-10T22:39:15+10:00",
                           "2022-04-10T12:39:15Z", "2022-04-10T12:39:15.999Z", "2022-04-10T18:09:15+0530"}) {
    EXPECT_EQ(parseBoxTime(text), expected) << text;
  }
  for (const char* text : {"", "2022", "2022-04-10", "2022-04-10T05:39:15", "2022-13-10T05:39:15Z",
                           "2022-02-30T05:39:15Z", "2022-04-10T25:39:15Z", "2022-04-10T05:39:15-24:00",
                           "2022-04-10T05:39:15Zx", "2022-04-10T05:39:15.Z", "9999-04-10T05:39:15Z", "now"}) {
    EXPECT_FALSE(parseBoxTime(text)) << text;
  }
}

TEST(BoxTime, IsNotReadFromATextThatIsCutOrHasAWrongCharacter) {
  const std::string_view whole = "2022-04-10T05:39:15.5-07:00";
  ASSERT_TRUE(parseBoxTime(whole));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(parseBoxTime(whole.substr(0, i))) << i;
    std::string wrong(whole);
    wrong[i] = 'x';
    EXPECT_FALSE(parseBoxTime(wrong)) << wrong;
  }
}

TEST(BoxTime, TakesEachPartUpToItsLimit) {
  for (const char* text :
       {"1700-01-01T00:00:00Z", "2200-12-31T00:00:00Z", "2022-04-10T23:39:15Z", "2022-04-10T05:59:15Z",
        "2022-04-10T05:00:60Z", "2022-04-10T00:00:00Z", "2022-04-10T05:39:15+23:59", "2022-04-10T05:39:15-23:59",
        "2024-02-29T05:39:15z", "2022-04-10t05:39:15Z", "2022-04-10 05:39:15Z", "2022-04-10T05:39:15.1Z"}) {
    EXPECT_TRUE(parseBoxTime(text)) << text;
  }
  for (const char* text :
       {"1699-12-31T00:00:00Z",   "2201-01-01T00:00:00Z",      "2022-04-10T24:39:15Z",      "2022-04-10T05:60:15Z",
        "2022-04-10T05:00:61Z",   "2022-04-10T05:39:15+24:00", "2022-04-10T05:39:15+23:60", "2022-04-10T05:39:15+5:30",
        "2022-04-10T05:39:15+05", "2023-02-29T05:39:15Z",      "2022-00-10T05:39:15Z",      "2022-04-00T05:39:15Z",
        "2022-04-10x05:39:15Z",   "2022/04/10T05:39:15Z",      "+022-04-10T05:39:15Z",      "2022-4-10T05:39:15Z",
        "2022- 4-10T05:39:15Z",   "2022-04-10T 5:39:15Z",      "2022-04-10T05:39:15- 7:00", "2022-04-10T05:39:15",
        " 2022-04-10T05:39:15Z"}) {
    EXPECT_FALSE(parseBoxTime(text)) << text;
  }
  const auto of = [](const char* text) { return parseBoxTime(text).value(); };
  EXPECT_EQ(of("2022-04-10T05:00:00+05:30"), of("2022-04-09T23:30:00Z"));
  EXPECT_EQ(of("2022-04-10T22:00:00-05:30"), of("2022-04-11T03:30:00Z"));
  EXPECT_EQ(of("2022-04-10T05:00:60Z"), of("2022-04-10T05:01:00Z"));
}

TEST(BoxTime, IsWrittenWithAnOffsetAndWithoutAFraction) {
  const auto time = system_clock::from_time_t(1649594355) + std::chrono::milliseconds(999);
  EXPECT_EQ(formatBoxTime(time), "2022-04-10T12:39:15-00:00");
  EXPECT_EQ(parseBoxTime(formatBoxTime(time)), system_clock::from_time_t(1649594355));
  EXPECT_EQ(formatBoxTime(system_clock::from_time_t(-1)), "1969-12-31T23:59:59-00:00");
}

// Each entry needs hundreds of bytes, and two bytes of JSON are one.
TEST(ParseUsers, APageHasFiveThousandEntriesAtMost) {
  std::string entries = "0";
  for (int i = 1; i < 5'000; ++i) entries += ",0";
  EXPECT_EQ(parseBody<Users>("{\"entries\":[" + entries + "]}").value().entries.size(), 5'000U);
  EXPECT_FALSE(parseBody<Users>("{\"entries\":[" + entries + ",0]}"));
  EXPECT_FALSE(parseBody<Users>("{\"entries\":[" + entries + ",0,0]}"));
}

}  // namespace
}  // namespace box
