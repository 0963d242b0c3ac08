#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "box/network/call_options.hpp"
#include "box/read/manager.hpp"
#include "box/read/values.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"
#include "box/views.hpp"

namespace box {

/// Which events: `{.streamType = "admin_logs_streaming", .streamPosition = "now"}`.
struct GetEventsQueryParams {
  /// all (Box's default), changes, sync: the user's own. admin_logs: the enterprise's, of a year, in order, later than
  /// they happen. admin_logs_streaming: the enterprise's, of two weeks, soon, not in order, and some more than once.
  std::string_view streamType{};
  std::string_view streamPosition{};    ///< digits, or "now" for the newest position and no events; empty: the oldest
  std::optional<std::int64_t> limit{};  ///< 1 to 500; Box's default is 100, and it may send fewer though there are more
  StringListView eventType{};           ///< only events of these types; both kinds of admin_logs only
  /// Only events with a later `createdAt`, in whole seconds; admin_logs only.
  std::optional<std::chrono::system_clock::time_point> createdAfter{};
  /// Only events with an earlier `createdAt`, in whole seconds; admin_logs only.
  std::optional<std::chrono::system_clock::time_point> createdBefore{};
};
static_assert(std::is_trivially_copyable_v<GetEventsQueryParams>);

/// Reads a stream of events from a position to where it ends now; later it can be asked again, for what has come since.
///
/// It steps by the positions that Box gives, and keeps the last good one where Box gives none, or 0 with an empty page.
/// A short page is not the end: an empty one with the same position is, or a position that stays as it was. Copies of
/// an event in admin_logs_streaming are given as they come: compare `eventId`. Where a page is larger than
/// ResponseLimits allow, smaller ones are asked for.
///
/// *Errors*: those of the call; after one, and after a cancellation, the reader is where it was. *Lifetime*: a call in
/// progress keeps what it needs. *Threads*: one call at a time.
class BOX_API EventReader {
 public:
  /// The next event; none: there is no other one now.
  asio::awaitable<std::optional<BoxEvent>> next();
  /// The events of the next page, or what next() has left of the last one, at least one; none: there is no other one
  /// now.
  asio::awaitable<std::vector<BoxEvent>> nextPage();

  /// Where a reader has to begin that is to give all that this one has not given, which may be the last events again.
  /// Keep it after you have dealt with what you were given. Empty: Box has given none yet.
  const std::string& position() const noexcept;
  /// How many pages came without a position: events may come again after them.
  std::uint64_t pagesWithoutPosition() const noexcept;

 private:
  friend class EventsManager;
  struct State;
  explicit EventReader(std::shared_ptr<State> state) noexcept;

  std::shared_ptr<State> state_;
};

/// Reads events. Reached as `client.events`. Those of the enterprise need an administrator, or a co-administrator who
/// may run reports, and the scope `manage_enterprise_properties`.
class BOX_API EventsManager : public ReadManager {
 public:
  /// BoxClient makes one; with this constructor you can make one on a NetworkClient of your own. *Errors*: BoxSdkError
  /// with Errc::invalidConfiguration where an argument is null; those of NetworkClient::prepare().
  EventsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                std::shared_ptr<NetworkClient> networkClient);

  /// One page of events (GET /2.0/events).
  asio::awaitable<Events> getEvents(GetEventsQueryParams queryParams = GetEventsQueryParams(),
                                    CallOptionalsView optionals = CallOptionalsView()) const;

  /// All events from `streamPosition` on. `limit`: of a page, 500 where it is not given. `optionals`: for each of the
  /// calls. *Errors*: BoxSdkError with Errc::invalidRequest, at once.
  EventReader readEvents(GetEventsQueryParams queryParams = GetEventsQueryParams(),
                         CallOptionalsView optionals = CallOptionalsView()) const;

  /// The session with which the calls go out.
  const NetworkSession& networkSession() const noexcept;
};

}  // namespace box
