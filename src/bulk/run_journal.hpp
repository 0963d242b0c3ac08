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

namespace box {

/// The journal of a run, which may have none. What the journal throws is kept here and ends the run; nothing here
/// throws it. An object has to stay until the end of its awaitables.
class RunJournal {
 public:
  /// `journal` may be null. `onFailure` is told each failure.
  RunJournal(std::shared_ptr<BulkJournal> journal, std::function<void(const std::string&)> onFailure)
      : journal_(std::move(journal)), onFailure_(std::move(onFailure)) {}

  /// What earlier runs left of an entry; nothing where that cannot be read.
  std::optional<BulkPast> past(std::uint64_t index);
  /// False where it cannot be written: the call must not be sent.
  asio::awaitable<bool> intend(const Scheduler::Call& call);
  /// There is a record to write of this conclusion. To be asked once.
  bool wants(const Scheduler::Conclusion& conclusion);
  /// Where it cannot be written, the journal has the call and not its end: the entries are in doubt there, and in the
  /// conclusion then too.
  asio::awaitable<void> settle(Scheduler::Conclusion& conclusion);
  /// The journal has a call with this entry without its end.
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

}  // namespace box
