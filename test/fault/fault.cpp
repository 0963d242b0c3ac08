#include "fault/fault.hpp"

#include "fault/error_names.hpp"

namespace box::test {
namespace {

std::string seconds(std::chrono::nanoseconds time) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  return milliseconds % 1000 == 0 ? std::to_string(milliseconds / 1000) + " s" : std::to_string(milliseconds) + " ms";
}

}  // namespace

std::string Count::text() const {
  if (least_ == most_) return std::to_string(least_);
  if (most_ == std::numeric_limits<std::size_t>::max()) return std::to_string(least_) + " or more";
  return std::to_string(least_) + " to " + std::to_string(most_);
}

std::string Fault::seenText() const {
  if (!sees_.empty()) return sees_;
  std::string text;
  if (accepted_) {
    text = bodyIntact_ ? "accepted" : "accepted, without its body";
  } else {
    for (const error_code& code : codes_) text += (text.empty() ? "`" : " or `") + nameOf(code) + "`";
    if (status_ != 0) text += " " + std::to_string(status_);
    if (!detail_.empty()) text += " (" + detail_ + ")";
    text += ", " + std::string(toString(fate_));
    if (otherFate_) text += " or " + std::string(toString(*otherFate_));
  }
  if (takesAtLeast_ != std::chrono::nanoseconds::zero()) text += ", after " + seconds(takesAtLeast_);
  if (!further_.empty()) text += "; " + further_;
  if (reused_) text += *reused_ ? "; the connection is used again" : "; the connection is not used again";
  return text;
}

std::string Fault::verdictText() const {
  std::string text;
  switch (standing_) {
    case Standing::run: text = "holds"; break;
    case Standing::elsewhere:
      for (const std::string& test : tests_) text += (text.empty() ? "holds: `" : ", `") + test + "`";
      break;
    case Standing::notRun: return "not run: " + remark_;
    case Standing::pending: return "pending: " + remark_;
  }
  if (!remark_.empty()) text += "; " + remark_;
  return text;
}

const std::vector<FaultGroup>& allFaults() {
  static const std::vector<FaultGroup> groups = {
      faultsOfLookups(), faultsOfConnecting(), faultsOfTls(),     faultsOfKeepAlive(), faultsOfFraming(),
      faultsOfHttp(),    faultsOfClocks(),     faultsOfMachine(), faultsOfLifecycle(), faultsOfProxies()};
  return groups;
}

}  // namespace box::test
