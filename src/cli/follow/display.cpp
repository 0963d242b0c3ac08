#include "cli/follow/display.hpp"

#include <utility>

#include <box/error.hpp>
#include <box/support/unlimited.hpp>

#include "cli/bulk_report.hpp"
#include "cli/files.hpp"
#include "cli/follow/follow_text.hpp"
#include "cli/option_words.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

/// How often the state is stored where nothing was found. Reading the same events again after a crash is harmless.
constexpr std::chrono::seconds keptEvery{60};
/// A single failure is not shown, because the next request may succeed.
constexpr unsigned toldFailures = 3;

}  // namespace

FollowDisplay::FollowDisplay(const FollowedPeople& people, Manner manner, std::function<void(std::string)> keep,
                             const Console& console)
    : people_(people),
      manner_(manner),
      status_(!manner.json && !manner.quiet && Console::showsStatus()),
      keep_(std::move(keep)),
      console_(console) {}

void FollowDisplay::onFinding(const FollowFinding& finding) {
  found_ = true;
  const Followed& who = people_.people[finding.target];
  if (finding.kind == FollowKind::other) return;
  console_.event(findingJson(finding, who), manner_.json);
  if (manner_.json) return;
  if (finding.kind == FollowKind::signIn && !manner_.quiet) console_.result(findingLine(finding, who));
}

void FollowDisplay::onPage(const FollowProgress& progress, const FollowState& state) {
  if (failures_ >= toldFailures) console_.complain("Box gives its events again");
  failures_ = 0;
  if (found_ || Steady::now() - keptAt_ >= keptEvery) keep(state);
  if (status_) showStatus(progress);
}

void FollowDisplay::onFailure(const BoxSdkError& error) {
  if (++failures_ == toldFailures)
    console_.complain("Box has not given its events " + std::to_string(toldFailures) +
                      " times in a row, and is asked again: " + inOptionWords(error));
}

void FollowDisplay::keep(const FollowState& state) {
  found_ = false;
  keptAt_ = Steady::now();
  try {
    keep_(state());
    kept_ = true;
  } catch (const FileError& error) {
    if (kept_)
      console_.complain(std::string(error.what()) + ". Sign-ins are still shown, and will be shown again after " +
                        "a restart");
    kept_ = false;
  }
}

void FollowDisplay::showStatus(const FollowProgress& progress) {
  std::string line = "following " + counted(people_.people.size(), "user");
  if (manner_.window != unlimited) {
    const auto left = manner_.window - (Steady::now() - begun_);
    if (left > left.zero()) line += ", " + shownDuration(std::chrono::ceil<std::chrono::seconds>(left)) + " left";
  }
  line += ", " + counted(progress.signIns, "sign-in");
  if (progress.lookedUntil) line += ", seen until " + shownTime(*progress.lookedUntil);
  console_.status(line.substr(0, 79));
}

}  // namespace box::cli
