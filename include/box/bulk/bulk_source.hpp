#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include "box/bulk/bulk_entry.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// Where entries come from, in order, any number of them. A source is read once.
class BOX_API BulkSource {
 public:
  virtual ~BulkSource() = default;
  /// Gives the next entries: appends up to `most` entries to `into`, at least one, or returns false when there are no
  /// more; it may append the last entries in the same call. One read at a time. *Errors*: end the run as sourceFailed.
  /// *Cancellation*: terminal.
  virtual asio::awaitable<bool> read(std::vector<BulkEntry>& into, std::size_t most) = 0;
  /// How many entries there will be, where that is known: for the time left. Default: it is not.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
};

namespace detail {

template <class Range>
class RangeSource final : public BulkSource {
 public:
  explicit RangeSource(Range range) : range_(std::move(range)), next_(std::ranges::begin(range_)) {}
  RangeSource(const RangeSource&) = delete;
  RangeSource& operator=(const RangeSource&) = delete;

  asio::awaitable<bool> read(std::vector<BulkEntry>& into, std::size_t most) override {
    for (; most > 0 && next_ != std::ranges::end(range_); --most, ++next_) {
      BulkEntry& entry = into.emplace_back();
      entry.value = std::string(*next_);
      entry.line = ++line_;
    }
    co_return next_ != std::ranges::end(range_);
  }
  std::optional<std::uint64_t> size() const override {
    if constexpr (std::ranges::sized_range<const Range>) {
      return std::ranges::size(range_);
    } else {
      return std::nullopt;
    }
  }

 private:
  Range range_;
  std::ranges::iterator_t<Range> next_;
  std::uint64_t line_ = 0;
};

}  // namespace detail

/// Entries in memory. Lines are counted from 1.
BOX_API std::shared_ptr<BulkSource> bulkSource(std::vector<std::string> entries);
/// Entries from any range whose elements convert to std::string: a container, which is kept, or a view, whose elements
/// must live longer than the source. Each element is read once, when its turn comes.
template <std::ranges::input_range Range>
requires std::constructible_from<std::string, std::ranges::range_reference_t<Range>> std::shared_ptr<BulkSource>
bulkSource(Range range) {
  return std::make_shared<detail::RangeSource<Range>>(std::move(range));
}

}  // namespace box::inline v0_1
