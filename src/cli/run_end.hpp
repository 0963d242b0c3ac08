#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <box/bulk/bulk_termination.hpp>
#include <box/error.hpp>

#include "cli/arguments.hpp"
#include "cli/bulk_report.hpp"
#include "cli/console.hpp"

/// How a run ended, the exit status for it, and what to do next.
namespace box::cli {

/// Why a run stopped early, and what failed last where that does not say it; may be empty. endMessage() has the first
/// of these only.
std::string endText(const BulkSummary& summary);
std::string endMessage(const BulkSummary& summary);

/// How the operator continues with the entries that a run has left.
struct NextStep {
  std::string journal;                    ///< empty: the run kept none
  std::string command{};                  ///< that continues the run; empty: only the same command again can do it
  std::set<int> refusals{};               ///< HTTP statuses with which Box has rejected single entries
  std::vector<std::string> requestIds{};  ///< of the first accepted calls, where no journal has them
  std::string remedy{};                   ///< for the failure that ended the run; empty: the usual advice is given
  /// The command that follows its people; empty: there is nobody to follow, or the program follows them already.
  std::string follow{};
  std::string report{};  ///< the command that reports the journal
  std::string told{};    ///< what the operator was advised already, when Box did not say whose the credentials are
  std::uint64_t callRefused = 0;    ///< entries that were only in calls that Box refused
  std::set<int> refusedWith{};      ///< the HTTP statuses of these calls
  std::uint64_t acceptedCalls = 0;  ///< how many calls have request ids
};

/// 0: all accepted; 1: some rejected, forbidden or invalid; 2: some in doubt or not sent.
Exit exitFor(const EntryCounts& counts);
/// `next`: with which answers Box has refused calls.
Exit exitFor(const BulkSummary& summary, const NextStep& next = NextStep());

/// What to do next, in one or more lines; may be empty. `repeats`: also what the operator was advised already.
std::string adviceText(const BulkSummary& summary, const NextStep& next, bool repeats = true);

/// A line for each of the first request ids. If there are more, a last line says how many, and where they can be read.
/// Empty: there is no request id. `log`: the file of --log.
std::string requestIdLines(const NextStep& next, const std::optional<std::string>& log);

/// Tells the operator that a run ends before its first call that ends sessions, because another call has failed.
/// `counts`: of the list, as far as they are known. *Errors*: OutputLost.
Exit endBeforeSending(const TerminateArguments& arguments, const BulkCounts& counts, const BoxSdkError& error,
                      const std::string& message, const NextStep& next, const Console& console);

/// Tells the operator how a run ended: why, with how many entries, and what to do. *Errors*: OutputLost, after
/// everything else was told.
void tellEnd(const TerminateArguments& arguments, const BulkSummary& summary, Exit exit, const NextStep& next,
             const Console& console);

}  // namespace box::cli
