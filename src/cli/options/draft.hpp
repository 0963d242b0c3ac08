#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/options/option.hpp"

namespace box::cli {

/// What the options of a command line say, before it is checked whether they can be combined.
struct Draft {
  CredentialArguments credentials;
  ConnectionArguments connection;
  CallArguments call;      ///< without credentials and connection
  TerminateArguments run;  ///< without call
  BulkArguments bulk;      ///< without the journal's file
  SelectionArguments selection;
  ListArguments list;  ///< without selection and call
  FollowArguments follow;
  ReportArguments report;
  LoginArguments login;
  EmulatorArguments emulator;

  std::optional<std::string> journal;
  std::optional<std::uint16_t> port;
  std::size_t standardInputs = 0;  ///< how many files are standard input
  NotePath notePath;               ///< may be empty

  std::vector<std::string> operands;
  std::set<std::string_view> given;   ///< names of the options as in the tables
  std::optional<std::string> config;  ///< path of the configuration file, if any of its lines took effect

  bool has(std::string_view option) const { return given.contains(option); }
};

// Functions that most options use to store their value. `Group` is the member of Draft that has `Member`.

template <auto Group, auto Member>
void storeText(Draft& draft, const GivenOption& given) {
  (draft.*Group).*Member = given.value;
}

template <auto Group, auto Member>
void appendText(Draft& draft, const GivenOption& given) {
  ((draft.*Group).*Member).push_back(given.value);
}

template <auto Group, auto Member>
void storeDuration(Draft& draft, const GivenOption& given) {
  (draft.*Group).*Member = durationOf(given);
}

template <typename Value>
struct ValueOf {
  using Type = Value;
};
template <typename Value>
struct ValueOf<std::optional<Value>> {
  using Type = Value;
};

/// Stores a number, or a duration in the member's unit.
template <auto Group, auto Member, std::uint64_t Least, std::uint64_t Most>
void storeNumber(Draft& draft, const GivenOption& given) {
  auto& member = (draft.*Group).*Member;
  using Value = typename ValueOf<std::remove_reference_t<decltype(member)>>::Type;
  const std::uint64_t number = numberOf(given, Least, Most);
  if constexpr (std::is_arithmetic_v<Value>) {
    member = static_cast<Value>(number);
  } else {
    member = Value(static_cast<std::int64_t>(number));
  }
}

template <auto Group, auto Member>
void setFlag(Draft& draft, const GivenOption&) {
  (draft.*Group).*Member = true;
}

inline constexpr Option jsonFlag{"json", "", "print JSON, one object a line",
                                 setFlag<&Draft::call, &CallArguments::json>};
inline constexpr Option helpFlag{"help,h", "", "show this help", [](Draft&, const GivenOption&) {}};

}  // namespace box::cli
