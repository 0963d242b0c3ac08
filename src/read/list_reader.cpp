#include "read/list_state.hpp"

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

template <class Entry>
asio::awaitable<std::optional<Entry>> ListReader<Entry>::next() {
  return readerCall(takeNext(state_), state_);
}

template <class Entry>
asio::awaitable<std::vector<Entry>> ListReader<Entry>::nextPage() {
  return readerCall(takePage(state_), state_);
}

template <class Entry>
ListEnd ListReader<Entry>::end() const noexcept {
  return state_->buffered.isEmpty() ? state_->paging.end() : ListEnd::reading;
}

template class ListReader<UserFull>;
template class ListReader<GroupFull>;
template class ListReader<GroupMembership>;

}  // namespace box::inline v0_1
