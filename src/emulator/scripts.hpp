#pragma once

#include <box/emulator/reply.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace box::inline v0_1::emulator {

/// The scripted replies to the next requests and the scripted plans of the next connections. Not thread-safe.
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

  /// The reply that is known when a request's header was read: its step of the script, or the default reply if that
  /// comes before the body. A responder has precedence over the default and needs the body.
  [[nodiscard]] std::optional<Reply> takeReply(bool oauth);
  /// Shared with the requests in progress. A copy for each request would lose the state that the responder keeps.
  [[nodiscard]] std::shared_ptr<const Responder> responder() const { return responder_; }
  /// The reply to a request for which neither a script nor the responder has one.
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

}  // namespace box::inline v0_1::emulator
