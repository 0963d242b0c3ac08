#include "cli/option_values.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <system_error>

#include <box/error.hpp>
#include <box/read/user_source.hpp>

#include "cli/arguments.hpp"
#include "cli/entries.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

/// Refuses a value and shows it. Only for options whose value cannot be a secret.
[[noreturn]] void refuseValue(const GivenOption& given, std::string_view remedy) {
  throw UsageError(given.name + " " + inQuotes(given.value) + ": give " + std::string(remedy));
}

/// Parses a text that must be a number as a whole.
template <typename Number, typename... Format>
bool reads(const std::string& text, Number& number, Format... format) {
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number, format...);
  return result.ec == std::errc() && result.ptr == end;
}

/// Splits a value at its commas and finds each word in `all`. `nameOf`: gives the word for one of them.
template <typename Value, std::size_t Size, typename NameOf>
std::vector<Value> valuesOf(const GivenOption& given, const Value (&all)[Size], NameOf nameOf,
                            std::string_view remedy) {
  const auto bare = [](std::string_view text) {
    std::string word = lowerCase(trimmed(text));
    std::erase_if(word, [](char c) { return c == '-' || c == '_' || c == ' '; });
    return word;
  };
  std::vector<Value> out;
  for (std::string_view rest = given.value; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    const std::string word = bare(rest.substr(0, comma));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    const auto* const found =
        std::find_if(std::begin(all), std::end(all), [&](const Value& value) { return bare(nameOf(value)) == word; });
    if (found == std::end(all)) refuseValue(given, remedy);
    out.push_back(*found);
  }
  return out;
}

}  // namespace

std::uint64_t numberOf(const GivenOption& given, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  if (!reads(given.value, number) || number < least || number > most) {
    refuseValue(given, "a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

std::chrono::milliseconds durationOf(const GivenOption& given) {
  const auto duration = parseDuration(given.value);
  if (!duration) refuseValue(given, "a time up to 24h with its unit, as in 30s or 2m");
  return *duration;
}

std::string idOf(const GivenOption& given, std::string_view what) {
  if (!isBoxId(given.value)) refuseValue(given, std::string(what) + ", digits only");
  return given.value;
}

double rateOf(const GivenOption& given) {
  if (given.value == "none") return std::numeric_limits<double>::infinity();
  double rate = 0;
  if (!reads(given.value, rate, std::chars_format::fixed) || !(rate >= 0.01 && rate <= 10'000)) {
    refuseValue(given, "calls a second, from 0.01 to 10000, or none for no limit");
  }
  return rate;
}

std::string fileOf(const GivenOption& given, std::string_view why) {
  if (given.value == "-") throw UsageError(given.name + " - : give a file, " + std::string(why));
  return given.value;
}

std::string proxyOf(const GivenOption& given) {
  if (given.value.find('@') != std::string::npos) {
    throw UsageError(given.name +
                     " names a user or a password, and every user of this machine can read arguments: use "
                     "--proxy-user NAME and --proxy-password-file FILE, or --proxy env");
  }
  return given.value;
}

std::pair<std::string, std::string> headerOf(const GivenOption& given, std::size_t number) {
  const std::string_view text = given.value;
  const std::size_t colon = text.find(':');
  const std::string_view name = trimmed(text.substr(0, colon));
  if (colon == std::string_view::npos || name.empty()) {
    throw UsageError(given.name + " number " + std::to_string(number) + " is not a header: write it as 'Name: value'");
  }
  // A header that has its own option must be set by that option; otherwise the plan, the question and the journal would
  // not show it.
  for (const auto& [header, option] :
       {std::pair{"as-user", "--as-user ID"}, std::pair{"box-notifications", "--suppress-notifications"}}) {
    if (lowerCase(name) == header) {
      throw UsageError(given.name + " " + std::string(name) + ": use " + option +
                       ", which the plan and the journal know");
    }
  }
  return {std::string(name), std::string(trimmed(text.substr(colon + 1)))};
}

std::pair<std::string, std::string> keyFileOf(const GivenOption& given) {
  const std::size_t sign = given.value.find('=');
  if (sign == std::string::npos || sign == 0 || sign + 1 == given.value.size()) {
    throw UsageError(given.name + " " + inQuotes(given.value) +
                     ": write it as KEYID=FILE, a key's id and its PEM file");
  }
  return {given.value.substr(0, sign), given.value.substr(sign + 1)};
}

std::vector<std::string_view> statesOf(const GivenOption& given) {
  constexpr std::string_view all[] = {"accepted", "rejected",  "inDoubt", "callRefused",  "notSent",
                                      "invalid",  "duplicate", "leftOut", "signedInAgain"};
  return valuesOf(
      given, all, [](std::string_view state) { return state; },
      "accepted, rejected, inDoubt, callRefused, notSent, invalid, duplicate, leftOut or signedInAgain");
}

std::vector<std::string> userStatusesOf(const GivenOption& given) {
  static const std::string all[] = {"active", "inactive", "cannot_delete_edit", "cannot_delete_edit_upload"};
  return valuesOf(
      given, all, [](std::string_view status) { return status; },
      "active, inactive, cannot_delete_edit or cannot_delete_edit_upload");
}

std::string domainOf(const GivenOption& given) {
  std::string domain = given.value.substr(given.value.starts_with('@') ? 1 : 0);
  if (domain.find('.') == std::string::npos || checkEntry(EntryKind::userLogin, "a@" + domain))
    refuseValue(given, "what stands after the @, as in example.com");
  return domain;
}

std::string loginPrefixOf(const GivenOption& given) {
  try {
    UserSelection::ofLoginPrefix(given.value);
  } catch (const BoxSdkError&) {
    refuseValue(given, "how logins begin, as in ann or ann.lee@");
  }
  return given.value;
}

std::string eventTypeOf(const GivenOption& given) {
  const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  const std::string& type = given.value;
  if (type.size() > 100 || !std::all_of(type.begin(), type.end(), fits))
    refuseValue(given, "the type of an event as Box writes it, such as LOGIN");
  return type;
}

bool isFirstOf(const GivenOption& given, std::string_view first, std::string_view second) {
  if (given.value != first && given.value != second) {
    refuseValue(given, std::string(first) + " or " + std::string(second));
  }
  return given.value == first;
}

}  // namespace box::cli
