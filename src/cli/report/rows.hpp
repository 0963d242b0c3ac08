#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include <box/bulk/bulk_termination.hpp>

#include "cli/report/facts.hpp"

/// The rows of a report, and what stands before and after them: as a table, CSV, Markdown and JSON.
namespace box::cli {

std::string tableHead();
std::string tableLine(const ReportRow& row);
/// The lines after the table.
std::string tableEnd(const RunFacts& facts, const BulkCounts& counts);

/// Without what was seen of the people, and the line's end. A value with which a spreadsheet's formula begins has an
/// apostrophe in front.
std::string csvHead();
std::string csvLine(const ReportRow& row);

/// Text of any origin, fit for a cell of Markdown.
std::string inMarkdown(std::string_view text);
/// What stands before the rows: the run, its totals and reasons. `states`: as for ReportPage::finish().
std::string markdownHead(const RunFacts& facts, const BulkCounts& counts, const ReasonTally& tally,
                         const std::string& states);
std::string markdownLine(const ReportRow& row);

boost::json::object reportJson(const ReportRow& row);
boost::json::object reportJson(const RunFacts& facts, const BulkCounts& counts);

}  // namespace box::cli
