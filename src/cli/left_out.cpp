#include "cli/left_out.hpp"

#include <utility>

#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr UserMark allMarks[] = {UserMark::oneself, UserMark::primaryAdmin, UserMark::coAdmin, UserMark::appUser,
                                 UserMark::status,  UserMark::excepted,     UserMark::unknown, UserMark::noId};

std::string several(std::uint64_t count, std::string_view one, std::string_view more) {
  return count == 1 ? std::string(one) : grouped(count) + " " + std::string(more);
}

}  // namespace

void LeftOut::add(const ListedUser& user) {
  (user.leftOut ? leftOut_ : listed_) += 1;
  (user.leftOut ? out_ : in_)[static_cast<std::size_t>(user.mark)] += 1;
}

std::vector<std::string> LeftOut::notes() const {
  std::vector<std::string> who;
  const auto add = [&](UserMark mark, const std::string& words, const std::string& option) {
    if (count(mark) > 0) who.push_back(words + (option.empty() ? "" : " (unless you add " + option + ")"));
  };
  add(UserMark::oneself, several(count(UserMark::oneself), "yourself", "accounts of yours"), "--include-me");
  add(UserMark::primaryAdmin, "the primary administrator", "--include-admins");
  add(UserMark::coAdmin, several(count(UserMark::coAdmin), "1 co-administrator", "co-administrators"),
      "--include-admins");
  add(UserMark::appUser, several(count(UserMark::appUser), "1 app user", "app users"), "--include-app-users");
  add(UserMark::status, grouped(count(UserMark::status)) + " because of --status", "");
  add(UserMark::noId, grouped(count(UserMark::noId)) + " whom Box lists without an id", "");
  std::vector<std::string> out;
  if (!who.empty()) out.push_back("left out: " + inSeries(who, "and"));
  if (const std::uint64_t strangers = in_[static_cast<std::size_t>(UserMark::unknown)]; strangers > 0) {
    out.push_back(
        "of " + several(strangers, "1 member", "members") +
        " Box tells no status and no role: they may be of another enterprise, and Box may refuse to end their "
        "sessions");
  }
  return out;
}

boost::json::object LeftOut::json() const {
  boost::json::object out;
  for (const UserMark mark : allMarks) {
    const auto index = static_cast<std::size_t>(mark);
    if (out_[index] + in_[index] > 0) out[toString(mark)] = out_[index] + in_[index];
  }
  return out;
}

}  // namespace box::cli
