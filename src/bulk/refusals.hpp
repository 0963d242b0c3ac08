#pragma once

namespace box::inline v0_1 {

/// Counts what Box refuses, to find a cause that concerns all entries rather than one: a scope, an account, a base URL.
///
/// It counts refusals with one status since a call was last accepted. A 403 is about the account that asks, so one
/// refused batch of them is enough; a 401 ends a run at once, as a failure of its token. No clock. Where either figure
/// is 0, it suspects nothing.
class Refusals {
 public:
  Refusals(unsigned batches, unsigned singles) noexcept : batchesWanted_(batches), singlesWanted_(singles) {}

  bool watches() const noexcept { return batchesWanted_ > 0 && singlesWanted_ > 0; }

  void accepted() noexcept {
    everAccepted_ = true;
    batches_ = singles_ = 0;
  }
  void batchRefused(int status) noexcept { count(status, batches_); }
  void singleRefused(int status) noexcept { count(status, singles_); }

  /// The next call should have a single entry, from which more can be learnt than from a part of a batch.
  bool suspicious() const noexcept {
    return watches() && (!everAccepted_ || batches_ >= batchesWanted_ || singles_ >= singlesWanted_);
  }
  /// Enough single entries: it is time for another whole batch.
  bool wantsBatch() const noexcept { return watches() && singles_ >= singlesWanted_ && !enoughBatches(); }
  bool systemic() const noexcept { return watches() && singles_ >= singlesWanted_ && enoughBatches(); }
  /// The same for a list that has ended before there were enough single entries: all of it was refused to this account.
  bool systemicAtEnd() const noexcept {
    return watches() && !everAccepted_ && isAboutTheAccount() && batches_ > 0 && singles_ > 0;
  }

 private:
  bool isAboutTheAccount() const noexcept { return status_ == 403; }
  bool enoughBatches() const noexcept { return batches_ >= (isAboutTheAccount() ? 1U : batchesWanted_); }
  void count(int status, unsigned& which) noexcept {
    if (status != status_) batches_ = singles_ = 0;
    status_ = status;
    ++which;
  }

  unsigned batchesWanted_, singlesWanted_;
  unsigned batches_ = 0, singles_ = 0;
  int status_ = 0;
  bool everAccepted_ = false;
};

}  // namespace box::inline v0_1
