#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include <box/follow/following.hpp>

#include "cli/console.hpp"
#include "cli/follow/people.hpp"

namespace box::cli {

/// Tells what is seen, as it is seen, and then has it kept. So a process that is killed loses no finding; what was told
/// in its last moment may be told again by the next one, with the same event id.
class FollowDisplay final : public FollowListener {
 public:
  struct Manner {
    bool json = false, quiet = false;
    std::chrono::nanoseconds window{};  ///< box::unlimited: until it is stopped
  };
  /// `keep`: keeps a state. *Errors* of it: FileError, which is told and ends nothing.
  FollowDisplay(const FollowedPeople& people, Manner manner, std::function<void(std::string)> keep,
                const Console& console);

  void onFinding(const FollowFinding& finding) override;
  void onPage(const FollowProgress& progress, const FollowState& state) override;
  void onFailure(const BoxSdkError& error) override;
  void onEnd(const FollowState& state) override { keep(state); }

  /// Whether the last state could be kept.
  bool isKept() const noexcept { return kept_; }

 private:
  using Steady = std::chrono::steady_clock;

  void keep(const FollowState& state);
  void showStatus(const FollowProgress& progress);

  const FollowedPeople& people_;
  const Manner manner_;
  const bool status_;
  const std::function<void(std::string)> keep_;
  const Console& console_;
  const Steady::time_point begun_ = Steady::now();
  Steady::time_point keptAt_{};
  bool found_ = false, kept_ = true;
  unsigned failures_ = 0;  // in a row
};

}  // namespace box::cli
