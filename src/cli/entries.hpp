#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <box/entry.hpp>

namespace box::cli {

/// Whom a list names.
enum class Target { users, groups };

/// "user" or "group".
std::string_view nounOf(Target target) noexcept;

/// What an entry of a list names: a user by id or login, or a group.
constexpr EntryKind kindOf(Target target) noexcept {
  return target == Target::users ? EntryKind::user : EntryKind::groupId;
}

/// What checkEntry() finds, with the entry in quotes before it; each invisible character in it is shown by its code.
std::optional<EntryFault> faultOf(EntryKind kind, std::string_view entry);

/// For an entry without fault: whether it is a login and not an id.
inline bool isLogin(std::string_view entry) noexcept { return entry.find('@') != std::string_view::npos; }

/// The entries of a list in their order, each once.
class EntryList {
 public:
  EntryList() = default;
  EntryList(const EntryList&) = delete;
  EntryList& operator=(const EntryList&) = delete;

  /// Adds an entry that has no fault, unless it is there already.
  void add(std::string entry);

  std::size_t size() const noexcept { return order_.size(); }
  bool empty() const noexcept { return order_.empty(); }
  const std::string& operator[](std::size_t i) const noexcept { return *order_[i]; }
  /// How many were dropped because they had been there already.
  std::size_t duplicates() const noexcept { return duplicates_; }

 private:
  std::unordered_set<std::string> entries_;
  std::vector<const std::string*> order_;  // a set's elements stay where they are
  std::size_t duplicates_ = 0;
};

/// What is wrong with the input: the first ones in full, the rest counted, so that a file of the wrong kind
/// takes neither memory nor screens.
class InputFaults {
 public:
  static constexpr std::size_t shown = 20;

  /// `where`: "list.csv:3:5", "argument 2".
  void add(const std::string& where, const std::string& text);

  bool empty() const noexcept { return total_ == 0; }
  std::size_t total() const noexcept { return total_; }
  const std::vector<std::string>& lines() const noexcept { return lines_; }

 private:
  std::vector<std::string> lines_;
  std::size_t total_ = 0;
};

}  // namespace box::cli
