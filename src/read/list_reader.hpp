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
/// What one request for entries of this kind gives.
template <class Entry>
using PageOf = typename PageOfEntries<Entry>::Type;

/// Where a ListReader is in its list. A call in progress shares it with the reader, which may be destroyed.
template <class Entry>
struct ListState {
  /// Requests one page.
  using Fetch = std::function<asio::awaitable<PageOf<Entry>>(const PageStart&)>;

  /// `start`: the first page.
  ListState(Paging start, Fetch fetchPage) : paging(std::move(start)), fetch(std::move(fetchPage)) {}

  Paging paging;
  const Fetch fetch;
  std::vector<Entry> entries;            // of the last page
  std::size_t given = 0;                 // of them
  std::unordered_set<std::string> seen;  // ids that were returned; only of lists by offset
};

}  // namespace box::inline v0_1
