#include "cli/utc_text.hpp"

#include <array>
#include <ctime>

namespace box::cli {

std::string utcText(const char* form, std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm parts{};
  std::array<char, 64> text{};
  if (::gmtime_r(&seconds, &parts) == nullptr) return "-";
  return std::string(text.data(), std::strftime(text.data(), text.size(), form, &parts));
}

std::string shownTime(std::chrono::system_clock::time_point time) { return utcText("%Y-%m-%d %H:%M:%S UTC", time); }

std::string isoTime(std::chrono::system_clock::time_point time) { return utcText("%Y-%m-%dT%H:%M:%SZ", time); }

}  // namespace box::cli
