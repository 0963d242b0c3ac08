#pragma once

namespace box {

/// Watches how Box refuses, for what is wrong with everything and not with somebody: a scope, an account, a base URL.
///
/// Counts refusals with one status since anything was accepted. No clock. Where either figure is 0, it suspects nothing.
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

  /// One entry alone tells more than a part of a batch now.
  bool suspicious() const noexcept {
    return watches() && (!everAccepted_ || batches_ >= batchesWanted_ || singles_ >= singlesWanted_);
  }
  /// Enough single entries: it is time for another whole batch.
  bool wantsBatch() const noexcept { return watches() && singles_ >= singlesWanted_ && batches_ < batchesWanted_; }
  bool systemic() const noexcept { return watches() && singles_ >= singlesWanted_ && batches_ >= batchesWanted_; }
  int status() const noexcept { return status_; }

 private:
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

}  // namespace box
