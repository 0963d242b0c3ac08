#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace box::cli {

/// The users who must stay signed in although a list may name them.
class Exclusions {
 public:
  /// `option`: the option that named them, for messages.
  explicit Exclusions(std::string option = "--exclude") : option_(std::move(option)) {}
  /// Adds another option that named users, for messages.
  void alsoBy(std::string_view option) { option_.append(" or ").append(option); }
  const std::string& option() const noexcept { return option_; }

  /// Adds a user. Either text may be empty. Logins are compared without regard to case.
  void add(std::string_view id, std::string_view login);

  enum class Answer {
    mayGo,
    mustStay,
    unknown,  ///< undecidable: the exclusion has only a login and the user only an id, or the reverse
  };
  /// Asks about the user with these names. Either text may be empty.
  Answer ask(std::string_view id, std::string_view login) const;
  std::size_t size() const noexcept { return size_; }

 private:
  std::string option_;
  std::unordered_set<std::string> ids_, logins_;
  std::size_t size_ = 0;
  bool hasIdOnly_ = false, hasLoginOnly_ = false;
};

}  // namespace box::cli
