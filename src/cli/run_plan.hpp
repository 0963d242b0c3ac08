#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include <box/bulk/bulk_termination.hpp>

#include "cli/arguments.hpp"

/// What a run is about to do, as text and as JSON.
namespace box::cli {

struct RunPlan {
  Target target = Target::users;
  BulkCounts counts;                          ///< of the list, before the run
  BulkCounts expected;                        ///< of the list after the run, if Box accepts everything
  std::uint64_t toSend = 0;                   ///< number of entries
  std::uint64_t logins = 0;                   ///< how many of them are logins; the others are ids
  std::vector<std::string> first{};           ///< the first of these entries, or all of them
  std::vector<std::string> excludeColumns{};  ///< by which columns files of --exclude were read, one line each
  std::vector<std::string> leftOut{};         ///< who is left out of the list, one line each
  std::vector<std::string> warnings{};        ///< what may be wrong with the list, one line each
  std::vector<std::string> refusals{};  ///< why a run with --yes would send nothing, and what to do, one line each
  std::string source;                   ///< the list's source, fit for a terminal
  std::size_t batch = 100;
  double rate = 15;  ///< at most this many calls a second
  std::string baseUrl, host, asUser;
  std::string journal;      ///< empty: the run keeps none
  std::string account;      ///< whose the credentials are, fit for a terminal; empty: not known
  bool hasAccount = false;  ///< whether the list names this account
  bool suppressNotifications = false;
  bool isDryRun = false;
  bool hasNoRecord = false;             ///< no journal is kept, and the operator did not decide that
  std::chrono::milliseconds follow{0};  ///< how long the people are followed after the run; 0: not at all

  std::uint64_t calls() const noexcept { return (toSend + batch - 1) / batch; }
  /// How many entries the question names. If a plan names more, it has one line for each entry.
  static constexpr std::size_t shown = 5;
  /// For more entries than this the operator has to type their number instead of "yes".
  static constexpr std::uint64_t mostForYes = 100;
};

/// Tells operators that the list names their own account.
inline constexpr const char* ownAccountText =
    "you are in the list yourself: leave yourself out with --exclude-me, or in a resume with --exclude";

/// Says for a short list how to keep a record of the run.
inline constexpr const char* noRecordText = "No record of this run is kept: --journal FILE keeps one";

/// For a list with ids and logins: whether two of them are the same person cannot be known.
std::string idsAndLoginsText(std::uint64_t toSend, std::uint64_t logins);

/// The question as lines; the last one has no line end.
std::string questionText(const RunPlan& plan);
/// Whether the operator has confirmed the run, with "y" or "yes" or with the number of entries.
bool isYes(const RunPlan& plan, std::string_view answer);
/// Whether the operator, who was asked for the number of entries, has typed neither this number nor a no.
bool isUnclear(const RunPlan& plan, std::string_view answer);
/// The question after such an answer, without a line end.
std::string questionAgain(const RunPlan& plan);

std::string planText(const RunPlan& plan);
boost::json::object planJson(const RunPlan& plan);

}  // namespace box::cli
