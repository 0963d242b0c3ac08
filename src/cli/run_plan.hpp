#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include <box/bulk/bulk_termination.hpp>

#include "cli/arguments.hpp"

/// What a run is about to do, as text and JSON.
namespace box::cli {

struct RunPlan {
  Target target = Target::users;
  BulkCounts counts;                 ///< of the list, before the run
  std::uint64_t toSend = 0;          ///< entries
  std::vector<std::string> first{};  ///< of these
  std::string source;                ///< where the list is from, fit for a terminal
  std::size_t batch = 100;
  double rate = 15;  ///< calls a second at most
  std::string baseUrl, host, asUser;
  std::string journal;  ///< empty: none is kept
  std::string account;  ///< whose the credentials are, fit for a terminal; empty: not known
  bool suppressNotifications = false;
  std::chrono::milliseconds follow{0};  ///< for how long the people are followed after the run; 0: they are not

  std::uint64_t calls() const noexcept { return (toSend + batch - 1) / batch; }
  /// Above this number of entries the operator types the number, and not only a yes.
  static constexpr std::uint64_t mostForYes = 100;
};

/// The lines of the question, without a line end after the last.
std::string questionText(const RunPlan& plan);
/// What the operator has to type for the run to go out: "y" or "yes", or the number of entries.
bool isYes(const RunPlan& plan, std::string_view answer);

std::string planText(const RunPlan& plan);
boost::json::object planJson(const RunPlan& plan);

}  // namespace box::cli
