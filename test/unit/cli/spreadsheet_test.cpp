#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "cli/report/rows.hpp"

namespace box::cli {
namespace {

/// The cell with Box's code in a report's row.
std::string cellOf(std::string_view code) {
  ReportRow entry;
  BulkRow& row = entry.row;
  row.line = 1;
  row.value = "7";
  row.state = BulkState::rejected;
  row.code = code;
  const std::string line = csvLine(entry);
  const std::string before = "1,1,7,rejected,,", after = ",,,,";
  EXPECT_TRUE(line.starts_with(before) && line.ends_with(after)) << line;
  return line.substr(before.size(), line.size() - before.size() - after.size());
}

TEST(CliSpreadsheet, ASignAtTheStartOfACellIsNoFormula) {
  EXPECT_EQ(cellOf("not_found"), "not_found");
  for (const std::string_view sign : {"=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"}) {
    EXPECT_EQ(cellOf(std::string(sign) + "1+1"), "'" + std::string(sign) + "1+1");
  }
}

TEST(CliSpreadsheet, NorIsOneAfterASeparatorOfAnotherCountry) {
  EXPECT_EQ(cellOf("x;=1+1"), "\"x;'=1+1\"");
  EXPECT_EQ(cellOf("x|=1+1"), "x|'=1+1");
  EXPECT_EQ(cellOf("x, @SUM(1)"), "\"x, '@SUM(1)\"");
  EXPECT_EQ(cellOf("x;\"=1+1\""), "\"x;\"\"'=1+1\"\"\"");
  EXPECT_EQ(cellOf("x;\uff1d1"), "\"x;'\uff1d1\"");
  EXPECT_EQ(cellOf(" =1"), " '=1");
  EXPECT_EQ(cellOf("a=1+b-c@d"), "a=1+b-c@d") << "inside a cell it is text";
}

}  // namespace
}  // namespace box::cli
