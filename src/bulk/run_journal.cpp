#include "bulk/run_journal.hpp"

#include "bulk/call_reply.hpp"

namespace box::inline v0_1 {

namespace {

BulkCall callOf(std::uint64_t number, const BulkPart& part) {
  BulkCall call;
  call.number = number;
  call.items = part.items();
  return call;
}

}  // namespace

std::optional<BulkPast> RunJournal::past(std::uint64_t index) {
  if (!journal_) return std::nullopt;
  try {
    return journal_->past(index);
  } catch (...) {
    fail("read", std::current_exception());
    return std::nullopt;
  }
}

asio::awaitable<bool> RunJournal::intend(const NextCall& call) {
  if (!journal_) co_return true;
  std::exception_ptr failure;
  try {
    const BulkCall intent = callOf(call.number, call.part);
    co_await journal_->intend(intent);
    co_return true;
  } catch (...) {
    failure = std::current_exception();
  }
  notIntended_.insert(call.number);
  fail("written", failure);
  co_return false;
}

bool RunJournal::wants(const Conclusion& conclusion) {
  return journal_ && conclusion.call != 0 && notIntended_.erase(conclusion.call) == 0;
}

asio::awaitable<void> RunJournal::settle(Conclusion& conclusion) {
  std::exception_ptr failure;
  try {
    const BulkCall call = callOf(conclusion.call, conclusion.part);
    co_await journal_->settle(call, conclusion.verdict);
    co_return;
  } catch (...) {
    failure = std::current_exception();
  }
  for (const BulkItem& item : conclusion.part.items()) unrecorded_.insert(item.index);
  if (conclusion.state) {
    if (*conclusion.state == BulkState::accepted) {
      conclusion.verdict.message =
          "Box accepted it, but the journal could not be written: a later run may send it again";
    }
    conclusion.state = BulkState::inDoubt;
  }
  fail("written", failure);
}

asio::awaitable<void> RunJournal::close(bool finished) {
  if (!journal_) co_return;
  std::exception_ptr failure;
  try {
    co_await journal_->close(finished && failure_.empty());
    co_return;
  } catch (...) {
    failure = std::current_exception();
  }
  fail("closed", failure);
}

void RunJournal::fail(const char* what, const std::exception_ptr& error) {
  if (failure_.empty()) failure_ = std::string("the journal cannot be ") + what + ": " + describe(error);
  onFailure_(failure_);
}

}  // namespace box::inline v0_1
