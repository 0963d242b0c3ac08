#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <box/bulk/bulk_termination.hpp>

#include "cli/report/facts.hpp"
#include "cli/report/timeline.hpp"

namespace box::cli {

/// How a page of this program begins: such a file may be replaced by another.
inline constexpr std::string_view pageBeginning = "<!DOCTYPE html>\n<!-- box-sessions report -->\n";

/// Text of any origin, fit for HTML, in an element or in a quoted attribute.
std::string inHtml(std::string_view text);

/// A report as one page of HTML that loads nothing and runs no script.
class ReportPage {
 public:
  /// Rows that a page lists: browsers are slow with more. The others are counted.
  static constexpr std::size_t mostRows = 10'000;

  void add(const ReportRow& row);
  /// The page. `states`: which rows were asked for, "rejected, in doubt"; empty: all.
  /// `evidence`: a section of what was seen since; may be empty.
  std::string finish(const RunFacts& facts, const BulkCounts& counts, const ReasonTally& tally,
                     const Timeline& timeline, const std::string& states, const std::string& evidence = {}) const;

 private:
  std::string rows_;
  std::uint64_t count_ = 0;
};

}  // namespace box::cli
