#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>

#include <box/bulk/bulk_termination.hpp>

#include "cli/arguments.hpp"

/// Describes a run and its entries, as text and as JSON.
namespace box::cli {

/// An entry that was not sent has a status where Box refused each call that had it, so that nothing was carried out.
constexpr bool isCallRefused(BulkState state, int status) noexcept {
  return state == BulkState::notSent && status != 0;
}
/// "in doubt", or "call refused" for an entry whose calls Box has refused, and "forbidden" if it did so with 403.
std::string_view inWords(BulkState state, int status = 0);
/// The same as a name for programs, "inDoubt".
std::string_view nameOf(BulkState state, int status = 0) noexcept;

/// How many entries are in which state.
struct EntryCounts : BulkCounts {
  EntryCounts(const BulkCounts& counts = {}, std::uint64_t refused = 0, std::set<int> statuses = {})
      : BulkCounts(counts), callRefused(std::min(refused, counts.notSent)), refusedWith(std::move(statuses)) {}
  void add(const BulkRow& row) {
    BulkCounts::add(row.state);
    if (!isCallRefused(row.state, row.status)) return;
    ++callRefused;
    refusedWith.insert(row.status);
  }

  std::uint64_t callRefused;  ///< how many of `notSent` were in calls that Box refused
  std::set<int> refusedWith;  ///< the HTTP statuses of these calls

  /// Whether Box answered all these calls with 403.
  bool areForbidden() const { return refusedWith == std::set<int>{403}; }
  /// Whether every entry that is not sent was in such a call.
  bool isRestForbidden() const { return callRefused > 0 && callRefused == notSent && areForbidden(); }
};
/// "call refused (Box answered 401)", or "forbidden (Box answered 403)", for the entries in calls that Box refused.
std::string callRefusedText(const EntryCounts& counts);
/// Whether every entry that was to be sent has its final state.
constexpr bool isSettled(const BulkCounts& counts) noexcept { return counts.inDoubt + counts.notSent == 0; }

/// "15 calls/s"; "no limit" for infinity.
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

/// How a message names an entry, "ann@example.com (line 3)".
std::string entryText(const BulkRow& row);
std::string reasonText(const BulkRow& row);
boost::json::object rowJson(const BulkRow& row);
std::string countsText(Target target, const EntryCounts& counts);
boost::json::object countsJson(Target target, const EntryCounts& counts);

}  // namespace box::cli
