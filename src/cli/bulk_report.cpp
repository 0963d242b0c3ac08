#include "cli/bulk_report.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include <boost/json/value.hpp>

#include "cli/option_words.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

std::string_view inWords(BulkState state) {
  switch (state) {
    case BulkState::inDoubt: return "in doubt";
    case BulkState::notSent: return "not sent";
    default: return toString(state);
  }
}

std::string grouped(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t i = out.size(); i > 3; i -= 3) out.insert(i - 3, 1, ',');
  return out;
}

std::string grouped(std::uint64_t number, Target target) {
  return grouped(number) + " " + std::string(nounOf(target)) + (number == 1 ? "" : "s");
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

std::string progressText(const BulkProgress& progress, std::size_t width, bool bar) {
  const std::uint64_t done = progress.counts.total();
  std::string out;
  if (bar && progress.total && *progress.total > 0) {
    constexpr std::size_t cells = 20;
    const auto full =
        static_cast<std::size_t>(std::min<std::uint64_t>(done, *progress.total) * cells / *progress.total);
    out = "[" + std::string(full, '#') + std::string(cells - full, '.') + "] ";
  }
  out += grouped(done);
  if (progress.total) out += "/" + grouped(*progress.total);
  out += ", " + shownRate(progress.rate);
  if (isAnsweredByAnother(progress)) {
    out += ", not Box but another server answers (" + std::to_string(progress.outageStatus) + ") for " +
           shownDuration(progress.outage) + ": see --base-url, --proxy; retrying";
  } else if (progress.outage.count() > 0) {
    out += ", Box unavailable for " + shownDuration(progress.outage) +
           (progress.outageStatus == 0 ? " (no answer)"
                                       : " (last answer: " + std::to_string(progress.outageStatus) + ")") +
           ", retrying";
  } else if (progress.coolDown.count() > 0) {
    out += ", rate-limited by Box: paused for " + shownDuration(progress.coolDown);
  }
  // The estimate is missing before the first answers, and zero when no entry is left.
  if (progress.timeLeft && *progress.timeLeft >= std::chrono::seconds(1))
    out += ", " + shownDuration(*progress.timeLeft) + " left";
  const auto add = [&out](std::uint64_t count, const char* what) {
    if (count > 0) out.append(", ").append(grouped(count)).append(" ").append(what);
  };
  add(progress.counts.accepted, "accepted");
  add(progress.counts.rejected, "rejected");
  add(progress.counts.inDoubt, "in doubt");
  add(progress.counts.invalid, "invalid");
  add(progress.counts.duplicate, "duplicate");
  return out.substr(0, width);
}

json::object progressJson(const BulkProgress& progress) {
  json::object out;
  out["event"] = "progress";
  if (progress.total) out["entries"] = *progress.total;
  out["done"] = progress.counts.total();
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
  std::string out = row.line == 0 ? std::string() : "line " + std::to_string(row.line);
  if (!row.value.empty()) out += (out.empty() ? "" : ", ") + clean(row.value);
  return out;
}

std::string reasonText(const BulkRow& row) {
  std::string out(inWords(row.state));
  if (row.status != 0) out += ", status " + std::to_string(row.status);
  if (!row.code.empty()) out += ", " + clean(row.code);
  if (!row.message.empty()) out += ": " + clean(withoutCancellation(row.message));
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
  out["state"] = toString(row.state);
  if (row.status != 0) out["status"] = row.status;
  if (!row.code.empty()) out["code"] = clean(row.code);
  if (!row.message.empty()) out["message"] = clean(withoutCancellation(row.message));
  if (!row.requestId.empty()) out["boxRequestId"] = printable(row.requestId, 100);
  if (row.original) out["repeats"] = *row.original + 1;
  if (row.fromJournal) out["earlier"] = true;
  return out;
}

std::string countsText(Target target, const BulkCounts& counts) {
  std::string out = grouped(counts.total(), target) + ": " + grouped(counts.accepted) + " accepted";
  const auto add = [&out](std::uint64_t count, const char* what) {
    if (count > 0) out.append(", ").append(grouped(count)).append(" ").append(what);
  };
  add(counts.rejected, "rejected");
  add(counts.invalid, "invalid");
  add(counts.duplicate, counts.duplicate == 1 ? "duplicate" : "duplicates");
  add(counts.inDoubt, "in doubt");
  add(counts.notSent, "not sent");
  return out + "\n";
}

json::object countsJson(Target target, const BulkCounts& counts) {
  json::object out;
  out["event"] = "summary";
  out["target"] = std::string(nounOf(target)) + "s";
  out["entries"] = counts.total();
  out["accepted"] = counts.accepted;
  out["rejected"] = counts.rejected;
  out["invalid"] = counts.invalid;
  out["duplicate"] = counts.duplicate;
  out["inDoubt"] = counts.inDoubt;
  out["notSent"] = counts.notSent;
  return out;
}

}  // namespace box::cli
