#pragma once

#include "box/read/list_reader.hpp"

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "read/page_reader.hpp"
#include "read/paging.hpp"
#include "read/query.hpp"

namespace box::inline v0_1 {

/// The page that one request for entries of this kind gets.
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
/// The state of a ListReader: see page_reader.hpp.
template <class EntryType>
struct ListState {
  using Entry = EntryType;
  using Page = typename PageOfEntries<Entry>::Type;

  /// `start`: where the first page begins.
  ListState(Paging start, PageCalls pageCalls) : paging(std::move(start)), calls(std::move(pageCalls)) {}

  bool needsPage() const noexcept { return buffered.isEmpty() && paging.end() == ListEnd::reading; }
  void addPage(std::string& query) const { addPageStart(query, paging.next()); }
  bool halve() noexcept { return paging.halve(); }
  /// Whatever can fail comes before the first change, so that after a failure the same page is requested again.
  void keep(Page page) {
    std::unordered_set<std::string> added;
    const std::size_t entries = page.entries.size();
    std::erase_if(page.entries, [&](const Entry& entry) { return !isNew(entry, added); });
    seen.reserve(seen.size() + added.size());
    paging.take(page, entries);
    seen.merge(added);
    buffered.fill(std::move(page.entries));
  }

  Paging paging;
  const PageCalls calls;
  Buffered<Entry> buffered;

 private:
  /// For lists by offset: false for an entry that moved to a later page and was returned before. `added`: the ids of
  /// this page.
  bool isNew(const Entry& entry, std::unordered_set<std::string>& added) const {
    if (!paging.isByOffset() || entry.id.empty()) return true;
    return !seen.contains(entry.id) && added.insert(entry.id).second;
  }

  std::unordered_set<std::string> seen;  // the ids that were returned; for lists by offset only
};

}  // namespace box::inline v0_1
