#include "read/list_state.hpp"

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "read/read_call.hpp"

namespace box::inline v0_1 {

std::string_view toString(ListEnd end) noexcept {
  switch (end) {
    case ListEnd::reading: return "reading";
    case ListEnd::complete: return "complete";
    case ListEnd::offsetLimit: return "offsetLimit";
    case ListEnd::changing: return "changing";
  }
  return "unknown";
}

namespace {

template <class Entry>
asio::awaitable<PageOf<Entry>> askForPage(ListState<Entry>& state) {
  return state.fetch(state.paging.next());
}

/// For lists by offset: returns false for an entry that moved to a later page and was returned before.
template <class Entry>
bool isNew(ListState<Entry>& state, const Entry& entry) {
  return !state.paging.isByOffset() || entry.id.empty() || state.seen.insert(entry.id).second;
}

template <class Entry>
void keep(ListState<Entry>& state, PageOf<Entry> page) {
  state.paging.take(page, page.entries.size());
  state.entries = std::move(page.entries);
  state.given = 0;
  std::erase_if(state.entries, [&](const Entry& entry) { return !isNew<Entry>(state, entry); });
}

/// Requests pages until there is an entry to return, or the list has no further entry.
template <class Entry>
asio::awaitable<void> fill(std::shared_ptr<ListState<Entry>> state) {
  while (state->given == state->entries.size() && state->paging.end() == ListEnd::reading) {
    CallResult<PageOf<Entry>> page = co_await tryAwait(askForPage<Entry>(*state));
    if (page) {
      keep<Entry>(*state, *std::move(page));
    } else if (page.error().code() != Errc::responseTooLarge || !state->paging.halve()) {
      page.error().raise();
    }
  }
}

template <class Entry>
asio::awaitable<std::optional<Entry>> takeOne(std::shared_ptr<ListState<Entry>> state) {
  co_await fill<Entry>(state);
  if (state->given == state->entries.size()) co_return std::nullopt;
  if (isTimeForOthers(state->given)) co_await asio::post(asio::use_awaitable);
  co_return std::move(state->entries[state->given++]);
}

template <class Entry>
asio::awaitable<std::vector<Entry>> takePage(std::shared_ptr<ListState<Entry>> state) {
  co_await fill<Entry>(state);
  std::vector<Entry> page(std::make_move_iterator(state->entries.begin() + static_cast<std::ptrdiff_t>(state->given)),
                          std::make_move_iterator(state->entries.end()));
  state->given = state->entries.size();
  co_return page;
}

}  // namespace

template <class Entry>
asio::awaitable<std::optional<Entry>> ListReader<Entry>::next() {
  return takeOne<Entry>(state_);
}

template <class Entry>
asio::awaitable<std::vector<Entry>> ListReader<Entry>::nextPage() {
  return takePage<Entry>(state_);
}

template <class Entry>
ListEnd ListReader<Entry>::end() const noexcept {
  return state_->given == state_->entries.size() ? state_->paging.end() : ListEnd::reading;
}

template class ListReader<UserFull>;
template class ListReader<GroupFull>;
template class ListReader<GroupMembership>;

}  // namespace box::inline v0_1
