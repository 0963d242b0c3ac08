#include "cli/report/rows.hpp"

#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "cli/bulk_report.hpp"
#include "cli/csv.hpp"
#include "cli/option_words.hpp"
#include "cli/report/markup.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

namespace {

std::size_t entryWidth(std::size_t longest) { return columnWidth(longest, 5); }

std::string orDash(const std::string& text) { return text.empty() ? "-" : text; }

std::string numberOrNothing(std::uint64_t number) { return number == 0 ? std::string() : std::to_string(number); }

std::string statusIn(const BulkRow& row) { return row.status == 0 ? std::string() : std::to_string(row.status); }

void putText(json::object& out, std::string_view name, const std::string& value) {
  if (!value.empty()) out[name] = validUtf8(value);
}

void putOrigin(json::object& out, const RunOrigin& origin) {
  putText(out, "person", origin.person);
  putText(out, "machine", origin.machine);
  putText(out, "program", origin.program);
  putText(out, "account", origin.account);
}

std::string timeIn(const ReportRow& row) { return row.time ? isoTime(*row.time) : std::string(); }

}  // namespace

std::string reasonIn(std::string_view code, std::string_view message) {
  std::string words = inOptionWords(message);
  // The text of Box's answer begins with the status, and has the code if its words do not say the same.
  const bool isAnswer = words.size() > 3 && words.find_first_not_of("0123456789") == 3 && words[3] == ' ';
  if (code.empty() || isAnswer) return words;
  return std::string(code) + (words.empty() ? "" : ": ") + words;
}

std::string tableHead(std::size_t width) {
  return "NO.       LINE      TIME                  STATE         STATUS  " + padded("ENTRY", entryWidth(width)) +
         "  REASON, BOX-REQUEST-ID\n";
}

std::string tableLine(const ReportRow& entry, std::size_t width) {
  const BulkRow& row = entry.row;
  std::string out = padded(std::to_string(row.index + 1), 8) + "  " + padded(orDash(numberOrNothing(row.line)), 8) +
                    "  " + padded(orDash(timeIn(entry)), 20) + "  " +
                    padded(std::string(inWords(row.state, row.status)), 12) + "  " + padded(orDash(statusIn(row)), 6) +
                    "  " + padded(orDash(clean(row.value)), entryWidth(width));
  const std::string reason = clean(reasonIn(row.code, row.message));
  if (!reason.empty()) out += "  " + reason;
  if (!row.requestId.empty() && reason.find(row.requestId) == std::string::npos)
    out += "  " + printable(row.requestId, 100);
  if (row.original) out += "  repeats no. " + std::to_string(*row.original + 1);
  out.erase(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

std::string tableEnd(const RunFacts& facts, const EntryCounts& counts) {
  std::string out = "\n" + countsText(facts.target, counts) + "begun " + clean(inWords(facts));
  if (facts.ended) out += (facts.finished ? ", finished " : ", not finished, last record ") + shownTime(*facts.ended);
  for (const std::string& line : {whyNotFinished(facts), howToContinue(facts), clean(whoIsLeftOut(facts))})
    if (!line.empty()) out.append("\n").append(line);
  out += "\nsent to " + clean(facts.host) + " with " + counted(facts.calls, "call");
  if (facts.limited > 0) out += " (" + grouped(facts.limited) + " rate-limited)";
  if (!facts.account.empty()) out += ", with the credentials of " + clean(facts.account);
  if (!facts.asUser.empty()) out += ", as user " + clean(facts.asUser);
  for (const RunOrigin& run : facts.continued) out += "\ncontinued " + clean(continuedText(run));
  return out + "\n";
}

std::string csvHead() { return "number,line,entry,state,status,code,message,box_request_id,repeats,time"; }

std::string csvLine(const ReportRow& entry) {
  const BulkRow& row = entry.row;
  return std::to_string(row.index + 1) + "," + numberOrNothing(row.line) + "," + csvField(row.value) + "," +
         std::string(nameOf(row.state, row.status)) + "," + statusIn(row) + "," + csvField(row.code) + "," +
         csvField(inOptionWords(row.message)) + "," + csvField(row.requestId) + "," +
         (row.original ? std::to_string(*row.original + 1) : "") + "," + timeIn(entry);
}

std::vector<std::pair<std::string_view, std::string>> shownFacts(const RunFacts& facts) {
  std::vector<std::pair<std::string_view, std::string>> out{
      {"Begun", shownTime(facts.begun)},
      {facts.finished ? "Finished" : "Not finished; last record", facts.ended ? shownTime(*facts.ended) : ""},
      {"Last answer", whyNotFinished(facts)},
      {"To continue", howToContinue(facts)},
      {"Person", facts.person},
      {"Machine", facts.machine},
      {"Credentials", facts.account},
      {"As user", facts.asUser},
      {"Sent to", facts.host},
      {"Calls", grouped(facts.calls) + (facts.limited > 0 ? ", " + grouped(facts.limited) + " rate-limited" : "")},
      {"List", facts.list},
      {"Left out", whoIsLeftOut(facts)},
      {"Journal", facts.journal},
      {"Program", facts.program.empty() ? "" : "box-sessions " + facts.program}};
  for (const RunOrigin& run : facts.continued) out.emplace_back("Continued", continuedText(run));
  return out;
}

std::string titleOf(const RunFacts& facts, const EntryCounts& counts) {
  const std::uint64_t real = counts.total() - counts.invalid - counts.duplicate - counts.leftOut;
  return "Session termination of " + counted(real, nounOf(facts.target)) +
         (real == counts.total() ? "" : " (" + counted(counts.total(), "entry") + ")");
}

std::string markdownHead(const RunFacts& facts, const EntryCounts& counts, const ReasonTally& tally,
                         const std::string& states) {
  std::string out = "## " + titleOf(facts, counts) + "\n\n";
  for (const auto& [name, text] : shownFacts(facts))
    if (!text.empty()) out.append("- ").append(name).append(": ").append(inMarkdown(text)).append("\n");
  out.append("\n").append(acceptedMeans).append("\n\n");
  out += "| Entries | State | Status | Reason |\n|---:|---|---|---|\n";
  for (const ReasonTally::Reason& reason : tally.reasons()) {
    out += "| " + grouped(reason.count) + " | " + std::string(inWords(reason.state, reason.status)) + " | " +
           (reason.status == 0 ? "" : std::to_string(reason.status)) + " | " +
           inMarkdown(reasonIn(reason.code, reason.message)) + " |\n";
  }
  out += "\n";
  if (!states.empty()) out += "Only entries in these states: " + states + ":\n\n";
  return out + "| No. | Line | State | Entry | Status | Reason | Time |\n|---:|---:|---|---|---|---|---|\n";
}

std::string markdownLine(const ReportRow& entry) {
  const BulkRow& row = entry.row;
  std::string reason = inMarkdown(reasonIn(row.code, row.message));
  if (row.original) reason = "repeats no. " + std::to_string(*row.original + 1);
  return "| " + std::to_string(row.index + 1) + " | " + numberOrNothing(row.line) + " | " +
         std::string(inWords(row.state, row.status)) + " | " + inMarkdown(row.value) + " | " + statusIn(row) + " | " +
         reason + " | " + timeIn(entry) + " |\n";
}

json::object reportJson(const ReportRow& entry) {
  json::object out = rowJson(entry.row);
  if (entry.time) out["time"] = timeIn(entry);
  return out;
}

json::object reportJson(const RunFacts& facts, const EntryCounts& counts) {
  json::object out = countsJson(facts.target, counts);
  out["finished"] = facts.finished;
  out["stopped"] = facts.stopped;
  out["begun"] = isoTime(facts.begun);
  if (facts.ended) out["lastRecord"] = isoTime(*facts.ended);
  const auto text = [&out](std::string_view name, const std::string& value) { putText(out, name, value); };
  if (facts.lastStatus != 0) out["lastStatus"] = facts.lastStatus;
  text("lastAnswer", whyNotFinished(facts));
  text("resume", facts.resume);
  text("leftOut", facts.leftOut);
  putOrigin(out, facts);
  text("asUser", facts.asUser);
  text("host", facts.host);
  text("list", facts.list);
  text("journal", facts.journal);
  out["calls"] = facts.calls;
  out["throttled"] = facts.limited;
  if (facts.continued.empty()) return out;
  json::array& runs = out["continued"].emplace_array();
  for (const RunOrigin& run : facts.continued) {
    json::object& one = runs.emplace_back(json::object()).as_object();
    one["begun"] = isoTime(run.begun);
    putOrigin(one, run);
  }
  return out;
}

}  // namespace box::cli
