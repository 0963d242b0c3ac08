#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "box/follow/following.hpp"
#include "follow/interned.hpp"
#include "follow/people.hpp"
#include "follow/recent_ids.hpp"

namespace box::inline v0_1 {

/// Counts the events of each type, for at most 256 types; the events of all other types are counted together.
class TypeCounts {
 public:
  void add(std::string_view type, std::uint64_t events = 1);
  const std::vector<FollowCount>& all() const noexcept { return counts_; }

 private:
  std::vector<FollowCount> counts_;
};

/// Decides what an event means for the people who are followed, and stores what was seen of each. It has no I/O and no
/// clock.
///
/// An event is about the user whom its source names. If the source names none, it is about the user who did it, and
/// then only evidence and sign-ins count, because all that a user does with files is reported in such events.
class Matcher {
 public:
  using Tell = std::function<void(const FollowFinding&)>;

  /// *Errors*: BoxSdkError with Errc::invalidRequest where a target has neither an id nor a login, an id that is not 1
  /// to 20 digits, or a login that is too long.
  Matcher(const FollowOptions& options, const std::vector<FollowTarget>& targets,
          std::chrono::system_clock::time_point markTime);

  /// Sets the user in whose name the client acts. Before that, no event counts as one by the client's own account.
  void setOwnAccount(const UserMini& own) { own_ = own; }
  /// Considers an event, which may be a copy of an earlier one. `ofHistory`: it is read from admin_logs, after the
  /// stream.
  void consider(const BoxEvent& event, const Tell& tell, bool ofHistory = false);

  /// The result for one target. Its `reason` is empty, because only the FollowCore knows whether something could not be
  /// read.
  FollowResult resultOf(std::size_t target) const;
  const TypeCounts& unmatched() const noexcept { return unmatched_; }
  const TypeCounts& others() const noexcept { return others_; }
  std::size_t targets() const noexcept { return people_.size(); }
  /// The time, in seconds since 1970, before which no sign-in counts as new.
  std::int64_t earliestSince() const noexcept { return people_.earliestSince(); }
  /// The time from which sign-ins of the person of this target count, in seconds since 1970; other events count from
  /// FollowOptions::clockSkew before it.
  std::int64_t sinceOf(std::size_t target) const noexcept { return people_.since(people_.originalOf(target)); }
  std::uint64_t duplicates() const noexcept { return duplicates_; }
  std::uint64_t evidence() const noexcept { return evidence_; }
  std::uint64_t signIns() const noexcept { return signIns_; }

  /// save() appends the state as lines. takeLine() reads them back one by one, and returns false for a line that is not
  /// valid, also for that of other targets. After the last line, restored() is false if no line has named the targets.
  void save(std::string& out) const;
  bool takeLine(std::string_view line);
  bool restored() const noexcept { return digestTaken_; }

 private:
  struct Hit {
    std::uint32_t person = 0;
    FollowKind kind = FollowKind::other;
  };

  bool isOwn(const UserMini& user) const noexcept;
  bool isPerson(const UserMini& user, std::uint32_t person) const noexcept;
  FollowKind kindOf(std::string_view type) const noexcept;
  void hit(std::uint32_t person, const BoxEvent& event, std::int64_t time, bool byCreator,
           std::vector<Hit>& hits) const;
  void keep(const Hit& hit, const BoxEvent& event, std::int64_t time, std::string_view app);
  bool remember(std::uint64_t hash, bool ofHistory);
  FollowActors actorOf(const BoxEvent& event, std::uint32_t person) const noexcept;
  bool takePerson(std::vector<std::string_view> fields);

  const std::vector<std::string> evidenceTypes_, signInTypes_;
  const std::int64_t skew_;      // in seconds
  const std::int64_t markTime_;  // in seconds since 1970
  People people_;
  RecentIds recent_;
  RecentIds past_;  // those of admin_logs for which recent_ has no room
  UserMini own_;
  Interned types_{1'000}, apps_{1'000};
  TypeCounts unmatched_, others_;
  std::uint64_t duplicates_ = 0, evidence_ = 0, signIns_ = 0;
  std::vector<Hit> hits_;  // the hits of the event that is being considered
  bool digestTaken_ = false;
};

}  // namespace box::inline v0_1
