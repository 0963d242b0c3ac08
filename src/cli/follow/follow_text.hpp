#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include <box/follow/following.hpp>

#include "cli/follow/followed_people.hpp"

/// Describes people who are followed. Texts from Box are made fit to be shown.
namespace box::cli {

/// "signed in again".
std::string_view inWords(FollowOutcome outcome) noexcept;
/// Says what it means that no sign-in was seen.
inline constexpr std::string_view silenceProvesNothing =
    "nothing seen proves nothing: Box may write no event, or write it late, and a person without a session had none to "
    "end";

struct FollowTotals {
  std::uint64_t signedInAgain = 0, evidence = 0, nothingSeen = 0, couldNotLook = 0;

  void add(FollowOutcome outcome) noexcept;
  std::uint64_t total() const noexcept { return signedInAgain + evidence + nothingSeen + couldNotLook; }
};
FollowTotals totalsOf(const FollowSummary& summary) noexcept;
/// "12 people followed: 1 signed in again, 11 nothing seen".
std::string inWords(const FollowTotals& totals);
boost::json::object totalsJson(const FollowTotals& totals);

/// A person, and what was seen of the person.
struct FollowRow {
  const Followed& who;
  const FollowResult& seen;
};

/// What was seen of a person besides the outcome: the last sign-in, the evidence, or why it could not be looked.
std::string detailsIn(const FollowResult& seen);
/// "2026-11-29T05:10:11Z LOGIN from 192.0.2.1 with Box for iPhone".
std::string inWords(const FollowSignIn& signIn);
/// Who caused the events that count as evidence: "the person, this account". Empty where no such event was seen.
std::string inWords(const FollowActors& actors);

/// A table with a line for each person, and a head.
std::string followTable(std::span<const FollowRow> rows);
/// The line that tells the operator about a new sign-in.
std::string findingLine(const FollowFinding& finding, const Followed& who);
boost::json::object findingJson(const FollowFinding& finding, const Followed& who);
boost::json::object followJson(const FollowRow& row);
/// `exitStatus`: the program's.
boost::json::object followJson(const FollowSummary& summary, const std::vector<std::string>& missing, int exitStatus);
/// The same where nobody could be followed. `why`: the reason.
boost::json::object notFollowedJson(std::string_view why, const std::vector<std::string>& missing, int exitStatus);

}  // namespace box::cli
