#include "bulk/bulk_run.hpp"

namespace box::inline v0_1 {

BulkSummary BulkRun::summary() const {
  BulkSummary summary;
  summary.end = scheduler_.reason();
  summary.message = scheduler_.message();
  if (summary.end == BulkEnd::finished && lateFailure_) {
    summary.end = BulkEnd::listenerFailed;
    summary.message = *lateFailure_;
  }
  // A failure of the journal is reported even if the run ended for another reason, because the journal is not complete
  // then.
  if (!journal_.failure().empty()) {
    summary.end = BulkEnd::journalFailed;
    summary.message = journal_.failure();
  }
  if (summary.end != BulkEnd::listenerFailed && lateFailure_) {
    if (!summary.message.empty()) summary.message += "; ";
    summary.message += "the listener failed too: " + *lateFailure_;
  }
  summary.counts = counts_;
  summary.sourceExhausted = exhausted_;
  summary.calls = scheduler_.calls();
  summary.throttled = scheduler_.throttled();
  summary.elapsed = elapsed(Steady::now());
  const bool leftSome = summary.end == BulkEnd::finished && counts_.inDoubt + counts_.notSent > 0;
  const bool because = leftSome || summary.end == BulkEnd::failed || summary.end == BulkEnd::systemic ||
                       summary.end == BulkEnd::unavailable || summary.end == BulkEnd::deadline;
  if (because) summary.failure = scheduler_.failure();
  return summary;
}

std::chrono::nanoseconds BulkRun::elapsed(TimePoint now) const { return now - startedAt_; }

}  // namespace box::inline v0_1
