#pragma once

namespace box::inline v0_1 {

/// Counts what Box refuses, to find a cause that concerns all entries rather than one: a scope, an account, a base URL.
///
/// It counts the refusals with the same status since a call was last accepted. A 403 concerns the account that makes
/// the call, so one refused batch is enough; a 401 ends a run at once, as a failure of its token. It has no clock. If
/// one of the two figures is 0, it never finds such a cause.
class Refusals {
 public:
  Refusals(unsigned batches, unsigned singles) noexcept : batchesWanted_(batches), singlesWanted_(singles) {}

  bool watches() const noexcept { return batchesWanted_ > 0 && singlesWanted_ > 0; }

  void accepted() noexcept {
    everAccepted_ = true;
    batches_ = singles_ = 0;
  }
  /// Each of these functions returns whether the refusals that were counted before have another status. Then they are
  /// not counted any more, and they had no cause which concerns all entries; unless it is the account, for which Box
  /// answers 403, and nothing was accepted.
  bool batchRefused(int status) noexcept { return count(status, batches_); }
  bool singleRefused(int status) noexcept { return count(status, singles_); }

  /// Whether the next call should have a single entry, which shows more than a part of a batch does.
  bool suspicious() const noexcept {
    return watches() && (!everAccepted_ || batches_ >= batchesWanted_ || singles_ >= singlesWanted_);
  }
  /// Whether there were enough single entries, so that the next call should be a whole batch.
  bool wantsBatch() const noexcept { return watches() && singles_ >= singlesWanted_ && !enoughBatches(); }
  bool systemic() const noexcept { return watches() && singles_ >= singlesWanted_ && enoughBatches(); }
  /// Whether the cause concerns all entries of a list that ended before enough single entries were sent: nothing was
  /// accepted, and Box refused a batch and a single entry with 403.
  bool systemicAtEnd() const noexcept {
    return watches() && !everAccepted_ && isAboutTheAccount() && batches_ > 0 && singles_ > 0;
  }

  bool everAccepted() const noexcept { return everAccepted_; }
  /// How many batches and single entries in a row were refused with the same status, the last one included.
  unsigned inARow() const noexcept { return batches_ + singles_; }

 private:
  bool isAboutTheAccount() const noexcept { return status_ == 403; }
  bool enoughBatches() const noexcept { return batches_ >= (isAboutTheAccount() ? 1U : batchesWanted_); }
  bool count(int status, unsigned& which) noexcept {
    const bool hasChanged = inARow() > 0 && status != status_;
    if (hasChanged) batches_ = singles_ = 0;
    status_ = status;
    ++which;
    return hasChanged;
  }

  unsigned batchesWanted_, singlesWanted_;
  unsigned batches_ = 0, singles_ = 0;
  int status_ = 0;
  bool everAccepted_ = false;
};

}  // namespace box::inline v0_1
