#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/cancellation_type.hpp>

#include "async/wait.hpp"
#include "box/error.hpp"
#include "read/read_call.hpp"
#include "support/as_box_error.hpp"
#include "support/operation_error.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {

/// The entries of the page that a reader got last, which it returns one by one, or all at once.
template <class Entry>
class Buffered {
 public:
  bool isEmpty() const noexcept { return given_ == entries_.size(); }
  /// Replaces the entries.
  void fill(std::vector<Entry> entries) {
    entries_ = std::move(entries);
    given_ = 0;
  }
  /// True for every 64th entry. Before it returns such an entry, a reader lets other work of the executor run.
  bool isTimeForOthers() const noexcept { return given_ % 64 == 63; }
  /// Removes the first entry and returns it; there must be one.
  Entry takeOne() { return std::move(entries_[given_++]); }
  /// Removes all entries and returns them.
  std::vector<Entry> takeAll() {
    const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(given_);
    std::vector<Entry> rest(std::make_move_iterator(first), std::make_move_iterator(entries_.end()));
    given_ = entries_.size();
    return rest;
  }

 private:
  std::vector<Entry> entries_;
  std::size_t given_ = 0;  // how many of `entries_` were returned
};

/// Requests the pages of one reader.
class PageCalls {
 public:
  /// `read`: the request, with the part of the query that is the same for all pages. *Errors*: BoxSdkError with
  /// Errc::invalidRequest.
  PageCalls(const CallTarget& target, ReadRequest read, const CallOptionalsView& optionals)
      : client_(target.client), prototype_(readRequest(target, std::move(read), optionals)) {}

  const std::string& operation() const noexcept { return prototype_.operation->name; }
  const std::string& tag() const noexcept { return prototype_.tag; }

  /// Requests a page. `addPage(std::string& query)` adds to the query which page it is. `answer` gets the response.
  template <class Page, class AddPage>
  asio::awaitable<Page> request(const AddPage& addPage, std::shared_ptr<ReadAnswer> answer) const {
    NetworkRequest request = prototype_;
    addPage(request.query);
    return fetchValue<Page>(client_, std::move(request), std::move(answer));
  }

 private:
  std::shared_ptr<NetworkClient> client_;
  NetworkRequest prototype_;
};

// The functions of all readers. A State has:
//   Entry, Page             the types of an entry and of a page
//   PageCalls calls
//   Buffered<Entry> buffered
//   bool needsPage()        whether to request a page before the reader can return something
//   void addPage(query)     adds to the query which page to request
//   void keep(Page)         takes the page that was requested; throws BoxSdkError if it contradicts earlier ones
//   bool halve()            requests half as many entries from now on; false: it requests only one already
// A call in progress shares the State with its reader, so that the reader may be destroyed during the call.

template <class State>
asio::awaitable<typename State::Page> requestPage(State& state, const std::shared_ptr<ReadAnswer>& answer) {
  return state.calls.template request<typename State::Page>([&](std::string& query) { state.addPage(query); }, answer);
}

/// Gives the page to the state. Its error says which call has got the page.
template <class State>
void keepPage(State& state, typename State::Page page, const ReadAnswer& answer) {
  try {
    state.keep(std::move(page));
  } catch (const BoxSdkError& error) {
    throw answer.failure(error.code(), error.details().context);
  }
}

/// Requests pages until there is an entry to return, or no further entry.
template <class State>
asio::awaitable<void> fillBuffer(std::shared_ptr<State> state) {
  while (state->needsPage()) {
    const auto answer = std::make_shared<ReadAnswer>();
    CallResult<typename State::Page> page = co_await tryAwait(requestPage(*state, answer));
    if (page) {
      keepPage(*state, *std::move(page), *answer);
    } else if (page.error().code() != Errc::responseTooLarge || !state->halve()) {
      page.error().raise();
    }
  }
}

template <class State>
asio::awaitable<std::optional<typename State::Entry>> takeNext(std::shared_ptr<State> state) {
  co_await fillBuffer(state);
  if (state->buffered.isEmpty()) co_return std::nullopt;
  if (state->buffered.isTimeForOthers()) {
    const asio::cancellation_type heard = co_await letOthersRun();
    if (heard != asio::cancellation_type::none) throw Cancellation();  // before an entry is taken
  }
  co_return state->buffered.takeOne();
}

template <class State>
asio::awaitable<std::vector<typename State::Entry>> takePage(std::shared_ptr<State> state) {
  co_await fillBuffer(state);
  co_return state->buffered.takeAll();
}

/// The work of a reader's function, whose failures are all thrown as BoxSdkError.
template <class T, class State>
asio::awaitable<T> readerCall(asio::awaitable<T> work, std::shared_ptr<State> state) {
  return asBoxError(std::move(work), [state = std::move(state)](const Thrown& thrown) {
    return cancellationDetails(thrown, state->calls.operation(), state->calls.tag());
  });
}

}  // namespace box::inline v0_1
