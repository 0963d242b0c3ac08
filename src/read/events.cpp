#include "box/read/events.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "read/page_reader.hpp"
#include "read/paging.hpp"
#include "read/query.hpp"
#include "read/read_call.hpp"
#include "read/stream_cursor.hpp"

namespace box::inline v0_1 {
namespace {

constexpr std::int64_t usualEvents = 500;

const std::shared_ptr<const Operation>& ofEvents() {
  static const auto events = readOperation("getEvents", "/2.0/events");
  return events;
}

}  // namespace

/// See page_reader.hpp.
struct EventReader::State {
  using Entry = BoxEvent;
  using Page = Events;

  State(std::string_view position, std::int64_t pageSize, PageCalls pageCalls)
      : cursor(position), limit(pageSize), calls(std::move(pageCalls)) {}

  /// At the end of the stream, this is false once.
  bool needsPage() noexcept { return buffered.isEmpty() && !std::exchange(atEnd, false); }
  void addPage(std::string& query) const { addStreamStart(query, cursor.position(), limit); }
  bool halve() noexcept { return halvePages(limit); }
  void keep(Page page);
  const std::string& position() const noexcept {
    const std::string& at = buffered.isEmpty() ? cursor.position() : pageStart;
    return at == "now" ? noPosition : at;
  }

  StreamCursor cursor;
  std::int64_t limit;
  const PageCalls calls;
  Buffered<Entry> buffered;
  const std::string noPosition;
  std::string pageStart;  // the position of the page whose events are being returned
  bool atEnd = false;     // whether the last page was the end of the stream when it arrived
};

void EventReader::State::keep(Page page) {
  pageStart = cursor.position();
  atEnd = cursor.take(page) != StreamCursor::Next::more;
  buffered.fill(std::move(page.entries));
}

EventReader::EventReader(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}

asio::awaitable<std::optional<BoxEvent>> EventReader::next() { return readerCall(takeNext(state_), state_); }
asio::awaitable<std::vector<BoxEvent>> EventReader::nextPage() { return readerCall(takePage(state_), state_); }
const std::string& EventReader::position() const noexcept { return state_->position(); }
std::uint64_t EventReader::pagesWithoutPosition() const noexcept { return state_->cursor.withoutPosition(); }

EventsManager::EventsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                             std::shared_ptr<NetworkClient> networkClient)
    : ReadManager("EventsManager", std::move(auth), std::move(session), std::move(networkClient)) {}

asio::awaitable<Events> EventsManager::getEvents(GetEventsQueryParams queryParams, CallOptionalsView optionals) const
    try {
  return readCall<Events>(*target_, {ofEvents(), queryOf(queryParams)}, optionals);
} catch (const BoxSdkError& error) {
  return refuseCall<Events>(error, ofEvents()->name, optionals.tag);
}

EventReader EventsManager::readEvents(GetEventsQueryParams queryParams, CallOptionalsView optionals) const try {
  queryOf(queryParams);
  GetEventsQueryParams same = queryParams;
  same.streamPosition = "";
  same.limit = std::nullopt;
  return EventReader(std::make_shared<EventReader::State>(queryParams.streamPosition,
                                                          queryParams.limit.value_or(usualEvents),
                                                          PageCalls(*target_, {ofEvents(), queryOf(same)}, optionals)));
} catch (const BoxSdkError& error) {
  throw argumentError(error, "readEvents", optionals.tag);
}

const NetworkSession& EventsManager::networkSession() const noexcept { return target_->session; }

}  // namespace box::inline v0_1
