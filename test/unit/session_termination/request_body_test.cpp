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
  return encodeBody(
      {{"user_ids", "userIds", EntryKind::userId, ids}, {"user_logins", "userLogins", EntryKind::userLogin, logins}});
}

std::string groups(const StringListView& ids) {
  return encodeBody({{"group_ids", "groupIds", EntryKind::groupId, ids}});
}

/// The text of the refusal; empty: the body was encoded.
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
  EXPECT_EQ(users({}, {"a@b.c"}), R"({"user_ids":[],"user_logins":["a@b.c"]})");
  EXPECT_EQ(users(Strings(), Strings{"a@b.c"}), R"({"user_ids":[],"user_logins":["a@b.c"]})");
}

TEST(RequestBody, KeepsOrderAndRepeats) { EXPECT_EQ(groups({"2", "1", "2"}), R"({"group_ids":["2","1","2"]})"); }

TEST(RequestBody, ComesBackTheSameFromAParser) {
  const Strings logins = {"o'brien+x/y@example.com", "gr\xc3\xbc\xc3\x9f@\xe6\x9d\xb1\xe4\xba\xac.example",
                          "\xf0\x9f\x99\x82@example.com", std::string(308, 'a') + "@example.com"};
  const boost::json::value document = boost::json::parse(users({"1"}, logins));
  const auto& list = document.as_object().at("user_logins").as_array();
  ASSERT_EQ(list.size(), logins.size());
  for (std::size_t i = 0; i < logins.size(); ++i) EXPECT_EQ(list[i].as_string(), logins[i]);
}

// Entries are written without escaping, so that the rule for entries must refuse everything that JSON would escape.
TEST(RequestBody, NothingThatJsonEscapesPasses) {
  for (int c = 0; c < 0x20; ++c)
    EXPECT_NE(refusal({}, {"a" + std::string(1, static_cast<char>(c)) + "@x.org"}), "") << c;
  EXPECT_NE(refusal({}, {R"(a"b@x.org)"}), "");
  EXPECT_NE(refusal({}, {R"(a\b@x.org)"}), "");
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
    const std::string text = refusal({"1", "2", bad, "3"}, {"a@b.c"});
    EXPECT_TRUE(text.starts_with("userIds[2] ")) << testing::PrintToString(bad) << ": " << text;
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    if (bad.size() > 2) {
      EXPECT_EQ(text.find(bad), std::string::npos) << text;
    }
  }
  const std::string domain = "@example.com";
  const Strings badLogins = {"",
                             nul + domain,
                             "secret",
                             "secret\n" + domain,
                             "\tsecret" + domain,
                             "secret\x1b[2J" + domain,
                             "secret\xff" + domain,
                             "secret\xc2\x85" + domain,
                             "secret\u200b" + domain,
                             std::string(321, 's') + domain};
  for (const std::string& bad : badLogins) {
    const std::string text = refusal({"1"}, {bad, "a@b.c"});
    EXPECT_TRUE(text.starts_with("userLogins[0] ")) << testing::PrintToString(bad) << ": " << text;
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos);
  }
}

TEST(RequestBody, TellsAnIdListWhereLoginsBelong) {
  EXPECT_NE(refusal({"ann@example.com"}, {}).find("where the logins are"), std::string::npos);
}

TEST(RequestBody, TakesWhatIsJustWithinItsLimits) {
  EXPECT_EQ(refusal({"12345678901234567890", "0", "007"}, {}), "");
  EXPECT_EQ(refusal({}, {std::string(318, 'a') + "@b", "a@b"}), "");
}

}  // namespace
}  // namespace box
