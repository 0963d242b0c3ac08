#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "box/bulk/bulk_termination.hpp"
#include "policy/rate_limiter.hpp"
#include "box/policy/backoff.hpp"
#include "box/support/random.hpp"
#include "bulk/breaker.hpp"
#include "bulk/bulk_part.hpp"
#include "bulk/call_reply.hpp"
#include "bulk/refusals.hpp"

namespace box::inline v0_1 {

/// Decides what a bulk run sends and when, and the state of each entry. It has no I/O and no clock: it is given
/// entries, replies and `now`. Every entry that is added is in exactly one conclusion that has a state.
class Scheduler {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Action : std::uint8_t {
    send,     ///< send Step::call
    wait,     ///< wait until `until`, a reply, or an entry
    abandon,  ///< end the calls in flight, because the run has waited long enough for them
    done,     ///< the run has ended
  };
  struct Step {
    Action action = Action::wait;
    TimePoint until = TimePoint::max();
    NextCall call;
  };

  /// `options` must be valid. `lastCall`: the numbers of the calls begin after it.
  Scheduler(const BulkOptions& options, std::shared_ptr<const Random> random, TimePoint now,
            std::uint64_t lastCall = 0);

  /// Whether more entries should be read. The memory for waiting entries does not grow with the list.
  bool needsEntries() const noexcept { return !inputEnded_ && !ended_ && ready_.size() < 2; }
  /// `doubted`: whether a call of an earlier run may have had its effect on the entry.
  void add(BulkItem item, bool doubted = false);
  void endOfInput();
  /// See RateLimiter::countEarlier.
  void countEarlier(TimePoint at) { limiter_.countEarlier(at); }

  Step next(TimePoint now);
  /// The call has ended. An unknown number is ignored.
  void reply(std::uint64_t call, CallReply reply, TimePoint now);
  /// Ends the run: no further call is sent. Only the first reason is kept.
  void end(BulkEnd reason, std::string message, TimePoint now);

  /// The results since this function was last called.
  std::vector<Conclusion> takeConclusions() { return std::exchange(conclusions_, {}); }

  /// The deadline of the run.
  TimePoint deadline() const noexcept { return deadline_; }
  bool ended() const noexcept { return ended_.has_value(); }
  BulkEnd reason() const noexcept { return ended_.value_or(BulkEnd::finished); }
  const std::string& message() const noexcept { return message_; }
  const std::optional<BoxSdkError>& failure() const noexcept { return failure_; }
  std::size_t inFlight() const noexcept { return sent_.size(); }
  std::uint64_t calls() const noexcept { return calls_; }
  std::uint64_t throttled() const noexcept { return throttled_; }
  std::size_t batchSize() const noexcept { return batchSize_; }
  double rate(TimePoint now) { return limiter_.rate(now); }
  std::chrono::nanoseconds coolDown(TimePoint now) const;
  /// How long Box has been down; 0: Box is not down.
  std::chrono::nanoseconds outage(TimePoint now) const;
  /// In an outage: the HTTP status of the last response, such as a 5xx; 0: the last failure had no response.
  int outageStatus() const noexcept { return breaker_.isOpen() ? outageStatus_ : 0; }

 private:
  /// The data about one planned batch that all its parts share.
  struct Family {
    unsigned refusedHalves = 0, refusedQuarters = 0;
    std::size_t undecided = 0;  // how many of its entries have no state yet
    std::size_t largestAccepted = 0;
    bool refused = false, anyRejected = false;
    /// Whether both halves and all four quarters were refused: then most entries probably are, and single entries need
    /// fewer calls than halves.
    bool oneByOne() const noexcept { return refusedHalves >= 2 && refusedQuarters >= 4; }
  };
  struct Work {
    BulkPart part;
    std::shared_ptr<Family> family;
    unsigned level = 0;  // 0: the batch, 1: its halves, …
    unsigned failures = 0;
    bool split = false;   // refused, or failed too often, as a whole: cut() takes its halves or its entries
    bool putOff = false;  // failed too often: it is sent in halves, from putOff_
    bool wasStale = false;
    std::optional<std::string> doubt{};  // the message of a call that may have taken effect; unset: no such call
    // Of the last answer with Fate::rejected (4xx, 429, 500); null: none.
    std::shared_ptr<const BulkVerdictDetails> refusal{};

    /// Its parts are other calls, so their failures are counted anew. Each part gets BulkOptions::attempts of them,
    /// except the parts of a batch that was put off: while such a part has more than one entry, it gets putOffAttempts.
    void beginSplit() {
      split = true;
      failures = 0;
      wasStale = false;
    }
  };
  struct SentCall {
    Work work;
    TimePoint sentAt;
    bool probe = false;  // whether the breaker was open when it was sent
  };
  struct Held {
    std::uint64_t call;
    Work work;
    BulkVerdictDetails verdict;
  };

  Step nextAfterEnd(TimePoint now);
  Step lastStep(TimePoint now);
  std::optional<Work> pick(TimePoint now);
  Work cut(std::deque<Work>& queue);
  bool anyReady(TimePoint now) const noexcept;
  TimePoint nextReady() const noexcept;
  void flush();

  void onAccepted(std::uint64_t call, const Work& work, CallReply& reply, TimePoint now);
  void onRefused(std::uint64_t call, Work work, CallReply& reply, TimePoint now);
  void onTemporary(std::uint64_t call, Work work, CallReply& reply, bool probe, TimePoint now);
  void conclude(std::uint64_t call, const Work& work, BulkVerdictDetails verdict, std::optional<BulkState> state);
  void settleHeld(bool asRejected);
  void settle(Held held, bool asRejected);
  void endAsSystemic(TimePoint now);
  void giveUp(Work& work, const std::string& why);
  void giveUpAll();
  void checkRejectedShare(TimePoint now);
  void learnBatchSize(Family& family);

  const BulkOptions options_;
  const std::shared_ptr<const Random> random_;
  const TimePoint deadline_;
  const ExponentialBackoffPolicy backoff_;
  RateLimiter limiter_;
  Breaker breaker_;
  Refusals refusals_;

  std::vector<BulkItem> filling_;  // the batch that is being planned
  bool fillingDoubted_ = false;    // whether its entries are doubted: all entries of a batch are, or none is
  std::deque<Work> ready_;         // whole batches, in order
  std::deque<Work> again_;         // throttled or stale calls; they are sent before all others
  // Parts of refused batches. They are sent before new batches, except where Refusals::wantsBatch().
  std::deque<Work> parts_;
  std::multimap<TimePoint, Work> waiting_;  // failed calls; they are sent again at that time
  // Work that is sent after all other work. It is sent earlier if putOff_ has at least mostWaiting elements; or if
  // waiting_ has at least mostWaiting calls and a whole batch is ready: that batch may not begin then, and work of
  // putOff_ is sent in its place.
  std::deque<Work> putOff_;
  std::vector<Held> held_;  // refused single entries, whose refusal may concern all entries
  std::map<std::uint64_t, SentCall> sent_;
  std::vector<Conclusion> conclusions_;

  std::uint64_t lastCall_;
  std::uint64_t calls_ = 0, throttled_ = 0;
  std::uint64_t accepted_ = 0, rejected_ = 0;
  std::size_t batchSize_;
  unsigned batchesTooLarge_ = 0;  // how many in a row
  bool lastIsNext_ = false;       // whether the next single entry is the last of its part, and not the first
  // everAnswered_: whether a call had a 202, a 429 or a refusal; a 5xx counts as a failure.
  bool inputEnded_ = false, everAnswered_ = false, abandoned_ = false;
  std::optional<BulkEnd> ended_;
  TimePoint endedAt_{};
  std::string message_;
  std::optional<BoxSdkError> failure_, lastRefusal_, lastForbidden_;
  std::string lastRefusalText_;
  int outageStatus_ = 0;
};

}  // namespace box::inline v0_1
