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
#include "bulk/bulk_part.hpp"

namespace box::inline v0_1 {

/// The journal of a run; the run may have no journal. An exception of the journal is stored here and ends the run; it
/// is not rethrown. The object must live until its awaitables have ended.
class RunJournal {
 public:
  /// `journal` may be null. `onFailure` is called at each failure, with the text of the first one.
  RunJournal(std::shared_ptr<BulkJournal> journal, std::function<void(const std::string&)> onFailure)
      : journal_(std::move(journal)), onFailure_(std::move(onFailure)) {}

  /// The state of an entry after earlier runs; unset: it has none, it cannot be read, or there is no journal.
  std::optional<BulkPast> past(std::uint64_t index);
  /// Records that the call is about to be sent. False: it cannot be recorded, and the call must not be sent.
  asio::awaitable<bool> intend(const NextCall& call);
  /// Whether this conclusion has to be recorded. Must be called once for each conclusion.
  bool wants(const Conclusion& conclusion);
  /// Records the result. If it cannot be written, the journal has the call without a result, so its entries are in
  /// doubt; then the conclusion is changed to that too.
  asio::awaitable<void> settle(Conclusion& conclusion);
  /// Whether the journal has a call with this entry, but not the result of that call.
  bool lost(std::uint64_t index) const { return unrecorded_.contains(index); }
  asio::awaitable<void> close(bool finished);

  /// The text of the first failure; empty: there was none.
  const std::string& failure() const noexcept { return failure_; }

 private:
  void fail(const char* what, const std::exception_ptr& error);

  const std::shared_ptr<BulkJournal> journal_;
  const std::function<void(const std::string&)> onFailure_;
  std::set<std::uint64_t> notIntended_;  // calls whose intent could not be written; they were not sent
  std::set<std::uint64_t> unrecorded_;   // entries of calls whose verdict could not be written
  std::string failure_;
};

}  // namespace box::inline v0_1
