#include "cli/report/timeline.hpp"

#include <algorithm>
#include <optional>

namespace box::cli {

namespace {

using TimePoint = Timeline::TimePoint;

TimePoint endOf(const JournalCall& call) { return call.settledAt.value_or(call.sentAt); }

bool isAnswered(const JournalCall& call) {
  return call.settledAt && call.status != 0 && (call.status < 500 || call.verdict == BulkVerdict::accepted);
}

void count(Timeline::Bar& bar, const JournalCall& call) {
  if (call.verdict == BulkVerdict::accepted && call.settledAt) {
    ++bar.accepted;
  } else if (call.status == 429) {
    ++bar.limited;
  } else if (isAnswered(call)) {
    ++bar.rejected;  // also counts a batch that is split afterwards
  } else {
    ++bar.failed;
  }
}

std::vector<Timeline::Outage> outagesOf(std::span<const JournalCall> calls) {
  std::vector<const JournalCall*> ordered;
  for (const JournalCall& call : calls) {
    if (call.settledAt) ordered.push_back(&call);
  }
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const JournalCall* a, const JournalCall* b) { return endOf(*a) < endOf(*b); });
  std::vector<Timeline::Outage> out;
  std::optional<Timeline::Outage> open;
  const auto close = [&] {
    if (open && open->to - open->from >= shortestOutage) out.push_back(*open);
    open.reset();
  };
  for (const JournalCall* call : ordered) {
    if (isAnswered(*call)) {
      if (open) open->to = std::max(open->to, endOf(*call));
      close();
    } else {
      if (!open) open = Timeline::Outage{call->sentAt, call->sentAt};
      open->to = std::max(open->to, endOf(*call));
    }
  }
  close();
  return out;
}

}  // namespace

std::chrono::nanoseconds Timeline::barWidth() const noexcept {
  const auto whole = std::chrono::duration_cast<std::chrono::nanoseconds>(end - start);
  return bars.empty() ? whole : whole / static_cast<std::int64_t>(bars.size());
}

std::uint64_t Timeline::highest() const noexcept {
  std::uint64_t out = 0;
  for (const Bar& bar : bars) out = std::max(out, bar.total());
  return out;
}

Timeline timelineOf(std::span<const JournalCall> calls, std::size_t most) {
  Timeline out;
  if (calls.empty()) return out;
  out.start = calls.front().sentAt;
  out.end = out.start;
  for (const JournalCall& call : calls) {
    // The clock may have been set back during the run.
    out.start = std::min({out.start, call.sentAt, endOf(call)});
    out.end = std::max({out.end, call.sentAt, endOf(call)});
  }
  out.end = std::max(out.end, out.start + std::chrono::milliseconds(1));
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(out.end - out.start).count();
  out.bars.resize(std::min<std::size_t>(std::max<std::size_t>(most, 1),
                                        static_cast<std::size_t>(std::max<std::int64_t>(whole, 1))));
  const double scale = static_cast<double>(out.bars.size()) / static_cast<double>((out.end - out.start).count());
  for (const JournalCall& call : calls) {
    const auto place = static_cast<std::size_t>(static_cast<double>((endOf(call) - out.start).count()) * scale);
    count(out.bars[std::min(place, out.bars.size() - 1)], call);
  }
  out.outages = outagesOf(calls);
  return out;
}

}  // namespace box::cli
