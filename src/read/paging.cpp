#include "read/paging.hpp"

#include <algorithm>
#include <functional>

#include "box/error.hpp"
#include "support/operation_error.hpp"

namespace box::inline v0_1 {
namespace {

constexpr unsigned mostReadings = 3;
constexpr unsigned mostEmptyPages = 100;
constexpr std::size_t longestMarker = 1'000;  // it becomes a part of the next URL

/// The reader adds what it knows about the answer.
[[noreturn]] void refusePage(const char* why) { throw answerError("", why); }

}  // namespace

Paging Paging::byMarker(std::int64_t limit, std::string_view marker) {
  Paging paging;
  paging.next_.limit = limit;
  paging.next_.marker = marker;
  if (!marker.empty()) paging.markers_.insert(std::hash<std::string>()(paging.next_.marker));
  return paging;
}

Paging Paging::byOffset(std::int64_t limit, std::int64_t offset) {
  Paging paging;
  paging.next_.limit = limit;
  paging.next_.offset = paging.first_ = offset;
  return paging;
}

void Paging::take(const PageInfo& page, std::size_t entries) {
  const unsigned empty = entries == 0 ? emptyPages_ + 1 : 0;
  if (empty > mostEmptyPages) refusePage("Box gave many pages in a row without an entry");
  if (isByOffset()) {
    takeByOffset(page, entries);
  } else {
    takeByMarker(page);
  }
  emptyPages_ = empty;
}

void Paging::takeByMarker(const PageInfo& page) {
  if (page.nextMarker.size() > longestMarker) refusePage("Box gave a marker of more than 1000 bytes");
  std::string marker = page.nextMarker;  // before the first change, because there may be no memory
  if (page.nextMarker.empty()) {
    end_ = ListEnd::complete;
  } else if (!markers_.insert(std::hash<std::string>()(page.nextMarker)).second) {
    refusePage("Box gave a marker again that leads to a page that was read");
  }
  next_.marker = std::move(marker);
}

void Paging::takeByOffset(const PageInfo& page, std::size_t entries) {
  if (page.offset && *page.offset != *next_.offset) refusePage("Box gave another page than the requested one");
  // The next offset depends on the limit that Box has used, not on the number of entries, because Box may leave entries
  // out of a page.
  const std::int64_t used = page.limit.value_or(0) > 0 ? std::min(*page.limit, next_.limit) : next_.limit;
  const std::int64_t step = std::max(used, static_cast<std::int64_t>(std::min<std::size_t>(entries, 1'000'000)));
  if (page.totalCount) {
    shorter_ = shorter_ || (total_ && *page.totalCount < *total_);
    total_ = page.totalCount;
  }
  *next_.offset += step;
  const bool all = total_ ? *next_.offset >= *total_ : entries == 0;
  if (all) {
    endByOffset();
  } else if (*next_.offset > largestOffset) {
    end_ = ListEnd::offsetLimit;
  }
}

void Paging::endByOffset() noexcept {
  if (!shorter_) {
    end_ = ListEnd::complete;
  } else if (readings_ == mostReadings) {
    end_ = ListEnd::changing;
  } else {
    ++readings_;
    shorter_ = false;
    next_.offset = first_;
  }
}

}  // namespace box::inline v0_1
