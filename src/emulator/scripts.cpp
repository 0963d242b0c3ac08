#include "scripts.hpp"

#include "connection_script.hpp"
#include "reply_plan.hpp"

#include <utility>

namespace box::inline v0_1::emulator {
namespace {

template <typename Value>
void append(std::deque<Value>& queue, const Value& value, std::size_t times) {
  queue.insert(queue.end(), times, value);
}

}  // namespace

void Scripts::addReplies(const std::vector<Reply>& replies) {
  for (const Reply& reply : replies) append(replies_, reply, reply.plan().times);
}

void Scripts::addOAuthReplies(const std::vector<Reply>& replies) {
  for (const Reply& reply : replies) append(oauthReplies_, reply, reply.plan().times);
}

void Scripts::addConnections(const std::vector<ConnectionPlan>& plans) {
  for (const ConnectionPlan& plan : plans) append(connections_, plan, plan.script().times);
}

void Scripts::setResponder(Responder responder) {
  responder_ = responder ? std::make_shared<const Responder>(std::move(responder)) : nullptr;
}

std::size_t Scripts::pending() const { return replies_.size() + oauthReplies_.size() + connections_.size(); }

std::optional<Reply> Scripts::takeReply(bool oauth) {
  std::deque<Reply>& queue = oauth ? oauthReplies_ : replies_;
  if (!queue.empty()) {
    std::optional<Reply> reply = queue.front();
    queue.pop_front();
    return reply;
  }
  const bool early = defaultReply_ && defaultReply_->plan().beforeBody && !responder_ && !oauth;
  return early ? defaultReply_ : std::nullopt;
}

Reply Scripts::fallback(bool oauth) const { return defaultReply_ && !oauth ? *defaultReply_ : Reply::asBox(); }

ConnectionPlan Scripts::takeConnection() {
  if (connections_.empty()) return defaultConnection_ ? *defaultConnection_ : ConnectionPlan::normal();
  ConnectionPlan plan = connections_.front();
  connections_.pop_front();
  return plan;
}

}  // namespace box::inline v0_1::emulator
