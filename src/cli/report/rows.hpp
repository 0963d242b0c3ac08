#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include <box/bulk/bulk_termination.hpp>

#include "cli/bulk_report.hpp"
#include "cli/report/facts.hpp"

/// The rows of a report, and the text before and after them, as a table, CSV, Markdown and JSON.
namespace box::cli {

/// Code and message as one text in an operator's words, "code: message", without a code that the message has already.
/// Either may be empty.
std::string reasonIn(std::string_view code, std::string_view message);

/// `width`: the length of the longest entry, for which the column of entries has room, up to a limit.
std::string tableHead(std::size_t width);
std::string tableLine(const ReportRow& row, std::size_t width);
/// The lines after the table.
std::string tableEnd(const RunFacts& facts, const EntryCounts& counts);

/// The names of an entry's columns in CSV, without those about people and without a line end. An apostrophe is put
/// before a value that a spreadsheet would take for a formula.
std::string csvHead();
std::string csvLine(const ReportRow& row);

/// What a report says about the run, by name, for Markdown and HTML. The texts are not yet fit to be shown; those that
/// are empty are left out.
std::vector<std::pair<std::string_view, std::string>> shownFacts(const RunFacts& facts);

/// "Session termination of 3 users (13 entries)".
std::string titleOf(const RunFacts& facts, const EntryCounts& counts);

/// The text before the rows: the run, its totals and reasons. `states`: as for ReportPage::finish().
std::string markdownHead(const RunFacts& facts, const EntryCounts& counts, const ReasonTally& tally,
                         const std::string& states);
std::string markdownLine(const ReportRow& row);

boost::json::object reportJson(const ReportRow& row);
boost::json::object reportJson(const RunFacts& facts, const EntryCounts& counts);

}  // namespace box::cli
