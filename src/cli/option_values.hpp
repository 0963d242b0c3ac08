#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <box/bulk/bulk_entry.hpp>

/// Converts the values of options. *Errors* of each function: UsageError, which says what is wrong with which option,
/// and what to give instead.
namespace box::cli {

/// An option as it was given on the command line.
struct GivenOption {
  std::string name;  ///< "--file", even if it was given as -f
  std::string value;
};

std::uint64_t numberOf(const GivenOption& given, std::uint64_t least, std::uint64_t most);

/// A duration with a unit, at most 24 hours.
std::chrono::milliseconds durationOf(const GivenOption& given);

/// An id at Box. `what`: the object to which the id belongs, for the message.
std::string idOf(const GivenOption& given, std::string_view what = "the id");

/// Calls a second; infinity for "none".
double rateOf(const GivenOption& given);

/// A file that is written too, so that standard input is refused. `why`: the reason, for the message.
std::string fileOf(const GivenOption& given, std::string_view why);

/// The URL of a proxy, without user and password. The message does not show the value, because it may have a password.
std::string proxyOf(const GivenOption& given);

/// A header, "Name: value". `number`: the position among the headers, from 1. The message does not show the value,
/// because it may be a secret.
std::pair<std::string, std::string> headerOf(const GivenOption& given, std::size_t number);

/// "KEYID=FILE": the id of a key, and its file.
std::pair<std::string, std::string> keyFileOf(const GivenOption& given);

/// "rejected,inDoubt": case and hyphens do not matter. The names are those of nameOf(), and "signedInAgain".
std::vector<std::string_view> statesOf(const GivenOption& given);

/// "active,inactive", as Box names them: case and hyphens do not matter.
std::vector<std::string> userStatusesOf(const GivenOption& given);

/// A domain; an @ before it is removed.
std::string domainOf(const GivenOption& given);
/// The beginning of logins.
std::string loginPrefixOf(const GivenOption& given);

/// The type of an event, such as "LOGIN".
std::string eventTypeOf(const GivenOption& given);

/// True for the first of two words, false for the second.
bool isFirstOf(const GivenOption& given, std::string_view first, std::string_view second);

}  // namespace box::cli
