#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "box/bulk/bulk_termination.hpp"
#include "box/bulk/journal.hpp"

namespace box::inline v0_1 {

/// A batch or a part of it. The parts of one batch share its entries.
class BulkPart {
 public:
  BulkPart() = default;
  explicit BulkPart(std::vector<BulkItem> items)
      : batch_(std::make_shared<const std::vector<BulkItem>>(std::move(items))), size_(batch_->size()) {}

  std::span<const BulkItem> items() const noexcept {
    return batch_ ? std::span<const BulkItem>(*batch_).subspan(first_, size_) : std::span<const BulkItem>();
  }
  std::size_t size() const noexcept { return size_; }
  /// Removes the first `count` entries and returns them.
  BulkPart take(std::size_t count) {
    BulkPart front = *this;
    front.size_ = count;
    first_ += count;
    size_ -= count;
    return front;
  }
  /// Removes the last `count` entries and returns them.
  BulkPart takeLast(std::size_t count) {
    BulkPart back = *this;
    back.first_ += size_ - count;
    back.size_ = count;
    size_ -= count;
    return back;
  }

 private:
  std::shared_ptr<const std::vector<BulkItem>> batch_;
  std::size_t first_ = 0, size_ = 0;
};

/// A call to send now.
struct NextCall {
  std::uint64_t number = 0;
  BulkPart part;
};

/// What the scheduler reports: the result of a call, which the journal records; or the state of entries, which the
/// listener gets; or both.
struct Conclusion {
  std::uint64_t call = 0;  ///< 0: it is not the result of a call
  BulkPart part;
  BulkVerdictDetails verdict;  ///< of the call; if this is not the result of a call: why the entries have their state
  std::optional<BulkState> state;  ///< the state of its entries; unset: not decided yet
};

}  // namespace box::inline v0_1
