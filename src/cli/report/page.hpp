#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <box/bulk/bulk_termination.hpp>

#include "cli/bulk_report.hpp"
#include "cli/report/facts.hpp"
#include "cli/report/timeline.hpp"

namespace box::cli {

/// The beginning of each page that this program writes; a file that begins so may be overwritten by another page.
inline constexpr std::string_view pageBeginning = "<!DOCTYPE html>\n<!-- box-sessions report -->\n";

/// A report as a single HTML page, which loads nothing and runs no script.
class ReportPage {
 public:
  /// The most rows that a page lists, because browsers are slow with more. The others are only counted.
  static constexpr std::size_t mostRows = 10'000;

  void add(const ReportRow& row);
  /// Ends the page. `states`: the states that the operator asked for, "rejected, in doubt"; empty: all. `evidence`: the
  /// section about the people who were followed; may be empty.
  std::string finish(const RunFacts& facts, const EntryCounts& counts, const ReasonTally& tally,
                     const Timeline& timeline, const std::string& states, const std::string& evidence = {}) const;

 private:
  std::string rows_;
  std::uint64_t count_ = 0;
};

}  // namespace box::cli
