#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "box/read/values.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

template <class Entry>
struct ListState;

/// Whether a reader has returned the whole list.
enum class ListEnd : std::uint8_t {
  reading,      ///< the end has not been reached yet
  complete,     ///< all entries were returned
  offsetLimit,  ///< there are more entries, but Box accepts no offset above 10,000
  changing,     ///< the list became shorter during each reading of it, so entries may be missing
};
/// The enumerator's name, "complete".
BOX_API std::string_view toString(ListEnd end) noexcept;

/// Reads a list of Box's to its end, page by page, in Box's order: `UserReader users = client.users.readUsers();`
///
/// It returns each entry once; in lists by offset it recognises entries by their ids. If a list by offset becomes
/// shorter while it is read, entries move to pages that were read before; then the list is read again, up to three
/// times in all. A short or empty page is not the end where Box says that there is more. Where a page is larger than
/// ResponseLimits allow, the reader requests half as many entries.
///
/// *Errors*: those of the call that gets a page; BoxSdkError with Errc::unexpectedResponse where Box's pages contradict
/// each other. After an error or a cancellation the reader has the same position as before the call, so that a further
/// call requests the page again. *Lifetime*: a call in progress keeps what it needs. *Threads*: only one call at a time
/// may be in progress.
template <class Entry>
class BOX_API ListReader {
 public:
  /// The next entry; unset: the list has no further entry.
  asio::awaitable<std::optional<Entry>> next();
  /// The entries of the next page, or those of the last page that next() has not returned; empty: the list has no
  /// further entry.
  asio::awaitable<std::vector<Entry>> nextPage();

  /// How the list ended, after next() or nextPage() has returned no entry.
  ListEnd end() const noexcept;

 private:
  friend class GroupsManager;
  friend class MembershipsManager;
  friend class UsersManager;
  explicit ListReader(std::shared_ptr<ListState<Entry>> state) noexcept : state_(std::move(state)) {}

  std::shared_ptr<ListState<Entry>> state_;
};

extern template class BOX_API ListReader<UserFull>;
extern template class BOX_API ListReader<GroupFull>;
extern template class BOX_API ListReader<GroupMembership>;

using UserReader = ListReader<UserFull>;               ///< made by UsersManager::readUsers()
using GroupReader = ListReader<GroupFull>;             ///< made by GroupsManager::readGroups()
using MembershipReader = ListReader<GroupMembership>;  ///< made by MembershipsManager::readGroupMemberships()

}  // namespace box::inline v0_1
