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
  /// The user whom the event is about; empty: `source` is null.
  std::string userId{};
  /// The user who did it; empty: the user in `userId`.
  std::string createdById{};
  /// The address from which it was done; the default is one that is reserved for documentation.
  std::string ipAddress{"192.0.2.1"};
  /// JSON text to use as `source`, for the other forms that Box's events have.
  std::string sourceJson{};
  /// When it happened; unset (default): the time at which it is added, by the emulator's clock.
  std::optional<std::chrono::system_clock::time_point> createdAt{};
  /// How long it is withheld in addition to the lag of its stream.
  std::chrono::milliseconds delay{0};
};

/// How `next_stream_position` is written. Box has sent both strings and numbers.
enum class PositionForm {
  text,         ///< as a string
  number,       ///< as a number
  alternating,  ///< as a string and as a number in turn
};

/// How the emulator returns its enterprise's events. It is not public which events Box writes for a termination, so
/// that is a setting here.
struct EmulatorEventSettings {
  /// The types of the events that an accepted termination writes for each user whom it names by id or by a login of the
  /// directory, and for each member of a group.
  /// Empty (default): it writes no event.
  std::vector<std::string> ofTermination;
  /// Whether the token's user may not read events (not an admin, or a co-admin without the right to run reports): then
  /// a request gets 403.
  bool forbidden = false;
  /// The time from an event to its appearance in `admin_logs_streaming`. Default: none.
  std::chrono::milliseconds streamingLag{0};
  /// The time from an event to its appearance in `admin_logs`. Default: none.
  std::chrono::milliseconds historyLag{0};
  /// How many copies of each event `admin_logs_streaming` returns in addition, each a millisecond later.
  std::size_t duplicates = 0;
  /// Whether the events of each page of `admin_logs_streaming` are in reverse order.
  bool disorder = false;
  /// The most entries on a page, even if there are more events; 0 (default): as many as were requested.
  std::size_t shortPage = 0;
  /// How long `admin_logs_streaming` keeps events: a request from an older position gets only those that are still
  /// kept. Default: 14 days, as for Box.
  std::chrono::seconds streamingKept = std::chrono::hours{24 * 14};
  /// The first position of `admin_logs_streaming`. A double cannot hold the default exactly; the same is true of Box's
  /// positions.
  std::uint64_t firstPosition = 1'152'923'110'369'165'139;
  /// How positions are written.
  PositionForm positionForm = PositionForm::text;
  /// Whether `stream_position=now` gives a position in `admin_logs` too. Default: it gives 0, as Box has been seen to
  /// do.
  bool historyKnowsNow = false;
};

}  // namespace box::inline v0_1::emulator
