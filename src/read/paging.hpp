#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "box/read/list_reader.hpp"
#include "box/read/values.hpp"

namespace box::inline v0_1 {

/// Makes the pages half as long. False: they have one entry already.
inline bool halvePages(std::int64_t& limit) noexcept {
  if (limit <= 1) return false;
  limit /= 2;
  return true;
}

/// Where the next page of a list begins.
struct PageStart {
  std::int64_t limit = 0;
  std::optional<std::int64_t> offset;  ///< unset: the list is read by marker
  std::string marker;                  ///< empty: from the first entry
};

/// Decides which page of a list is requested next, and when the list has ended. It has no I/O.
class Paging {
 public:
  /// Box gives no page that begins after this offset.
  static constexpr std::int64_t largestOffset = 10'000;

  /// Begins at this marker; an empty marker means the first entry.
  static Paging byMarker(std::int64_t limit, std::string_view marker);
  static Paging byOffset(std::int64_t limit, std::int64_t offset);

  ListEnd end() const noexcept { return end_; }
  bool isByOffset() const noexcept { return next_.offset.has_value(); }
  /// The page to request next. It is valid while end() is ListEnd::reading.
  const PageStart& next() const noexcept { return next_; }
  /// The requested page has arrived, with this many entries. If it contradicts the request, this throws BoxSdkError
  /// with Errc::unexpectedResponse, and changes nothing.
  void take(const PageInfo& page, std::size_t entries);
  /// The page is too large to be received: makes next() request half as many entries. False: it requests only one
  /// already.
  bool halve() noexcept { return halvePages(next_.limit); }

 private:
  void takeByMarker(const PageInfo& page);
  void takeByOffset(const PageInfo& page, std::size_t entries);
  void endByOffset() noexcept;

  PageStart next_;
  std::unordered_set<std::size_t> markers_;  // hashes of the markers that were followed
  std::int64_t first_ = 0;                   // the offset at which the list begins
  std::optional<std::int64_t> total_;
  bool shorter_ = false;
  unsigned readings_ = 1;
  unsigned emptyPages_ = 0;  // how many in a row
  ListEnd end_ = ListEnd::reading;
};

}  // namespace box::inline v0_1
