#include "cli/report/drawing.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr double width = 960, height = 160;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::string box(double x, double y, double w, double h, const char* kind) {
  return "<rect class=\"" + std::string(kind) + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" +
         number(w) + "\" height=\"" + number(h) + "\"/>";
}

std::string tooltip(const Timeline& timeline, std::size_t index) {
  const Timeline::Bar& bar = timeline.bars[index];
  const auto from = timeline.start + std::chrono::duration_cast<std::chrono::system_clock::duration>(
                                         timeline.barWidth() * static_cast<std::int64_t>(index));
  const std::string counts = inCounts({{bar.accepted, "accepted"},
                                       {bar.rejected, "rejected"},
                                       {bar.limited, "limited (429)"},
                                       {bar.failed, "no answer, or a server error"}});
  return shownTime(from) + ":" + (counts.empty() ? "" : " ") + counts;
}

}  // namespace

std::string drawingOf(const Timeline& timeline) {
  std::string out =
      "<svg class=\"timeline\" viewBox=\"0 0 960 160\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"Calls over time\">";
  const double whole = static_cast<double>((timeline.end - timeline.start).count());
  const auto xOf = [&](Timeline::TimePoint time) {
    return width * std::clamp(static_cast<double>((time - timeline.start).count()) / whole, 0.0, 1.0);
  };
  for (const Timeline::Outage& outage : timeline.outages) {
    const double from = xOf(outage.from), to = xOf(outage.to);
    out += "<g><title>No usable answer from Box for " + shownDuration(outage.to - outage.from) + ", from " +
           shownTime(outage.from) + "</title>" + box(from, 0, std::max(to - from, 2.0), height, "outage") + "</g>";
  }
  const double step = width / static_cast<double>(std::max<std::size_t>(timeline.bars.size(), 1));
  const double unit = (height - 8) / static_cast<double>(std::max<std::uint64_t>(timeline.highest(), 1));
  for (std::size_t i = 0; i < timeline.bars.size(); ++i) {
    const Timeline::Bar& bar = timeline.bars[i];
    if (bar.total() == 0) continue;
    out += "<g><title>" + tooltip(timeline, i) + "</title>";
    double base = height;
    const auto stack = [&](std::uint64_t count, const char* kind) {
      if (count == 0) return;
      const double tall = static_cast<double>(count) * unit;
      base -= tall;
      out += box(static_cast<double>(i) * step, base, std::min(step * 0.85, 40.0), tall, kind);
    };
    stack(bar.accepted, "accepted");
    stack(bar.rejected, "rejected");
    stack(bar.limited, "limited");
    stack(bar.failed, "failed");
    out += "</g>";
  }
  return out + "<line class=\"axis\" x1=\"0\" y1=\"160\" x2=\"960\" y2=\"160\"/></svg>\n";
}

}  // namespace box::cli
