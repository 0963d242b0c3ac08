#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace box::cli {

/// Who must stay: users whom a list may name and a run must not sign out.
class Exclusions {
 public:
  /// `option`: with which the operator has named them, for messages.
  explicit Exclusions(std::string option = "--exclude") : option_(std::move(option)) {}
  /// They are named by this option too.
  void alsoBy(std::string_view option) { option_.append(" or ").append(option); }
  const std::string& option() const noexcept { return option_; }

  /// Each of the two may be empty. Logins are compared without case.
  void add(std::string_view id, std::string_view login);

  enum class Answer {
    mayGo,
    mustStay,
    unknown,  ///< somebody who must stay is known by a login only, and this one by an id, or the reverse
  };
  /// Of who has these names. Each may be empty.
  Answer ask(std::string_view id, std::string_view login) const;
  std::size_t size() const noexcept { return size_; }

 private:
  std::string option_;
  std::unordered_set<std::string> ids_, logins_;
  std::size_t size_ = 0;
  bool hasIdOnly_ = false, hasLoginOnly_ = false;
};

}  // namespace box::cli
