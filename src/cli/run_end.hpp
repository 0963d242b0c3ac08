#pragma once

#include <set>
#include <string>
#include <vector>

#include <box/bulk/bulk_termination.hpp>
#include <box/error.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

/// How a run ended, what it means for the exit status, and what to do next.
namespace box::cli {

/// 0: accepted all; 1: some were rejected or invalid; 2: some are in doubt or not sent.
Exit exitFor(const BulkCounts& counts) noexcept;
Exit exitFor(const BulkSummary& summary) noexcept;

/// Why a run stopped before its end; empty if it did not. It can be shown alone, or after the kind of end.
std::string endText(const BulkSummary& summary);
std::string endMessage(const BulkSummary& summary);

/// How the operator gets at those whom a run has not ended with.
struct NextStep {
  std::string journal;                    ///< empty: none was kept
  std::string command{};                  ///< that continues the run; empty: there is none but the same again
  std::set<int> refusals{};               ///< statuses with which Box has rejected single entries
  std::vector<std::string> requestIds{};  ///< of calls that were accepted, where no journal has them
  std::string remedy{};                   ///< of what ended the run, in place of the usual advice for such a failure
  std::string follow{};                   ///< the command that follows its people; empty: there is none, or it runs
};
/// What to do next, in one line or more; empty: nothing.
std::string adviceText(const BulkSummary& summary, const NextStep& next);

/// Tells that a run ends before its first call that ends sessions, because Box has failed to answer another one.
/// `counts`: of the list, as far as it is known. *Errors*: OutputLost.
Exit endBeforeSending(const TerminateArguments& arguments, const BulkCounts& counts, const BoxSdkError& error,
                      const std::string& message, const NextStep& next, const Console& console);

/// Tells the end of a run: why, how many, and what to do. *Errors*: OutputLost, when all else was told.
void tellEnd(const TerminateArguments& arguments, const BulkSummary& summary, Exit exit, const NextStep& next,
             const Console& console);

}  // namespace box::cli
