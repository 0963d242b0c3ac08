#include "cli/utc_text.hpp"

#include <array>
#include <ctime>

namespace box::cli {

std::string utcText(const char* form, std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto midnight = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(seconds - midnight);
  std::tm parts{};
  parts.tm_year = static_cast<int>(date.year()) - 1900;
  parts.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  parts.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  parts.tm_hour = static_cast<int>(clock.hours().count());
  parts.tm_min = static_cast<int>(clock.minutes().count());
  parts.tm_sec = static_cast<int>(clock.seconds().count());
  std::array<char, 64> text{};
  return std::string(text.data(), std::strftime(text.data(), text.size(), form, &parts));
}

std::string shownTime(std::chrono::system_clock::time_point time) { return utcText("%Y-%m-%d %H:%M:%S UTC", time); }

std::string isoTime(std::chrono::system_clock::time_point time) { return utcText("%Y-%m-%dT%H:%M:%SZ", time); }

}  // namespace box::cli
