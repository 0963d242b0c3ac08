#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace box::emulator {

/// One of an enterprise's events, as `GET /2.0/events` tells it.
struct EmulatorEvent {
  /// As `LOGIN`; any text.
  std::string type;
  /// Whom it happened to; empty: `source` is null.
  std::string userId{};
  /// Who did it; empty: the user in `userId`.
  std::string createdById{};
  /// From where; the default is an address for documents.
  std::string ipAddress{"192.0.2.1"};
  /// JSON text in place of `source`, for the shapes that real events have.
  std::string sourceJson{};
  /// When it happened; unset (default): when it is added, by the emulator's clock.
  std::optional<std::chrono::system_clock::time_point> createdAt{};
  /// How long it takes to be told, after the lag of its stream.
  std::chrono::milliseconds delay{0};
};

/// How `next_stream_position` is written. Box has sent both.
enum class PositionForm {
  text,         ///< as a string
  number,       ///< as a number
  alternating,  ///< in turn
};

/// How the emulator tells of its enterprise's events. What Box writes for a termination is not public, so that it is a
/// setting here.
struct EmulatorEventSettings {
  /// Types of the events that an accepted termination writes for each user it names by id, or by a login of the
  /// directory, members of groups included.
  /// Empty (default): it writes nothing.
  std::vector<std::string> ofTermination;
  /// The token's user may not read events (not an admin, or a co-admin without the right to run reports): 403.
  bool forbidden = false;
  /// From an event to its place in `admin_logs_streaming`. Default: at once.
  std::chrono::milliseconds streamingLag{0};
  /// From an event to its place in `admin_logs`. Default: at once.
  std::chrono::milliseconds historyLag{0};
  /// How many more times `admin_logs_streaming` tells of each event, a millisecond later each time.
  std::size_t duplicates = 0;
  /// Pages of `admin_logs_streaming` have their last event first.
  bool disorder = false;
  /// Most entries on a page, though more remain; 0 (default): as many as were asked for.
  std::size_t shortPage = 0;
  /// How long `admin_logs_streaming` keeps events: an older position is given what is left. Default 14 days, as Box.
  std::chrono::seconds streamingKept = std::chrono::hours{24 * 14};
  /// The first position of `admin_logs_streaming`. The default does not fit a double, as Box's do not.
  std::uint64_t firstPosition = 1'152'923'110'369'165'139;
  /// How positions are written.
  PositionForm positionForm = PositionForm::text;
  /// `stream_position=now` gives a position in `admin_logs`, too. Default: 0, as Box was seen to.
  bool historyKnowsNow = false;
};

}  // namespace box::emulator
