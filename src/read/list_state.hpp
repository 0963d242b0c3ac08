#pragma once

#include "box/read/list_reader.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "box/error.hpp"
#include "read/paging.hpp"

namespace box::inline v0_1 {

/// The page of each kind of entry: see PageOf.
template <class Entry>
struct PageOfEntries;
template <>
struct PageOfEntries<UserFull> {
  using Type = Users;
};
template <>
struct PageOfEntries<GroupFull> {
  using Type = Groups;
};
template <>
struct PageOfEntries<GroupMembership> {
  using Type = GroupMemberships;
};
/// The page that one request for entries of this kind gets.
template <class Entry>
using PageOf = typename PageOfEntries<Entry>::Type;

/// The state of a ListReader. A call in progress shares it with the reader, so that the reader may be destroyed
/// during the call.
template <class Entry>
struct ListState {
  /// Requests one page.
  using Fetch = std::function<asio::awaitable<PageOf<Entry>>(const PageStart&)>;

  /// `start`: where the first page begins.
  ListState(Paging start, Fetch fetchPage) : paging(std::move(start)), fetch(std::move(fetchPage)) {}

  Paging paging;
  const Fetch fetch;
  std::vector<Entry> entries;            // the entries of the last page
  std::size_t given = 0;                 // how many of `entries` were returned
  std::unordered_set<std::string> seen;  // the ids that were returned; for lists by offset only
};

}  // namespace box::inline v0_1
