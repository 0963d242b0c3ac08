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

/// Decides about each entry when it is read: either the entry is settled, because it is invalid, a duplicate, left out
/// (BulkEntry::skip), or settled by an earlier run; or it is sent. It has no I/O except that of `Past`.
class Intake {
 public:
  using WallTime = std::chrono::system_clock::time_point;

  /// Gives the state of an entry after earlier runs, by the entry's index. Must not throw.
  using Past = std::function<std::optional<BulkPast>(std::uint64_t)>;

  Intake(const BulkOptions& options, Past past)
      : options_(options), checker_(options.target), pastOf_(std::move(past)) {}

  struct Decision {
    /// The row of a settled entry. Its views are valid until decide() or keepPast() is called or the entry is changed.
    BulkRow row;
    bool settled = false;  ///< whether the entry is settled; otherwise it is sent
    /// Whether a call of an earlier run may already have had its effect on an entry that is sent.
    bool doubted = false;
  };
  Decision decide(const BulkEntry& entry, WallTime now);

  /// For an entry that ends as notSent: sets the state of its row to the state in the journal, if that has one.
  void keepPast(BulkRow& row);

  /// How many entries were read.
  std::uint64_t count() const noexcept { return checker_.count(); }

 private:
  const BulkOptions options_;
  BulkChecker checker_;
  const Past pastOf_;
  BulkChecker::Finding finding_;
  std::optional<BulkPast> past_;
};

}  // namespace box::inline v0_1
