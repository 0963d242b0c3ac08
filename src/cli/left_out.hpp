#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include <box/read/user_source.hpp>

#include "cli/arguments.hpp"

namespace box::cli {

/// Counts the users of a list from Box: how many there are, who is left out and why, and about whom Box says little.
class LeftOut {
 public:
  void add(const ListedUser& user);

  std::uint64_t listed() const noexcept { return listed_; }
  std::uint64_t leftOut() const noexcept { return leftOut_; }
  /// What the operator should know, one line each. Exclusions tell about those who must stay.
  std::vector<std::string> notes() const;
  /// Numbers of users by their marks. Users without a mark are not counted.
  boost::json::object json() const;

 private:
  static constexpr std::size_t marks = 9;

  std::uint64_t count(UserMark mark) const noexcept { return out_[static_cast<std::size_t>(mark)]; }

  std::array<std::uint64_t, marks> out_{}, in_{};  // users with each mark: those who are left out, and the others
  std::uint64_t listed_ = 0, leftOut_ = 0;
};

}  // namespace box::cli
