#pragma once

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

/// "in doubt".
std::string_view inWords(BulkState state);
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
/// `isRefused`: the run has ended because Box refused its calls. Their entries count as not sent, so that a later run
/// sends them.
std::string countsText(Target target, const BulkCounts& counts, bool isRefused = false);
boost::json::object countsJson(Target target, const BulkCounts& counts);

}  // namespace box::cli
