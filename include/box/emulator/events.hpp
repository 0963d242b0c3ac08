#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace box::inline v0_1::emulator {

/// An event of the enterprise, as `GET /2.0/events` returns it.
struct EmulatorEvent {
  /// The type, such as `LOGIN`; any text.
  std::string type;
  /// The user whom it is about; empty: `source` is null.
  std::string userId{};
  /// Who did it; empty: the user in `userId`.
  std::string createdById{};
  /// The address from which it was done; the default is one that is reserved for documentation.
  std::string ipAddress{"192.0.2.1"};
  /// JSON text in place of `source`, for the other forms that Box's events have.
  std::string sourceJson{};
  /// When it happened; unset (default): when it is added, by the emulator's clock.
  std::optional<std::chrono::system_clock::time_point> createdAt{};
  /// How long it is withheld, in addition to the lag of its stream.
  std::chrono::milliseconds delay{0};
};

/// How `next_stream_position` is written. Box has sent both.
enum class PositionForm {
  text,         ///< as a string
  number,       ///< as a number
  alternating,  ///< in turn
};

/// How the emulator returns its enterprise's events. It is not public which events Box writes for a termination, so
/// they are a setting here.
struct EmulatorEventSettings {
  /// Types of the events that an accepted termination writes for each user it names by id, or by a login of the
  /// directory, members of groups included.
  /// Empty (default): it writes nothing.
  std::vector<std::string> ofTermination;
  /// The token's user may not read events (not an admin, or a co-admin without the right to run reports): 403.
  bool forbidden = false;
  /// The time from an event to its appearance in `admin_logs_streaming`. Default: none.
  std::chrono::milliseconds streamingLag{0};
  /// The time from an event to its appearance in `admin_logs`. Default: none.
  std::chrono::milliseconds historyLag{0};
  /// How many copies of each event `admin_logs_streaming` returns in addition, each a millisecond later.
  std::size_t duplicates = 0;
  /// Pages of `admin_logs_streaming` have their last event first.
  bool disorder = false;
  /// The most entries on a page, even if more remain; 0 (default): as many as were requested.
  std::size_t shortPage = 0;
  /// How long `admin_logs_streaming` keeps events: a request from an older position gets those that are left. Default
  /// 14 days, as Box.
  std::chrono::seconds streamingKept = std::chrono::hours{24 * 14};
  /// The first position of `admin_logs_streaming`. The default does not fit a double, as Box's do not.
  std::uint64_t firstPosition = 1'152'923'110'369'165'139;
  /// How positions are written.
  PositionForm positionForm = PositionForm::text;
  /// `stream_position=now` gives a position in `admin_logs`, too. Default: it gives 0, as Box was seen to do.
  bool historyKnowsNow = false;
};

}  // namespace box::inline v0_1::emulator
