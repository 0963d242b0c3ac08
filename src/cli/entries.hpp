#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <box/entry.hpp>

namespace box::cli {

/// Whether a list names users or groups.
enum class Target { users, groups };

/// "user" or "group", and "users" or "groups".
std::string_view nounOf(Target target) noexcept;
std::string_view nounsOf(Target target) noexcept;

/// The kind of the entries of such a list: a user by id or login, or a group.
constexpr EntryKind kindOf(Target target) noexcept {
  return target == Target::users ? EntryKind::user : EntryKind::groupId;
}

/// For what an entry is used: its sessions end, or it is somebody who must stay.
enum class EntryUse { send, exclude };

/// What checkEntry() finds, after the entry in quotes, and what people expect of an entry although it has no such
/// meaning: a wildcard, and an id that another program has changed. Invisible characters in the entry are shown by
/// their codes. Somebody who must stay may be named by an id with zeros before it, because Exclusions compare ids
/// without them.
std::optional<EntryFault> faultOf(EntryKind kind, std::string_view entry, EntryUse use = EntryUse::send);

/// Whether a valid entry is a login; otherwise it is an id.
inline bool isLogin(std::string_view entry) noexcept { return entry.find('@') != std::string_view::npos; }

/// The first letter of a login that is of another alphabet than Latin, or full-width, although others are Latin: it may
/// look like a Latin one, and then this is the login of nobody, or of somebody else. No value: the login has no such
/// letter.
std::optional<char32_t> lookAlikeIn(std::string_view login) noexcept;
/// Whether the domain of a login has no dot, so that it is probably not whole.
inline bool isDomainBare(std::string_view login) noexcept {
  return isLogin(login) && login.find('.', login.rfind('@')) == std::string_view::npos;
}

/// The faults of the input. The first ones are kept in full and the others counted, so that a file of the wrong kind
/// fills neither the memory nor the screen.
class InputFaults {
 public:
  static constexpr std::size_t shown = 20;

  /// `where`: "list.csv:3:5" or "argument 2".
  void add(const std::string& where, const std::string& text);

  bool empty() const noexcept { return total_ == 0; }
  std::size_t total() const noexcept { return total_; }
  const std::vector<std::string>& lines() const noexcept { return lines_; }

 private:
  std::vector<std::string> lines_;
  std::size_t total_ = 0;
};

}  // namespace box::cli
