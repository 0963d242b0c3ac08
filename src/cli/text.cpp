#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>

#include <box/support/unicode.hpp>

namespace box::cli {

namespace {

bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

template <class Hidden>
std::string withEscapes(std::string_view text, std::size_t limit, Hidden isHidden) {
  std::string out;
  while (!text.empty()) {
    const Utf8Character character = firstCharacter(text);
    if (out.size() + character.size > limit) return out + "…";
    if (character.valid && !isHidden(character.value)) {
      out += text.substr(0, character.size);
    } else {
      appendEscaped(out, text, character);
    }
    text.remove_prefix(character.size);
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) { return withEscapes(text, limit, &isInvisible); }

std::string validUtf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Utf8Character character = firstCharacter(text);
    out += character.valid ? text.substr(0, character.size) : std::string_view("\xef\xbf\xbd");
    text.remove_prefix(character.size);
  }
  return out;
}

std::string clean(std::string_view text, std::size_t limit) { return printable(validUtf8(text), limit); }

std::string inQuotes(std::string_view entry) {
  constexpr std::size_t keyLike = 20;
  // Keys and tokens are long and have no blank, comma or @. Long numbers are ids.
  const auto inKeys = [](char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-_.~+/=").find(c) != std::string_view::npos;
  };
  if (entry.size() >= keyLike && std::all_of(entry.begin(), entry.end(), inKeys) &&
      !std::all_of(entry.begin(), entry.end(), isDigit)) {
    return "a text of " + counted(entry.size(), "character") + " (not shown: it may be a key)";
  }
  const auto isHidden = [](char32_t c) { return isInvisible(c) || (c != U' ' && isBlank(c)); };
  return "'" + withEscapes(entry, 60, isHidden) + "'";
}

std::string grouped(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t i = out.size(); i > 3; i -= 3) out.insert(i - 3, 1, ',');
  return out;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  std::string out = grouped(count) + " ";
  if (count == 1) return out.append(noun);
  if (noun == "person") return out + "people";
  if (noun.ends_with("try")) return out.append(noun.substr(0, noun.size() - 1)).append("ies");
  return out.append(noun).append("s");
}

std::string inSeries(std::span<const std::string> texts, std::string_view conjunction) {
  std::string out;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0 && i + 1 == texts.size()) {
      out.append(" ").append(conjunction).append(" ");
    } else if (i > 0) {
      out += ", ";
    }
    out += texts[i];
  }
  return out;
}

std::string inCounts(std::initializer_list<Count> counts, bool always) {
  std::string out;
  for (const Count& count : counts) {
    const bool isShown = count.number > 0 || (always && &count == counts.begin());
    if (isShown) out.append(out.empty() ? "" : ", ").append(grouped(count.number)).append(" ").append(count.kind);
  }
  return out;
}

std::optional<std::chrono::milliseconds> parseDuration(std::string_view text) noexcept {
  constexpr std::int64_t longest = 24LL * 60 * 60 * 1000;
  std::int64_t total = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    if (!isDigit(text.front())) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number > longest) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));

    const std::size_t unitSize =
        static_cast<std::size_t>(std::find_if(text.begin(), text.end(), isDigit) - text.begin());
    const std::string_view unit = text.substr(0, unitSize);
    const std::int64_t factor = unit == "ms"  ? 1
                                : unit == "s" ? 1000
                                : unit == "m" ? 60'000
                                : unit == "h" ? 3'600'000
                                              : 0;
    if (factor == 0) return std::nullopt;
    text.remove_prefix(unitSize);
    total += number * factor;
    if (total > longest) return std::nullopt;
  }
  if (total == 0) return std::nullopt;
  return std::chrono::milliseconds(total);
}

std::int64_t inMilliseconds(std::chrono::nanoseconds duration) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::string shownDuration(std::chrono::nanoseconds duration) {
  const std::int64_t ms = inMilliseconds(duration);
  if (ms < 1000) return std::to_string(ms) + " ms";
  const std::int64_t seconds = ms / 1000;
  if (seconds < 10 && ms % 1000 >= 100) return std::to_string(seconds) + "." + std::to_string(ms % 1000 / 100) + " s";
  if (seconds <= 120) return std::to_string(seconds) + " s";
  return std::to_string(seconds / 60) + " min" + (seconds % 60 ? " " + std::to_string(seconds % 60) + " s" : "");
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::size_t columnWidth(std::size_t longest, std::size_t head) noexcept {
  constexpr std::size_t most = 40;
  return std::clamp<std::size_t>(longest, head, most);
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string lowerCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

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

std::string escaped(std::string_view text, std::initializer_list<Escape> escapes) {
  std::string out;
  for (const char c : text) {
    const auto* const escape =
        std::find_if(escapes.begin(), escapes.end(), [c](const Escape& each) { return each.character == c; });
    if (escape == escapes.end()) {
      out += c;
    } else {
      out += escape->written;
    }
  }
  return out;
}

}  // namespace box::cli
