#pragma once

#include "box/read/list_reader.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "box/error.hpp"
#include "read/paging.hpp"

namespace box {

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
template <class Entry>
using PageOf = typename PageOfEntries<Entry>::Type;

template <class Entry>
struct ListState {
  /// Requests one page.
  using Fetch = std::function<asio::awaitable<PageOf<Entry>>(const PageStart&)>;

  ListState(Paging start, Fetch fetchPage) : paging(std::move(start)), fetch(std::move(fetchPage)) {}

  Paging paging;
  const Fetch fetch;
  std::vector<Entry> entries;  // of the last page
  std::size_t given = 0;       // of them
  std::unordered_set<std::string> seen;
};

}  // namespace box
