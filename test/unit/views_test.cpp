#include "box/views.hpp"

#include <array>
#include <iterator>
#include <list>
#include <map>
#include <ranges>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "box/session_termination.hpp"

namespace box {
namespace {

using Strings = std::vector<std::string>;

Strings seen(StringListView view) {
  Strings all;
  view.forEach([&](std::string_view item) { all.emplace_back(item); });
  return all;
}

std::string shown(HeaderListView view) {
  std::string all;
  view.forEach([&](HeaderView h) { all.append(h.name).append("=").append(h.value).append(";"); });
  return all;
}

TEST(StringListView, LooksAtStringsInBraces) {
  const std::string a = "a";
  const std::string_view b = "b";
  EXPECT_EQ(seen({}), Strings());
  EXPECT_EQ(seen(StringListView()), Strings());
  EXPECT_EQ(seen({a}), Strings({"a"}));
  EXPECT_EQ(seen({a, b, "c", std::string("d")}), Strings({"a", "b", "c", "d"}));
  EXPECT_EQ(seen({"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"}).size(), 16U);
}

TEST(StringListView, TakesOneStringForOneEntryAndNotForCharacters) {
  EXPECT_EQ(seen("abc"), Strings({"abc"}));
  EXPECT_EQ(seen(std::string("abc")), Strings({"abc"}));
  EXPECT_EQ(seen({"ab", "cd"}), Strings({"ab", "cd"})) << "two entries, not a pair of iterators";
  EXPECT_EQ(seen({std::string(), ""}), Strings({"", ""}))
      << "empty strings are entries; a caller that does not want them refuses them";
}

/// A range that can be read only once.
struct ReadOnce {
  std::istream_iterator<std::string> begin() const { return {}; }
  std::istream_iterator<std::string> end() const { return {}; }
};
// A call reads a list twice, and the second reading of such a range has the first string only.
static_assert(std::ranges::input_range<const ReadOnce> && !detail::StringRange<ReadOnce>);

TEST(StringListView, LooksAtAnyRangeOfStrings) {
  const Strings expected = {"a", "b", "c"};
  EXPECT_EQ(seen(expected), expected);
  EXPECT_EQ(seen(std::list<std::string>{"a", "b", "c"}), expected);
  EXPECT_EQ(seen(std::set<std::string>{"c", "a", "b"}), expected);
  EXPECT_EQ(seen(std::array<const char*, 3>{"a", "b", "c"}), expected);
  EXPECT_EQ(seen(std::vector<std::string_view>{"a", "b", "c"}), expected);
  const char* const plain[] = {"a", "b", "c"};
  EXPECT_EQ(seen(plain), expected);
  EXPECT_EQ(seen(Strings()), Strings());
  EXPECT_EQ(seen(Strings(20'000, "x")).size(), 20'000U);
}

TEST(StringListView, CopiesNothing) {
  Strings list = {"a"};
  const StringListView view(list);
  const StringListView copy = view;  // NOLINT: the test examines the copy
  list[0] = "changed";
  list.push_back("more");
  EXPECT_EQ(seen(copy), Strings({"changed", "more"}));
  const StringListView one(list[0]);
  one.forEach([&](std::string_view item) { EXPECT_EQ(item.data(), list[0].data()); });
}

TEST(StringListView, LetsAVisitorsExceptionThrough) {
  const Strings list = {"a", "b"};
  int visits = 0;
  EXPECT_THROW(StringListView(list).forEach([&](std::string_view) {
    ++visits;
    throw 1;
  }),
               int);
  EXPECT_EQ(visits, 1);
}

TEST(HeaderListView, LooksAtPairsInBraces) {
  const std::string name = "X-B";
  EXPECT_EQ(shown(HeaderListView()), "");
  EXPECT_EQ(shown(HeaderListView{{"X-A", "1"}}), "X-A=1;");
  EXPECT_EQ(shown(HeaderListView{{"X-A", "1"}, {name, std::string("2")}}), "X-A=1;X-B=2;");
  EXPECT_EQ(shown(HeaderListView{
                {"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}, {"5", "e"}, {"6", "f"}, {"7", "g"}, {"8", "h"}}),
            "1=a;2=b;3=c;4=d;5=e;6=f;7=g;8=h;");
}

TEST(HeaderListView, ShowsEmptyNamesSoThatTheyCanBeRefused) { EXPECT_EQ(shown(HeaderListView{{"", "1"}}), "=1;"); }

TEST(HeaderListView, LooksAtAnyRangeOfPairs) {
  const std::map<std::string, std::string> map = {{"A", "1"}, {"B", "2"}};
  EXPECT_EQ(shown(HeaderListView(map)), "A=1;B=2;");
  EXPECT_EQ(shown(HeaderListView(std::vector<std::pair<const char*, std::string_view>>{{"A", "1"}, {"A", "2"}})),
            "A=1;A=2;");
  EXPECT_EQ(shown(HeaderListView(std::unordered_map<std::string, std::string>{{"A", "1"}})), "A=1;");
}

TEST(RequestBodyView, LooksAtAnOwningBody) {
  TerminateUsersSessionsRequestBody body({"1", "2"}, {"a"});
  const TerminateUsersSessionsRequestBodyView view = body;
  EXPECT_EQ(seen(view.userIds), Strings({"1", "2"}));
  EXPECT_EQ(seen(view.userLogins), Strings({"a"}));
  const TerminateGroupsSessionsRequestBody group({"7"});
  EXPECT_EQ(seen(static_cast<TerminateGroupsSessionsRequestBodyView>(group).groupIds), Strings({"7"}));
}

}  // namespace
}  // namespace box
