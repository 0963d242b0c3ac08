#include "box/network/headers.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace box {
namespace {

std::string text(const HttpHeaders& headers) {
  std::string out;
  for (HeaderView h : headers) out.append(h.name).append("=").append(h.value).append(";");
  return out;
}

HttpHeaders some() {
  HttpHeaders headers;
  headers.append("X-A", "1");
  headers.append("X-B", "2");
  headers.append("x-a", "3");
  return headers;
}

TEST(HttpHeaders, KeepOrderSpellingAndRepeats) {
  const HttpHeaders headers = some();
  EXPECT_EQ(text(headers), "X-A=1;X-B=2;x-a=3;");
  EXPECT_EQ(headers.size(), 3U);
  EXPECT_FALSE(headers.empty());
  EXPECT_EQ(headers[2].name, "x-a");
  EXPECT_EQ(headers[2].value, "3");
}

TEST(HttpHeaders, CompareNamesWithoutCase) {
  const HttpHeaders headers = some();
  EXPECT_EQ(headers.get("X-a"), "1");
  EXPECT_EQ(headers.count("X-a"), 2U);
  EXPECT_TRUE(headers.contains("x-B"));
  for (const char* name : {"", "X", "X-", "X-AA", "X-C",
                           "X\x0d"
                           "A"}) {
    EXPECT_FALSE(headers.contains(name)) << name;
    EXPECT_EQ(headers.get(name), std::nullopt) << name;
    EXPECT_EQ(headers.count(name), 0U) << name;
  }
}

TEST(HttpHeaders, ReplaceEveryFieldOfANameByOne) {
  HttpHeaders headers = some();
  headers.set("X-a", "9");
  EXPECT_EQ(text(headers), "X-B=2;X-a=9;");
  headers.set("X-New", "n");
  EXPECT_EQ(text(headers), "X-B=2;X-a=9;X-New=n;");
}

TEST(HttpHeaders, EraseAndClear) {
  HttpHeaders headers = some();
  headers.erase("x-A");
  EXPECT_EQ(text(headers), "X-B=2;");
  headers.erase("x-A");
  EXPECT_EQ(text(headers), "X-B=2;");
  headers.append("X-A", "4");
  EXPECT_EQ(text(headers), "X-B=2;X-A=4;");
  headers.clear();
  EXPECT_TRUE(headers.empty());
  EXPECT_EQ(headers.begin(), headers.end());
}

TEST(HttpHeaders, SetFromTheirOwnText) {
  HttpHeaders headers = some();
  headers.set(headers[0].name, headers[1].value);
  EXPECT_EQ(text(headers), "X-B=2;X-A=2;");
  headers.set(headers[1].value, headers[0].name);
  EXPECT_EQ(text(headers), "X-B=2;X-A=2;2=X-B;");
}

TEST(HttpHeaders, EraseByANameOfTheirOwn) {
  HttpHeaders headers;
  for (const char* name : {"X-A", "X-C", "X-A", "X-Long", "X-A"}) headers.append(name, "1");
  headers.erase(headers[0].name);
  EXPECT_EQ(text(headers), "X-C=1;X-Long=1;");
}

TEST(HttpHeaders, AppendFromTheirOwnText) {
  // The text becomes so long that it moves to other memory repeatedly.
  HttpHeaders headers;
  headers.append("X-Name", std::string(40, 'v'));
  for (int i = 0; i < 200; ++i) headers.append(headers[0].name, headers[0].value);
  ASSERT_EQ(headers.count("X-Name"), 201U);
  for (HeaderView h : headers) EXPECT_EQ(h.value, std::string(40, 'v'));
  headers.append("Y", headers[200].value);
  EXPECT_EQ(headers.get("Y"), std::string(40, 'v'));
}

TEST(HttpHeaders, AppendFromTheirOwnTextWhereItIsShort) {
  HttpHeaders headers;
  headers.append("A", "1234");
  for (const HttpHeaders& from : {HttpHeaders(headers), headers}) {
    HttpHeaders copy(from);  // a copy of so few bytes has them in the string object itself
    copy.append("B", *copy.get("A"));
    EXPECT_EQ(copy.get("B"), "1234");
    EXPECT_EQ(copy.get("A"), "1234");
  }
}

TEST(HttpHeaders, HoldEmptyNamesAndValuesAndAnyBytes) {
  // HttpHeaders validates nothing; the code that sends them does.
  HttpHeaders headers;
  headers.append("", "");
  headers.append("X", "");
  headers.append("Y", std::string_view("\0\r\n\xff", 4));
  EXPECT_EQ(headers.size(), 3U);
  EXPECT_EQ(headers.get(""), "");
  EXPECT_EQ(headers.get("x"), "");
  EXPECT_EQ(headers.get("y"), std::string_view("\0\r\n\xff", 4));
}

TEST(HttpHeaders, AreCopiedWhole) {
  HttpHeaders headers = some();
  HttpHeaders copy = headers;
  headers.set("X-A", "changed");
  EXPECT_EQ(text(copy), "X-A=1;X-B=2;x-a=3;");
  const HttpHeaders moved = std::move(copy);
  EXPECT_EQ(text(moved), "X-A=1;X-B=2;x-a=3;");
}

TEST(HttpHeaders, CopyWhatAViewLooksAt) {
  const std::map<std::string, std::string> map = {{"X-A", "1"}, {"X-B", "2"}};
  EXPECT_EQ(text(HttpHeaders(map)), "X-A=1;X-B=2;");
  EXPECT_EQ(text(HttpHeaders(HeaderListView{{"X-C", "3"}, {"X-D", "4"}})), "X-C=3;X-D=4;");
  EXPECT_TRUE(HttpHeaders(HeaderListView()).empty());
}

TEST(HttpHeaders, AreARange) {
  const HttpHeaders headers = some();
  auto i = headers.begin();
  const auto before = i++;
  EXPECT_EQ((*before).value, "1");
  EXPECT_EQ((*i).value, "2");
  EXPECT_EQ((*++i).value, "3");
  EXPECT_EQ(++i, headers.end());
}

}  // namespace
}  // namespace box
