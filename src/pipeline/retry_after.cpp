#include "pipeline/retry_after.hpp"

#include <algorithm>

#include "network/http_date.hpp"
#include "support/ascii.hpp"

namespace box::inline v0_1 {

std::optional<std::chrono::nanoseconds> parseRetryAfter(const HttpHeaders& headers,
                                                        std::chrono::system_clock::time_point now) noexcept {
  using std::chrono::nanoseconds;
  constexpr std::int64_t longest = 1'000'000'000;  // in seconds, about 31 years; a larger number has the same meaning
  std::optional<nanoseconds> wait;
  const auto longer = [&](std::chrono::seconds s) {
    const std::chrono::seconds cut(std::clamp<std::int64_t>(s.count(), 0, longest));
    wait = std::max(wait.value_or(nanoseconds(0)), nanoseconds(cut));
  };
  const std::chrono::sys_seconds ourNow = std::chrono::floor<std::chrono::seconds>(now);
  for (HeaderView header : headers) {
    if (!equalsIgnoreCase(header.name, "Retry-After")) continue;
    const std::string_view value = trimBlanks(header.value);
    if (!value.empty() && std::all_of(value.begin(), value.end(), isDigit)) {
      std::int64_t seconds = 0;
      for (const char c : value) seconds = std::min(longest, seconds * 10 + (c - '0'));
      longer(std::chrono::seconds(seconds));
    } else if (const auto date = parseHttpDate(value, ourNow)) {
      const auto theirs = headers.get("Date");
      const auto theirNow = theirs ? parseHttpDate(*theirs, ourNow) : std::nullopt;
      longer(*date - theirNow.value_or(ourNow));
    }
  }
  return wait;
}

}  // namespace box::inline v0_1
