#include "box/read/user_source.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_set>
#include <utility>

#include <boost/asio/cancellation_type.hpp>

#include "async/wait.hpp"
#include "box/entry.hpp"
#include "box/error.hpp"
#include "read/group_members.hpp"
#include "read/user_filter.hpp"
#include "support/ascii.hpp"
#include "support/as_box_error.hpp"
#include "support/operation_error.hpp"
#include "support/refusal.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {
namespace {

/// If there are more members than this, they are taken from the list of all users.
constexpr std::size_t mostLookups = 50;
constexpr std::size_t pageOfLookups = 10;
constexpr std::size_t pageOfRest = 1000;

const std::vector<std::string>& wantedFields() {
  static const std::vector<std::string> fields = {
      "id", "type", "name", "login", "status", "role", "is_platform_access_only"};
  return fields;
}

std::optional<ErrorDetails> sourceCancelled(const Thrown& thrown) { return cancellationDetails(thrown, "UserSource"); }

UserFull asFull(const UserMini& mini) {
  UserFull user;
  static_cast<UserMini&>(user) = mini;
  return user;
}

}  // namespace

struct UserSource::State {
  State(UsersManager u, MembershipsManager m, UserSelection selection)
      : users(std::move(u)), memberships(std::move(m)), filter(std::move(selection)) {}
  const UserScope& scope() const noexcept { return *filter.selection().scope_; }

  asio::awaitable<UserFull> askForMe() const;
  asio::awaitable<UserFull> askFor(const std::string& id) const;
  UserReader readAll() const;

  static asio::awaitable<void> begin(std::shared_ptr<State> state);
  static asio::awaitable<void> readGroups(std::shared_ptr<State> state);
  static asio::awaitable<std::vector<ListedUser>> page(std::shared_ptr<State> state);
  static asio::awaitable<std::vector<ListedUser>> lookUp(std::shared_ptr<State> state);
  static asio::awaitable<bool> entries(std::shared_ptr<State> state, std::vector<BulkEntry>& into, std::size_t most);
  std::vector<ListedUser> select(std::vector<UserFull> page);
  std::vector<ListedUser> selectRest();

  const UsersManager users;
  const MembershipsManager memberships;
  UserFilter filter;
  std::optional<UserReader> reader;           // reads the list of all users
  std::vector<UserMini> members;              // the members of the groups, in order
  std::size_t returned = 0;                   // how many of them were returned, or are in `lookedUp`
  std::vector<ListedUser> lookedUp;           // the next page, which outlives a look-up that fails or is cancelled
  std::unordered_set<std::string> memberIds;  // the ids in `members` that were not yet found in the list of all users
  bool begun = false;
  ListEnd membersEnd = ListEnd::complete;  // how the list of the last group ended

  std::deque<std::string> ready;  // ids for read()
  std::uint64_t lines = 0, leftOut = 0;
};

asio::awaitable<UserFull> UserSource::State::askForMe() const {
  GetUserMeQueryParams params;
  params.fields = wantedFields();
  return users.getUserMe(params);
}

asio::awaitable<UserFull> UserSource::State::askFor(const std::string& id) const {
  GetUserByIdOptionalsInput input;
  input.queryParams.fields = wantedFields();
  return users.getUserById(id, input);
}

UserReader UserSource::State::readAll() const {
  GetUsersQueryParams params;
  params.fields = wantedFields();
  const UserScope& scope = this->scope();
  if (scope.kind == UserScope::Kind::loginPrefix) params.filterTerm = scope.text;
  return users.readUsers(params);
}

asio::awaitable<void> UserSource::State::begin(std::shared_ptr<State> state) {
  if (state->begun) co_return;
  if (!state->filter.knowsAccount()) {
    const UserFull me = co_await state->askForMe();
    if (!isBoxId(me.id)) throw answerError("UserSource", "Box does not name the user of the credentials");
    state->filter.setAccount(me, me.role == "admin");
  }
  const bool ofGroups = state->scope().kind == UserScope::Kind::groups;
  if (ofGroups) co_await readGroups(state);
  if (!ofGroups || state->members.size() > mostLookups) state->reader.emplace(state->readAll());
  state->begun = true;
}

asio::awaitable<void> UserSource::State::readGroups(std::shared_ptr<State> state) {
  GroupMembers read;
  for (const std::string& groupId : state->scope().groupIds) {
    state->membersEnd = co_await read.add(state->memberships, groupId);
    if (state->membersEnd == ListEnd::complete) continue;
    throw answerError("UserSource", incompleteGroup(groupId, state->membersEnd) +
                                        ": end the sessions of the group by the group's id");
  }
  state->members = read.takePeople();
  state->memberIds = read.takeIds();
}

std::vector<ListedUser> UserSource::State::select(std::vector<UserFull> page) {
  const bool ofGroups = scope().kind == UserScope::Kind::groups;
  std::vector<ListedUser> listed;
  for (UserFull& user : page) {
    if (!filter.isInScope(user)) continue;
    if (ofGroups && (!isBoxId(user.id) || memberIds.erase(user.id) == 0)) continue;
    listed.push_back(filter.mark(std::move(user), true));
  }
  return listed;
}

/// Those of the next members that are not in the list of all users; it may be none of them.
std::vector<ListedUser> UserSource::State::selectRest() {
  std::vector<ListedUser> listed;
  for (const std::size_t end = std::min(returned + pageOfRest, members.size()); returned < end; ++returned) {
    const UserMini& member = members[returned];
    const bool found = isBoxId(member.id) && memberIds.erase(member.id) == 0;
    if (!found) listed.push_back(filter.mark(asFull(member), false));
  }
  return listed;
}

asio::awaitable<std::vector<ListedUser>> UserSource::State::lookUp(std::shared_ptr<State> state) {
  std::vector<ListedUser>& listed = state->lookedUp;
  for (; listed.size() < pageOfLookups && state->returned < state->members.size(); ++state->returned) {
    const UserMini& member = state->members[state->returned];
    if (!isBoxId(member.id)) {
      listed.push_back(state->filter.mark(asFull(member), false));
      continue;
    }
    CallResult<UserFull> user = co_await tryAwait(state->askFor(member.id));
    if (user) {
      listed.push_back(state->filter.mark(*std::move(user), true));
    } else if (isRefusal(user.error(), Errc::notFound) || isRefusal(user.error(), Errc::forbidden)) {
      listed.push_back(state->filter.mark(asFull(member), false));
    } else if (listed.empty()) {
      user.error().raise();
    } else {
      break;  // the next page requests the same member again
    }
  }
  co_return std::exchange(listed, {});
}

asio::awaitable<std::vector<ListedUser>> UserSource::State::page(std::shared_ptr<State> state) {
  co_await begin(state);
  std::vector<ListedUser> listed;
  if (!state->reader) {
    listed = co_await lookUp(state);
    co_return listed;
  }
  while (listed.empty()) {
    std::vector<UserFull> users = co_await state->reader->nextPage();
    if (!users.empty()) {
      listed = state->select(std::move(users));
      continue;
    }
    if (state->returned == state->members.size()) break;
    listed = state->selectRest();
    // Perhaps very many members were in the list of all users, so other work of the executor runs in between.
    if (!listed.empty()) break;
    const asio::cancellation_type heard = co_await letOthersRun();
    if (heard != asio::cancellation_type::none) throw Cancellation();
  }
  co_return listed;
}

UserSource::UserSource(UsersManager users, MembershipsManager memberships, UserSelection selection)
    : state_(std::make_shared<State>(std::move(users), std::move(memberships), std::move(selection))) {}

UserSource::~UserSource() = default;

asio::awaitable<std::vector<ListedUser>> UserSource::nextPage() {
  return asBoxError(State::page(state_), sourceCancelled);
}

asio::awaitable<bool> UserSource::read(std::vector<BulkEntry>& into, std::size_t most) {
  return asBoxError(State::entries(state_, into, most), sourceCancelled);
}

asio::awaitable<bool> UserSource::State::entries(std::shared_ptr<State> state, std::vector<BulkEntry>& into,
                                                 std::size_t most) {
  while (state->ready.empty()) {
    std::vector<ListedUser> listed = co_await page(state);
    if (listed.empty()) co_return false;
    for (ListedUser& one : listed) {
      if (one.leftOut) {
        ++state->leftOut;
      } else {
        state->ready.push_back(std::move(one.user.id));
      }
    }
  }
  for (; most > 0 && !state->ready.empty(); --most) {
    BulkEntry& entry = into.emplace_back();
    entry.value = std::move(state->ready.front());
    entry.line = ++state->lines;
    state->ready.pop_front();
  }
  co_return true;
}

std::uint64_t UserSource::leftOut() const noexcept { return state_->leftOut; }

ListEnd UserSource::membersEnd() const noexcept { return state_->membersEnd; }

}  // namespace box::inline v0_1
