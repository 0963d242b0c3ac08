#include "box/read/events.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "read/query.hpp"
#include "read/read_call.hpp"
#include "read/stream_cursor.hpp"

namespace box::inline v0_1 {
namespace {

constexpr std::int64_t usualPage = 500;

const std::shared_ptr<const Operation>& ofEvents() {
  static const auto events = readOperation("getEvents", "/2.0/events");
  return events;
}

/// The query of an EventReader. It has copies of the strings.
struct EventsQuery {
  explicit EventsQuery(const GetEventsQueryParams& params)
      : streamType(params.streamType), createdAfter(params.createdAfter), createdBefore(params.createdBefore) {
    params.eventType.forEach([&](std::string_view type) { eventType.emplace_back(type); });
  }

  std::string of(std::string_view position, std::int64_t limit) const {
    GetEventsQueryParams params;
    params.streamType = streamType;
    params.streamPosition = position;
    params.limit = limit;
    params.eventType = eventType;
    params.createdAfter = createdAfter;
    params.createdBefore = createdBefore;
    return queryOf(params);
  }

  std::string streamType;
  std::vector<std::string> eventType;
  std::optional<std::chrono::system_clock::time_point> createdAfter, createdBefore;
};

}  // namespace

struct EventReader::State {
  /// Requests one page.
  using Fetch = std::function<asio::awaitable<Events>(std::string_view position, std::int64_t limit)>;

  State(std::string_view position, std::int64_t pageSize, Fetch fetchPage)
      : cursor(position), limit(pageSize), fetch(std::move(fetchPage)), handedOver(position) {}

  bool isEmpty() const noexcept { return given == entries.size(); }
  void keep(Events page);
  static asio::awaitable<void> fill(std::shared_ptr<State> state);
  static asio::awaitable<std::optional<BoxEvent>> takeOne(std::shared_ptr<State> state);
  static asio::awaitable<std::vector<BoxEvent>> takePage(std::shared_ptr<State> state);

  StreamCursor cursor;
  std::int64_t limit;
  const Fetch fetch;
  std::string handedOver;         // the position of the page whose events are being returned, or of the next page
  std::vector<BoxEvent> entries;  // the events of the last page
  std::size_t given = 0;          // how many of `entries` were returned
  bool atEnd = false;             // whether the last page was the end of the stream when it arrived
};

void EventReader::State::keep(Events page) {
  atEnd = cursor.take(page) != StreamCursor::Next::more;
  entries = std::move(page.entries);
  given = 0;
  if (entries.empty()) handedOver = cursor.position();
}

/// Requests pages until there is an event to return, or there is no further event at present.
asio::awaitable<void> EventReader::State::fill(std::shared_ptr<State> state) {
  if (state->isEmpty() && std::exchange(state->atEnd, false)) co_return;
  while (state->isEmpty()) {
    CallResult<Events> page = co_await tryAwait(state->fetch(state->cursor.position(), state->limit));
    if (page) {
      state->keep(*std::move(page));
      if (state->isEmpty() && std::exchange(state->atEnd, false)) co_return;
    } else if (page.error().code() == Errc::responseTooLarge && state->limit > 1) {
      state->limit /= 2;
    } else {
      page.error().raise();
    }
  }
}

asio::awaitable<std::optional<BoxEvent>> EventReader::State::takeOne(std::shared_ptr<State> state) {
  co_await fill(state);
  if (state->isEmpty()) co_return std::nullopt;
  if (isTimeForOthers(state->given)) co_await asio::post(asio::use_awaitable);
  BoxEvent event = std::move(state->entries[state->given++]);
  if (state->isEmpty()) state->handedOver = state->cursor.position();
  co_return event;
}

asio::awaitable<std::vector<BoxEvent>> EventReader::State::takePage(std::shared_ptr<State> state) {
  co_await fill(state);
  const auto from = state->entries.begin() + static_cast<std::ptrdiff_t>(state->given);
  std::vector<BoxEvent> page(std::make_move_iterator(from), std::make_move_iterator(state->entries.end()));
  state->given = state->entries.size();
  state->handedOver = state->cursor.position();
  co_return page;
}

EventReader::EventReader(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}

asio::awaitable<std::optional<BoxEvent>> EventReader::next() { return State::takeOne(state_); }
asio::awaitable<std::vector<BoxEvent>> EventReader::nextPage() { return State::takePage(state_); }
const std::string& EventReader::position() const noexcept { return state_->handedOver; }
std::uint64_t EventReader::pagesWithoutPosition() const noexcept { return state_->cursor.withoutPosition(); }

EventsManager::EventsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                             std::shared_ptr<NetworkClient> networkClient)
    : ReadManager("EventsManager", std::move(auth), std::move(session), std::move(networkClient)) {}

asio::awaitable<Events> EventsManager::getEvents(GetEventsQueryParams queryParams, CallOptionalsView optionals) const {
  return readCall<Events>(*target_, ofEvents()->name, optionals, [&] {
    return ReadRequest{ofEvents(), queryOf(queryParams)};
  });
}

EventReader EventsManager::readEvents(GetEventsQueryParams queryParams, CallOptionalsView optionals) const {
  static constexpr const char* name = "readEvents";
  try {
    queryOf(queryParams);
    auto fetch = [target = target_, query = EventsQuery(queryParams),
                  prototype = readRequest(*target_, {ofEvents(), ""}, optionals)](std::string_view position,
                                                                                  std::int64_t limit) {
      return fetchPage<Events>(*target, prototype, query.of(position, limit));
    };
    return EventReader(std::make_shared<EventReader::State>(queryParams.streamPosition,
                                                            queryParams.limit.value_or(usualPage), std::move(fetch)));
  } catch (const BoxSdkError& error) {
    throw argumentError(error, name, optionals.tag);
  }
}

const NetworkSession& EventsManager::networkSession() const noexcept { return target_->session; }

}  // namespace box::inline v0_1
