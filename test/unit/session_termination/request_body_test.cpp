#include "session_termination/request_body.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

#include "box/error.hpp"

namespace box {
namespace {

using Strings = std::vector<std::string>;

std::string users(const StringListView& ids, const StringListView& logins) {
  return encodeBody({{"user_ids", "userIds", BodyList::Kind::ids, ids},
                     {"user_logins", "userLogins", BodyList::Kind::logins, logins}});
}

std::string groups(const StringListView& ids) {
  return encodeBody({{"group_ids", "groupIds", BodyList::Kind::ids, ids}});
}

/// The text of the refusal; empty: it was encoded.
std::string refusal(const Strings& ids, const Strings& logins) {
  try {
    users(ids, logins);
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidRequest);
    EXPECT_EQ(error.fate(), Fate::notSent);
    return error.details().context;
  }
  return {};
}

TEST(RequestBody, IsWhatBoxAsksFor) {
  EXPECT_EQ(users({"1", "23"}, {"ann@example.com"}), R"({"user_ids":["1","23"],"user_logins":["ann@example.com"]})");
  EXPECT_EQ(groups({"7"}), R"({"group_ids":["7"]})");
  EXPECT_EQ(groups(Strings{"7", "8", "9"}), R"({"group_ids":["7","8","9"]})");
}

TEST(RequestBody, NamesBothUserListsAlsoWhereOneIsEmpty) {
  EXPECT_EQ(users({"1"}, {}), R"({"user_ids":["1"],"user_logins":[]})");
  EXPECT_EQ(users({}, {"a"}), R"({"user_ids":[],"user_logins":["a"]})");
  EXPECT_EQ(users(Strings(), Strings{"a"}), R"({"user_ids":[],"user_logins":["a"]})");
}

TEST(RequestBody, KeepsOrderAndRepeats) { EXPECT_EQ(groups({"2", "1", "2"}), R"({"group_ids":["2","1","2"]})"); }

TEST(RequestBody, EscapesLogins) {
  EXPECT_EQ(users({}, {R"(a"b\c/d)"}), R"({"user_ids":[],"user_logins":["a\"b\\c/d"]})");
  EXPECT_EQ(users({}, {"gr\xc3\xbc\xc3\x9f@\xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x99\x82"}),
            "{\"user_ids\":[],\"user_logins\":[\"gr\xc3\xbc\xc3\x9f@\xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x99\x82\"]}");
}

TEST(RequestBody, ComesBackTheSameFromAParser) {
  // Around the 512 bytes at which the serializer works, and everything that must be escaped at their edge.
  for (std::size_t size = 300; size <= 320; ++size) {
    for (const char* tail : {"\"", "\\", "\\\"", "\xf0\x9f\x99\x82", "x"}) {
      const std::string text(tail);
      const std::string login = std::string(size - text.size(), '"') + text;
      const boost::json::value document = boost::json::parse(users({"1"}, {login, login}));
      const auto& list = document.as_object().at("user_logins").as_array();
      ASSERT_EQ(list.size(), 2U);
      EXPECT_EQ(list[0].as_string(), login);
      EXPECT_EQ(list[1].as_string(), login);
    }
  }
}

TEST(RequestBody, TakesManyEntries) {
  Strings ids, logins;
  for (int i = 0; i < 20'000; ++i) {
    ids.push_back(std::to_string(i));
    logins.push_back("user" + std::to_string(i) + "@example.com");
  }
  const boost::json::value document = boost::json::parse(users(ids, logins));
  EXPECT_EQ(document.as_object().at("user_ids").as_array().size(), ids.size());
  EXPECT_EQ(document.as_object().at("user_logins").as_array().back().as_string(), logins.back());
}

TEST(RequestBody, RefusesToDoNothing) {
  EXPECT_NE(refusal({}, {}).find("userIds and userLogins"), std::string::npos);
  try {
    groups({});
    ADD_FAILURE();
  } catch (const BoxSdkError& error) {
    EXPECT_NE(std::string_view(error.what()).find("groupIds is empty"), std::string_view::npos) << error.what();
  }
}

TEST(RequestBody, NamesListAndPositionAndNeverTheEntry) {
  const std::string nul("secret\0", 7);
  const Strings badIds = {"",        "secret",   "1 ",    " 1",       "-1", "+1",   "1.0", "0x1secret",
                          "1e5",     "1\n",      "1\r\n", "1\t",      nul,  "\x7f", "1,2", "123456789012345678901",
                          "s@ecret", "\xd9\xa3", "\xff",  "1\xc2\x85"};
  for (const std::string& bad : badIds) {
    const std::string text = refusal({"1", "2", bad, "3"}, {"a"});
    EXPECT_TRUE(text.starts_with("userIds[2] ")) << testing::PrintToString(bad) << ": " << text;
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    if (bad.size() > 2) {
      EXPECT_EQ(text.find(bad), std::string::npos) << text;
    }
  }
  const Strings badLogins = {"",
                             nul,
                             "secret\n",
                             "secret\r\n",
                             "\tsecret",
                             "secret\x1b[2J",
                             "\x7fsecret",
                             "secret\xff",
                             "secret\xc0\xaf",
                             "secret\xed\xa0\x80",
                             "secret\xc2",
                             "secret\xc2\x80",
                             "secret\xc2\x9f",
                             "secret\xc2\x85",
                             std::string(321, 's')};
  for (const std::string& bad : badLogins) {
    const std::string text = refusal({"1"}, {bad, "b"});
    EXPECT_TRUE(text.starts_with("userLogins[0] ")) << testing::PrintToString(bad) << ": " << text;
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos);
  }
}

TEST(RequestBody, TellsAnIdListWhereLoginsBelong) {
  EXPECT_NE(refusal({"ann@example.com"}, {}).find("userLogins"), std::string::npos);
}

TEST(RequestBody, TakesWhatIsJustWithinItsLimits) {
  EXPECT_EQ(refusal({"12345678901234567890", "0", "007"}, {}), "");
  EXPECT_EQ(refusal({}, {std::string(320, 'a'), "a b", "\xc2\xa0", "\xc3\x80", "\xe2\x82\xac", "1"}), "");
}

TEST(Utf8, FollowsRfc3629) {
  using namespace std::string_view_literals;
  for (const std::string_view good :
       {""sv, "a"sv, "\0"sv, "\x7f"sv, "\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv, "\xe1\x80\x80"sv, "\xec\xbf\xbf"sv,
        "\xed\x80\x80"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv, "\xef\xbf\xbf"sv, "\xf0\x90\x80\x80"sv,
        "\xf1\x80\x80\x80"sv, "\xf3\xbf\xbf\xbf"sv, "\xf4\x8f\xbf\xbf"sv, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82z"sv}) {
    EXPECT_TRUE(isUtf8(good)) << testing::PrintToString(std::string(good));
  }
  for (const std::string_view bad : {"\x80"sv,
                                     "\xbf"sv,
                                     "\xc0\x80"sv,
                                     "\xc1\xbf"sv,
                                     "\xc2"sv,
                                     "\xc2\x7f"sv,
                                     "\xc2\xc0"sv,
                                     "\xdf"sv,
                                     "\xe0\x80\x80"sv,
                                     "\xe0\x9f\xbf"sv,
                                     "\xe0\xa0"sv,
                                     "\xe0\xa0\x7f"sv,
                                     "\xe1\x80"sv,
                                     "\xe1\x7f\x80"sv,
                                     "\xed\xa0\x80"sv,
                                     "\xed\xbf\xbf"sv,
                                     "\xef\xbf"sv,
                                     "\xf0\x80\x80\x80"sv,
                                     "\xf0\x8f\xbf\xbf"sv,
                                     "\xf0\x90\x80"sv,
                                     "\xf0\x90\x80\xc0"sv,
                                     "\xf0\x90\x7f\x80"sv,
                                     "\xf4\x90\x80\x80"sv,
                                     "\xf5\x80\x80\x80"sv,
                                     "\xf8\x88\x80\x80\x80"sv,
                                     "\xfe"sv,
                                     "\xff"sv,
                                     "a\xff"sv,
                                     "\xe2\x82"
                                     "a"sv}) {
    EXPECT_FALSE(isUtf8(bad)) << testing::PrintToString(std::string(bad));
  }
}

}  // namespace
}  // namespace box
