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

/// Counts whom a list from Box has, whom it leaves out and why, and of whom Box tells little.
class LeftOut {
 public:
  void add(const ListedUser& user);

  std::uint64_t listed() const noexcept { return listed_; }
  std::uint64_t leftOut() const noexcept { return leftOut_; }
  /// What an operator has to know of it, one line each. `exceptOption`: by which people were named who must stay.
  std::vector<std::string> notes(std::string_view exceptOption) const;
  /// Users by their marks; without a mark they are not counted.
  boost::json::object json() const;

 private:
  static constexpr std::size_t marks = 9;

  std::uint64_t count(UserMark mark) const noexcept { return out_[static_cast<std::size_t>(mark)]; }

  std::array<std::uint64_t, marks> out_{}, in_{};  // by their marks: those who are left out, and the others
  std::uint64_t listed_ = 0, leftOut_ = 0;
};

}  // namespace box::cli
