#include <string>

#include <boost/json/serialize.hpp>

#include <box/bulk/file_journal.hpp>

#include "cli/bulk_job.hpp"
#include "cli/bulk_list.hpp"
#include "cli/bulk_report.hpp"
#include "cli/commands.hpp"
#include "cli/run_end.hpp"

namespace box::cli {

namespace json = boost::json;

Exit runReport(const ReportArguments& arguments, const Console& console) {
  const JournalContents contents = JournalContents::read(arguments.journal);
  const Target target = targetOf(arguments.journal, contents);
  const std::string file = listOf(arguments.journal, contents, arguments.file);
  // Nothing is said of a list that is another one.
  BulkList list(target, file);
  requireSameList(arguments.journal, contents, file, list.survey(BulkOptions(), nullptr));

  std::string out;
  const auto put = [&](const std::string& text) {
    out += text;
    if (out.size() < 32 * 1024) return;
    console.result(out);
    out.clear();
  };
  if (arguments.form == ReportForm::table) put(tableHead());
  if (arguments.form == ReportForm::csv) put(csvHead());
  BulkCounts counts;
  list.forEach(&contents, [&](const BulkRow& row) {
    counts.add(row.state);
    if (arguments.form == ReportForm::table) put(tableLine(row));
    if (arguments.form == ReportForm::csv) put(csvLine(row));
    if (arguments.form == ReportForm::json) put(json::serialize(rowJson(row)) + "\n");
  });
  const Exit exit = exitFor(counts);
  if (arguments.form == ReportForm::table) put("\n" + countsText(target, counts));
  if (arguments.form == ReportForm::json) {
    json::object summary = countsJson(target, counts);
    summary["finished"] = contents.finished();
    summary["exitStatus"] = static_cast<int>(exit);
    put(json::serialize(summary) + "\n");
  }
  console.result(out);
  if (contents.truncatedBytes() > 0)
    console.complain("the last record of the journal (" + std::to_string(contents.truncatedBytes()) +
                     " bytes) is not whole: a run is writing it, or was killed");
  return exit;
}

}  // namespace box::cli
