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

namespace box::inline v0_1::emulator {

/// The time at which a request is judged, by two clocks.
struct Moment {
  /// Never set back, so that rates can be measured with it.
  std::chrono::steady_clock::time_point steady{};
  /// The emulator's wall clock, including its offset; used for all times that the client sees.
  std::chrono::system_clock::time_point wall{};
};

/// Decides what Box answers. Has no I/O and no clock; not thread-safe.
class BoxBehaviour {
 public:
  /// Errors: std::runtime_error where a JWT key cannot be used.
  explicit BoxBehaviour(const EmulatorOptions& options);
  BoxBehaviour(const BoxBehaviour&) = delete;
  BoxBehaviour& operator=(const BoxBehaviour&) = delete;

  [[nodiscard]] BoxAnswer answer(const BoxRequest& request, Moment now);
  /// For answers that are decided elsewhere but must look like those of this object.
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
  /// Answers the calls that read the directory. No value: the path belongs to none of them.
  [[nodiscard]] std::optional<BoxAnswer> readDirectory(const BoxRequest& request, Moment now);
  /// Refuses a caller without rights. No value: the caller may continue, and `token` and `entitlement` are set.
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

}  // namespace box::inline v0_1::emulator
