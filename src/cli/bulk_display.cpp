#include "cli/bulk_display.hpp"

#include <iterator>
#include <optional>
#include <utility>

#include "cli/bulk_report.hpp"
#include "cli/entries.hpp"
#include "cli/system/terminal.hpp"
#include "cli/text.hpp"

namespace box::cli {

BulkDisplay::BulkDisplay(const TerminateArguments& arguments, const BulkOptions& options, std::string whereAll,
                         std::vector<BulkState>* states, const JournalContents* past, const Console& console)
    : json_(arguments.json),
      quiet_(arguments.quiet),
      status_(!arguments.quiet && !arguments.json && Console::showsStatus()),
      options_(options),
      whereAll_(std::move(whereAll)),
      states_(states),
      past_(past),
      console_(console) {}

void BulkDisplay::onRow(const BulkRow& given) {
  BulkRow row = given;
  std::optional<BulkPast> refusal;  // of a call of an earlier run, where this run has not sent the entry
  if (past_ != nullptr && row.state == BulkState::notSent && row.status == 0) refusal = past_->refusal(row.index);
  if (refusal) row.take(*refusal);
  if (isCallRefused(row.state, row.status)) {
    ++callRefused_;
    refusedWith_.insert(row.status);
  }
  if (states_ != nullptr && row.index < states_->size()) (*states_)[row.index] = row.state;
  if (row.state == BulkState::rejected && !row.fromJournal) refusals_.insert(row.status);
  const bool hasId = row.state == BulkState::accepted && row.call != 0 && !row.requestId.empty();
  if (hasId && acceptedCalls_.insert(row.call).second && requestIds_.size() < requestIdsShown)
    requestIds_.emplace_back(row.requestId);
  if (json_ || Console::keepsLog()) console_.event(rowJson(row), json_);
  if (json_) return;
  if (row.state == BulkState::notSent) addUnsent(row);
  const bool isTrouble = row.state == BulkState::rejected || row.state == BulkState::inDoubt;
  if (!isTrouble || row.fromJournal) return;  // invalid entries were shown before the run
  std::string reason = reasonText(row);
  if (reason == reason_) {
    ++more_;
    return;
  }
  tellTrouble();
  troubled_ = entryText(row);
  reason_ = std::move(reason);
}

void BulkDisplay::addUnsent(const BulkRow& row) {
  Unsent& same = unsent_[inWords(row.state, row.status)];
  ++same.count;
  // Entries come in the order in which the calls have ended.
  if (same.first.size() == InputFaults::shown) {
    const auto last = std::prev(same.first.end());
    if (row.index > last->first) return;
    same.first.erase(last);
  }
  same.first.emplace(row.index, entryText(row));
}

void BulkDisplay::finish() {
  tellTrouble();
  if (quiet_) return;
  for (const auto& [words, same] : unsent_) {
    std::string out;
    for (const auto& [index, entry] : same.first) out.append(out.empty() ? "" : ", ").append(entry);
    if (same.count > same.first.size()) out += " and " + grouped(same.count - same.first.size()) + " more" + whereAll_;
    console_.complain(std::string(words) + ": " + out);
  }
}

void BulkDisplay::tellTrouble() {
  if (reason_.empty()) return;
  if (++troubles_ <= InputFaults::shown) {
    console_.complain(troubled_ + (more_ > 0 ? " and " + grouped(more_) + " more" : "") + ": " + reason_);
  } else if (troubles_ == InputFaults::shown + 1) {
    console_.complain("… and more" + whereAll_);
  }
  reason_.clear();
  more_ = 0;
}

void BulkDisplay::onProgress(const BulkProgress& progress) {
  answeredByAnother_ = box::cli::isAnsweredByAnother(progress);
  if ((json_ || Console::keepsLog()) && isTime(nextEvent_, progress.elapsed, std::chrono::seconds(1)))
    console_.event(progressJson(progress), json_);
  if (json_) return;
  tellTrouble();
  tellOutage(progress);
  if (status_) {
    console_.status(progressText(progress, options_, statusColumns(), true));
  } else if (!quiet_ && isTime(nextLine_, progress.elapsed, interval)) {
    console_.tell("box-sessions: " + progressText(progress, options_, 200, false));
  }
}

void BulkDisplay::tellOutage(const BulkProgress& progress) {
  const auto before = std::exchange(outage_, progress.outage);
  const bool isDown = progress.outage.count() > 0;
  if (quiet_ || isDown == (before.count() > 0)) return;
  console_.complain(isDown ? outageNotice(progress, options_, std::chrono::system_clock::now())
                           : "Box answers again, after " + shownDuration(before));
}

bool BulkDisplay::isTime(std::chrono::nanoseconds& next, std::chrono::nanoseconds elapsed,
                         std::chrono::nanoseconds every) {
  if (elapsed < next) return false;
  next = elapsed + every;
  return true;
}

}  // namespace box::cli
