#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include <box/error.hpp>
#include <box/session_termination.hpp>

#include "cli/arguments.hpp"
#include "cli/entries.hpp"

/// What is said of a run without a journal, as text and as JSON; a 202 is called "accepted", never "terminated".
namespace box::cli {

/// Which call of a plan, and of what.
struct CallLabel {
  Target target = Target::users;
  std::size_t number = 1;
  std::size_t calls = 1;
};

/// How many entries came to what.
struct Tally {
  std::size_t accepted = 0;
  std::size_t rejected = 0;
  std::size_t inDoubt = 0;
  std::size_t notSent = 0;

  std::size_t total() const noexcept { return accepted + rejected + inDoubt + notSent; }
  /// Where entries of a call with this fate belong.
  std::size_t& of(Fate fate) noexcept;
};

std::string questionText(const Plan& plan, std::string_view host, std::string_view asUser);
std::string planText(const Plan& plan, std::string_view baseUrl, std::string_view asUser);
boost::json::object planJson(const Plan& plan, std::string_view baseUrl, std::string_view asUser);

std::string acceptedText(CallLabel label, const CallEntries& entries, const SessionTerminationMessage& message);
boost::json::object acceptedJson(CallLabel label, const CallEntries& entries, const SessionTerminationMessage& message);

/// Several lines, for standard error: error, fate, attempts, request ids, advice, whom it concerns.
std::string failedText(CallLabel label, const CallEntries& entries, const BoxSdkError& error);
boost::json::object failedJson(CallLabel label, const CallEntries& entries, const BoxSdkError& error);

boost::json::object notSentJson(CallLabel label, const CallEntries& entries);

std::string summaryText(Target target, const Tally& tally);
boost::json::object summaryJson(Target target, const Tally& tally, Exit status);

/// The list of what Box has not accepted, as --file takes it: the entries from call `failedCall` on, first
/// those of that call, where `failure` tells their fate (null: it was not sent).
std::string remainingText(const Plan& plan, std::size_t failedCall, const BoxSdkError* failure);
/// How such a list begins.
inline constexpr std::array<std::string_view, 3> remainingBeginnings = {"# rejected by Box\n", "# in doubt\n",
                                                                        "# not sent\n"};

}  // namespace box::cli
