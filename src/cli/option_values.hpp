#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <box/bulk/bulk_entry.hpp>

/// Reads the values of options. *Errors*, of all: UsageError, which says what is wrong, with which option, and what to
/// give.
namespace box::cli {

/// An option as it was given.
struct GivenOption {
  std::string name;  ///< "--file", also where it was given as -f
  std::string value;
};

std::uint64_t numberOf(const GivenOption& given, std::uint64_t least, std::uint64_t most);

/// At most 24 hours, with a unit.
std::chrono::milliseconds durationOf(const GivenOption& given);

/// An id of Box's. `what`: what it is the id of, for the message.
std::string idOf(const GivenOption& given, std::string_view what = "the id");

/// Calls a second; infinity for "none".
double rateOf(const GivenOption& given);

/// A file that is written too, so that it cannot be standard input. `why`: the reason, for the message.
std::string fileOf(const GivenOption& given, std::string_view why);

/// The URL of a proxy, without a user or a password: the value is not shown, it may be one.
std::string proxyOf(const GivenOption& given);

/// A header, "Name: value"; `number`: which of the headers it is, from 1 on. The value is not shown, it may be secret.
std::pair<std::string, std::string> headerOf(const GivenOption& given, std::size_t number);

/// "KEYID=FILE".
std::pair<std::string, std::string> keyFileOf(const GivenOption& given);

/// "rejected,inDoubt", without regard to case and hyphens.
std::vector<BulkState> statesOf(const GivenOption& given);

/// "active,inactive", in the words of Box, without regard to case and hyphens.
std::vector<std::string> userStatusesOf(const GivenOption& given);

/// A domain, also where the @ stands before it.
std::string domainOf(const GivenOption& given);
/// How logins begin.
std::string loginPrefixOf(const GivenOption& given);

/// The type of an event, "LOGIN".
std::string eventTypeOf(const GivenOption& given);

/// Which of two words it is: true for the first one.
bool isFirstOf(const GivenOption& given, std::string_view first, std::string_view second);

}  // namespace box::cli
