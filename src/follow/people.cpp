#include "follow/people.hpp"

#include <algorithm>
#include <limits>

#include "box/entry.hpp"
#include "box/error.hpp"
#include "support/ascii.hpp"
#include "support/operation_error.hpp"

namespace box::inline v0_1 {
namespace {

std::size_t roomFor(std::size_t entries) {
  std::size_t room = 16;
  while (room < 2 * entries) room *= 2;
  return room;
}

std::uint64_t mixed(std::uint64_t hash) noexcept {
  hash ^= hash >> 32U;
  hash *= 0xd6e8feb86659fd93U;
  hash ^= hash >> 32U;
  return hash;
}

constexpr std::uint64_t fnvBasis = 0xcbf29ce484222325U;

/// FNV-1a with 64 bits and a final mixing step. `counted`: maps each character to the one that is hashed.
template <class Counted>
std::uint64_t fnv(std::uint64_t basis, std::string_view text, Counted counted) noexcept {
  std::uint64_t hash = basis;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(counted(c))) * 0x100000001b3U;
  return mixed(hash);
}

[[noreturn]] void refuseTarget(std::size_t index, std::string_view member, const std::string& why) {
  throw operationError(Errc::invalidRequest, "follow",
                       "targets[" + std::to_string(index) + "]" + std::string(member) + " " + why);
}

}  // namespace

std::uint64_t hashOf(std::string_view text, std::uint64_t seed) noexcept {
  const std::uint64_t hash = fnv(fnvBasis ^ seed, text, [](char c) { return c; });
  return hash == 0 ? 1 : hash;
}

void Sighting::addType(std::uint16_t type) noexcept {
  if (type == 0) return;
  for (std::uint16_t& known : types) {
    if (known == type) return;
    if (known == 0) {
      known = type;
      return;
    }
  }
}

// -------------------------------------------------------------------------------------------------------------- People

People::People(const std::vector<FollowTarget>& targets, std::int64_t markTime) {
  if (targets.size() > std::numeric_limits<std::uint32_t>::max() / 4) {
    throw operationError(Errc::invalidRequest, "follow", "there are too many targets");
  }
  std::size_t keys = 0, bytes = 0;
  for (const FollowTarget& target : targets) {
    keys += (target.id.empty() ? 0U : 1U) + (target.login.empty() ? 0U : 1U);
    bytes += target.id.size() + target.login.size();
  }
  if (bytes > std::numeric_limits<std::uint32_t>::max()) {
    throw operationError(Errc::invalidRequest, "follow", "there are too many targets");
  }
  if (targets.empty()) earliestSince_ = markTime;
  texts_.reserve(bytes);
  people_.reserve(targets.size());
  table_.resize(roomFor(keys));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const FollowTarget& target = targets[i];
    if (target.id.empty() && target.login.empty()) refuseTarget(i, "", "has neither an id nor a login");
    if (!target.id.empty() && !isBoxId(target.id)) refuseTarget(i, ".id", "is not an id: 1 to 20 digits");
    // A login need not be valid, because it may come from Box; it is only compared.
    if (target.login.size() > longestLogin)
      refuseTarget(i, ".login", "is longer than " + std::to_string(longestLogin) + " bytes");
    Person& person = people_.emplace_back();
    person.text = static_cast<std::uint32_t>(texts_.size());
    person.idSize = static_cast<std::uint8_t>(target.id.size());
    person.loginSize = static_cast<std::uint16_t>(target.login.size());
    person.original = static_cast<std::uint32_t>(i);
    person.since = markTime;
    if (target.since) person.since = secondsOf(*target.since);
    texts_ += target.id;
    std::transform(target.login.begin(), target.login.end(), std::back_inserter(texts_), toLower);
    digest_ = hashOf(target.login, hashOf(target.id, digest_));
    if (person.idSize != 0) insert(person.original, Key::id);
    if (person.original == i) earliestSince_ = std::min(earliestSince_, person.since);
    Person& first = people_[person.original];
    if (first.loginSize == 0) {  // so it has the same id, and gets the login that follows that id in the text
      first.text = person.text;
      first.loginSize = person.loginSize;
    } else if (person.original != i) {
      continue;
    }
    if (first.loginSize != 0) insert(person.original, Key::login);
  }
}

std::string_view People::textOf(const Person& person, Key key) const noexcept {
  const std::string_view texts = texts_;
  return key == Key::id ? texts.substr(person.text, person.idSize)
                        : texts.substr(person.text + person.idSize, person.loginSize);
}

std::string_view People::id(std::uint32_t person) const noexcept { return textOf(people_[person], Key::id); }
std::string_view People::login(std::uint32_t person) const noexcept { return textOf(people_[person], Key::login); }

/// The slot of the text, or the free slot for it. Logins in the table are in lower case; upper and lower case are the
/// same in comparisons.
std::size_t People::slotOf(std::string_view text, Key key) const noexcept {
  std::size_t slot = fnv(fnvBasis + (key == Key::login ? 1U : 0U), text, toLower) & (table_.size() - 1);
  for (; table_[slot] != 0; slot = (slot + 1) & (table_.size() - 1)) {
    const std::uint32_t entry = table_[slot] - 1;
    const Key kind = entry % 2 == 0 ? Key::id : Key::login;
    if (kind == key && equalsIgnoreCase(textOf(people_[entry / 2], key), text)) break;
  }
  return slot;
}

std::optional<std::uint32_t> People::find(std::string_view text, Key key) const noexcept {
  if (text.empty()) return std::nullopt;
  const std::uint32_t entry = table_[slotOf(text, key)];
  if (entry == 0) return std::nullopt;
  return (entry - 1) / 2;
}

std::optional<std::uint32_t> People::withId(std::string_view id) const noexcept { return find(id, Key::id); }
std::optional<std::uint32_t> People::withLogin(std::string_view login) const noexcept {
  return find(login, Key::login);
}

void People::insert(std::uint32_t person, Key key) {
  const std::size_t slot = slotOf(textOf(people_[person], key), key);
  if (table_[slot] == 0) {
    table_[slot] = 2 * person + (key == Key::login ? 1 : 0) + 1;
    return;
  }
  // A target with the same id is the same person, and so is one without an id that has the login of an earlier target.
  // In every other case a login that two targets have stays with the earlier one.
  const std::uint32_t first = (table_[slot] - 1) / 2;
  if (key == Key::id || people_[person].idSize == 0) people_[person].original = people_[first].original;
}

}  // namespace box::inline v0_1
