#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "box/network/call_options.hpp"
#include "box/read/manager.hpp"
#include "box/read/values.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"
#include "box/views.hpp"

namespace box::inline v0_1 {

/// Which events to read: `{.streamType = "admin_logs_streaming", .streamPosition = "now"}`.
struct GetEventsQueryParams {
  /// "all" (Box's default), "changes" or "sync": the user's own events. "admin_logs": the enterprise's events of one
  /// year, in order, with a delay. "admin_logs_streaming": the enterprise's events of two weeks, with a short delay,
  /// but not in order, and some more than once.
  std::string_view streamType{};
  /// Digits, or "now", which gives the newest position and no events; empty: the oldest position. For "now" Box may
  /// give no position in admin_logs.
  std::string_view streamPosition{};
  /// 1 to 500; Box's default is 100. Box may send fewer events although there are more
  std::optional<std::int64_t> limit{};
  StringListView eventType{};  ///< only events of these types; for admin_logs and admin_logs_streaming only
  /// Only events with a later `createdAt`, in whole seconds; for admin_logs only.
  std::optional<std::chrono::system_clock::time_point> createdAfter{};
  /// Only events with an earlier `createdAt`, in whole seconds; for admin_logs only.
  std::optional<std::chrono::system_clock::time_point> createdBefore{};
};
static_assert(std::is_trivially_copyable_v<GetEventsQueryParams>);

/// Reads a stream of events from a position to its present end; a later call reads the events that were added since.
///
/// It goes from position to position as Box gives them. If Box gives no position, or the position 0 with an empty page,
/// the reader keeps the last good one. A short page is not the end of the stream; a position that does not change is
/// the end. Copies of an event in admin_logs_streaming are returned as they come: compare `eventId`. Where a page is
/// larger than ResponseLimits allow, the reader requests smaller ones. If you ask for certain types, Box gives an empty
/// page wherever the stream has only events of other types. After 17 empty pages in a row the reader says that there is
/// no event at present, and continues from there at the next call.
///
/// *Errors*: those of EventsManager::getEvents(); after an error or a cancellation the reader has lost no event, and
/// requests the page that failed again. *Lifetime*: a call in progress keeps what it needs. *Threads*: only one call at
/// a time may be in progress.
class BOX_API EventReader {
 public:
  /// The next event; unset: there is no further event at present.
  asio::awaitable<std::optional<BoxEvent>> next();
  /// The events of the next page, or those of the last page that next() has not returned; empty: there is no further
  /// event at present.
  asio::awaitable<std::vector<BoxEvent>> nextPage();

  /// The position from which another reader returns every event that this one has not returned, and perhaps some of the
  /// last events again. Store it after you have processed the events that you got. Empty: Box has given no position
  /// yet. Do not pass an empty position to readEvents(): the new reader would begin with the oldest event, even if this
  /// reader began at "now".
  const std::string& position() const noexcept;
  /// How many pages had no position. After such a page, events may be returned again.
  std::uint64_t pagesWithoutPosition() const noexcept;

 private:
  friend class EventsManager;
  struct State;
  explicit EventReader(std::shared_ptr<State> state) noexcept;

  std::shared_ptr<State> state_;
};

/// Reads events. Reached as `client.events`. The events of the enterprise need an administrator, or a co-administrator
/// who may run reports, and the scope `manage_enterprise_properties`.
class BOX_API EventsManager : public ReadManager {
 public:
  /// BoxClient has such a manager. Use this constructor to make one that sends through a NetworkClient of your own.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration where an argument is null; those of
  /// NetworkClient::prepare().
  EventsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                std::shared_ptr<NetworkClient> networkClient);

  /// Gets one page of events (GET /2.0/events). `optionals`: headers, deadline, retry policy and tag of this call.
  asio::awaitable<Events> getEvents(GetEventsQueryParams queryParams = GetEventsQueryParams(),
                                    CallOptionalsView optionals = CallOptionalsView()) const;

  /// Makes a reader of all events from `streamPosition` on. `limit`: the size of each page; unset: 500. `optionals`:
  /// the options of each of its calls. *Errors*: this function itself throws BoxSdkError with Errc::invalidRequest for
  /// invalid arguments.
  EventReader readEvents(GetEventsQueryParams queryParams = GetEventsQueryParams(),
                         CallOptionalsView optionals = CallOptionalsView()) const;

  /// The session whose settings the calls use.
  const NetworkSession& networkSession() const noexcept;

 private:
  friend class BoxClient;
  explicit EventsManager(std::shared_ptr<const CallTarget> target) noexcept : ReadManager(std::move(target)) {}
};

}  // namespace box::inline v0_1
