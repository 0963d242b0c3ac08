#include "follow/recent_ids.hpp"

namespace box::inline v0_1 {

RecentIds::RecentIds(std::size_t most) : most_(most), table_(64) {}

std::size_t RecentIds::slotOf(std::uint64_t hash) const noexcept {
  std::size_t slot = hash & (table_.size() - 1);
  while (table_[slot] != 0 && table_[slot] != hash) slot = (slot + 1) & (table_.size() - 1);
  return slot;
}

bool RecentIds::insert(std::uint64_t hash) {
  if (table_[slotOf(hash)] != 0) return false;
  if (ring_.size() < most_) {
    if (2 * (ring_.size() + 1) > table_.size()) grow();
    ring_.push_back(hash);
  } else {
    erase(ring_[oldest_]);
    ring_[oldest_] = hash;
    oldest_ = (oldest_ + 1) % most_;
  }
  table_[slotOf(hash)] = hash;
  return true;
}

/// Moves the entries that follow without a free slot in between, so that a search from the slot of each hash still
/// finds it.
void RecentIds::erase(std::uint64_t hash) noexcept {
  const std::size_t mask = table_.size() - 1;
  std::size_t gap = slotOf(hash);
  for (std::size_t slot = (gap + 1) & mask; table_[slot] != 0; slot = (slot + 1) & mask) {
    const std::size_t home = table_[slot] & mask;
    if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
    table_[gap] = table_[slot];
    gap = slot;
  }
  table_[gap] = 0;
}

void RecentIds::grow() {
  table_.assign(2 * table_.size(), 0);
  for (const std::uint64_t hash : ring_) table_[slotOf(hash)] = hash;
}

std::vector<std::uint64_t> RecentIds::all() const {
  std::vector<std::uint64_t> all(ring_.begin() + static_cast<std::ptrdiff_t>(oldest_), ring_.end());
  all.insert(all.end(), ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(oldest_));
  return all;
}

}  // namespace box::inline v0_1
