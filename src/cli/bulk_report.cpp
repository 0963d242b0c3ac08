#include "cli/bulk_report.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

#include <box/support/deadline.hpp>

#include "cli/option_words.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

std::string_view inWords(BulkState state, int status) {
  switch (state) {
    case BulkState::inDoubt: return "in doubt";
    case BulkState::leftOut: return "left out";
    case BulkState::notSent: return status == 0 ? "not sent" : status == 403 ? "forbidden" : "call refused";
    default: return toString(state);
  }
}

std::string_view nameOf(BulkState state, int status) noexcept {
  return isCallRefused(state, status) ? "callRefused" : toString(state);
}

std::string shownRate(double rate) {
  if (!std::isfinite(rate)) return "no limit";
  char text[32];
  std::snprintf(text, sizeof text, rate < 10 ? "%.1f" : "%.0f", rate);
  return std::string(text) + " calls/s";
}

bool isAnsweredByAnother(const BulkProgress& progress) noexcept {
  return progress.outage.count() > 0 && progress.outageStatus >= 200 && progress.outageStatus < 400;
}

namespace {

/// How long the run still waits for an answer.
std::chrono::nanoseconds patience(const BulkProgress& progress, const BulkOptions& options) {
  const Deadline::Clock::time_point start{};
  const auto untilDeadline = options.deadline.resolve(start, Deadline()) - start - progress.elapsed;
  const auto left = std::min<std::chrono::nanoseconds>(options.longestOutage - progress.outage, untilDeadline);
  return std::max(left, std::chrono::nanoseconds(0));
}

/// How long it takes at most until the next call.
std::chrono::nanoseconds pause(const BulkProgress& progress, const BulkOptions& options) {
  return std::min(options.longestBreakerPause, patience(progress, options));
}

/// "Box unavailable for 2 min (last answer 503)". Without any answer it may be the network that fails.
std::string outageText(const BulkProgress& progress) {
  const std::string status = std::to_string(progress.outageStatus);
  const std::string duration = shownDuration(progress.outage);
  if (isAnsweredByAnother(progress))
    return "not Box but another server answers (" + status + ") for " + duration + ": see --base-url, --proxy";
  if (progress.outageStatus == 0) return "no answer from Box for " + duration;
  return "Box unavailable for " + duration + " (last answer " + status + ")";
}

/// The entries for which nothing is left to do: those in doubt, or not sent, wait for another run.
std::uint64_t doneIn(const BulkCounts& counts) {
  return counts.accepted + counts.rejected + counts.invalid + counts.duplicate + counts.leftOut;
}

/// A part of the line of progress. If the line is too long, the part with the highest rank is left out first.
struct Part {
  int rank;
  std::string text;
};

std::string joinedParts(const std::vector<Part>& parts) {
  std::string out;
  for (const Part& part : parts) out.append(out.empty() ? "" : ", ").append(part.text);
  return out;
}

/// A bar for the first of the columns that a line leaves free; empty: they are too few.
std::string barText(std::uint64_t done, std::uint64_t total, std::size_t columns) {
  constexpr std::size_t frame = 3, fewest = 4, most = 20;
  if (columns < frame + fewest) return {};
  const std::size_t cells = std::min(columns - frame, most);
  const auto full = static_cast<std::size_t>(std::min(done, total) * cells / total);
  return "[" + std::string(full, '#') + std::string(cells - full, '.') + "] ";
}

}  // namespace

std::string progressText(const BulkProgress& progress, const BulkOptions& options, std::size_t width, bool bar) {
  const BulkCounts& counts = progress.counts;
  const std::uint64_t done = doneIn(counts);
  std::vector<Part> parts{{1, grouped(done) + (progress.total ? "/" + grouped(*progress.total) : "")}};
  const bool isDown = progress.outage.count() > 0;
  if (!isDown) parts.push_back({10, shownRate(progress.rate)});
  if (isDown) {
    parts.push_back({0, outageText(progress)});
    parts.push_back({3, "next try within " + shownDuration(pause(progress, options))});
    parts.push_back({2, "gives up in " + shownDuration(patience(progress, options))});
  } else if (progress.coolDown.count() > 0) {
    parts.push_back({0, "rate-limited by Box, next calls in " + shownDuration(progress.coolDown)});
  }
  // The estimate is missing before the first answers, and zero when no entry is left.
  if (progress.timeLeft && *progress.timeLeft >= std::chrono::seconds(1))
    parts.push_back({9, shownDuration(*progress.timeLeft) + " left"});
  const auto add = [&parts](int rank, std::uint64_t count, const char* what) {
    if (count > 0) parts.push_back({rank, grouped(count) + " " + what});
  };
  add(6, counts.accepted, "accepted");
  add(4, counts.rejected, "rejected");
  add(5, counts.inDoubt, "in doubt");
  add(7, counts.invalid, "invalid");
  add(8, counts.duplicate, "duplicate");

  std::string out = joinedParts(parts);
  while (out.size() > width && parts.size() > 1) {
    // Before the number of entries goes, the reason of a pause loses its details.
    if (const std::size_t details = parts[1].text.find(" ("); parts.size() == 2 && details != std::string::npos) {
      parts[1].text.resize(details);
      out = joinedParts(parts);
      continue;
    }
    parts.erase(std::max_element(parts.begin(), parts.end(),
                                 [](const Part& one, const Part& other) { return one.rank < other.rank; }));
    out = joinedParts(parts);
  }
  if (out.size() > width) return out.substr(0, width);
  const bool hasBar = bar && progress.total && *progress.total > 0;
  return hasBar ? barText(done, *progress.total, width - out.size()) + out : out;
}

std::string outageNotice(const BulkProgress& progress, const BulkOptions& options,
                         std::chrono::system_clock::time_point now) {
  using Clock = std::chrono::system_clock;
  const auto at = [now](std::chrono::nanoseconds later) {
    return shownTime(now + std::chrono::duration_cast<Clock::duration>(later));
  };
  const char* const what = isAnsweredByAnother(progress) ? "not Box but another server answers since "
                           : progress.outageStatus == 0  ? "no answer from Box since "
                                                         : "Box is unavailable since ";
  return what + at(-progress.outage) +
         (progress.outageStatus == 0 ? "" : " (last answer " + std::to_string(progress.outageStatus) + ")") +
         ". One call at a time is tried, at most " + shownDuration(pause(progress, options)) +
         " apart, until Box answers. The run gives up at " + at(patience(progress, options));
}

json::object progressJson(const BulkProgress& progress) {
  json::object out;
  out["event"] = "progress";
  if (progress.total) out["entries"] = *progress.total;
  out["done"] = doneIn(progress.counts);
  out["accepted"] = progress.counts.accepted;
  out["rejected"] = progress.counts.rejected;
  out["invalid"] = progress.counts.invalid;
  out["duplicate"] = progress.counts.duplicate;
  out["inDoubt"] = progress.counts.inDoubt;
  out["calls"] = progress.calls;
  out["throttled"] = progress.throttled;
  out["inFlight"] = progress.inFlight;
  if (std::isfinite(progress.rate)) out["rate"] = progress.rate;
  out["coolDownMs"] = inMilliseconds(progress.coolDown);
  out["outageMs"] = inMilliseconds(progress.outage);
  if (progress.outageStatus != 0) out["outageStatus"] = progress.outageStatus;
  out["elapsedMs"] = inMilliseconds(progress.elapsed);
  if (progress.timeLeft) out["timeLeftMs"] = inMilliseconds(*progress.timeLeft);
  return out;
}

std::string entryText(const BulkRow& row) {
  const std::string line = row.line == 0 ? std::string() : "line " + std::to_string(row.line);
  if (row.value.empty()) return line;
  return clean(row.value) + (line.empty() ? "" : " (" + line + ")");
}

std::string reasonText(const BulkRow& row) {
  std::string out(inWords(row.state));
  // The text of Box's answer begins with the status, and has the code.
  const bool isTold = row.status != 0 && row.message.starts_with(std::to_string(row.status) + " ");
  if (row.status != 0 && !isTold) out += ", status " + std::to_string(row.status);
  if (!row.code.empty() && !isTold) out += ", " + clean(row.code);
  if (const std::string message = clean(inOptionWords(row.message)); message.starts_with(out)) {
    out = message;  // "in doubt since an earlier run"
  } else if (!message.empty()) {
    out += ": " + message;
  }
  if (!row.requestId.empty() && out.find(row.requestId) == std::string::npos)
    out += " (Box request id " + printable(row.requestId, 100) + ")";
  return out;
}

json::object rowJson(const BulkRow& row) {
  json::object out;
  out["event"] = "entry";
  out["number"] = row.index + 1;
  if (row.line != 0) out["line"] = row.line;
  out["entry"] = validUtf8(row.value);
  out["state"] = nameOf(row.state, row.status);
  if (row.status != 0) out["status"] = row.status;
  if (!row.code.empty()) out["code"] = clean(row.code);
  if (!row.message.empty()) out["message"] = clean(inOptionWords(row.message));
  if (!row.requestId.empty()) out["boxRequestId"] = printable(row.requestId, 100);
  if (row.original) out["repeats"] = *row.original + 1;
  if (row.fromJournal) out["earlier"] = true;
  return out;
}

std::string callRefusedText(const EntryCounts& counts) {
  std::vector<std::string> statuses;
  for (const int status : counts.refusedWith) statuses.push_back(std::to_string(status));
  const std::string out(inWords(BulkState::notSent, counts.areForbidden() ? 403 : 429));
  return statuses.empty() ? out : out + " (Box answered " + inSeries(statuses, "and") + ")";
}

std::string countsText(Target target, const EntryCounts& counts) {
  return counted(counts.total(), nounOf(target)) + ": " +
         inCounts({{counts.accepted, "accepted"},
                   {counts.rejected, "rejected"},
                   {counts.invalid, counts.invalid == 1 ? "invalid entry" : "invalid entries"},
                   {counts.duplicate, counts.duplicate == 1 ? "duplicate" : "duplicates"},
                   {counts.inDoubt, "in doubt"},
                   {counts.callRefused, callRefusedText(counts)},
                   {counts.notSent - counts.callRefused, "not sent"},
                   {counts.leftOut, "left out"}},
                  true) +
         "\n";
}

json::object countsJson(Target target, const EntryCounts& counts) {
  json::object out;
  out["event"] = "summary";
  out["target"] = nounsOf(target);
  out["entries"] = counts.total();
  out["accepted"] = counts.accepted;
  out["rejected"] = counts.rejected;
  out["invalid"] = counts.invalid;
  out["duplicate"] = counts.duplicate;
  out["inDoubt"] = counts.inDoubt;
  out["callRefused"] = counts.callRefused;
  out["notSent"] = counts.notSent - counts.callRefused;
  if (counts.leftOut > 0) out["entriesLeftOut"] = counts.leftOut;
  return out;
}

}  // namespace box::cli
