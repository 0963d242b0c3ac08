#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include <box/follow/following.hpp>

#include "cli/console.hpp"
#include "cli/follow/followed_people.hpp"

namespace box::cli {

/// Shows each finding when it is made, and then stores the state. A process that is killed loses no finding, but the
/// next one may show its last findings again, with the same event ids.
class FollowDisplay final : public FollowListener {
 public:
  struct Manner {
    bool json = false, quiet = false;
    std::chrono::nanoseconds window{};  ///< box::unlimited: until the operator stops it
  };
  /// `keep`: stores a state. *Errors* of `keep`: FileError; the operator is told, and following continues.
  FollowDisplay(const FollowedPeople& people, Manner manner, std::function<void(std::string)> keep,
                const Console& console);

  void onFinding(const FollowFinding& finding) override;
  void onPage(const FollowProgress& progress, const FollowState& state) override;
  void onFailure(const BoxSdkError& error) override;
  void onEnd(const FollowState& state) override { keep(state); }

  /// Whether the last state was stored.
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
  unsigned failures_ = 0;  // consecutive ones
};

}  // namespace box::cli
