#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "box/follow/following.hpp"

namespace box::inline v0_1 {

/// Seconds since 1970, rounded down: the form in which times are kept here.
inline std::int64_t secondsOf(std::chrono::system_clock::time_point time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// The time of an event whose `createdAt` cannot be read.
constexpr std::int64_t unknownTime = INT64_MIN;

/// The length of the longest login that is compared, in bytes.
constexpr std::size_t longestLogin = 320;

/// Keeps short texts that occur often, each once; only the first `most` different ones.
class Interned {
 public:
  explicit Interned(std::size_t most) : most_(most) {}
  /// The number of the text, from 1; 0: it is empty, or there are too many texts.
  std::uint16_t numberOf(std::string_view text);
  /// The text with this number; empty for 0.
  std::string_view text(std::uint16_t number) const { return number == 0 ? std::string_view() : texts_[number - 1U]; }
  /// In the order of their numbers, which begin at 1.
  const std::vector<std::string>& all() const noexcept { return texts_; }

 private:
  std::size_t most_;
  std::vector<std::string> texts_;
};

/// The latest sign-in of a person.
struct SeenSignIn {
  std::int64_t time = 0;
  std::uint16_t type = 0, app = 0;  // interned
  std::string address;
};

/// What was seen of a person.
struct Sighting {
  static constexpr std::size_t mostTypes = 6;

  std::uint32_t evidence = 0, signIns = 0, others = 0;
  std::int64_t firstEvidence = 0, lastEvidence = 0;
  std::array<std::uint16_t, mostTypes> types{};  // interned, in the order in which they came
  FollowActors actors;
  std::unique_ptr<SeenSignIn> signIn;

  /// Nothing was seen of the person.
  bool isEmpty() const noexcept { return evidence == 0 && signIns == 0 && others == 0; }
  /// Adds a type, unless it is known already or there are mostTypes; 0, which is none, is not added.
  void addType(std::uint16_t type) noexcept;
};

/// The people who are followed: found by id and by login, with what was seen of each. About 120 bytes a person, and 70
/// more where one has signed in.
class People {
 public:
  /// Throws BoxSdkError with Errc::invalidRequest, naming the place, where a target is not a person.
  explicit People(const std::vector<FollowTarget>& targets, std::int64_t markTime);

  /// How many targets there are.
  std::size_t size() const noexcept { return people_.size(); }
  /// The index of the person; for a target that is the same person as an earlier target, the index of that one.
  std::uint32_t originalOf(std::size_t target) const noexcept { return people_[target].original; }
  /// From when on sign-ins of the person are new, in seconds since 1970.
  std::int64_t since(std::uint32_t person) const noexcept { return people_[person].since; }
  /// What was seen of the person.
  Sighting& sighting(std::uint32_t person) noexcept { return people_[person].seen; }
  const Sighting& sighting(std::uint32_t person) const noexcept { return people_[person].seen; }

  /// The person with this id, or with this login in any case; unset: it is none of these people.
  std::optional<std::uint32_t> withId(std::string_view id) const noexcept;
  std::optional<std::uint32_t> withLogin(std::string_view login) const noexcept;
  /// As the target has it; empty: not known. The login is in lower case.
  std::string_view id(std::uint32_t person) const noexcept;
  std::string_view login(std::uint32_t person) const noexcept;

  /// Equal for equal targets in the same order.
  std::uint64_t digest() const noexcept { return digest_; }

 private:
  struct Person {
    std::uint32_t text = 0;  // in texts_: the id, then the login in lower case
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
};

/// The events that were counted last: a bounded set of the hashes of their ids, from which the oldest is removed first.
class RecentIds {
 public:
  explicit RecentIds(std::size_t most);
  /// False: the set has it already.
  bool insert(std::uint64_t hash);
  /// All hashes, the oldest first.
  std::vector<std::uint64_t> all() const;

 private:
  std::size_t slotOf(std::uint64_t hash) const noexcept;
  void erase(std::uint64_t hash) noexcept;
  void grow();

  const std::size_t most_;
  std::vector<std::uint64_t> ring_;  // in the order in which they came, from oldest_
  std::size_t oldest_ = 0;
  std::vector<std::uint64_t> table_;  // 0: free
};

/// A hash that stays the same from run to run; never 0.
std::uint64_t hashOf(std::string_view text, std::uint64_t seed = 0) noexcept;

}  // namespace box::inline v0_1
