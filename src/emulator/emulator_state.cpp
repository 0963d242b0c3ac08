#include "emulator_state.hpp"

#include "http_text.hpp"
#include "reply_plan.hpp"

#include <utility>

namespace box::inline v0_1::emulator {

EmulatorState::EmulatorState(EmulatorOptions options)
    : options_(std::move(options)), records_(options_.maxRecords), box_(options_), clockOffset_(options_.clockOffset) {}

std::size_t EmulatorState::pendingSteps() const {
  const std::lock_guard lock(mutex_);
  return scripts_.pending();
}

void EmulatorState::setClockOffset(std::chrono::seconds offset) {
  const std::lock_guard lock(mutex_);
  clockOffset_ = offset;
}

std::chrono::seconds EmulatorState::clockOffset() const {
  const std::lock_guard lock(mutex_);
  return clockOffset_;
}

std::chrono::system_clock::time_point EmulatorState::wallTime() const {
  return std::chrono::system_clock::now() + clockOffset();
}

void EmulatorState::setTls(std::shared_ptr<const ServerTlsContext> tls) {
  const std::lock_guard lock(mutex_);
  tls_ = std::move(tls);
}

std::shared_ptr<const ServerTlsContext> EmulatorState::tls() const {
  const std::lock_guard lock(mutex_);
  return options_.tls ? tls_ : nullptr;
}

std::uint64_t EmulatorState::connectionOpened(const std::shared_ptr<Channel>& channel) {
  const std::lock_guard lock(mutex_);
  open_.emplace(++lastConnection_, channel);
  records_.counts().openConnections = open_.size();
  ++records_.counts().connectionsAccepted;
  changed_.notify_all();
  return lastConnection_;
}

void EmulatorState::connectionClosed(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  open_.erase(number);
  records_.counts().openConnections = open_.size();
  changed_.notify_all();
}

void EmulatorState::allConnectionsClosed() {
  const std::lock_guard lock(mutex_);
  open_.clear();
  records_.counts().openConnections = 0;
  changed_.notify_all();
}

std::vector<std::shared_ptr<Channel>> EmulatorState::openChannels() const {
  std::vector<std::shared_ptr<Channel>> all;
  const std::lock_guard lock(mutex_);
  for (const auto& entry : open_) {
    if (std::shared_ptr<Channel> channel = entry.second.lock()) all.push_back(std::move(channel));
  }
  return all;
}

ConnectionPlan EmulatorState::takeConnectionPlan() {
  const std::lock_guard lock(mutex_);
  return scripts_.takeConnection();
}

void EmulatorState::handshakeEnded(bool completed, bool resumed) {
  const std::lock_guard lock(mutex_);
  EmulatorCounts& counts = records_.counts();
  ++(completed ? counts.handshakesCompleted : counts.handshakesFailed);
  if (resumed) ++counts.sessionsResumed;
  changed_.notify_all();
}

std::shared_ptr<RequestRecord> EmulatorState::requestBegun(const RequestInfo& request) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<RequestRecord> record = records_.begin(request);
  changed_.notify_all();
  return record;
}

void EmulatorState::bodyRead(RequestRecord& record, const std::string& body) {
  const std::lock_guard lock(mutex_);
  records_.addBody(record, body);
  changed_.notify_all();
}

std::optional<Reply> EmulatorState::takeReply(const std::string& target) {
  const std::lock_guard lock(mutex_);
  return scripts_.takeReply(isOAuth(target));
}

ChosenAnswer EmulatorState::answer(std::optional<Reply> reply, const RequestInfo& info, const BoxRequest& request,
                                   RequestRecord& record) {
  if (!reply) {
    std::shared_ptr<const Scripts::Responder> responder;
    {
      const std::lock_guard lock(mutex_);
      responder = scripts_.responder();
    }
    if (responder) reply = (*responder)(info);
  }
  ChosenAnswer chosen{Reply::asBox(), {}, {}};
  {
    const std::lock_guard lock(mutex_);
    chosen.reply = reply ? std::move(*reply) : scripts_.fallback(isOAuth(request.target));
    const ReplyPlan& plan = chosen.reply.plan();
    chosen.answer = chooseAnswer(plan, request);
    if (plan.kind == ReplyPlan::Kind::box || plan.kind == ReplyPlan::Kind::built) {
      record.status = chosen.answer.status;
      record.boxRequestId = chosen.answer.boxRequestId;
    }
    if (chosen.answer.accepted) records_.add(*chosen.answer.accepted, record);
    chosen.record = record;
    changed_.notify_all();
  }
  if (chosen.answer.accepted && options_.onAccepted) options_.onAccepted(*chosen.answer.accepted);
  if (options_.onRequest) options_.onRequest(chosen.record);
  return chosen;
}

/// The caller holds the lock.
BoxAnswer EmulatorState::chooseAnswer(const ReplyPlan& plan, const BoxRequest& request) {
  const bool asBox = plan.kind == ReplyPlan::Kind::box;
  BoxAnswer answer;
  if (asBox || plan.processed) {
    Moment now;
    now.steady = std::chrono::steady_clock::now();
    now.wall = std::chrono::system_clock::now() + clockOffset_;
    answer = box_.answer(request, now);
  }
  if (plan.kind != ReplyPlan::Kind::built) return answer;
  BoxAnswer scripted = box_.answers().scripted(plan.status, plan.errorCode, plan.errorMessage, isOAuth(request.target));
  scripted.accepted = std::move(answer.accepted);
  return scripted;
}

std::vector<AcceptedTermination> EmulatorState::accepted() const {
  const std::lock_guard lock(mutex_);
  return records_.accepted();
}

std::vector<RequestRecord> EmulatorState::requests() const {
  const std::lock_guard lock(mutex_);
  return records_.requests();
}

EmulatorCounts EmulatorState::counts() const {
  const std::lock_guard lock(mutex_);
  return records_.counts();
}

void EmulatorState::clear() {
  // Destroyed after the lock is released, because destroying a responder destroys objects of the test too.
  Scripts forgotten;
  const std::lock_guard lock(mutex_);
  std::swap(forgotten, scripts_);
  records_.clear();
}

}  // namespace box::inline v0_1::emulator
