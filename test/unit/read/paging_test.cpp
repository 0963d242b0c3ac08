#include "read/paging.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "box/error.hpp"
#include "read/stream_cursor.hpp"

namespace box {
namespace {

PageInfo page(std::int64_t offset, std::int64_t limit, std::optional<std::int64_t> total) {
  PageInfo info;
  info.offset = offset;
  info.limit = limit;
  info.totalCount = total;
  return info;
}

PageInfo marked(std::string next) {
  PageInfo info;
  info.nextMarker = std::move(next);
  return info;
}

TEST(Paging, ByMarkerEndsWhereThereIsNoOther) {
  Paging paging = Paging::byMarker(100, "");
  EXPECT_EQ(paging.next().marker, "");
  EXPECT_FALSE(paging.next().offset);
  paging.take(marked("a"), 0);
  EXPECT_EQ(paging.end(), ListEnd::reading) << "an empty page is not the end";
  EXPECT_EQ(paging.next().marker, "a");
  paging.take(marked("b"), 100);
  paging.take(marked(""), 3);
  EXPECT_EQ(paging.end(), ListEnd::complete);
}

TEST(Paging, ByMarkerFollowsNoCircle) {
  Paging paging = Paging::byMarker(100, "");
  paging.take(marked("a"), 1);
  EXPECT_THROW(paging.take(marked("a"), 1), BoxSdkError);
  EXPECT_EQ(paging.next().marker, "a") << "the page can be requested again";
  Paging round = Paging::byMarker(100, "");
  round.take(marked("a"), 100);
  round.take(marked("b"), 100);
  EXPECT_THROW(round.take(marked("a"), 100), BoxSdkError) << "everybody would be listed again, and again";
  EXPECT_EQ(round.next().marker, "b");
  Paging given = Paging::byMarker(100, "a");
  given.take(marked("b"), 100);
  EXPECT_THROW(given.take(marked("a"), 100), BoxSdkError);
  Paging endless = Paging::byMarker(100, "");
  int pages = 0;
  try {
    for (; pages < 1'000; ++pages) endless.take(marked(std::to_string(pages)), 0);
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::unexpectedResponse);
  }
  EXPECT_LT(pages, 200);
}

TEST(Paging, TakesAHundredEmptyPagesInARowAndNoMore) {
  Paging paging = Paging::byMarker(100, "");
  for (int i = 0; i < 100; ++i) paging.take(marked("a" + std::to_string(i)), 0);
  paging.take(marked("b"), 1);  // an entry: the count begins again
  for (int i = 0; i < 100; ++i) paging.take(marked("c" + std::to_string(i)), 0);
  try {
    paging.take(marked("d"), 0);
    ADD_FAILURE() << "taken";
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::unexpectedResponse);
    EXPECT_EQ(error.fate(), Fate::accepted) << "Box has answered";
    EXPECT_EQ(error.phase(), Phase::response);
  }
}

TEST(Paging, TakesNoMarkerThatMakesTheUrlTooLong) {
  Paging paging = Paging::byMarker(100, "");
  EXPECT_THROW(paging.take(marked(std::string(1'001, 'a')), 1), BoxSdkError);
  EXPECT_EQ(paging.next().marker, "");
  paging.take(marked(std::string(1'000, 'a')), 1);
  EXPECT_EQ(paging.next().marker.size(), 1'000u);
}

TEST(Paging, ByOffsetStepsByTheLimitThatBoxHasUsed) {
  Paging paging = Paging::byOffset(1'000, 0);
  paging.take(page(0, 100, 250), 40);  // some entries are hidden
  EXPECT_EQ(*paging.next().offset, 100);
  paging.take(page(100, 100, 250), 0);
  EXPECT_EQ(paging.end(), ListEnd::reading) << "an empty page is no end where the total says more";
  paging.take(page(200, 100, 250), 50);
  EXPECT_EQ(paging.end(), ListEnd::complete);
}

TEST(Paging, ByOffsetWithoutATotalEndsWithAnEmptyPage) {
  Paging paging = Paging::byOffset(100, 0);
  paging.take(PageInfo(), 3);
  EXPECT_EQ(paging.end(), ListEnd::reading);
  EXPECT_EQ(*paging.next().offset, 100);
  paging.take(PageInfo(), 0);
  EXPECT_EQ(paging.end(), ListEnd::complete);
}

TEST(Paging, ByOffsetRefusesAnotherPage) {
  Paging paging = Paging::byOffset(100, 0);
  paging.take(page(0, 100, 300), 100);
  EXPECT_THROW(paging.take(page(0, 100, 300), 100), BoxSdkError) << "a gateway that drops the query";
  EXPECT_EQ(*paging.next().offset, 100);
}

TEST(Paging, SaysWhereBoxsLimitCutsAList) {
  Paging cut = Paging::byOffset(1'000, 0);
  std::int64_t listed = 0;
  while (cut.end() == ListEnd::reading) {
    ASSERT_LE(*cut.next().offset, Paging::largestOffset);
    cut.take(page(*cut.next().offset, 1'000, 20'000), 1'000);
    listed += 1'000;
  }
  EXPECT_EQ(cut.end(), ListEnd::offsetLimit);
  EXPECT_EQ(listed, 11'000);
  Paging whole = Paging::byOffset(1'000, 0);
  while (whole.end() == ListEnd::reading) whole.take(page(*whole.next().offset, 1'000, 11'000), 1'000);
  EXPECT_EQ(whole.end(), ListEnd::complete);
}

/// A list from which users are removed while it is read.
std::set<int> readWhileShrinking(unsigned removals, ListEnd& end) {
  std::vector<int> list;
  for (int i = 0; i < 30; ++i) list.push_back(i);
  Paging paging = Paging::byOffset(10, 0);
  std::set<int> seen;
  for (int pages = 0; paging.end() == ListEnd::reading && pages < 100; ++pages) {
    const auto from = static_cast<std::size_t>(*paging.next().offset);
    std::size_t count = 0;
    for (std::size_t i = from; i < std::min(from + 10, list.size()); ++i, ++count) seen.insert(list[i]);
    paging.take(page(*paging.next().offset, 10, static_cast<std::int64_t>(list.size())), count);
    if (removals > 0) {
      --removals;
      list.erase(list.begin());
    }
  }
  end = paging.end();
  return seen;
}

TEST(Paging, ReadsAListAgainThatBecameShorter) {
  ListEnd end = ListEnd::reading;
  const std::set<int> seen = readWhileShrinking(1, end);
  EXPECT_EQ(end, ListEnd::complete);
  EXPECT_EQ(seen.size(), 30u) << "entry 10 moved to the page that had been read";
  readWhileShrinking(20, end);
  EXPECT_EQ(end, ListEnd::changing);
}

TEST(Paging, HalvesPagesThatAreTooLarge) {
  Paging paging = Paging::byOffset(5, 0);
  EXPECT_TRUE(paging.halve());
  EXPECT_EQ(paging.next().limit, 2);
  EXPECT_TRUE(paging.halve());
  EXPECT_FALSE(paging.halve());
  EXPECT_EQ(paging.next().limit, 1);
}

using Next = StreamCursor::Next;

TEST(StreamCursor, TakesNoShortPageForTheEnd) {  // following.md 2.2
  StreamCursor cursor("100");
  EXPECT_EQ(cursor.take("101", 1), Next::more);
  EXPECT_EQ(cursor.take("101", 0), Next::wait);
  EXPECT_EQ(cursor.position(), "101");
  EXPECT_EQ(cursor.take("101", 3), Next::wait) << "an unchanged position is the end, with or without events";
  EXPECT_EQ(cursor.take("102", 0), Next::more) << "a filter may leave a page empty";
}

TEST(StreamCursor, KeepsTheLastGoodPosition) {
  StreamCursor cursor("1152923110369165139");
  EXPECT_EQ(cursor.take("", 5), Next::lost);
  EXPECT_EQ(cursor.take("0", 5), Next::lost) << "0 would begin with the oldest event again";
  EXPECT_EQ(cursor.take("0", 0), Next::wait) << "admin_logs at its end";
  EXPECT_EQ(cursor.position(), "1152923110369165139");
  for (const char* odd : {"1.15292311036917e+18", "-1", "now", "x", "11529231103691651391152923110369165139152"}) {
    EXPECT_EQ(cursor.take(odd, 5), Next::lost) << odd << " would be refused, or pass over what comes meanwhile";
  }
  EXPECT_EQ(cursor.position(), "1152923110369165139");
  EXPECT_EQ(cursor.withoutPosition(), 7u);
  EXPECT_EQ(cursor.take("1152923110369165140", 5), Next::more);
  EXPECT_EQ(cursor.position(), "1152923110369165140");
}

// Box has been seen to give this answer to "now" of admin_logs. If a reader asked for "now" again, it would miss
// events.
TEST(StreamCursor, ZeroAfterNowIsNoPosition) {
  StreamCursor cursor("now");
  EXPECT_EQ(cursor.take("0", 0), Next::lost);
  EXPECT_EQ(cursor.withoutPosition(), 1u);
  EXPECT_EQ(cursor.position(), "now");
  EXPECT_EQ(StreamCursor("").take("0", 0), Next::wait) << "there are no events at all";
}

TEST(StreamCursor, PausesAfterSixteenEmptyPagesInARow) {
  StreamCursor cursor("1000");
  const auto pages = [&](int from) {
    for (int i = from; i < from + 16; ++i) EXPECT_EQ(cursor.take(std::to_string(i), 0), Next::more) << i;
  };
  pages(1);
  EXPECT_EQ(cursor.take("100", 1), Next::more) << "an event: the count begins again";
  pages(101);
  EXPECT_EQ(cursor.take("200", 0), Next::pause);
  EXPECT_EQ(cursor.position(), "200");
  pages(201);
  EXPECT_EQ(cursor.take("300", 0), Next::pause) << "after a pause the count begins again";
}

TEST(Paging, ByOffsetBelievesNoLimitThatCannotBe) {
  for (const std::int64_t limit : {std::int64_t(0), std::int64_t(-5), std::int64_t(1'000)}) {
    Paging paging = Paging::byOffset(100, 50);
    paging.take(page(50, limit, 5'000), 10);
    EXPECT_EQ(*paging.next().offset, 150) << "the limit that was asked for, not " << limit;
  }
  Paging one = Paging::byOffset(100, 0);
  one.take(page(0, 1, 5'000), 1);
  EXPECT_EQ(*one.next().offset, 1);
}

TEST(Paging, ByOffsetPassesEntriesBeyondTheLimitOnce) {
  Paging paging = Paging::byOffset(100, 0);
  paging.take(page(0, 100, 5'000), 130);
  EXPECT_EQ(*paging.next().offset, 130);
}

TEST(Paging, AListThatGrowsIsReadOnce) {
  Paging paging = Paging::byOffset(10, 0);
  paging.take(page(0, 10, 20), 10);
  paging.take(page(10, 10, 25), 10);
  EXPECT_EQ(paging.end(), ListEnd::reading);
  paging.take(page(20, 10, 25), 5);
  EXPECT_EQ(paging.end(), ListEnd::complete);
}

TEST(Paging, ReadsAShrinkingListThreeTimes) {
  Paging paging = Paging::byOffset(10, 5);
  int pages = 0;
  for (std::int64_t total = 100; paging.end() == ListEnd::reading && pages < 100; ++pages, --total) {
    if (pages % 2 == 0) EXPECT_EQ(*paging.next().offset, 5) << "from where the list begins";
    paging.take(page(*paging.next().offset, 10, pages % 2 == 0 ? total : 20), 10);
  }
  EXPECT_EQ(paging.end(), ListEnd::changing);
  EXPECT_EQ(pages, 6);
}

}  // namespace
}  // namespace box
