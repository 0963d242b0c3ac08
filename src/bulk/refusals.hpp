#pragma once

namespace box::inline v0_1 {

/// Counts what Box refuses, to find a cause that concerns all entries rather than one: a scope, an account, a base URL.
///
/// It counts the refusals with the same status since a call was last accepted. `batches` and `singles`: how many
/// refused batches and how many refused single entries are needed to find such a cause; if one of them is 0, none is
/// found. A 403 concerns the account that makes the call, so if nothing was accepted yet, one refused batch is enough
/// instead of `batches`; `singles` stays as it is. A 401 ends a run at once, as a failure of its token. This class has
/// no clock.
class Refusals {
 public:
  Refusals(unsigned batches, unsigned singles) noexcept : batchesWanted_(batches), singlesWanted_(singles) {}

  bool watches() const noexcept { return batchesWanted_ > 0 && singlesWanted_ > 0; }

  void noteAccepted() noexcept {
    everAccepted_ = true;
    batches_ = singles_ = 0;
  }
  /// Each of these functions returns whether the earlier refusals have another status. Then their count is dropped,
  /// because they had no common cause. (The scheduler then settles the earlier refusals as rejected, except a 403 while
  /// nothing was accepted, which may concern the account.)
  bool noteRefusedBatch(int status) noexcept { return count(status, batches_); }
  bool noteRefusedSingle(int status) noexcept { return count(status, singles_); }

  /// Whether a refused batch should be cut into single entries rather than halves, because a single entry shows more
  /// about a common cause.
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
  /// The sum of both counts. A batch of one entry is in both.
  unsigned inARow() const noexcept { return batches_ + singles_; }

 private:
  bool isAboutTheAccount() const noexcept { return status_ == 403; }
  bool enoughBatches() const noexcept {
    return batches_ >= (isAboutTheAccount() && !everAccepted_ ? 1U : batchesWanted_);
  }
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
