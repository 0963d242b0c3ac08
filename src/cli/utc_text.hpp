#pragma once

#include <chrono>
#include <string>

namespace box::cli {

/// The time in UTC, cut to whole seconds, in a form of strftime(3).
std::string utcText(const char* form, std::chrono::system_clock::time_point time);

/// "2026-11-29 05:10:11 UTC", and "2026-11-29T05:10:11Z".
std::string shownTime(std::chrono::system_clock::time_point time);
std::string isoTime(std::chrono::system_clock::time_point time);

}  // namespace box::cli
