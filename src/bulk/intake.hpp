#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "box/bulk/bulk_termination.hpp"
#include "box/bulk/bulk_entry.hpp"
#include "box/bulk/journal.hpp"

namespace box::inline v0_1 {

/// Decides about each entry as it is read: the list or an earlier run has settled it, or it is sent. No I/O except that
/// of `Past`.
class Intake {
 public:
  using WallTime = std::chrono::system_clock::time_point;

  /// The state of an entry after earlier runs, by its index. Must not throw.
  using Past = std::function<std::optional<BulkPast>(std::uint64_t)>;

  Intake(const BulkOptions& options, Past past)
      : options_(options), checker_(options.target), pastOf_(std::move(past)) {}

  struct Decision {
    BulkRow row;  ///< of an entry that is settled; its views hold until the next call, and as long as the entry
    bool settled = false;  ///< false: it is sent
    bool doubted = false;  ///< it is sent, and a call of an earlier run may have taken effect on it
  };
  Decision decide(const BulkEntry& entry, WallTime now);

  /// The row of an entry that this run did not send: it keeps the state that the journal has for it.
  void keepPast(BulkRow& row);

  /// Entries read.
  std::uint64_t count() const noexcept { return checker_.count(); }

 private:
  const BulkOptions options_;
  BulkChecker checker_;
  const Past pastOf_;
  BulkChecker::Finding finding_;
  std::optional<BulkPast> past_;
};

}  // namespace box::inline v0_1
