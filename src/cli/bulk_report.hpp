#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include <box/bulk/bulk_termination.hpp>

#include "cli/arguments.hpp"
#include "cli/file_source.hpp"

/// What the program says of runs with a journal, as text, CSV and JSON.
namespace box::cli {

/// "12,345".
std::string grouped(std::uint64_t number);

/// What a run would do, or what is left of one.
struct BulkPlan {
  Target target = Target::users;
  const ListSurvey* survey = nullptr;
  std::size_t batch = 100;
  double rate = 15;  ///< calls a second at most
  std::string baseUrl, host, asUser, journal;
  bool resumes = false;

  std::uint64_t calls() const noexcept { return (survey->left() + batch - 1) / batch; }
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

/// The row for what a journal says of an entry of the list.
BulkRow rowOf(std::uint64_t index, const BulkEntry& entry, const std::optional<BulkPast>& past,
              std::optional<std::uint64_t> original);

std::string countsText(Target target, const BulkCounts& counts);
boost::json::object countsJson(Target target, const BulkCounts& counts);
void count(BulkCounts& counts, BulkState state) noexcept;

/// 0: accepted all; 1: some were rejected or invalid; 2: some are in doubt or not sent.
Exit exitFor(const BulkCounts& counts) noexcept;
Exit exitFor(const BulkSummary& summary) noexcept;

}  // namespace box::cli
