#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/serialize.hpp>

#include <box/bulk/file_journal.hpp>

#include "cli/bulk_job.hpp"
#include "cli/bulk_list.hpp"
#include "cli/bulk_report.hpp"
#include "cli/byte_order.hpp"
#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/follow/follow_text.hpp"
#include "cli/journal_files.hpp"
#include "cli/report/evidence.hpp"
#include "cli/report/facts.hpp"
#include "cli/report/journals.hpp"
#include "cli/report/page.hpp"
#include "cli/report/rows.hpp"
#include "cli/report/timeline.hpp"
#include "cli/run_end.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

namespace {

constexpr std::size_t barsOfAPage = 120;

ReportRow rowFor(const BulkRow& row, const JournalContents& contents) {
  ReportRow out;
  out.row = row;
  if (!row.fromJournal) return out;
  std::optional<BulkPast> past = contents.past(row.index);
  if (!past) past = contents.refusal(row.index);
  if (past) {
    const bool isSettled = past->settledAt != std::chrono::system_clock::time_point();
    out.time = isSettled ? past->settledAt : past->sentAt;
  }
  return out;
}

/// The name of a state as the rows have it, "in doubt".
std::string shownState(std::string_view name) {
  if (name == toString(FollowOutcome::signedInAgain)) return std::string(inWords(FollowOutcome::signedInAgain));
  if (name == nameOf(BulkState::notSent, 1)) return std::string(inWords(BulkState::notSent, 1));
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') out += ' ';
    out += c;
  }
  return lowerCase(out);
}

std::string statesListed(const std::vector<std::string_view>& states) {
  std::vector<std::string> words;
  words.reserve(states.size());
  for (const std::string_view state : states) words.push_back(shownState(state));
  return inSeries(words, "or");
}

bool isAmong(const std::vector<std::string_view>& states, std::string_view state) {
  return std::find(states.begin(), states.end(), state) != states.end();
}

json::object followedJson(const Evidence& evidence) {
  json::object out = totalsJson(evidence.totals());
  if (evidence.summary().lookedUntil) out["lookedUntil"] = isoTime(*evidence.summary().lookedUntil);
  json::array& notes = out["notes"].emplace_array();
  for (const std::string& note : evidence.notes()) notes.emplace_back(clean(note));
  return out;
}

/// Writes a report in the form that the operator asked for.
class Writer {
 public:
  Writer(const ReportArguments& arguments, const std::optional<Evidence>& evidence, const Console& console)
      : arguments_(arguments), evidence_(evidence), console_(console) {}

  /// `width`: the number of columns that the longest entry takes.
  void begin(const RunFacts& facts, const EntryCounts& counts, const ReasonTally& tally, std::size_t width) {
    width_ = width;
    if (arguments_.htmlFile) return;
    switch (arguments_.form) {
      case ReportForm::table: return put(tableHead(width_));
      case ReportForm::csv:
        return put(std::string(arguments_.excel ? byteOrderMark : "") + csvHead() + evidenceColumns() + "\n");
      case ReportForm::markdown: return put(markdownHead(facts, counts, tally, statesListed(arguments_.states)));
      case ReportForm::json: return;
    }
  }
  /// Adds the row, unless the operator did not ask for it.
  void add(const ReportRow& row) {
    const std::vector<std::string_view>& states = arguments_.states;
    const BulkState state = row.row.state;
    const bool isAsked =
        states.empty() || isAmong(states, toString(state)) || isAmong(states, nameOf(state, row.row.status));
    const bool isSignInAsked = isAmong(states, toString(FollowOutcome::signedInAgain));
    std::vector<FollowRow> people;
    if (evidence_) {
      for (const FollowRow& person : evidence_->of(row.row.index)) {
        const bool isSignIn = person.seen.outcome == FollowOutcome::signedInAgain;
        if (isAsked || (isSignInAsked && isSignIn)) people.push_back(person);
      }
    }
    if (!isAsked && people.empty()) return;
    for (const FollowRow& person : people) seen_.push_back(person);
    if (arguments_.htmlFile) return page_.add(row);
    switch (arguments_.form) {
      case ReportForm::table: return put(tableLine(row, width_));
      case ReportForm::csv: return addCsv(csvLine(row), people, isAsked);
      case ReportForm::markdown: return put(markdownLine(row));
      case ReportForm::json: return put(json::serialize(reportJson(row)) + "\n");
    }
  }
  /// A group gets a line for itself, if it was asked for, and one for each member, all with the group as their entry.
  void addCsv(const std::string& line, const std::vector<FollowRow>& people, bool isAsked) {
    const bool isGroup = !people.empty() && !people.front().who.group.empty();
    if (people.empty() || (isGroup && isAsked)) put(line + evidenceFields(nullptr) + "\n");
    for (const FollowRow& person : people) put(line + evidenceFields(&person) + "\n");
  }
  void end(const RunFacts& facts, const EntryCounts& counts, const ReasonTally& tally, const JournalContents& contents,
           Exit exit) {
    if (arguments_.htmlFile) {
      const Timeline timeline = timelineOf(contents.calls(), barsOfAPage);
      const std::string page = page_.finish(facts, counts, tally, timeline, statesListed(arguments_.states),
                                            evidence_ ? evidenceHtml(*evidence_, seen_) : std::string());
      writeFile(*arguments_.htmlFile, page, Readers::owner);
      put(countsText(facts.target, counts));
      if (evidence_) put(inWords(evidence_->totals()) + "\n");
    } else if (arguments_.form == ReportForm::table) {
      put(tableEnd(facts, counts));
      if (evidence_) put(evidenceTable(*evidence_, seen_));
    } else if (arguments_.form == ReportForm::markdown) {
      if (evidence_) put(evidenceMarkdown(*evidence_, seen_));
    } else if (arguments_.form == ReportForm::json) {
      for (const FollowRow& row : seen_) put(json::serialize(followJson(row)) + "\n");
      json::object summary = reportJson(facts, counts);
      if (evidence_) summary["followed"] = followedJson(*evidence_);
      summary["exitStatus"] = static_cast<int>(exit);
      put(json::serialize(summary) + "\n");
    }
    console_.result(out_);
  }

 private:
  void put(const std::string& text) {
    out_ += text;
    if (out_.size() < 32 * 1024) return;
    console_.result(out_);
    out_.clear();
  }

  const ReportArguments& arguments_;
  const std::optional<Evidence>& evidence_;
  const Console& console_;
  std::vector<FollowRow> seen_;  // people of the entries that are shown
  ReportPage page_;
  std::size_t width_ = 0;
  std::string out_;
};

}  // namespace

Exit runReport(const ReportArguments& arguments, const Console& console) {
  if (arguments.journal.empty()) return showJournals(arguments.form == ReportForm::json, console);
  if (arguments.htmlFile) requireReplaceable(*arguments.htmlFile, std::array{pageBeginning});
  const JournalContents contents = readJournalToShow(arguments.journal, console);
  const auto [target, file, list, note] = recordedList(arguments.journal, contents, arguments.file);
  if (!note.empty()) console.complain(note);

  EntryCounts counts;
  ReasonTally tally;
  std::size_t width = 0;
  list.forEach(&contents, [&](const BulkRow& row) {
    counts.add(row);
    tally.add(row);
    width = std::max(width, row.value.size());
  });
  const RunFacts facts = factsOf(contents, target, arguments.journal, file, isSettled(counts));
  const std::optional<Evidence> evidence = evidenceOf(arguments.journal, contents, list, console);
  if (!evidence && isAmong(arguments.states, toString(FollowOutcome::signedInAgain))) {
    FollowArguments following;
    following.journal = arguments.journal;
    following.file = arguments.file;
    console.complain("nobody was followed, so it is not known who has signed in again. To find out: " +
                     followCommand(following));
  }
  Writer writer(arguments, evidence, console);
  writer.begin(facts, counts, tally, width);
  list.forEach(&contents, [&](const BulkRow& row) { writer.add(rowFor(row, contents)); });
  Exit exit = exitFor(counts);
  if (exit == Exit::accepted && evidence && evidence->totals().signedInAgain > 0) exit = Exit::signedInAgain;
  writer.end(facts, counts, tally, contents, exit);
  if (contents.truncatedBytes() > 0)
    console.complain("the last record of the journal (" + std::to_string(contents.truncatedBytes()) +
                     " bytes) is not whole: a run is writing it, or was killed");
  return exit;
}

}  // namespace box::cli
