#pragma once

#include <box/emulator/emulator.hpp>

#include "authorization_server.hpp"
#include "box_answers.hpp"
#include "box_directory.hpp"
#include "box_events.hpp"
#include "http_text.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace box::emulator {

/// When a request is judged, by two clocks.
struct Moment {
  /// Never set: for rates.
  std::chrono::steady_clock::time_point steady{};
  /// The emulator's own, offset included: for all that is told or agreed upon in wall time.
  std::chrono::system_clock::time_point wall{};
};

/// Decides what Box answers. No I/O and no clock of its own; not thread-safe.
class BoxBehaviour {
 public:
  /// Errors: std::runtime_error for a JWT key that is none.
  explicit BoxBehaviour(const EmulatorOptions& options);
  BoxBehaviour(const BoxBehaviour&) = delete;
  BoxBehaviour& operator=(const BoxBehaviour&) = delete;

  [[nodiscard]] BoxAnswer answer(const BoxRequest& request, Moment now);
  /// For answers that are not decided here but have to look as if they were.
  [[nodiscard]] BoxAnswers& answers() noexcept { return answers_; }

  void setDirectory(EmulatorDirectory directory) { directory_.set(std::move(directory)); }
  void setEventSettings(EmulatorEventSettings settings) { events_.set(std::move(settings)); }
  void addEvent(const EmulatorEvent& event, std::chrono::system_clock::time_point now) { events_.add(event, now); }
  void expireToken(const std::string& token) { oauth_.tokens().expireToken(token); }
  void expireAllTokens() { oauth_.tokens().expireAllTokens(); }
  void expireRefreshTokens() { oauth_.tokens().expireRefreshTokens(); }

 private:
  using Steady = std::chrono::steady_clock::time_point;

  [[nodiscard]] BoxAnswer methodAnswer(const BoxRequest& request, const std::string& allowed);
  [[nodiscard]] BoxAnswer terminate(const BoxRequest& request, TerminationKind kind, Moment now);
  [[nodiscard]] BoxAnswer currentUser(const BoxRequest& request, Moment now);
  /// The calls that read the directory; nothing for a path that is none of theirs.
  [[nodiscard]] std::optional<BoxAnswer> readDirectory(const BoxRequest& request, Moment now);
  /// Nothing when the caller may go on; its token's text and rights go to the other two.
  [[nodiscard]] std::optional<BoxAnswer> refuseCaller(const BoxRequest& request, Moment now, std::string& token,
                                                      Entitlement& entitlement);
  [[nodiscard]] std::optional<BoxAnswer> refuseRate(const std::string& token, Steady now);
  [[nodiscard]] BoxAnswer readEvents(const BoxRequest& request, Moment now);
  [[nodiscard]] bool permits(const Entitlement& entitlement, const std::string& scope) const;

  const EmulatorOptions options_;
  BoxAnswers answers_;
  AuthorizationServer oauth_;
  BoxDirectory directory_;
  BoxEvents events_;
  std::map<std::string, std::deque<Steady>> callTimes_;
};

}  // namespace box::emulator
