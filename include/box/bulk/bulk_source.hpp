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

/// A sequence of entries of any length. A source is read once.
class BOX_API BulkSource {
 public:
  virtual ~BulkSource() = default;
  /// Gives the next entries: appends up to `most` entries to `into`, and at least one, or returns false when there are
  /// no more; it may append the last entries in the call that returns false. Only one read is in progress at a time.
  /// *Errors*: an exception ends the run with BulkEnd::sourceFailed; entries that were appended before it get their
  /// rows.
  /// *Cancellation*: terminal.
  virtual asio::awaitable<bool> read(std::vector<BulkEntry>& into, std::size_t most) = 0;
  /// How many entries there will be, if that is known; it serves to estimate the time left. Default: unset, which means
  /// that it is not known.
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
      std::string value(*next_);  // before there is an entry for it, because the range may throw
      BulkEntry& entry = into.emplace_back();
      entry.value = std::move(value);
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

/// A source of entries in memory. Their lines are numbered from 1.
BOX_API std::shared_ptr<BulkSource> bulkSource(std::vector<std::string> entries);
/// A source of the elements of any range whose elements convert to std::string: a container, which is kept, or a view,
/// whose elements must live longer than the source. Each element is read once, when the run comes to it.
template <std::ranges::input_range Range>
requires std::constructible_from<std::string, std::ranges::range_reference_t<Range>> std::shared_ptr<BulkSource>
bulkSource(Range range) {
  return std::make_shared<detail::RangeSource<Range>>(std::move(range));
}

}  // namespace box::inline v0_1
