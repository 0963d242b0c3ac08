#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include <box/bulk/bulk_termination.hpp>

#include "cli/arguments.hpp"

/// What the program says of runs with a journal, as text, CSV and JSON.
namespace box::cli {

/// "12,345".
std::string grouped(std::uint64_t number);

/// What a run is about to do.
struct BulkPlan {
  Target target = Target::users;
  BulkCounts counts;         ///< of the list, before the run
  std::uint64_t toSend = 0;  ///< entries
  std::size_t batch = 100;
  double rate = 15;  ///< calls a second at most
  std::string baseUrl, host, asUser, journal;
  std::string account;  ///< whose the credentials are, fit for a terminal; empty: not known
  bool suppressNotifications = false;

  std::uint64_t calls() const noexcept { return (toSend + batch - 1) / batch; }
};
std::string questionText(const BulkPlan& plan);
std::string planText(const BulkPlan& plan);
boost::json::object planJson(const BulkPlan& plan);

/// One line without its end, at most `width` columns.
std::string progressText(const BulkProgress& progress, std::size_t width, bool bar);
boost::json::object progressJson(const BulkProgress& progress);

/// "3:7 is invalid: …" for the operator.
std::string rowText(const BulkRow& row);
boost::json::object rowJson(const BulkRow& row);
/// The first line of a table or of CSV, and one for a row.
std::string tableHead();
std::string tableLine(const BulkRow& row);
std::string csvHead();
std::string csvLine(const BulkRow& row);

std::string countsText(Target target, const BulkCounts& counts);
boost::json::object countsJson(Target target, const BulkCounts& counts);

/// 0: accepted all; 1: some were rejected or invalid; 2: some are in doubt or not sent.
Exit exitFor(const BulkCounts& counts) noexcept;
Exit exitFor(const BulkSummary& summary) noexcept;

/// Why a run stopped before its end; empty if it did not. It can be shown alone, or after the kind of end.
std::string endText(const BulkSummary& summary);
std::string endMessage(const BulkSummary& summary);
/// What to do next; empty: nothing. `resume`: the command that continues the run.
std::string adviceText(const BulkSummary& summary, Exit exit, const std::string& journal, const std::string& resume);

}  // namespace box::cli
