#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace box::inline v0_1 {

/// The events that were counted last: a set of the hashes of their ids, which has a limited size and drops the oldest
/// first.
class RecentIds {
 public:
  explicit RecentIds(std::size_t most);
  bool contains(std::uint64_t hash) const noexcept { return table_[slotOf(hash)] != 0; }
  /// Whether the next hash takes the place of the oldest one.
  bool isFull() const noexcept { return ring_.size() >= most_; }
  /// Adds a hash. False: the set already contains it.
  bool insert(std::uint64_t hash);
  /// All hashes, the oldest first.
  std::vector<std::uint64_t> all() const;

 private:
  std::size_t slotOf(std::uint64_t hash) const noexcept;
  void erase(std::uint64_t hash) noexcept;
  void grow();

  const std::size_t most_;
  std::vector<std::uint64_t> ring_;  // in the order of their insertion, beginning at oldest_
  std::size_t oldest_ = 0;
  std::vector<std::uint64_t> table_;  // 0: free
};

}  // namespace box::inline v0_1
