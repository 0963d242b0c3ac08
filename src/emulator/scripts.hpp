#pragma once

#include <box/emulator/reply.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace box::emulator {

/// What the next requests are answered and the next connections do, where a test has said so. Not thread-safe.
class Scripts {
 public:
  using Responder = std::function<std::optional<Reply>(const RequestInfo&)>;

  void addReplies(const std::vector<Reply>& replies);
  void addOAuthReplies(const std::vector<Reply>& replies);
  void addConnections(const std::vector<ConnectionPlan>& plans);
  void setDefault(std::optional<Reply> reply) { defaultReply_ = std::move(reply); }
  void setDefaultConnection(std::optional<ConnectionPlan> plan) { defaultConnection_ = std::move(plan); }
  void setResponder(Responder responder);
  [[nodiscard]] std::size_t pending() const;

  /// What is known when a request's header is read: its step of the script, or the default where that is to come before
  /// the body. A responder comes before the default, and wants the body.
  [[nodiscard]] std::optional<Reply> takeReply(bool oauth);
  /// Shared with the request that is answered just now: a copy for each question would lose what it keeps in mind.
  [[nodiscard]] std::shared_ptr<const Responder> responder() const { return responder_; }
  /// For requests that neither a script nor the responder has a reply for.
  [[nodiscard]] Reply fallback(bool oauth) const;
  [[nodiscard]] ConnectionPlan takeConnection();

 private:
  std::deque<Reply> replies_;
  std::deque<Reply> oauthReplies_;
  std::deque<ConnectionPlan> connections_;
  std::optional<Reply> defaultReply_;
  std::optional<ConnectionPlan> defaultConnection_;
  std::shared_ptr<const Responder> responder_;
};

}  // namespace box::emulator
