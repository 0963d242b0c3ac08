#include "cli/report/journals.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/json/serialize.hpp>

#include <box/bulk/file_journal.hpp>

#include "cli/bulk_job.hpp"
#include "cli/bulk_report.hpp"
#include "cli/files.hpp"
#include "cli/journal_files.hpp"
#include "cli/report/facts.hpp"
#include "cli/report/rows.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

/// A journal as the list shows it.
struct Shown {
  RunFacts facts;
  EntryCounts counts;
  std::string problem{};  // why there are no counts, or not all of them
};

std::vector<std::string> journalsIn(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code error;
  for (fs::directory_iterator each(filePath(folder), error), end; !error && each != end; each.increment(error)) {
    const std::u8string path = each->path().u8string();
    if (path.ends_with(u8".journal")) out.emplace_back(path.begin(), path.end());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    throw FileError("cannot read the folder " + shownPath(folder) + ": " + error.message());
  return out;
}

/// Counts the entries that Box has accepted, for which the list is not needed.
std::uint64_t acceptedIn(const JournalContents& contents) {
  std::uint64_t out = 0;
  for (const JournalCall& call : contents.calls()) out += call.verdict == BulkVerdict::accepted ? call.entries : 0;
  return out;
}

Shown read(const std::string& path) {
  Shown out;
  out.facts.journal = path;
  try {
    const JournalContents contents = readJournal(path);
    out.facts = factsOf(contents, targetOf(path, contents), path, contents.note("file"));
    out.counts.accepted = acceptedIn(contents);
    const RecordedList recorded = recordedList(path, contents, std::nullopt);
    EntryCounts counts;
    recorded.list.forEach(&contents, [&](const BulkRow& row) { counts.add(row); });
    out.counts = counts;
    out.facts = factsOf(contents, recorded.target, path, contents.note("file"), isSettled(counts));
  } catch (const JournalError& error) {
    out.problem = error.what();
  } catch (const FileError& error) {
    out.problem = error.what();
  }
  return out;
}

std::string textOf(const Shown& shown) {
  const RunFacts& facts = shown.facts;
  std::string out;
  if (facts.begun != RunFacts::TimePoint())
    out = shownTime(facts.begun) + "  " + padded(facts.finished ? "finished" : "not finished", 12) + "  " +
          countsText(facts.target, shown.counts);
  out += "  " + printable(facts.journal) + "\n";
  if (!facts.leftOut.empty()) out += "  " + clean(facts.leftOut) + "\n";
  if (!facts.resume.empty()) out += "  to continue: " + facts.resume + "\n";
  return shown.problem.empty() ? out : out + "  (" + shown.problem + ")\n";
}

std::string jsonOf(const Shown& shown) {
  json::object out = reportJson(shown.facts, shown.counts);
  out["event"] = "journal";
  if (!shown.problem.empty()) out["message"] = validUtf8(shown.problem);
  return json::serialize(out) + "\n";
}

}  // namespace

Exit showJournals(bool asJson, const Console& console) {
  const std::string folder = journalFolder();
  std::vector<Shown> all;
  for (const std::string& path : journalsIn(folder)) all.push_back(read(path));
  std::stable_sort(all.begin(), all.end(),
                   [](const Shown& one, const Shown& other) { return one.facts.begun > other.facts.begun; });
  for (const Shown& shown : all) console.result(asJson ? jsonOf(shown) : textOf(shown));
  console.complain((all.empty() ? "there is no journal in " : "these journals are in ") + shownPath(folder) +
                   ", and no other folder was looked at. For the entries of one, also of one that --journal has put in "
                   "another place: box-sessions report JOURNAL");
  return Exit::accepted;
}

}  // namespace box::cli
