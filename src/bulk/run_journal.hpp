#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "box/bulk/journal.hpp"
#include "box/support/asio.hpp"
#include "bulk/scheduler.hpp"

namespace box::inline v0_1 {

/// The journal of a run, which may have none. An exception of the journal is kept here and ends the run; it is not
/// thrown on. The object must live until its awaitables have ended.
class RunJournal {
 public:
  /// `journal` may be null. `onFailure` is called at each failure, with the text of the first one.
  RunJournal(std::shared_ptr<BulkJournal> journal, std::function<void(const std::string&)> onFailure)
      : journal_(std::move(journal)), onFailure_(std::move(onFailure)) {}

  /// The state of an entry after earlier runs; unset if it cannot be read.
  std::optional<BulkPast> past(std::uint64_t index);
  /// False where it cannot be written: the call must not be sent.
  asio::awaitable<bool> intend(const Scheduler::Call& call);
  /// Whether a record of this conclusion has to be written. Call it once for each conclusion.
  bool wants(const Scheduler::Conclusion& conclusion);
  /// If the result cannot be written, the journal has the call without its result: its entries are then in doubt, in
  /// the conclusion too.
  asio::awaitable<void> settle(Scheduler::Conclusion& conclusion);
  /// The journal has a call with this entry, but not its result.
  bool lost(std::uint64_t index) const { return unrecorded_.contains(index); }
  asio::awaitable<void> close(bool finished);

  /// The first failure; empty: none.
  const std::string& failure() const noexcept { return failure_; }

 private:
  void fail(const char* what, const std::exception_ptr& error);

  const std::shared_ptr<BulkJournal> journal_;
  const std::function<void(const std::string&)> onFailure_;
  std::set<std::uint64_t> unknown_;     // calls whose intent could not be written, and which were not sent
  std::set<std::uint64_t> unrecorded_;  // entries in a call whose verdict could not be written
  std::string failure_;
};

}  // namespace box::inline v0_1
