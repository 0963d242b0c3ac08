#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include <box/bulk/bulk_termination.hpp>

#include "cli/arguments.hpp"

/// Describes a run and its entries, as text and as JSON.
namespace box::cli {

/// An entry that was not sent has a status where Box refused each call that had it, so that nothing was carried out.
constexpr bool isCallRefused(BulkState state, int status) noexcept {
  return state == BulkState::notSent && status != 0;
}
/// "in doubt", or "call refused".
std::string_view inWords(BulkState state, int status = 0);
/// The same as a name for programs, "inDoubt".
std::string_view nameOf(BulkState state, int status = 0) noexcept;

/// How many entries are in which state.
struct EntryCounts : BulkCounts {
  EntryCounts(const BulkCounts& counts = {}, std::uint64_t refused = 0)
      : BulkCounts(counts), callRefused(std::min(refused, counts.notSent)) {}
  void add(const BulkRow& row) noexcept {
    BulkCounts::add(row.state);
    if (isCallRefused(row.state, row.status)) ++callRefused;
  }

  std::uint64_t callRefused;  ///< how many of `notSent` were in calls that Box refused
};
/// Whether every entry that was to be sent has its final state.
constexpr bool isSettled(const BulkCounts& counts) noexcept { return counts.inDoubt + counts.notSent == 0; }

/// "15/s", for calls a second.
std::string shownRate(double rate);

/// Whether another server than Box has answered last, such as a portal's.
bool isAnsweredByAnother(const BulkProgress& progress) noexcept;
/// One line without a line end, at most `width` columns wide: the bar shrinks first, and then whole parts of the line
/// are left out. `options`: those of the run, which say when it gives up.
std::string progressText(const BulkProgress& progress, const BulkOptions& options, std::size_t width, bool bar);
/// Tells the operator, when an outage begins, since when it lasts, what is done about it, and when the run gives up.
std::string outageNotice(const BulkProgress& progress, const BulkOptions& options,
                         std::chrono::system_clock::time_point now);
boost::json::object progressJson(const BulkProgress& progress);

/// The line that tells the operator about an entry, "line 3, value …".
std::string entryText(const BulkRow& row);
std::string reasonText(const BulkRow& row);
boost::json::object rowJson(const BulkRow& row);
std::string countsText(Target target, const EntryCounts& counts);
boost::json::object countsJson(Target target, const EntryCounts& counts);

}  // namespace box::cli
