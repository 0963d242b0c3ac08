#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "box/follow/following.hpp"
#include "box/support/time.hpp"

namespace box::inline v0_1 {

/// Seconds since 1970, rounded down: the form in which times are stored here.
inline std::int64_t secondsOf(std::chrono::system_clock::time_point time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// The time of so many seconds since 1970; a value outside the clock's range becomes the end of that range.
inline std::chrono::system_clock::time_point clockTimeOf(std::int64_t seconds) noexcept {
  return after(std::chrono::system_clock::time_point(), std::chrono::seconds(seconds));
}

/// The time of an event whose `createdAt` cannot be read.
constexpr std::int64_t unknownTime = INT64_MIN;

/// The latest sign-in of a person.
struct SeenSignIn {
  std::int64_t time = 0;
  std::uint16_t type = 0, app = 0;  // interned
  std::string address;
};

/// The events that were seen about a person.
struct Sighting {
  static constexpr std::size_t mostTypes = 6;

  std::uint32_t evidence = 0, signIns = 0, others = 0;
  std::int64_t firstEvidence = 0, lastEvidence = 0;
  std::array<std::uint16_t, mostTypes> types{};  // interned, in the order of their first event
  FollowActors actors;
  std::unique_ptr<SeenSignIn> signIn;

  /// Whether nothing was seen about the person.
  bool isEmpty() const noexcept { return evidence == 0 && signIns == 0 && others == 0; }
  /// Adds a type, unless it is already there or there are mostTypes. 0 means "no type" and is not added.
  void addType(std::uint16_t type) noexcept;
};

/// The people who are followed, with what was seen of each; they can be found by id and by login. A person needs about
/// 130 bytes, and 70 more after a sign-in.
class People {
 public:
  /// Throws BoxSdkError with Errc::invalidRequest if a target has neither an id nor a login, an id that is not 1 to 20
  /// digits, or a login that is too long; the text names the target.
  explicit People(const std::vector<FollowTarget>& targets, std::int64_t markTime);

  /// How many targets there are.
  std::size_t size() const noexcept { return people_.size(); }
  /// The index of the person; for a target that is the same person as an earlier target, the index of that one.
  std::uint32_t originalOf(std::size_t target) const noexcept { return people_[target].original; }
  /// The time from which sign-ins of the person count as new, in seconds since 1970.
  std::int64_t since(std::uint32_t person) const noexcept { return people_[person].since; }
  /// The earliest since() of all.
  std::int64_t earliestSince() const noexcept { return earliestSince_; }
  /// The events that were seen about the person.
  Sighting& sighting(std::uint32_t person) noexcept { return people_[person].seen; }
  const Sighting& sighting(std::uint32_t person) const noexcept { return people_[person].seen; }

  /// The person with this id, or with this login in upper or lower case; unset: nobody who is followed has it.
  std::optional<std::uint32_t> withId(std::string_view id) const noexcept;
  std::optional<std::uint32_t> withLogin(std::string_view login) const noexcept;
  /// The id and the login of the person as the target has them; empty: not known. The login is in lower case.
  std::string_view id(std::uint32_t person) const noexcept;
  std::string_view login(std::uint32_t person) const noexcept;

  /// A digest that is equal for equal targets in the same order.
  std::uint64_t digest() const noexcept { return digest_; }

 private:
  struct Person {
    std::uint32_t text = 0;  // where its text begins in texts_: the id, then the login in lower case
    std::uint32_t original = 0;
    std::uint16_t loginSize = 0;
    std::uint8_t idSize = 0;
    std::int64_t since = 0;
    Sighting seen;
  };
  enum class Key { id, login };

  std::string_view textOf(const Person& person, Key key) const noexcept;
  std::size_t slotOf(std::string_view text, Key key) const noexcept;
  std::optional<std::uint32_t> find(std::string_view text, Key key) const noexcept;
  void insert(std::uint32_t person, Key key);

  std::string texts_;
  std::vector<Person> people_;
  std::vector<std::uint32_t> table_;  // twice the person's index, plus one for a login, plus one; 0: free
  std::uint64_t digest_ = 0;
  std::int64_t earliestSince_ = std::numeric_limits<std::int64_t>::max();
};

/// A hash that is the same in each run of the program; never 0.
std::uint64_t hashOf(std::string_view text, std::uint64_t seed = 0) noexcept;

}  // namespace box::inline v0_1
