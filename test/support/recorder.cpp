#include "support/recorder.hpp"

#include <sstream>
#include <type_traits>
#include <variant>

namespace box::test {

void Recorder::onEvent(const Event& event) {
  const std::lock_guard lock(mutex_);
  std::ostringstream line;
  const char* name = "";
  std::visit(
      [&](const auto& e) {
        using E = std::decay_t<decltype(e)>;
        if constexpr (std::is_same_v<E, event::CallStarted>) {
          name = "CallStarted";
          line << e.call << ' ' << e.operation << ' ' << e.method << ' ' << e.url;
        } else if constexpr (std::is_same_v<E, event::AttemptStarted>) {
          name = "AttemptStarted";
          line << e.call << ' ' << e.attempt;
          ++attemptsStarted_;
        } else if constexpr (std::is_same_v<E, event::AttemptEnded>) {
          name = "AttemptEnded";
          line << e.call << ' ' << e.record.number << ' ' << e.record.code.message() << ' ' << e.record.statusCode;
          attempts_.push_back(e.record);
        } else if constexpr (std::is_same_v<E, event::RetryScheduled>) {
          name = "RetryScheduled";
          line << e.call << ' ' << e.attempt << ' ' << toString(e.kind) << ' ' << e.delay.count();
          retries_.push_back(Retry{e.attempt, e.kind, e.delay});
        } else if constexpr (std::is_same_v<E, event::CallEnded>) {
          name = "CallEnded";
          line << e.call << ' ' << e.code.message() << ' ' << toString(e.fate) << ' ' << e.statusCode << ' '
               << e.attempts;
          ended_.push_back(Ended{e.call, e.code, e.fate, e.statusCode, e.attempts});
        } else if constexpr (std::is_same_v<E, event::TokenRequested>) {
          name = "TokenRequested";
          line << e.call << ' ' << e.refused;
          tokens_.push_back(e.refused);
        } else if constexpr (std::is_same_v<E, event::PoolWaited>) {
          name = "PoolWaited";
          line << e.call;
          ++poolWaits_;
        } else if constexpr (std::is_same_v<E, event::ConnectionOpened>) {
          name = "ConnectionOpened";
          line << e.connection << ' ' << e.host << ' ' << e.port << ' ' << e.tlsVersion << ' ' << e.resumed << ' '
               << e.proxy;
          opened_.push_back(Opened{e.connection, std::string(e.host), std::string(e.tlsVersion), std::string(e.proxy),
                                   e.port, e.resumed});
        } else {
          static_assert(std::is_same_v<E, event::ConnectionClosed>);
          name = "ConnectionClosed";
          line << e.connection << ' ' << toString(e.reason) << ' ' << e.requests;
          closed_.push_back(Closed{e.connection, e.reason, e.requests});
        }
      },
      event);
  if (!sequence_.empty()) sequence_ += ' ';
  sequence_ += name;
  text_.append(name).append(" ").append(line.str()).append("\n");
}

std::string Recorder::sequence() const { return copy(sequence_); }
std::string Recorder::text() const { return copy(text_); }

std::vector<event::CloseReason> Recorder::closeReasons() const {
  std::vector<event::CloseReason> reasons;
  for (const Closed& closed : copy(closed_)) reasons.push_back(closed.reason);
  return reasons;
}

std::size_t Recorder::attemptsStarted() const { return copy(attemptsStarted_); }
std::size_t Recorder::poolWaits() const { return copy(poolWaits_); }

void Recorder::clear() {
  const std::lock_guard lock(mutex_);
  sequence_.clear();
  opened_.clear();
  closed_.clear();
  ended_.clear();
  retries_.clear();
  attempts_.clear();
  tokens_.clear();
  attemptsStarted_ = poolWaits_ = 0;
}

}  // namespace box::test
