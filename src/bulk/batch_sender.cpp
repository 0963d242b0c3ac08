#include "bulk/batch_sender.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "box/policy/retry.hpp"
#include "box/support/deadline.hpp"
#include "box/support/unlimited.hpp"
#include "bulk/entry_kind.hpp"

namespace box::inline v0_1 {

namespace {

const std::shared_ptr<const RetryPolicy>& noRetries() {
  static const std::shared_ptr<const RetryPolicy> policy = std::make_shared<DefaultRetryPolicy>(1);
  return policy;
}

}  // namespace

BatchSender::BatchSender(SessionTerminationManager manager, const BulkOptions& options, Scheduler::TimePoint deadline)
    : manager_(std::move(manager)), options_(options), deadline_(deadline) {}

asio::awaitable<CallReply> BatchSender::send(std::shared_ptr<const BatchSender> self, BulkPart part) {
  CallReply reply;
  std::exception_ptr failure;
  try {
    CallResult<SessionTerminationMessage> result = co_await tryAwait(self->start(part));
    reply = result ? replyOf(*result) : replyOf(result.error());
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) reply = replyOf(failure);
  co_return reply;
}

/// An ordinary function, not a coroutine: the call copies its arguments before it returns.
asio::awaitable<SessionTerminationMessage> BatchSender::start(const BulkPart& part) const {
  std::vector<std::string_view> ids, logins;
  for (const BulkItem& item : part.items()) {
    (isLogin(options_.target, item.value) ? logins : ids).push_back(item.value);
  }
  TerminateSessionsOptionalsView optionals;
  const Scheduler::TimePoint until =
      Deadline(options_.callTimeout).resolve(std::chrono::steady_clock::now(), unlimited);
  optionals.deadline = Deadline(std::min(until, deadline_));
  optionals.retryPolicy = noRetries();
  if (options_.target == BulkTarget::groups) {
    TerminateGroupsSessionsRequestBodyView body;
    body.groupIds = ids;
    return manager_.terminateGroupsSessions(body, optionals);
  }
  TerminateUsersSessionsRequestBodyView body;
  body.userIds = ids;
  body.userLogins = logins;
  return manager_.terminateUsersSessions(body, optionals);
}

}  // namespace box::inline v0_1
