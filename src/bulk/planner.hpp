#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "box/bulk/bulk_termination.hpp"
#include "bulk/entries_seen.hpp"

namespace box {

/// Tells of each entry, in order, whether it can be sent. No I/O.
class Planner {
 public:
  explicit Planner(BulkTarget target) noexcept : target_(target) {}

  struct Finding {
    std::uint64_t index = 0;
    std::string invalid{};                    ///< why it cannot be sent; empty: it can
    std::optional<std::uint64_t> original{};  ///< the entry that it repeats
  };
  Finding look(const BulkEntry& entry);
  /// Entries looked at.
  std::uint64_t count() const noexcept { return count_; }

 private:
  BulkTarget target_;
  std::uint64_t count_ = 0;
  EntriesSeen seen_;
};

/// Of an entry that can be sent: whether it is a login and not an id.
inline bool isLogin(BulkTarget target, std::string_view entry) noexcept {
  return target == BulkTarget::users && entry.find('@') != std::string_view::npos;
}

}  // namespace box
