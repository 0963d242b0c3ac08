#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>

namespace box::cli {

/// Who must stay: users whom a list may name and a run must not sign out.
class Exclusions {
 public:
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
  std::unordered_set<std::string> ids_, logins_;
  std::size_t size_ = 0;
  bool hasIdOnly_ = false, hasLoginOnly_ = false;
};

}  // namespace box::cli
