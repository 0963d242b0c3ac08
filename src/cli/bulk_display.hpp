#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <box/bulk/bulk_termination.hpp>
#include <box/bulk/file_journal.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace box::cli {

/// Shows the events of a run as they happen, and collects what the final message needs.
class BulkDisplay final : public BulkListener {
 public:
  /// `whereAll`: says in a message where the operator finds all entries of which only the first are shown. `states`:
  /// the entries' states by their index, which are kept up to date; null: nobody needs them. `past`: the journal before
  /// the run; null: the run is new.
  BulkDisplay(const TerminateArguments& arguments, const BulkOptions& options, std::string whereAll,
              std::vector<BulkState>* states, const JournalContents* past, const Console& console);

  void onRow(const BulkRow& row) override;
  void onProgress(const BulkProgress& progress) override;

  /// Shows what is not shown yet. Call it after the last row.
  void finish();

  /// Whether another server than Box has answered last, such as a portal's.
  bool isAnsweredByAnother() const noexcept { return answeredByAnother_; }
  /// The HTTP statuses with which Box has rejected entries in this run.
  const std::set<int>& refusals() const noexcept { return refusals_; }
  /// How many entries are not sent because Box refused the calls that had them.
  std::uint64_t callRefused() const noexcept { return callRefused_; }
  /// The HTTP statuses of these calls.
  const std::set<int>& refusedWith() const noexcept { return refusedWith_; }
  /// The box-request-ids of the first accepted calls that have one; and how many accepted calls have one.
  const std::vector<std::string>& requestIds() const noexcept { return requestIds_; }
  std::uint64_t acceptedCalls() const noexcept { return acceptedCalls_.size(); }

 private:
  static constexpr std::size_t requestIdsShown = 3;
  // Time between lines of progress where no terminal can replace a line.
  static constexpr std::chrono::seconds interval{10};

  static bool isTime(std::chrono::nanoseconds& next, std::chrono::nanoseconds elapsed, std::chrono::nanoseconds every);

  void addUnsent(const BulkRow& row);
  void tellTrouble();
  void tellOutage(const BulkProgress& progress);

  const bool json_, quiet_, status_;
  const BulkOptions options_;
  const std::string whereAll_;
  std::vector<BulkState>* const states_;
  const JournalContents* const past_;
  const Console& console_;
  std::set<int> refusals_, refusedWith_;
  std::set<std::uint64_t> acceptedCalls_;  // the numbers of those with a request id
  std::vector<std::string> requestIds_;
  std::chrono::nanoseconds nextEvent_{0}, nextLine_{interval};
  // The last entry that was not accepted, why, and how many entries after it have the same reason.
  std::string troubled_, reason_;
  std::uint64_t more_ = 0;
  std::size_t troubles_ = 0;
  /// Entries that were not sent, or were refused in the same way.
  struct Unsent {
    std::map<std::uint64_t, std::string> first;  // by their places in the list
    std::uint64_t count = 0;
  };
  std::map<std::string_view, Unsent> unsent_;  // by the words for their state
  std::uint64_t callRefused_ = 0;
  bool answeredByAnother_ = false;
  std::chrono::nanoseconds outage_{0};  // as of the last progress
};

}  // namespace box::cli
