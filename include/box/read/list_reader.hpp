#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "box/read/values.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box {

template <class Entry>
struct ListState;

/// Whether a reader has given all that there is.
enum class ListEnd : std::uint8_t {
  reading,      ///< it has not come to the end yet
  complete,     ///< all entries were given
  offsetLimit,  ///< Box lists such a list up to offset 10,000 and no further: there are more
  changing,     ///< the list became shorter each time that it was read, so that entries may have slipped past
};
/// The enumerator's name, "complete".
BOX_API std::string_view toString(ListEnd end) noexcept;

/// Reads a list of Box's to its end, page by page, in Box's order: `UserReader users = client.users.readUsers();`
///
/// Lists by marker: each entry once. Lists by offset: the same, by the entries' ids; where the list became shorter
/// while it was read, which moves entries to pages that were read before, it is read again, up to three times. It steps
/// as the answers say, takes a short or an empty page for no end where Box says that there is more, and asks for pages
/// half as large where one is larger than ResponseLimits allow.
///
/// *Errors*: those of the call; Errc::unexpectedResponse where Box's pages contradict each other. After an error, and
/// after a cancellation, the reader is where it was: the next page can be asked for again. *Lifetime*: a call in
/// progress keeps what it needs. *Threads*: one call at a time.
template <class Entry>
class BOX_API ListReader {
 public:
  /// The next entry; none: the list is at its end.
  asio::awaitable<std::optional<Entry>> next();
  /// The entries of the next page, or what next() has left of the last one, at least one; none: the list is at its end.
  asio::awaitable<std::vector<Entry>> nextPage();

  /// How the list ended, once next() or nextPage() have given nothing.
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

using UserReader = ListReader<UserFull>;               ///< from UsersManager::readUsers()
using GroupReader = ListReader<GroupFull>;             ///< from GroupsManager::readGroups()
using MembershipReader = ListReader<GroupMembership>;  ///< from MembershipsManager::readGroupMemberships()

}  // namespace box
