// The input is headers that say how long to wait: the first line is the Date (empty for none), and each further line is
// a Retry-After.
#include "pipeline/retry_after.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "fuzz/fuzz.hpp"
#include "network/validation.hpp"

namespace {

using namespace box;
using namespace box::fuzz;
using std::chrono::milliseconds;

constexpr milliseconds longest = std::chrono::seconds(1'000'000'000);

/// Parses digits with the standard library.
milliseconds reference(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.size() > 10) return longest;
  return digits.empty() ? milliseconds(0)
                        : std::min<milliseconds>(longest, std::chrono::seconds(std::stoll(std::string(digits))));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = textOf(data, size);
  const std::chrono::system_clock::time_point now(std::chrono::seconds(1'750'000'000));
  const std::string_view date = takeLine(text);
  HttpHeaders all;
  if (!date.empty()) all.append("Date", date);
  std::optional<std::chrono::nanoseconds> most;
  while (!text.empty()) {
    const std::string_view value = takeLine(text);
    HttpHeaders single;
    if (!date.empty()) single.append("Date", date);
    single.append("retry-after", value);
    all.append("Retry-After", value);
    const auto wait = parseRetryAfter(single, now);
    if (wait) most = std::max(most.value_or(*wait), *wait);
    const std::string_view trimmed = trimBlanks(value);
    if (!trimmed.empty() && std::all_of(trimmed.begin(), trimmed.end(), isDigit)) {
      require(wait == reference(trimmed), "digits are seconds");
    } else if (trimmed.find(':') == std::string_view::npos) {
      require(!wait, "a value that is neither digits nor a date is ignored");
    }
  }
  const auto wait = parseRetryAfter(all, now);
  require(wait == most, "the longest of several values counts");
  require(!wait || (*wait >= milliseconds(0) && *wait <= longest), "a wait is neither negative nor endless");
  return 0;
}
