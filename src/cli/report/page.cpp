#include "cli/report/page.hpp"

#include "cli/bulk_report.hpp"
#include "cli/report/drawing.hpp"
#include "cli/report/markup.hpp"
#include "cli/report/rows.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --back: #ffffff; --text: #1c2330; --soft: #5a6474; --line: #d5dae1; --card: #f5f7f9;
  --accepted: #1a7f4b; --rejected: #c0362c; --limited: #985a00; --failed: #7a4bb5; --other: #5a6474; --outage: #f6dfe0; }
@media (prefers-color-scheme: dark) {
  :root { --back: #14181f; --text: #e6e9ee; --soft: #a3adba; --line: #343c48; --card: #1d232c;
    --accepted: #4cc38a; --rejected: #ff7b72; --limited: #f0a839; --failed: #b892f0; --other: #a3adba; --outage: #43262a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
p { margin: .5rem 0; max-width: 60rem; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.notice { border-left: 4px solid var(--limited); background: var(--card); padding: .6rem .9rem; margin: 1rem 0; }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0;
  list-style: none; }
.totals li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; }
.totals strong { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: .3rem 1.25rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; }
th { background: var(--card); white-space: nowrap; }
td { overflow-wrap: anywhere; min-width: 4rem; }
td.n { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
td.entry { min-width: 12rem; }
td.why { min-width: 14rem; }
td.time { white-space: nowrap; }
.state { font-weight: 600; white-space: nowrap; color: var(--other); }
.state.accepted { color: var(--accepted); }
.state.rejected, .state.invalid, .state.signedInAgain { color: var(--rejected); }
.state.inDoubt { color: var(--failed); }
.state.notSent, .state.callRefused, .state.couldNotLook { color: var(--limited); }
.timeline { display: block; width: 100%; height: 10rem; }
.timeline .accepted, .key .accepted { fill: var(--accepted); background: var(--accepted); }
.timeline .rejected, .key .rejected { fill: var(--rejected); background: var(--rejected); }
.timeline .limited, .key .limited { fill: var(--limited); background: var(--limited); }
.timeline .failed, .key .failed { fill: var(--failed); background: var(--failed); }
.timeline .outage, .key .outage { fill: var(--outage); background: var(--outage); }
.timeline .axis { stroke: var(--line); stroke-width: 2; }
.ends { display: flex; justify-content: space-between; gap: 1rem; font-size: .85rem; }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: .5rem 0 0; font-size: .9rem; }
.key i { display: inline-block; width: .8rem; height: .8rem; border-radius: .15rem; margin-right: .4rem; }
@media print { main { max-width: none; } .scroll { overflow: visible; } tr { break-inside: avoid; } }
)";

std::string cell(std::string_view kind, const std::string& html) {
  return "<td" + (kind.empty() ? std::string() : " class=\"" + std::string(kind) + "\"") + ">" + html + "</td>";
}

std::string stateText(BulkState state, int status) {
  return "<span class=\"state " + std::string(nameOf(state, status)) + "\">" + std::string(inWords(state, status)) +
         "</span>";
}

std::string stateCell(BulkState state, int status) { return "<td>" + stateText(state, status) + "</td>"; }

std::string totals(const EntryCounts& counts) {
  std::string out = "<ul class=\"totals\">\n";
  const auto add = [&out](std::uint64_t count, BulkState state, int status = 0) {
    if (count == 0 && state != BulkState::accepted) return;
    out += "<li><strong>" + grouped(count) + "</strong>" + stateText(state, status) + "</li>\n";
  };
  add(counts.accepted, BulkState::accepted);
  add(counts.rejected, BulkState::rejected);
  add(counts.inDoubt, BulkState::inDoubt);
  add(counts.callRefused, BulkState::notSent, counts.areForbidden() ? 403 : 429);  // the words are the same for others
  add(counts.notSent - counts.callRefused, BulkState::notSent);
  add(counts.invalid, BulkState::invalid);
  add(counts.duplicate, BulkState::duplicate);
  add(counts.leftOut, BulkState::leftOut);
  return out + "</ul>\n";
}

std::string reasons(const ReasonTally& tally) {
  std::string out;
  for (const ReasonTally::Reason& reason : tally.reasons()) {
    if (reason.status == 0 && reason.code.empty() && reason.message.empty()) continue;
    out += "<tr>" + cell("n", grouped(reason.count)) + stateCell(reason.state, reason.status) +
           cell("n", reason.status == 0 ? "" : std::to_string(reason.status)) +
           cell("why", inHtml(reasonIn(reason.code, reason.message))) + "</tr>\n";
  }
  if (out.empty()) return out;
  return "<h2>Reasons</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>Entries</th><th>State</th><th>Status</th>"
         "<th>Reason</th></tr></thead>\n<tbody>\n" +
         out + "</tbody></table></div>\n";
}

std::string calls(const RunFacts& facts, const Timeline& timeline) {
  if (timeline.bars.empty()) return {};
  std::string out =
      "<h2>Calls over time</h2>\n" + drawingOf(timeline) + "<div class=\"ends soft\"><span>" +
      shownTime(timeline.start) + "</span><span>" + shownTime(timeline.end) + "</span></div>\n" +
      "<ul class=\"key\"><li><i class=\"accepted\"></i>accepted</li><li><i class=\"rejected\"></i>rejected</li>"
      "<li><i class=\"limited\"></i>rate-limited (429)</li><li><i class=\"failed\"></i>no answer, or an error "
      "of the server</li>";
  if (!timeline.outages.empty()) out += "<li><i class=\"outage\"></i>no usable answer from Box</li>";
  out += "</ul>\n<p class=\"soft\">" + counted(facts.calls, "call") + ", " + grouped(facts.limited) +
         " of them rate-limited";
  if (!timeline.outages.empty()) {
    std::chrono::nanoseconds total{};
    for (const Timeline::Outage& outage : timeline.outages) total += outage.to - outage.from;
    out += ", no usable answer from Box for " + shownDuration(total);
  }
  return out + ". The highest bar has " + grouped(timeline.highest()) + ".</p>\n";
}

}  // namespace

void ReportPage::add(const ReportRow& entry) {
  if (++count_ > mostRows) return;
  const BulkRow& row = entry.row;
  std::string why = inHtml(reasonIn(row.code, row.message));
  if (row.original) why = "repeats no. " + grouped(*row.original + 1);
  if (!row.requestId.empty() && why.find(inHtml(row.requestId)) == std::string::npos)
    why += " <span class=\"soft\">" + inHtml(row.requestId) + "</span>";
  rows_ += "<tr>" + cell("n", std::to_string(row.index + 1)) +
           cell("n", row.line == 0 ? "" : std::to_string(row.line)) + stateCell(row.state, row.status) +
           cell("entry", inHtml(row.value)) + cell("n", row.status == 0 ? "" : std::to_string(row.status)) +
           cell("why", why) + cell("time", entry.time ? shownTime(*entry.time) : "") + "</tr>\n";
}

std::string ReportPage::finish(const RunFacts& facts, const EntryCounts& counts, const ReasonTally& tally,
                               const Timeline& timeline, const std::string& states, const std::string& evidence) const {
  const std::string title = titleOf(facts, counts);
  std::string out(pageBeginning);
  out +=
      "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<title>" +
      title + ", " + shownTime(facts.begun) + "</title>\n<style>";
  out.append(style).append("</style>\n</head>\n<body>\n<main>\n");
  out += "<h1>" + title + "</h1>\n<p class=\"soft\">Begun " + shownTime(facts.begun) +
         (facts.person.empty() ? "" : " by " + inHtml(facts.person)) +
         (facts.machine.empty() ? "" : " on " + inHtml(facts.machine)) + ".</p>\n" + totals(counts);
  if (counts.accepted > 0) {
    out.append("<p class=\"notice\">").append(acceptedMeans).append("</p>\n");
  }
  if (!facts.finished) out += "<p class=\"notice\">This run has not finished.</p>\n";
  out += "<h2>The run</h2>\n<dl>\n";
  for (const auto& [name, text] : shownFacts(facts))
    if (!text.empty()) out.append("<dt>").append(name).append("</dt><dd>").append(inHtml(text)).append("</dd>\n");
  out += "</dl>\n" + reasons(tally) + calls(facts, timeline) + evidence;
  out += "<h2>The list</h2>\n";
  if (!states.empty()) out += "<p class=\"soft\">Only entries in these states: " + inHtml(states) + ".</p>\n";
  if (count_ > mostRows) {
    out += "<p class=\"notice\">The first " + grouped(mostRows) + " of " + grouped(count_) +
           " entries. <code>box-sessions report --csv</code> has all of them.</p>\n";
  }
  if (count_ == 0) return out + "<p>There are no such entries.</p>\n</main>\n</body>\n</html>\n";
  out +=
      "<div class=\"scroll\"><table>\n<thead><tr><th>No.</th><th>Line</th><th>State</th><th>Entry</th><th>Status</th>"
      "<th>Reason</th><th>Time</th></tr></thead>\n<tbody>\n" +
      rows_ + "</tbody></table></div>\n</main>\n</body>\n</html>\n";
  return out;
}

}  // namespace box::cli
