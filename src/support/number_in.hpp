#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace box::inline v0_1 {

/// The number of which the whole text consists; unset: it is not a number, or does not fit.
template <class Number>
std::optional<Number> numberIn(std::string_view text) {
  Number number = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || last != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace box::inline v0_1
